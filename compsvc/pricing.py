"""A resolved role to a PayRange: quantiles, factors, evidence, ageing and scope.

The reference times its factors is the p50. Every value is rounded here and
nowhere else: money to whole USD, factors to eight decimals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid, RoleNotCovered
from compsvc.paymodel import FACTORS, Located, PayModel
from compsvc.resolve.roles import ResolvedRole, resolve_role

INTERVAL_LEVEL = 0.9
_Z90 = 1.6448536269514722
_SPREAD_ERROR = 0.08
GROWTH_ERROR = 0.01
UNSURE_MATCH = 0.8
DAYS_PER_YEAR = 365.25
_EPOCH = date(2000, 1, 1)
_EVIDENCE = {
    "reference": "OEWS national median, May 2024, of the occupations in the mixture",
    "pay_basis": "official wages include commissions; published plan mixes and stated additional cash say what share is base",
    "level": "open surveys, occupation and level, partially pooled",
    "experience": "open surveys, years in the field",
    "location": "OFLC prevailing wages 2025-26 (OEWS May 2024), occupation by area",
    "industry": "OEWS May 2024 by sector; open surveys within the sector",
    "size": "PERM 2014-16, developer survey 2016, SUSB 2022, pooled; thin evidence",
    "work_mode": "open survey 2023",
    "title": "words of the title, open surveys, shrunk",
    "population": "how this source's people differ from the market",
    "ageing": "published wage growth, compound",
}


@lru_cache(maxsize=4096)
def decimal_year(on: str) -> float:
    """An ISO date as a decimal year."""
    return 2000.0 + (date.fromisoformat(on) - _EPOCH).days / DAYS_PER_YEAR


@lru_cache(maxsize=256)
def last_as_of(today: str) -> str:
    """The last date a role can be priced at."""
    return (date.fromisoformat(today) + timedelta(days=int(DAYS_PER_YEAR * vocabulary.AS_OF_YEARS_AHEAD))).isoformat()


def price(model: PayModel, asked: Mapping[str, Any], today: str) -> dict[str, Any]:
    """The answer to one role, as the body of `POST /v1/ranges`.

    `asked` holds the loaded fields of a RoleSchema; `today` prices roles without as_of.
    Raises RequestInvalid or RoleNotCovered.
    """
    currency = asked.get("currency")
    if currency and currency != vocabulary.CURRENCY:
        raise RoleNotCovered(
            f"{currency} is not covered.", (FieldProblem("/currency", f"'{currency}' is not covered", "USD, or nothing: the place decides it", ("USD",)),)
        )
    as_of = asked.get("as_of") or today
    if not vocabulary.AS_OF_FIRST <= as_of <= last_as_of(today):
        raise RoleNotCovered(
            f"as_of {as_of} is outside what wage growth covers.",
            (FieldProblem("/as_of", f"{as_of} is outside what wage growth covers", f"{vocabulary.AS_OF_FIRST} to {last_as_of(today)}"),),
        )
    population = asked.get("population")
    if population == "market":
        population = None
    if population and population not in model.index["populations"]:
        raise RequestInvalid(
            f"'{population}' is not a population.", (FieldProblem("/population", f"'{population}' is not a population", "; ".join(model.spec.populations)),)
        )
    found = resolve_role(model, asked)
    located = model.locate(found.role, decimal_year(as_of), population, found.family_index)
    quantiles = model.quantiles(located)
    evidence = _evidence(model, found)
    return {
        "model_id": model.model_id,
        "as_of": as_of,
        "currency": vocabulary.CURRENCY,
        "role": _role(model, found, asked),
        "pay": {"base": _pay(located, quantiles, decimal_year(as_of) - model.anchor_year)},
        "evidence": evidence,
        "ageing": _ageing(model, located, quantiles[2], as_of),
        "scope": _scope(model, found, asked, as_of, population),
        "warnings": _warnings(found, as_of),
    }


def _pay(located: Located, quantiles: tuple[float, ...], years: float) -> dict[str, Any]:
    growth = GROWTH_ERROR * abs(years)
    variance = growth * growth
    for error in located.errors.values():
        variance += error * error
    p10, p25, p50, p75, p90 = quantiles

    def interval(value: float) -> list[int]:
        z = math.log(value / p50)
        ratio = math.exp(_Z90 * math.sqrt(variance + _SPREAD_ERROR * _SPREAD_ERROR * z * z))
        return [round(value / ratio), round(value * ratio)]

    return {
        "pay_basis": "base",
        "p10": round(p10),
        "p25": round(p25),
        "p50": round(p50),
        "p75": round(p75),
        "p90": round(p90),
        "interval": {"level": INTERVAL_LEVEL, "p10": interval(p10), "p50": interval(p50), "p90": interval(p90)},
        "method": "modelled",
        "factors": _factors(located, growth),
    }


@lru_cache(maxsize=8192)
def _ratio(error: float) -> float:
    """High end of a factor's interval over the factor, for a standard error in log pay."""
    return math.exp(_Z90 * error)


