"""An offer beside people already paid for the same work: parity with peers, inversion against more senior people.

The people are pay records a workspace has entered; whatever yields PayRecords may
stand behind them later. Their pay is brought to the offer's date by wage growth. What
is shown of a group follows `disclosure`: those who may not read single records see no
group under six people, and smoothed figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from compsvc import disclosure, vocabulary

PARITY_ROOM = 0.05
SENIOR_QUANTILE = 0.25
FEWEST_SENIORS = 3


class PayRecord(NamedTuple):
    """Pay of one person in the workspace, USD per year."""

    reference: str
    family: str
    level: str
    area: str
    base_usd: float
    variable_usd: float
    paid_on: str


class Peers(NamedTuple):
    """The workspace's records, and whether whoever asks may read them one by one."""

    records: Sequence[PayRecord]
    sees_rows: bool


class Group(NamedTuple):
    """Base and on-target earnings of some people at the offer's date, USD, and in words where they are."""

    base_usd: list[float]
    ote_usd: list[float]
    where: str


def _group(peers: Peers, family: str, levels: Sequence[str], area: str, log_growth: Callable[[str], float]) -> Group:
    """People of a family and levels in the area, or anywhere when too few of them are there."""
    everywhere = [r for r in peers.records if r.family == family and r.level in levels]
    near = [r for r in everywhere if r.area == area]
    chosen, where = (near, "here") if near and disclosure.may_show_own_group(len(near), peers.sees_rows) else (everywhere, "anywhere, not adjusted for place")
    aged = [(r, math.exp(log_growth(r.paid_on))) for r in chosen]
    return Group([a * r.base_usd for r, a in aged], [a * (r.base_usd + r.variable_usd) for r, a in aged], where)


def _levels_above(level: str) -> list[str]:
    codes = list(vocabulary.levels())
    return [code for code in codes[codes.index(level) + 1 :] if code[0] == level[0]]


def read(base_usd: float, ote_usd: float, family: str | None, level: str | None, area: str, peers: Peers, log_growth: Callable[[str], float]) -> dict[str, Any]:
    """Parity and inversion of an offer, as answered; says why when it cannot tell.

    `log_growth(paid_on)` brings pay of a date to the offer's date, in logs.
    """
    if family is None or level is None:
        why = "the role has no family or level to find people by"
        return {"parity": _unsure(why), "inversion": _unsure(why)}
    same = _group(peers, family, [level], area, log_growth)
    senior = _group(peers, family, _levels_above(level), area, log_growth)
    return {"parity": _parity(base_usd, ote_usd, same, peers.sees_rows), "inversion": _inversion(base_usd, senior, peers.sees_rows)}


def _unsure(why: str) -> dict[str, Any]:
    return {"verdict": "cannot-tell", "why": why}


def _counted(group: Group, sees_rows: bool) -> dict[str, Any]:
    return {"peers": group.where} | ({"n_people": len(group.base_usd)} if sees_rows else {})


def _parity(base_usd: float, ote_usd: float, group: Group, sees_rows: bool) -> dict[str, Any]:
    if not disclosure.may_show_own_group(len(group.base_usd), sees_rows):
        return _unsure("no such people are entered" if sees_rows else f"fewer than {disclosure.SMALLEST_OWN_GROUP} such people are entered")
    ratio = base_usd / disclosure.shown_quantile(group.base_usd, 0.5, sees_rows)
    whole = ote_usd / disclosure.shown_quantile(group.ote_usd, 0.5, sees_rows)
    side = "like-peers" if abs(ratio - 1) <= PARITY_ROOM else "above-peers" if ratio > 1 else "below-peers"
    return {
        "verdict": side,
        "why": f"base is {ratio:.2f}, on-target earnings {whole:.2f} of the median of people of the same family and level {group.where}",
        "ratio": {"value": round(ratio, 3), "denominator": "median base of peers"},
        "ote_ratio": {"value": round(whole, 3), "denominator": "median on-target earnings of peers"},
        **_counted(group, sees_rows),
    }


def _inversion(base_usd: float, group: Group, sees_rows: bool) -> dict[str, Any]:
    if not disclosure.may_show_own_group(len(group.base_usd), sees_rows) or len(group.base_usd) < FEWEST_SENIORS:
        fewest = FEWEST_SENIORS if sees_rows else disclosure.SMALLEST_OWN_GROUP
        return _unsure(f"fewer than {fewest} more senior people of the family are entered")
    found = base_usd > disclosure.shown_quantile(group.base_usd, SENIOR_QUANTILE, sees_rows)
    return {
        "verdict": "inverted" if found else "in-order",
        "why": f"base is {'above' if found else 'not above'} the lower quartile of more senior people of the family {group.where}",
        **_counted(group, sees_rows),
    }
