"""A job's career ladder: what each level of its family pays, and which field of a role moves pay most.

The role's own level has the role's own range. Every other level has that range times what the level alone changes: the family
priced at both levels in the same place, industry and company, without the words of a title and without years in the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from compsvc import vocabulary
from compsvc.paymodel import PayModel
from compsvc.pricing import decimal_year, price
from compsvc.resolve.roles import ResolvedRole, resolve_role

Answer = dict[str, Any]

SHOWN = ("p25", "p50", "p75")
NOT_A_TITLE = ("title", "occupation", "family", "level", "experience_years")
YEARS_TRIED = (0, 2, 5, 10, 15, 20)
MANAGES_FROM = "P4"
LEAST_FOUND = 0.25
TERRITORIES = ("PR", "GU", "VI")


class Setting(NamedTuple):
    """One value of a field, and the median base pay of the role with it."""

    code: str
    name: str
    base_p50: int


@cache
def titles_of(family: str) -> dict[str, tuple[str, str, str]]:
    """The title a family's ladder names first at each level, with its years, by level in ladder order."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in vocabulary.ladder():
        if row["family"] == family:
            found.setdefault(row["level"], (row["title"], row["years_low"], row["years_high"]))
    return {code: found[code] for code in vocabulary.levels() if code in found}


def ladder(model: PayModel, asked: Mapping[str, Any], today: str) -> Answer:
    """The body of `POST /v1/ladders`: levels with their pay, those before and after the role's own, and what moves pay.

    `asked` holds the loaded fields of a RoleSchema. Raises RequestInvalid or RoleNotCovered, as a range does.
    """
    own = price(model, asked, today)
    role = own["role"]
    code = role["level"]["code"] if role["level"] else None
    levels = _levels(model, asked, today, own)
    order = [row["code"] for row in levels]
    pays = {row["code"]: row["base"]["p50"] for row in levels}
    return {
        "model_id": own["model_id"],
        "as_of": own["as_of"],
        "currency": own["currency"],
        "role": role,
        "range": own,
        "levels": levels,
        "previous": next((c for c in [_before(order, code)] if c and pays[c] <= pays[code]), None) if code in pays else None,
        "next": [c for c in _after(order, code) if pays[c] >= pays[code]] if code in pays else [],
        "moves": sorted(_moves(model, asked, today, own, levels), key=lambda move: -float(move["times"])),
        "warnings": own["warnings"],
    }


def _levels(model: PayModel, asked: Mapping[str, Any], today: str, own: Answer) -> list[Answer]:
    """Every level of the family with its usual title, years and pay, and how its median base stands to that of the role's own level."""
    family, code = (own["role"][name]["code"] if own["role"][name] else None for name in ("family", "level"))
    where = {name: value for name, value in asked.items() if name not in NOT_A_TITLE and value is not None}
    titles = titles_of(family) if family else {}
    pay = {level: price(model, {**where, "family": family, "level": level}, today)["pay"] for level in titles}
    here = pay.get(code) if code else None
    rows: list[Answer] = [
        {
            "code": level,
            "name": vocabulary.levels()[level].name,
            "track": vocabulary.levels()[level].track,
            "title": title,
            "years": [float(low), float(high)],
            "is_own": level == code,
            **{name: _part(pay[level][name], here[name] if here else None, own["pay"][name]) for name in ("base", "ote")},
        }
        for level, (title, low, high) in titles.items()
    ]
    own_p50 = next((row["base"]["p50"] for row in rows if row["is_own"]), None)
    return [{**row, "times_own": round(row["base"]["p50"] / own_p50, 3) if own_p50 else None} for row in rows]


def _part(part: Mapping[str, Any], here: Mapping[str, Any] | None, own: Mapping[str, Any]) -> Answer:
    """One component at a level: the role's own percentiles times what the level changes, where both are known."""
    found = {name: part[name] for name in ("pay_basis", "method", "reason", *SHOWN) if name in part}
    if here and all(q in component for component in (part, here, own) for q in SHOWN):
        found |= {q: round(part[q] * own[q] / here[q]) for q in SHOWN}
    return found


