"""Rows of a plan as positions: what each is paid, from the plan or from the market, and how unsure that is.

What a row leaves blank is priced: base at a market percentile or a position of the workspace's Band, variable by the market's
mix where a quota is carried and at the mean over people elsewhere. Zero means none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from compsvc import formulas, schemas, standing, vocabulary
from compsvc.errors import FieldProblem, RequestError, RequestInvalid
from compsvc.features import QUANTILE_NAMES, SCORES
from compsvc.headcount import cost, draws
from compsvc.headcount.cost import NEVER, Months, Positions
from compsvc.incentives import DISTRIBUTIONS
from compsvc.offers.reading import band_in_force
from compsvc.paymodel import PayModel
from compsvc.pricing import price

ROLE_FIELDS = ("title", "occupation", "family", "level", "location", "industry", "employees", "experience_years", "work_mode")
MOST_PEOPLE = 50_000
MOST_PROBLEMS = 200
LEAST_A_YEAR = {"base_usd": 1_000, "base": 1_000, "variable_usd": 100, "variable": 100}
ABROAD = "outside the United States"
OF_A_ROW = frozenset({"title_mended", "title_uncertain", "scope_relaxed", "industry_uncertain", "place_uncertain"})
NO_MATRIX = {"code": "performance_without_matrix", "message": "A performance is said, and there is no merit matrix to read it by."}
NOT_IN_THE_MARKET = {"code": "not_in_the_market", "message": "The market cannot price this row; it is costed as its pay says."}
_INTERVAL_SCORE = 1.6448536269514722

Answer = dict[str, Any]
Scenario = Mapping[str, Any]
Known = dict[tuple[tuple[str, Any], ...], "Answer | RequestError"]


class Pay(NamedTuple):
    """Pay of a row in one place: yearly base and expected variable, USD, target variable, and where they come from."""

    base_usd: float
    variable_usd: float
    target_usd: float
    base_from: str
    variable_from: str
    quota: bool
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Priced:
    """The rows of one scenario as positions, one a person, with what is unsure about each; `row` is each one's row, `rated` whether the merit matrix has a raise for them, `places` where they were priced."""

    positions: Positions
    errors: draws.Errors
    row: np.ndarray
    rated: np.ndarray
    places: list[str]
    rows: list[Answer]
    merit: Answer | None


def people_of(asked: Mapping[str, Any]) -> int:
    """How many people and openings a plan holds."""
    return int(sum(row["count"] for row in asked["rows"]))