def _factors(located: Located, growth_error: float) -> list[dict[str, Any]]:
    """The reference and its factors; decimals are cut by arithmetic, since rounding to digits costs ten times as much."""
    parts, errors, exp = located.parts, located.errors, math.exp
    rows: list[dict[str, Any]] = [{"name": "reference", "value_usd": int(exp(parts["reference"]) * 1e4 + 0.5) / 1e4, "evidence": _EVIDENCE["reference"]}]
    for name in FACTORS[1:]:
        error = growth_error if name == "ageing" else errors.get(name)
        if error is None:
            continue
        factor = exp(parts[name])
        ratio = _ratio(error)
        rows.append(
            {
                "name": name,
                "factor": int(factor * 1e8 + 0.5) / 1e8,
                "low": int(factor / ratio * 1e4 + 0.5) / 1e4,
                "high": int(factor * ratio * 1e4 + 0.5) / 1e4,
                "evidence": _EVIDENCE[name],
            }
        )
    return rows


def _role(model: PayModel, found: ResolvedRole, asked: Mapping[str, Any]) -> dict[str, Any]:
    names = vocabulary.occupations()
    socs = model.spec.socs
    mixture = [{"code": socs[o], "name": names[socs[o]], "weight": w} for o, w in found.role.mixture]
    levels, industries = vocabulary.levels(), vocabulary.industries()
    place = found.place
    area: dict[str, Any] | None = None
    if place is not None:
        if place.area is not None:
            name = model.places.tables.area_names[place.area]
            area = {"code": model.spec.areas[place.area], "name": name, "kind": "nonmetro" if "nonmetropolitan" in name else "metro"}
        elif place.state is not None:
            area = {"code": place.state, "name": vocabulary.states()[place.state], "kind": "state"}
        else:
            area = {"code": "US", "name": "United States", "kind": "nation"}
        area["match"] = place.match
    return {
        "title": found.title,
        "family": {
            "code": found.family,
            "name": vocabulary.families()[found.family].name,
            "match": found.family_match,
            "alternatives": [{"code": c, "match": m} for c, m in found.alternatives],
        }
        if found.family
        else None,
        "occupation": {"code": mixture[0]["code"], "name": mixture[0]["name"], "mixture": mixture},
        "level": {"code": found.level.code, "name": levels[found.level.code].name, "why": found.level.why} if found.level else None,
        "area": area or {"code": "US", "name": "United States", "kind": "nation", "match": 1.0},
        "industry": {"code": found.industry.code, "name": industries[found.industry.code].name, "match": found.industry.match} if found.industry else None,
        "size": {"code": found.size, "employees": found.employees} if found.size else None,
        "experience_years": asked.get("experience_years"),
        "work_mode": found.work_mode,
    }


def _evidence(model: PayModel, found: ResolvedRole) -> dict[str, Any]:
    return evidence_of(model, tuple(model.group[o] for o, _ in found.role.mixture))


_EVIDENCE_CACHE: dict[tuple[str, tuple[int, ...]], dict[str, Any]] = {}


