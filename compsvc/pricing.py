"""A resolved role to a PayRange: quantiles, factors, evidence, ageing and scope.

The reference times its factors is the p50. Every value is rounded here and
nowhere else: money to whole USD, factors to eight decimals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from compsvc import vocabulary
from compsvc.disclosure import as_json
from compsvc.errors import FieldProblem, RequestInvalid, RoleNotCovered
from compsvc.paymodel import MEMORY, Located, PayModel
from compsvc.resolve.roles import ResolvedRole, resolve_role
from compsvc.variable import Ote, Variable

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
    "variable": "what variable pay adds at the median, from the joint distribution of base and variable",
}


@lru_cache(maxsize=4096)
def decimal_year(on: str) -> float:
    """An ISO date as a decimal year."""
    return 2000.0 + (date.fromisoformat(on) - _EPOCH).days / DAYS_PER_YEAR


@lru_cache(maxsize=256)
def last_as_of(today: str) -> str:
    """The last date a role can be priced at."""
    return (date.fromisoformat(today) + timedelta(days=int(DAYS_PER_YEAR * vocabulary.AS_OF_YEARS_AHEAD))).isoformat()


@lru_cache(maxsize=4096)
def priced_year(as_of: str, today: str) -> float:
    """The decimal year of a date that can be priced; RoleNotCovered for any other."""
    if not vocabulary.AS_OF_FIRST <= as_of <= last_as_of(today):
        raise RoleNotCovered(
            f"as_of {as_of} is outside what wage growth covers.",
            (FieldProblem("/as_of", f"{as_of} is outside what wage growth covers", f"{vocabulary.AS_OF_FIRST} to {last_as_of(today)}"),),
        )
    return decimal_year(as_of)


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
    year = priced_year(as_of, today)
    population = asked.get("population")
    if population == "market":
        population = None
    if population and population not in model.index["populations"]:
        raise RequestInvalid(
            f"'{population}' is not a population.", (FieldProblem("/population", f"'{population}' is not a population", "; ".join(model.spec.populations)),)
        )
    found = resolve_role(model, asked)
    located = model.locate(found.role, year, population, found.family_index)
    base = model.quantiles(located)
    earned = model.earnings(found.role, located, found.family)
    years = year - model.anchor_year
    pay, mix = _pay(model, found, located, base, earned, years)
    return {
        "model_id": model.model_id,
        "as_of": as_of,
        "currency": vocabulary.CURRENCY,
        "role": _role(model, found, asked),
        "pay": pay,
        "mix": mix,
        "evidence": _evidence(model, found, located, base[2], earned),
        "ageing": [_ageing(model, located.parts["ageing"], years, as_of) | {"effect_usd": round(base[2] * -math.expm1(-located.parts["ageing"]))}],
        "scope": _scope(model, found, asked, as_of, population),
        "warnings": _warnings(found, as_of, population, earned is not None, pay["base"]["gates"]["privacy"]),
    }


Earned = tuple[Variable, Ote]
_NOT_STATED = {"method": "withheld", "reason": "people of this population do not state variable pay"}


def _pay(
    model: PayModel, found: ResolvedRole, located: Located, base: tuple[float, ...], earned: Earned | None, years: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The three components, and the mix at the median."""
    growth = GROWTH_ERROR * abs(years)
    variance = growth * growth
    for error in located.errors.values():
        variance += error * error
    factors = _factors(located, growth)
    people, stated_people = model.people(found.family_index, found.role.mixture)
    fixed = _component("base", base, (variance, variance, variance), as_json(people), factors)
    if earned is None:
        return {"base": fixed, "variable": {"pay_basis": "actual_variable"} | _NOT_STATED, "ote": {"pay_basis": "actual_cash"} | _NOT_STATED}, {
            "base_share": None
        }
    variable, ote = earned
    exp = math.exp
    u, o = ote.uplift, ote.offsets
    total = (base[0] * exp(u[0]), base[1] * exp(u[1]), base[2] * exp(u[2]), base[3] * exp(u[3]), base[4] * exp(u[4]))
    middle = base[2] * exp(variable.log_share)
    extra = (middle * exp(o[0]), middle * exp(o[1]), middle * exp(o[2]), middle * exp(o[3]), middle * exp(o[4]))
    stated = as_json(stated_people)
    shared = variance + variable.log_share_error * variable.log_share_error
    low, mid, high = ote.errors
    added = _factor("variable", u[2], mid)
    return {
        "base": fixed,
        "variable": {
            "p_any": int(variable.p_any * 1e4 + 0.5) / 1e4,
            **_component("target_variable" if variable.target else "actual_variable", extra, (shared, shared, shared), stated),
        },
        "ote": _component(
            "ote" if variable.target else "actual_cash", total, (variance + low * low, variance + mid * mid, variance + high * high), stated, [*factors, added]
        ),
    }, {"base_share": int(base[2] / total[2] * 1e4 + 0.5) / 1e4}