def priced(
    model: PayModel,
    asked: Mapping[str, Any],
    scenario: Scenario,
    months: Months,
    today: str,
    known: Known,
    progress: Callable[[int], None] | None = None,
    policies: Sequence[Mapping[str, Any]] = (),
) -> Priced:
    """Every row priced under a scenario. Rows with the same role are priced once, and `known` remembers them for the next scenario; `progress` is told that
    work goes on, of nobody costed yet.

    Raises RequestInvalid with every row's problems.
    """
    if people_of(asked) > MOST_PEOPLE:
        raise RequestInvalid("The plan holds too many people.", (FieldProblem("/rows", f"{people_of(asked):,} people", f"at most {MOST_PEOPLE:,}"),))
    attainment = DISTRIBUTIONS[scenario["attainment"]]
    place = _places(scenario["hires_in"])
    made: list[tuple[float, ...]] = []
    errors: list[tuple[dict[Hashable, float], dict[Hashable, float]]] = []
    which, places, rows = [], [], []
    problems: list[FieldProblem] = []
    ratios: list[tuple[str, float] | None] = []
    for i, row in enumerate(asked["rows"]):
        start = -NEVER if row.get("start_on") is None else cost.month_offset(row["start_on"], months)
        end = NEVER if row.get("end_on") is None else cost.month_offset(row["end_on"], months)
        opening = start >= 0
        if progress is not None and i % 100 == 0:
            progress(0)
        try:
            _check(row, i, start, end, scenario["merit_matrix"])
            groups = _groups([next(place) for _ in range(row["count"])] if opening else [""] * row["count"])
            pays = [(where, n, _pay(model, row, scenario, known, i, today, opening, where, policies)) for where, n in groups]
        except RequestError as problem:
            problems += problem.problems or (FieldProblem(f"/rows/{i}", problem.message),)
            continue
        for where, n, pay in pays:
            unsure = _errors(pay)
            personal = scenario["personal_error"] if pay.base_from != "plan" else 0.0
            luck = attainment.log_sd if pay.quota and pay.variable_usd else 0.0
            flat = row["payroll_tax_share"] if row.get("payroll_tax_share") is not None else math.nan
            one = (pay.base_usd, pay.variable_usd, start, end, row["equity_usd"], row["sign_on_usd"], float(opening), flat, personal, luck)
            made += [one] * n
            errors += [unsure] * n
            which += [i] * n
            places += [_place(row, pay, where)] * n
            ratios += [_compa(row, pay)] * n
        noted = [NO_MATRIX] if row.get("performance") and not scenario["merit_matrix"] else []
        rows.append(_row(row, pays, i, noted))
    if problems:
        raise _refused(problems)
    base, variable, start_at, end_at, equity, sign_on, hired, share, personal_error, luck_sd = (np.array(c) for c in zip(*made, strict=True))
    merit, said = _merit(scenario, base, ratios)
    return Priced(
        Positions(base, variable, start_at, end_at, equity, sign_on, hired.astype(bool), merit, share),
        draws.Errors(
            draws.Shared.of([e[0] for e in errors]), draws.Shared.of([e[1] for e in errors]), personal_error, scenario["shared_attainment_error"], luck_sd
        ),
        np.array(which),
        np.array([found is not None for found in ratios]) & (said is not None),
        places,
        rows,
        said,
    )


def _refused(problems: list[FieldProblem]) -> RequestInvalid:
    """One refusal with every row's problems, as many as anybody reads."""
    wrong = list(dict.fromkeys(int(p.pointer.split("/")[2]) + 1 for p in problems if p.pointer.startswith("/rows/")))
    said = f"Row {wrong[0]} was refused." if len(wrong) == 1 else f"{len(wrong):,} rows were refused." if wrong else "The plan was refused."
    more = (FieldProblem("/rows", f"and {len(problems) - MOST_PROBLEMS:,} more problems"),) if len(problems) > MOST_PROBLEMS else ()
    return RequestInvalid(said, (*problems[:MOST_PROBLEMS], *more))


def _check(row: Mapping[str, Any], i: int, start: float, end: float, matrix: Mapping[str, Any] | None) -> None:
    """Nothing for a row whose fields fit each other."""
    problems = []
    if end <= start:
        problems.append(FieldProblem(f"/rows/{i}/end_on", f"{row['end_on']} is not after the start", "a later day"))
    if row.get("band_position") is not None and any(row.get(name) is not None for name in ("base", "base_usd", "market_percentile")):
        problems.append(FieldProblem(f"/rows/{i}/band_position", "base is said in another way too", "one of base, market_percentile and band_position"))
    if row["sign_on_usd"] and start == -NEVER:
        problems.append(FieldProblem(f"/rows/{i}/sign_on_usd", "a sign-on bonus for somebody who is here already", "a start_on, or no sign-on"))
    if matrix and row.get("performance") and row["performance"].casefold() not in {name.casefold() for name in matrix["raises"]}:
        detail, known = f"'{row['performance']}' is not a performance of the merit matrix", matrix["raises"]
        problems.append(FieldProblem(f"/rows/{i}/performance", detail, ", ".join(known), schemas.near(row["performance"], known)))
    for name, least in LEAST_A_YEAR.items():
        usd = row.get(name)
        if usd is not None and 0 < usd < least:
            detail = f"{usd:,.15g} a year is very little: is it in thousands, for an hour, or a share?"
            problems.append(FieldProblem(f"/rows/{i}/{name}", detail, f"an amount a year, {least:,} or more, or 0"))
    for name in ("base", "variable"):
        if row.get(name) is not None and row.get(f"{name}_usd") is not None:
            problems.append(FieldProblem(f"/rows/{i}/{name}", f"{name} and {name}_usd are both given", "one of them"))
        if row.get(name) is not None and not row.get("currency"):
            problems.append(FieldProblem(f"/rows/{i}/currency", f"{name} has no currency", f"an ISO 4217 code, or {name}_usd"))
    if problems:
        raise RequestInvalid("A row was refused.", tuple(problems))


