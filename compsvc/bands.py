"""What the employer chooses to pay: a dated Band policy, and the Band it makes of a PayRange.

A policy says which market percentile of base pay a midpoint stands at, by family
and level, how wide Bands are, and where the market is read: where the job is, or
in the nation times a zone's factor. Ranges are priced at the policy's own date, so
that a Band moves when the policy does and not from day to day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from compsvc import formulas, standing
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.features import QUANTILE_NAMES

Policy = Mapping[str, Any]


class Band(NamedTuple):
    """Minimum, midpoint and maximum of base pay, USD, with the policy they come from and in words how."""

    min_usd: int
    mid_usd: int
    max_usd: int
    policy: str
    version: int
    effective_on: str
    why: str


def in_force(versions: Sequence[Policy], on: str) -> Policy | None:
    """The policy version in force on a date: the latest effective then, the highest version among those; None before the first."""
    started = [v for v in versions if v["effective_on"] <= on]
    return max(started, key=lambda v: (v["effective_on"], v["version"])) if started else None


def _rule(policy: Mapping[str, Any], family: str | None, level: str | None) -> Mapping[str, Any]:
    """The rule that fits best: family and level, then family, then level or track, then the policy's default."""
    best: Mapping[str, Any] = policy["default"]
    rank = -1
    for rule in policy.get("rules", ()):
        wants_family, wants_level = rule.get("family"), rule.get("level")
        if wants_family not in (None, family) or (wants_level is not None and wants_level != level and wants_level != (level or " ")[0]):
            continue
        fits = 4 * (wants_family is not None) + (0 if wants_level is None else 2 if wants_level == level else 1)
        if fits > rank:
            best, rank = {**policy["default"], **{k: v for k, v in rule.items() if v is not None}}, fits
    return best


def _zone(policy: Mapping[str, Any], area: Mapping[str, Any], state: str | None) -> Mapping[str, Any] | None:
    """The zone that names the area; else the state asked for; else a state the area touches; else everywhere else."""
    zones: Sequence[Mapping[str, Any]] = policy.get("zones", ())
    named = [z for z in zones if area["code"] in z["areas"]]
    for touched in _states_of(area, state):
        named += [z for z in zones if touched in z["states"]]
    named += [z for z in zones if z["everywhere_else"]]
    return named[0] if named else None


def _states_of(area: Mapping[str, Any], state: str | None) -> list[str]:
    """States of an area, the one asked for first: a metro's name ends with all it touches."""
    if area["kind"] == "nation":
        return []
    touched = [area["code"]] if area["kind"] == "state" else [s for s in re.split("[- ]", str(area["name"]).rpartition(", ")[2]) if len(s) == 2 and s.isupper()]
    return sorted(touched, key=lambda s: s != state)


def band_of(policy: Policy, answer: Mapping[str, Any], state: str | None, price_elsewhere: Callable[[str | None, str], Mapping[str, Any]]) -> Band:
    """The Band of a priced role under one policy version.

    `answer` is the role's PayRange body, `state` the one its place was asked in (a metro may touch several); `price_elsewhere(location, as_of)` prices the same role at another place (None keeps its own) and date.
    Raises RequestInvalid when a zoned policy names no zone for the place.
    """
    role = answer["role"]
    family, level = (role[name]["code"] if role[name] else None for name in ("family", "level"))
    rule = _rule(policy, family, level)
    where = policy["geography"]
    factor, said = 1.0, f"priced in {role['area']['name']}"
    if where == "local":
        market = price_elsewhere(None, policy["effective_on"])
    else:
        market = price_elsewhere("United States", policy["effective_on"])
        said = "priced in the nation"
        if where == "zones":
            zone = _zone(policy, role["area"], state)
            if zone is None:
                named = ", ".join(z["name"] for z in policy.get("zones", ())) or "none"
                raise RequestInvalid(
                    f"The Band policy has no zone for {role['area']['name']}.",
                    (FieldProblem("/role/location", f"no zone of the Band policy covers {role['area']['name']}", f"a place in one of its zones: {named}"),),
                )
            factor = float(zone["factor"])
            said = f"priced in the nation times {factor:g} for zone {zone['name']}"
    mid = factor * standing.value_at(rule["market_percentile"], [market["pay"]["base"][q] for q in QUANTILE_NAMES])
    low, high = formulas.range_around(mid, rule["spread"])
    return Band(
        *_rounded((low, mid, high), policy["round_to_usd"]),
        policy["name"],
        policy["version"],
        policy["effective_on"],
        f"P{rule['market_percentile']:g} of market base {said}, spread {rule['spread']:.0%}, at {policy['effective_on']}",
    )


def _rounded(points: tuple[float, float, float], step: int) -> tuple[int, int, int]:
    """Minimum, midpoint and maximum to the step, or to a finer one where the step would make two of them the same."""
    while True:
        low, mid, high = (round(usd / step) * step for usd in points)
        if low < mid < high or step == 1:
            return low, mid, high
        step = max(step // 10, 1)