def evidence_of(model: PayModel, groups: tuple[int, ...]) -> dict[str, Any]:
    """People and employers behind the gradients of some occupation groups (rounded down to tens), and the sources used."""
    key = (model.model_id, groups)
    if key not in _EVIDENCE_CACHE:
        training = model.body["training"]
        distinct = sorted(set(groups))
        _EVIDENCE_CACHE[key] = {
            "n_people": sum(training["people_by_group"][g] for g in distinct),
            "n_employers": sum(training["employers_by_group"][g] for g in distinct),
            "sources": [
                {"id": "oews-national", "use": "anchor", "period": "2024-05"},
                {"id": "oflc", "use": "location", "period": "2025-07/2026-06"},
                {"id": "oews-sector", "use": "industry", "period": "2024-05"},
                *({"id": p, "use": "gradients", "period": _PERIODS.get(p, "")} for p in model.spec.populations),
                {"id": "perm, stackoverflow, susb", "use": "size", "period": "2014/2022"},
            ],
        }
    return _EVIDENCE_CACHE[key]


_PERIODS = {"survey-2021": "2021-04", "survey-2023": "2023-04", "lca": "2023-10/2023-12", "aijobs": "2020/2025-01"}


def _ageing(model: PayModel, located: Located, p50: float, as_of: str) -> list[dict[str, Any]]:
    start = str(model.body["as_of"])
    years = decimal_year(as_of) - model.anchor_year
    growth = located.parts["ageing"]
    rate = math.expm1(growth / years) if abs(years) > 1e-9 else 0.0
    return [
        {
            "source": "oews-national, oflc, oews-sector",
            "from": start,
            "to": as_of,
            "method": "compound",
            "annual_rate": round(rate, 5),
            "rate_source": _rate_source(start, as_of),
            "effect_usd": round(p50 - p50 / math.exp(growth)),
        }
    ]


@lru_cache(maxsize=4096)
def _rate_source(start: str, end: str) -> str:
    low, high = min(start, end), max(start, end)
    used = [s for s in vocabulary.wage_growth() if s.from_on < high and s.to_on > low]
    return "; ".join(f"{s.source} ({s.annual_rate:.1%})" for s in used) or "no ageing"


def _scope(model: PayModel, found: ResolvedRole, asked: Mapping[str, Any], as_of: str, population: str | None) -> dict[str, Any]:
    applied: dict[str, Any] = {"occupation": [model.spec.socs[o] for o, _ in found.role.mixture], "as_of": as_of, "currency": vocabulary.CURRENCY}
    if found.family:
        applied["family"] = found.family
    if found.level:
        applied["level"] = found.level.code
    if found.place is not None:
        applied["location"] = model.spec.areas[found.place.area] if found.place.area is not None else found.place.state or "US"
    if found.industry:
        applied["industry"] = found.industry.code
    if found.size:
        applied["employees"] = found.size
    if found.role.experience_years is not None:
        applied["experience_years"] = found.role.experience_years
    if found.work_mode:
        applied["remote"] = found.work_mode
    applied["population"] = population or "market"
    return {
        "requested": {("remote" if k == "work_mode" else k): v for k, v in asked.items() if v is not None},
        "applied": applied,
        "relaxed": list(found.relaxed),
        "ignored": [],
    }


@lru_cache(maxsize=1)
def _last_published() -> str:
    return max(s.to_on for s in vocabulary.wage_growth() if s.status == "published")


def _warnings(found: ResolvedRole, as_of: str) -> list[dict[str, str]]:
    rows = [{"code": code, "message": message} for code, message in found.notes]
    if found.relaxed:
        rows.append({"code": "scope_relaxed", "message": "; ".join(found.relaxed)})
    if found.role.base_share != 1.0:
        rows.append(
            {
                "code": "base_from_official_wages",
                "message": f"Official wages of this family include commissions; base is taken as {found.role.base_share:.0%} of them.",
            }
        )
    if found.size:
        rows.append({"code": "size_evidence_thin", "message": "Company size rests on few and old sources; its factor has a wide interval."})
    if as_of > _last_published():
        rows.append({"code": "growth_forecast", "message": f"Wage growth after {_last_published()} is a forecast."})
    if found.industry and found.industry.match < UNSURE_MATCH:
        rows.append({"code": "industry_uncertain", "message": f"The industry was read as '{vocabulary.industries()[found.industry.code].name}'; check it."})
    if found.place and found.place.match < UNSURE_MATCH and not found.relaxed:
        rows.append({"code": "place_uncertain", "message": "The place was not recognised with certainty; check the area."})
    if found.level and found.level.why == "default":
        rows.append({"code": "level_assumed", "message": f"The title names no level; {found.level.code} was assumed. Send level to choose."})
    return rows