# --- where openings are ----------------------------------------------------------------


def _places(shares: Mapping[str, float]) -> Iterator[str]:
    """The place of one opening after another, so that each place holds its share of them as closely as whole people can; "" keeps the row's own."""
    of = {**shares, "": max(0.0, 1.0 - sum(shares.values()))}
    held = dict.fromkeys(of, 0)
    n = 0
    while True:
        n += 1
        where = max(of, key=lambda name: of[name] * n - held[name])
        held[where] += 1
        yield where


def _groups(places: list[str]) -> list[tuple[str, int]]:
    return [(where, places.count(where)) for where in dict.fromkeys(places)]


# --- what a row is paid ------------------------------------------------------------------


def _pay(
    model: PayModel,
    row: Mapping[str, Any],
    scenario: Scenario,
    known: Known,
    i: int,
    today: str,
    opening: bool,
    moved: str,
    policies: Sequence[Mapping[str, Any]],
) -> Pay:
    """Pay of a row, in the place it is moved to if any."""
    base, variable = (_usd(row, name, scenario["rates"], i) for name in ("base", "variable"))
    role = {k: row[k] for k in ROLE_FIELDS if row.get(k) is not None} | ({"location": moved} if moved else {})
    answer = _price(model, role, today, known)
    if isinstance(answer, RequestError):
        if base is None:
            raise _moved(answer, scenario, moved) if moved else _at_row(answer, i)
        unplaced = [p for p in answer.problems if p.pointer == "/location"]
        abroad = bool(unplaced) and (ABROAD in unplaced[0].detail or row.get("payroll_tax_share") is not None)
        if not abroad and (unplaced or variable is None):
            raise _at_row(answer, i)
        if variable is None:
            detail = "variable is not said, and the market there cannot tell"
            raise RequestInvalid("A row was refused.", (FieldProblem(f"/rows/{i}/variable_usd", detail, "an amount; 0 for none"),))
        if row.get("payroll_tax_share") is None and unplaced:
            detail = f"employer payroll taxes are known for the United States only ({answer.problems[0].detail})"
            raise RequestInvalid("A row was refused.", (FieldProblem(f"/rows/{i}/payroll_tax_share", detail, "share of cash pay, such as 0.21"),))
        return Pay(base, variable, variable, "plan", "plan", False, None)
    family = vocabulary.families().get(answer["role"]["family"]["code"]) if answer["role"]["family"] else None
    quota = bool(family and family.quota_carrying)
    market = [answer["pay"]["base"][q] for q in QUANTILE_NAMES]
    base_from, variable_from = "plan", "plan"
    if base is None and row.get("band_position") is not None:
        base, base_from = _in_band(model, row, role, answer, policies, i, today), "band"
    elif base is None:
        percentile = row.get("market_percentile") or (scenario["market_percentile"] if opening else 50.0)
        base, base_from = standing.value_at(percentile, market), "market"
    if variable is None:
        variable_from = "market mix" if quota else "market mean"
        variable = base * (1 / (answer["mix"]["base_share"] or 1.0) - 1) if quota else base / market[2] * mean_variable(answer["pay"]["variable"])
    payout = DISTRIBUTIONS[scenario["attainment"]].moments(0.0, math.inf)[1] if quota else 1.0
    return Pay(base, variable * payout, variable, base_from, variable_from, quota, answer)