def _component(
    basis: str, q: tuple[float, ...], variances: tuple[float, float, float], evidence: dict[str, object], factors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """One component: percentiles, their intervals (wider away from the median, where the spread is unsure too; quartiles half-way), gates and factors.

    `variances` are of log P10, P50 and P90.
    """
    p10, p25, p50, p75, p90 = q
    log, sqrt, exp = math.log, math.sqrt, math.exp
    lower, middle, upper = variances
    below, above = _SPREAD_ERROR * log(p10 / p50), _SPREAD_ERROR * log(p90 / p50)
    r10, r50, r90 = exp(_Z90 * sqrt(lower + below * below)), exp(_Z90 * sqrt(middle)), exp(_Z90 * sqrt(upper + above * above))
    r25, r75 = sqrt(r10 * r50), sqrt(r50 * r90)
    body: dict[str, Any] = {
        "pay_basis": basis,
        "p10": round(p10),
        "p25": round(p25),
        "p50": round(p50),
        "p75": round(p75),
        "p90": round(p90),
        "interval": {
            "level": INTERVAL_LEVEL,
            "p10": (round(p10 / r10), round(p10 * r10)),
            "p25": (round(p25 / r25), round(p25 * r25)),
            "p50": (round(p50 / r50), round(p50 * r50)),
            "p75": (round(p75 / r75), round(p75 * r75)),
            "p90": (round(p90 / r90), round(p90 * r90)),
        },
        "method": "modelled",
        "gates": evidence,
    }
    if factors is not None:
        body["factors"] = factors
    return body


def _factors(located: Located, growth_error: float) -> list[dict[str, Any]]:
    """The reference and its factors. What many roles share is kept; the rest is worked out."""
    parts, errors = located.parts, located.errors
    rows = [_reference(parts["reference"])]
    for name, error in errors.items():
        if name != "reference":
            rows.append((_shared_factor if name in _SHARED else _factor)(name, parts[name], error))
    rows.append(_shared_factor("ageing", parts["ageing"], growth_error))
    return rows


_SHARED = frozenset({"pay_basis", "size", "ageing"})


@lru_cache(maxsize=MEMORY)
def _reference(log_usd: float) -> dict[str, Any]:
    return {"name": "reference", "value_usd": int(math.exp(log_usd) * 1e4 + 0.5) / 1e4, "evidence": _EVIDENCE["reference"]}


def _factor(name: str, log_factor: float, error: float) -> dict[str, Any]:
    """One factor with its interval; decimals are cut by arithmetic, since rounding to digits costs ten times as much."""
    factor, ratio = math.exp(log_factor), math.exp(_Z90 * error)
    return {
        "name": name,
        "factor": int(factor * 1e8 + 0.5) / 1e8,
        "low": int(factor / ratio * 1e4 + 0.5) / 1e4,
        "high": int(factor * ratio * 1e4 + 0.5) / 1e4,
        "evidence": _EVIDENCE[name],
    }


_shared_factor = lru_cache(maxsize=MEMORY)(_factor)


_NATION = {"code": "US", "name": "United States", "kind": "nation", "match": 1.0}


def _role(model: PayModel, found: ResolvedRole, asked: Mapping[str, Any]) -> dict[str, Any]:
    industry = found.industry
    return {
        "title": found.title,
        "family": _family(found.family, found.family_match, found.alternatives) if found.family else None,
        "occupation": model.occupation(found.role.mixture),
        "level": _level(found.level.code, found.level.why) if found.level else None,
        "area": model.area(found.place) if found.place else _NATION,
        "industry": _industry(industry.code, industry.match) if industry else None,
        "size": {"code": found.size, "employees": found.employees} if found.size else None,
        "experience_years": asked.get("experience_years"),
        "work_mode": found.work_mode,
    }


@lru_cache(maxsize=4096)
def _family(code: str, match: float, alternatives: tuple[tuple[str, float], ...]) -> dict[str, Any]:
    return {
        "code": code,
        "name": vocabulary.families()[code].name,
        "match": match,
        "alternatives": [{"code": other, "match": score} for other, score in alternatives],
    }


@lru_cache(maxsize=256)
def _level(code: str, why: str) -> dict[str, Any]:
    return {"code": code, "name": vocabulary.levels()[code].name, "why": why}


@lru_cache(maxsize=4096)
def _industry(code: str, match: float) -> dict[str, Any]:
    return {"code": code, "name": vocabulary.industries()[code].name, "match": match}


def _evidence(model: PayModel, found: ResolvedRole, located: Located, p50: float, earned: Earned | None) -> dict[str, Any]:
    """People and employers behind the gradients, and every source with its weight within its use and the answer without it."""
    role, parts = found.role, located.parts
    ote_p50 = p50 * math.exp(earned[1].uplift[2]) if earned else None
    rows = [_SOURCE_OF_ANCHOR]
    location, size = parts["location"], parts["size"]
    if location:
        rows.append(_source("oflc", "location", "2025-07/2026-06", 1.0, p50, ote_p50, location, location))
    if role.sector is not None:
        sector = model.sector_part(role)
        rows.append(_source("oews-sector", "industry", "2024-05", 1.0, p50, ote_p50, sector, sector))
    if located.population < 0:
        weights, swings = model.source_weights(role.mixture), model.swings(role)
        also = model.earned_swings(found.family_index, earned[1]) if earned and not earned[0].target else [0.0] * len(swings)
        for source, weight, swing, more in zip(model.sources, weights, swings, also, strict=True):
            rows.append(_source(source, "gradients", _PERIODS.get(source, ""), weight, p50, ote_p50, swing, swing + more))
    else:
        source = model.spec.populations[located.population]
        rows.append(_SOURCE_OF_ANCHOR | {"id": source, "use": "population", "period": _PERIODS.get(source, "")})
    if role.size is not None:
        rows.append(_source("perm, stackoverflow, susb", "size", "2014/2022", 1.0, p50, ote_p50, size, size))
    if earned and located.population < 0 and role.base_share != 1.0:
        base_swing, ote_swing = model.plan_swings(role, located, found.family, earned[1].uplift[2])
        rows.append(_source("mix", "plans", "2024/2026", model.variable.published_weight, p50, ote_p50, base_swing, ote_swing))
    n_people, n_employers = model.evidence(role.mixture)
    return {"n_people": n_people, "n_employers": n_employers, "sources": rows}


def _source(source: str, use: str, period: str, weight: float, p50: float, ote_p50: float | None, swing: float, ote_swing: float) -> dict[str, Any]:
    """One source; `swing` is the log of the answer over the answer without it."""
    less = math.exp(-swing)
    return {
        "id": source,
        "use": use,
        "period": period,
        "weight": weight,
        "without_it_p50": round(p50 * less),
        "without_it_ote_p50": None if ote_p50 is None else round(ote_p50 * (less if ote_swing == swing else math.exp(-ote_swing))),
    }


_SOURCE_OF_ANCHOR = {"id": "oews-national", "use": "anchor", "period": "2024-05", "weight": 1.0, "without_it_p50": None, "without_it_ote_p50": None}
_PERIODS = {"survey-2021": "2021-04", "survey-2023": "2023-04", "lca": "2023-10/2023-12", "aijobs": "2020/2025-01"}


_AGEING_CACHE: dict[tuple[str, str], dict[str, Any]] = {}


def _ageing(model: PayModel, growth: float, years: float, as_of: str) -> dict[str, Any]:
    """How figures were brought to the date; the effect on the median is the caller's to add."""
    key = (model.model_id, as_of)
    found = _AGEING_CACHE.get(key)
    if found is None:
        start = str(model.body["as_of"])
        found = {
            "source": "oews-national, oflc, oews-sector",
            "from": start,
            "to": as_of,
            "method": "compound",
            "annual_rate": round(math.expm1(growth / years) if abs(years) > 1e-9 else 0.0, 5),
            "rate_source": _rate_source(start, as_of),
        }
        if len(_AGEING_CACHE) < MEMORY:
            _AGEING_CACHE[key] = found
    return found


def _rate_source(start: str, end: str) -> str:
    low, high = min(start, end), max(start, end)
    used = [s for s in vocabulary.wage_growth() if s.from_on < high and s.to_on > low]
    return "; ".join(f"{s.source} ({s.annual_rate:.1%})" for s in used) or "no ageing"


def _scope(model: PayModel, found: ResolvedRole, asked: Mapping[str, Any], as_of: str, population: str | None) -> dict[str, Any]:
    socs = model.spec.socs
    applied: dict[str, Any] = {"occupation": [socs[o] for o, _ in found.role.mixture], "as_of": as_of, "currency": vocabulary.CURRENCY}
    if found.family:
        applied["family"] = found.family
    if found.level:
        applied["level"] = found.level.code
    if found.place is not None:
        applied["location"] = model.area(found.place)["code"]
    if found.industry:
        applied["industry"] = found.industry.code
    if found.size:
        applied["employees"] = found.size
    if found.role.experience_years is not None:
        applied["experience_years"] = found.role.experience_years
    if found.work_mode:
        applied["remote"] = found.work_mode
    applied["population"] = population or "market"
    requested = {k: v for k, v in asked.items() if v is not None}
    if "work_mode" in requested:
        requested["remote"] = requested.pop("work_mode")
    return {"requested": requested, "applied": applied, "relaxed": found.relaxed, "ignored": ()}


@lru_cache(maxsize=1)
def _last_published() -> str:
    return max(s.to_on for s in vocabulary.wage_growth() if s.status == "published")


def _warnings(found: ResolvedRole, as_of: str, population: str | None, stated: bool, enough: bool) -> list[dict[str, str]]:
    rows = [{"code": code, "message": message} for code, message in found.notes]
    if found.relaxed:
        rows.append({"code": "scope_relaxed", "message": "; ".join(found.relaxed)})
    if found.role.base_share != 1.0:
        promised = " Target variable rests on weak published plans." if population is None else ""
        rows.append(
            {
                "code": "base_from_official_wages",
                "message": f"Official wages of this family include commissions; base is taken as {found.role.base_share:.0%} of them.{promised}",
            }
        )
    elif stated:
        rows.append(_VARIABLE_AS_STATED)
    if not enough:
        rows.append(_FEW_PEOPLE)
    if found.size:
        rows.append(_SIZE_EVIDENCE_THIN)
    if as_of > _last_published():
        rows.append(_growth_forecast())
    if found.industry and found.industry.match < UNSURE_MATCH:
        rows.append({"code": "industry_uncertain", "message": f"The industry was read as '{vocabulary.industries()[found.industry.code].name}'; check it."})
    if found.place and found.place.match < UNSURE_MATCH and not found.relaxed:
        rows.append({"code": "place_uncertain", "message": "The place was not recognised with certainty; check the area."})
    if found.title and (m := _NOT_FULL_TIME.search(found.title)):
        rows.append({"code": "not_full_time", "message": f"'{m[0]}' is not in the price: this is full-time pay of an employee for a whole year."})
    if found.level and found.level.why == "default":
        rows.append({"code": "level_assumed", "message": f"The title names no level; {found.level.code} was assumed. Send level to choose."})
    return rows


_NOT_FULL_TIME = re.compile(
    r"\bpart[- ]?time\b|\b1099\b|\bcontractor\b|\(contract\)|\bcontract[- ](?:role|position|to[- ]hire)\b|- contract$|\bfreelance\b|\btemp(?:orary)?\b|\bseasonal\b|\bper diem\b|\bprn\b|\bhourly\b|\bhalf[- ]time\b"
    r"|(?<![\d.])0?\.\d+\s?fte\b|\b\d{1,2}\s?-?(?:hours?|hrs?|h)\b|\b[1-4] days?\b|\b\d{1,2}[- ]months?\b|\(pt\)|^pt\b|\bpt$",
    re.IGNORECASE,
)
_VARIABLE_AS_STATED = {
    "code": "variable_as_stated",
    "message": "Variable pay of this job is what people of open surveys say they were paid on top; plans are not published.",
}
_FEW_PEOPLE = {"code": "few_people", "message": "Fewer than ten people of this job said their pay; the range rests on official wages and on related jobs."}
_SIZE_EVIDENCE_THIN = {"code": "size_evidence_thin", "message": "Company size rests on few and old sources; its factor has a wide interval."}


@lru_cache(maxsize=1)
def _growth_forecast() -> dict[str, str]:
    return {"code": "growth_forecast", "message": f"Wage growth after {_last_published()} is a forecast."}