def _before(order: list[str], code: str | None) -> str | None:
    """The level below in the same track; for the lowest of management, the professional one it is usually reached from."""
    same = [c for c in order if code and c[0] == code[0]]
    if code not in same or code is None:
        return None
    at = same.index(code)
    if at:
        return same[at - 1]
    return {"M": MANAGES_FROM if MANAGES_FROM in order else None, "E": next((c for c in reversed(order) if c[0] == "M"), None)}.get(code[0])


def _after(order: list[str], code: str | None) -> list[str]:
    """The levels above: the next in the same track, and the first of the next track from where people usually change."""
    same = [c for c in order if code and c[0] == code[0]]
    if code not in same or code is None:
        return []
    at = same.index(code)
    found = same[at + 1 : at + 2]
    if code[0] == "P" and code >= MANAGES_FROM:
        found += [c for c in order if c == "M2"]
    if code[0] == "M" and at == len(same) - 1:
        found += [c for c in order if c[0] == "E"][:1]
    return found


def _works_in(model: PayModel, role: ResolvedRole, sector: str) -> bool:
    """Whether people of the role are found in a sector, at LEAST_FOUND of how often all people are; its own always."""
    index = model.index["sectors"].get(sector)
    if index is None:
        return False
    lift = model.titles.tables.sector_lift
    return index == role.role.sector or sum(weight * lift[occupation][index] for occupation, weight in role.role.mixture) >= LEAST_FOUND


def _code_asked(own: Answer, field: str) -> str:
    """The code of the value that the role has in a field."""
    role = own["role"]
    if field == "experience_years":
        return f"{role['experience_years']:g}"
    found = role[{"location": "area", "employees": "size"}.get(field, field)]
    return str(found["code"])


def _moves(model: PayModel, asked: Mapping[str, Any], today: str, own: Answer, levels: list[Answer]) -> Iterable[Answer]:
    """For each field, the values that give the least and the most median base pay, everything else as asked."""
    year = decimal_year(own["as_of"])
    population = asked.get("population") if asked.get("population") != "market" else None

    def median(resolved: ResolvedRole) -> int:
        located = model.locate(resolved.role, year, population, resolved.family_index)
        return round(model.quantiles(located)[2])

    def with_(**changed: Any) -> int:
        return median(resolve_role(model, {**asked, **changed}))

    here = resolve_role(model, asked)
    names = model.places.tables.area_names
    metros = [
        Setting(code, names[i], median(here._replace(role=here.role._replace(area=i, state=model.index["states"].get(model.spec.area_states[i])))))
        for i, code in enumerate(model.spec.areas)
        if "nonmetropolitan" not in names[i] and (model.spec.area_states[i] not in TERRITORIES or i == here.role.area)
    ]
    rows = {
        "location": metros,
        "industry": [Setting(code, name, with_(industry=code)) for code, name in vocabulary.sectors().items() if _works_in(model, here, code)],
        "employees": [Setting(code, f"{code} employees", with_(employees=code)) for code in model.spec.sizes],
        "experience_years": [Setting(str(n), f"{n} years in the field", with_(experience_years=float(n))) for n in YEARS_TRIED],
        "level": [Setting(row["code"], f"{row['code']} {row['title']}", row["base"]["p50"]) for row in levels if row["times_own"]],
    }
    said = {
        "location": own["role"]["area"]["name"],
        "industry": own["role"]["industry"]["name"] if own["role"]["industry"] else None,
        "employees": f"{own['role']['size']['code']} employees" if own["role"]["size"] else None,
        "experience_years": f"{own['role']['experience_years']:g} years in the field" if own["role"]["experience_years"] is not None else None,
        "level": f"{own['role']['level']['code']} {own['role']['title'] or own['role']['level']['name']}" if own["role"]["level"] else None,
    }
    for name, settings in rows.items():
        if len(settings) < 2:
            continue
        n_values = len(settings)
        if said[name]:  # what was asked may lie outside the values that are tried
            settings = [*settings, Setting(_code_asked(own, name), str(said[name]), own["pay"]["base"]["p50"])]
        low, high = min(settings, key=lambda s: s.base_p50), max(settings, key=lambda s: s.base_p50)
        yield {
            "field": name,
            "low": low._asdict(),
            "high": high._asdict(),
            "own": {"name": said[name] or "averaged over", "base_p50": own["pay"]["base"]["p50"]},
            "times": round(high.base_p50 / low.base_p50, 3),
            "n_values": n_values,
        }