def _in_band(
    model: PayModel, row: Mapping[str, Any], role: Mapping[str, Any], answer: Answer, policies: Sequence[Mapping[str, Any]], i: int, today: str
) -> float:
    """Base at a position of the workspace's Band of the role, USD; RequestInvalid where there is no Band."""
    band, why = band_in_force(model, role, answer, policies, today, today)
    if band is None:
        at = FieldProblem(
            f"/rows/{i}/band_position", why.rstrip(".") or "no Band policy is in force here", "a market_percentile, or a workspace whose policy covers the role"
        )
        raise RequestInvalid("A row was refused.", (at,))
    return band.min_usd + float(row["band_position"]) * (band.max_usd - band.min_usd)


def mean_variable(part: Mapping[str, Any]) -> float:
    """Mean variable pay over everybody in a role, USD: the chance of any times the mean of a log-normal through its P10, P50 and P90."""
    if not part["p_any"]:
        return 0.0
    spread = math.log(part["p90"] / part["p10"]) / (SCORES[-1] - SCORES[0])
    return float(part["p_any"] * part["p50"] * math.exp(spread * spread / 2))


def _usd(row: Mapping[str, Any], name: str, rates: Mapping[str, float], i: int) -> float | None:
    """A row's own amount in USD, by the plan's rate where it is in another currency; None when it is not said."""
    if row.get(f"{name}_usd") is not None:
        return float(row[f"{name}_usd"])
    if row.get(name) is None:
        return None
    currency = row["currency"]
    if currency != vocabulary.CURRENCY and currency not in rates:
        detail = f"there is no rate for {currency}"
        at = FieldProblem(f"/rows/{i}/currency", detail, f"USD for one {currency} in assumptions.rates", schemas.near(currency, rates))
        raise RequestInvalid("A row was refused.", (at,))
    return float(row[name]) * (1.0 if currency == vocabulary.CURRENCY else rates[currency])


def _price(model: PayModel, role: Mapping[str, Any], today: str, known: Known) -> Answer | RequestError:
    """The role's PayRange, or why there is none."""
    key = tuple(sorted(role.items()))
    if key not in known:
        try:
            known[key] = price(model, role, today)
        except RequestError as problem:
            known[key] = problem
    return known[key]


def _at_row(problem: RequestError, i: int) -> RequestError:
    return type(problem)(f"Row {i + 1}: {problem.message}", tuple(replace(p, pointer=f"/rows/{i}{p.pointer}") for p in problem.problems))


def _moved(problem: RequestError, scenario: Scenario, moved: str) -> RequestError:
    said = tuple(replace(p, pointer="/scenarios", detail=f"scenario {scenario['name']}, hires_in {moved}: {p.detail}") for p in problem.problems)
    return type(problem)(problem.message, said)


# --- how unsure it is --------------------------------------------------------------------

_CODE_OF: dict[str, Callable[[Answer], str]] = {
    "occupation": lambda role: role["occupation"]["code"],
    "pay_basis": lambda role: role["family"]["code"] if role["family"] else "",
    "level": lambda role: role["level"]["code"] if role["level"] else "",
    "location": lambda role: role["area"]["code"],
    "industry": lambda role: role["industry"]["code"] if role["industry"] else "",
    "size": lambda role: role["size"]["code"] if role["size"] else "",
    "title": lambda role: role["title"] or "",
}


def _errors(pay: Pay) -> tuple[dict[Hashable, float], dict[Hashable, float]]:
    """Errors in logs by factor and code: of a market price, and of market variable beyond what base is wrong by. Roles with the same factor and code are wrong together."""
    if pay.answer is None:
        return {}, {}
    role, parts = pay.answer["role"], pay.answer["pay"]
    base: dict[Hashable, float] = {}
    for factor in parts["base"]["factors"]:
        error = math.log(factor["high"] / factor["factor"]) / _INTERVAL_SCORE if factor.get("high") else 0.0
        if error > 0:
            code = _CODE_OF.get(factor["name"])
            base[factor["name"], code(role) if code else ""] = error
    variable: dict[Hashable, float] = {}
    if pay.variable_from != "plan" and pay.variable_usd:
        low, high = parts["variable"]["interval"]["p50"]
        beyond = (math.log(high / low) / 2 / _INTERVAL_SCORE) ** 2 - sum(e * e for e in base.values())
        if beyond > 0:
            variable["variable", role["family"]["code"] if role["family"] else role["occupation"]["code"]] = math.sqrt(beyond)
    return base if pay.base_from == "market" else {}, variable


# --- merit -------------------------------------------------------------------------------


def _compa(row: Mapping[str, Any], pay: Pay) -> tuple[str, float] | None:
    """(performance, compa-ratio to market P50 of base) of a row that says how somebody performs."""
    if not row.get("performance"):
        return None
    return row["performance"].casefold(), formulas.compa_ratio(pay.base_usd, pay.answer["pay"]["base"]["p50"]) if pay.answer else 1.0


def _merit(scenario: Scenario, base: np.ndarray, ratios: list[tuple[str, float] | None]) -> tuple[np.ndarray, Answer | None]:
    """Everybody's yearly merit raise, (n,), and what the matrix came to: its raises are scaled down to its budget, never up."""
    rates = np.full(len(base), scenario["merit_rate"])
    matrix = scenario["merit_matrix"]
    rated = [i for i, found in enumerate(ratios) if found is not None]
    if matrix is None or not rated:
        return rates, None
    limits = matrix["compa_ratio_limits"]
    cells: list[tuple[str, str]] = []
    raises: dict[tuple[str, str], float] = {}
    for i in rated:
        performance, ratio = ratios[i]  # type: ignore[misc]
        cells.append((performance, str(sum(ratio >= limit - 1e-9 for limit in limits))))
    for performance, row in matrix["raises"].items():
        raises |= {(performance.casefold(), str(k)): rate for k, rate in enumerate(row)}
    pay: list[float] = base[rated].tolist()
    payroll = sum(pay)
    asked = sum(raises[cell] * usd for cell, usd in zip(cells, pay, strict=True))
    given = formulas.merit_raises(pay, cells, raises, matrix["budget"] * payroll if matrix.get("budget") is not None else math.inf)
    rates[rated] = np.array(given) / np.maximum(np.array(pay), 1e-9)
    return rates, {
        "rated": len(rated),
        "payroll_usd": round(payroll),
        "raises_usd": round(sum(given)),
        "scaled_by": round(sum(given) / asked, 4) if asked else 1.0,
        "compa_ratio_denominator": "market P50 of base",
    }


# --- the row as answered -------------------------------------------------------------------


def _place(row: Mapping[str, Any], pay: Pay, moved: str) -> str:
    return str(pay.answer["role"]["area"]["name"] if pay.answer else moved or row.get("location") or "elsewhere")


def _row(row: Mapping[str, Any], pays: list[tuple[str, int, Pay]], i: int, noted: list[Answer]) -> Answer:
    """A row as it was priced, in the first of the places its openings are in."""
    where, _, pay = pays[0]
    role = pay.answer["role"] if pay.answer else None
    title = (role["title"] or role["occupation"]["name"]) if role else row.get("title") or row.get("family") or row.get("occupation") or ""
    level = role["level"]["code"] if role and role["level"] else row.get("level")
    said = pay.base_from if pay.variable_from == "plan" or pay.base_from == "market" else f"{pay.base_from}, variable from the market"
    return {
        "id": row.get("id") or str(i + 1),
        "title": title,
        "team": row["team"],
        "level": level,
        "level_from": role["level"]["why"] if role and role["level"] else "none",
        "location": _place(row, pay, where),
        "other_places": {_place(row, other, moved): n for moved, n, other in pays[1:]},
        "count": row["count"],
        "base_usd": round(pay.base_usd),
        "variable_usd": round(pay.target_usd),
        "variable_from": pay.variable_from,
        "pay_from": said,
        "warnings": [*([w for w in pay.answer["warnings"] if w["code"] in OF_A_ROW] if pay.answer else [NOT_IN_THE_MARKET]), *noted],
    }
