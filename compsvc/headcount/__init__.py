"""A headcount plan: every row priced, its cost month by month as a band, scenarios beside it, and what one point of each assumption costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compsvc import standing, vocabulary
from compsvc.errors import FieldProblem, RequestError, RequestInvalid
from compsvc.features import QUANTILE_NAMES
from compsvc.headcount import cost, draws
from compsvc.headcount.cost import COMPONENTS, Assumptions, Months, Positions
from compsvc.incentives import DISTRIBUTIONS
from compsvc.paymodel import PayModel
from compsvc.pricing import price

ROLE_FIELDS = ("id", "title", "occupation", "family", "level", "location", "industry", "employees", "experience_years", "work_mode", "currency")
OWN = ("market_percentile", "attainment", "personal_error", "shared_attainment_error", "name", "move_hires_to")
DEFAULTS: dict[str, Any] = {"market_percentile": 50.0, "attainment": "as-reported", "personal_error": 0.08, "shared_attainment_error": 0.10}
ONE_POINT = {
    "benefits_load": 0.01,
    "state_unemployment_rate": 0.01,
    "merit_rate": 0.01,
    "attrition": 0.01,
    "promotion_share": 0.01,
    "hire_slip_months": 1.0,
    "market_percentile": 1.0,
}
NEVER = 1e6
_Z90 = 1.6448536269514722

Answer = dict[str, Any]
Progress = Callable[[int], None]
Known = dict[tuple[tuple[str, Any], ...], Answer]


@dataclass(frozen=True, slots=True)
class Priced:
    """The rows of one scenario as positions, one a person, with what is unsure about each."""

    positions: Positions
    errors: draws.Errors
    row: np.ndarray
    rows: list[Answer]


def cost_plan(model: PayModel, asked: Mapping[str, Any], today: str, progress: Progress | None = None) -> Answer:
    """What the plan costs, as the body of `POST /v1/plans`: bands by month and in total, by team, level and place, for every scenario.

    `asked` holds the loaded fields of a PlanSchema. Raises RequestInvalid or RoleNotCovered naming the row and field.
    """
    months = cost.months_from(asked["first_month"], asked["months"])
    scenarios = [{"name": asked["name"], **asked["assumptions"]}, *({**asked["assumptions"], **s} for s in asked["scenarios"])]
    names = [s["name"] for s in scenarios]
    if len(set(names)) != len(names):
        raise RequestInvalid(
            "Two scenarios have one name.", (FieldProblem("/scenarios", "two scenarios have the same name", "a name for each, other than the plan's"),)
        )
    known: Known = {}
    found = [_scenario(model, asked, s, months, today, known, progress) for s in scenarios]
    return {
        "model_id": model.model_id,
        "currency": vocabulary.CURRENCY,
        "months": months.names,
        "draws": asked["draws"],
        "scenarios": found,
        "differences": [_difference(found[0], other) for other in found[1:]],
        "one_point": _one_point(model, asked, scenarios[0], months, today, known),
        "taxes": _taxes(months),
        "benefits_load_source": cost.LOAD_SOURCE,
    }


def people_of(asked: Mapping[str, Any]) -> int:
    """How many people and openings a plan holds."""
    return int(sum(row["count"] for row in asked["rows"]))


def _assumed(scenario: Mapping[str, Any]) -> Assumptions:
    given = {k: v for k, v in scenario.items() if k not in OWN}
    if "ramp" in given:
        given["ramp"] = tuple(given["ramp"])
    return Assumptions(**given)


# --- rows to positions ---------------------------------------------------------------


def priced(model: PayModel, asked: Mapping[str, Any], scenario: Mapping[str, Any], months: Months, today: str, known: Known) -> Priced:
    """Every row priced under a scenario. Rows with the same role are priced once, and `known` remembers them for the next scenario."""
    values: list[tuple[float, ...]] = []
    errors: list[dict[tuple[str, str], float]] = []
    personal, attainment, which, rows = [], [], [], []
    payout = DISTRIBUTIONS[scenario.get("attainment", DEFAULTS["attainment"])].moments(0.0, math.inf)[1]
    for i, row in enumerate(asked["rows"]):
        start = -NEVER if row.get("start_on") is None else cost.month_offset(row["start_on"], months)
        answer, base, variable, quota = _pay(model, row, scenario, known, i, today, start >= 0)
        unsure = row.get("base_usd") is None
        end = NEVER if row.get("end_on") is None else cost.month_offset(row["end_on"], months)
        if end <= start:
            raise RequestInvalid("A row ends before it starts.", (FieldProblem(f"/rows/{i}/end_on", f"{row['end_on']} is not after the start", "a later day"),))
        expected = variable * (payout if quota else 1.0)
        one = (base, expected, start, end, row["equity_usd"], row["sign_on_usd"], float(start >= 0))
        values += [one] * row["count"]
        errors += [_errors(answer) if unsure else {}] * row["count"]
        personal += [scenario.get("personal_error", DEFAULTS["personal_error"]) if unsure else 0.0] * row["count"]
        attainment += [DISTRIBUTIONS[scenario.get("attainment", DEFAULTS["attainment"])].log_sd if quota and variable else 0.0] * row["count"]
        which += [i] * row["count"]
        rows.append(_row(row, answer, base, variable, unsure, i))
    columns = [np.array(c) for c in zip(*values, strict=True)]
    shared = scenario.get("shared_attainment_error", DEFAULTS["shared_attainment_error"])
    return Priced(
        Positions(columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6].astype(bool)),
        draws.Errors(draws.loads_of(errors), np.array(personal), shared, np.array(attainment)),
        np.array(which),
        rows,
    )


def _pay(
    model: PayModel, row: Mapping[str, Any], scenario: Mapping[str, Any], known: Known, i: int, today: str, opening: bool
) -> tuple[Answer, float, float, bool]:
    """(the row's PayRange body, base, target variable, whether the variable depends on a quota)."""
    role = {k: row[k] for k in ROLE_FIELDS if row.get(k) is not None and k != "id"}
    moved = scenario.get("move_hires_to") if opening else None
    if moved:
        role["location"] = moved
    if row.get("variable_usd") is not None and row.get("base_usd") is None:
        raise RequestInvalid(
            f"Row {i + 1} knows half its pay.", (FieldProblem(f"/rows/{i}/variable_usd", "base_usd is needed with it", "both, or neither to price the row"),)
        )
    key = tuple(sorted(role.items()))
    try:
        answer = known[key] if key in known else known.setdefault(key, price(model, role, today))
    except RequestError as problem:
        if moved and any(p.pointer == "/location" for p in problem.problems):
            said = tuple(replace(p, pointer="/scenarios", detail=f"scenario {scenario['name']}, move_hires_to: {p.detail}") for p in problem.problems)
            raise type(problem)(problem.message, said) from None
        raise type(problem)(f"Row {i + 1}: {problem.message}", tuple(replace(p, pointer=f"/rows/{i}{p.pointer}") for p in problem.problems)) from None
    percentile = row.get("market_percentile") or scenario.get("market_percentile", DEFAULTS["market_percentile"])
    base = row.get("base_usd")
    if base is None:
        base = standing.value_at(percentile, [answer["pay"]["base"][q] for q in QUANTILE_NAMES])
    variable = row.get("variable_usd")
    if variable is None:
        variable = 0.0 if row.get("base_usd") is not None else base * (1 / (answer["mix"]["base_share"] or 1.0) - 1)
    family = vocabulary.families().get(answer["role"]["family"]["code"]) if answer["role"]["family"] else None
    return answer, float(base), float(variable), bool(family and family.quota_carrying)


_CODE_OF: dict[str, Callable[[Answer], str]] = {
    "reference": lambda role: role["occupation"]["code"],
    "pay_basis": lambda role: role["family"]["code"] if role["family"] else "",
    "level": lambda role: role["level"]["code"] if role["level"] else "",
    "location": lambda role: role["area"]["code"],
    "industry": lambda role: role["industry"]["code"] if role["industry"] else "",
    "size": lambda role: role["size"]["code"] if role["size"] else "",
    "title": lambda role: role["title"] or "",
}


def _errors(answer: Answer) -> dict[tuple[str, str], float]:
    """The error of each factor of a price, in logs, by factor and code: roles with the same factor and code are wrong together."""
    found = {}
    for factor in answer["pay"]["base"]["factors"]:
        if factor.get("high"):
            error = math.log(factor["high"] / factor["factor"]) / _Z90
            if error > 0:
                code = _CODE_OF.get(factor["name"])
                found[factor["name"], code(answer["role"]) if code else ""] = error
    return found


def _row(row: Mapping[str, Any], answer: Answer, base: float, variable: float, unsure: bool, i: int) -> Answer:
    role = answer["role"]
    return {
        "id": row.get("id") or str(i + 1),
        "title": role["title"] or role["occupation"]["name"],
        "team": row["team"],
        "level": role["level"]["code"] if role["level"] else None,
        "location": role["area"]["name"],
        "count": row["count"],
        "base_usd": round(base),
        "variable_usd": round(variable),
        "pay_from": "the market" if unsure else "the plan",
        "warnings": [w["code"] for w in answer["warnings"]],
    }


# --- a scenario ----------------------------------------------------------------------


def _scenario(
    model: PayModel, asked: Mapping[str, Any], scenario: Mapping[str, Any], months: Months, today: str, known: Known, progress: Progress | None
) -> Answer:
    found, a = priced(model, asked, scenario, months, today, known), _assumed(scenario)
    parts = cost.monthly(found.positions, months, a)
    teams = sorted({r["team"] for r in found.rows})
    team_of = np.array([teams.index(found.rows[i]["team"]) for i in found.row])
    drawn = draws.draw(found.positions, team_of, months, a, found.errors, asked["draws"], progress=progress)
    expected = np.sum(list(parts.values()), axis=0)
    low, mid, high = (float(v) for v in np.quantile(drawn.by_month.sum(axis=1), draws.QUANTILES))
    near = draws.analytic(found.positions, months, a, found.errors)
    bands = np.quantile(drawn.by_month, draws.QUANTILES, axis=0)
    return {
        "name": scenario["name"],
        "people": len(found.row),
        "total": {"expected_usd": round(float(np.sum(expected))), "p10": round(low), "p50": round(mid), "p90": round(high)},
        "analytic": dict(zip(("p10", "p50", "p90"), (round(v) for v in near), strict=True)),
        "components": {name: round(float(parts[name].sum())) for name in COMPONENTS},
        "by_month": [
            {
                "month": name,
                "expected_usd": round(float(expected[:, j].sum())),
                **{q: round(float(bands[k, j])) for k, q in enumerate(("p10", "p50", "p90"))},
                **{part: round(float(parts[part][:, j].sum())) for part in COMPONENTS},
            }
            for j, name in enumerate(months.names)
        ],
        "by_team": _cut(found, expected, "team", drawn.by_team, teams),
        "by_level": _cut(found, expected, "level"),
        "by_location": _cut(found, expected, "location"),
        "rows": found.rows,
    }


def _cut(found: Priced, expected: np.ndarray, by: str, drawn: np.ndarray | None = None, names: Sequence[str] = ()) -> list[Answer]:
    """Expected totals by a field of the rows, with bands where they were drawn."""
    sums: dict[str, float] = {}
    heads: dict[str, int] = {}
    for i, total in zip(found.row, expected.sum(axis=1), strict=True):
        key = found.rows[i][by] or "none"
        sums[key], heads[key] = sums.get(key, 0.0) + float(total), heads.get(key, 0) + 1
    rows = []
    for key in sorted(sums):
        row: Answer = {by: key, "people": heads[key], "expected_usd": round(sums[key])}
        if drawn is not None:
            values = np.quantile(drawn[:, names.index(key)], draws.QUANTILES)
            row |= {q: round(float(v)) for q, v in zip(("p10", "p50", "p90"), values, strict=True)}
        rows.append(row)
    return rows


def _difference(first: Answer, other: Answer) -> Answer:
    """What a scenario costs less the plan, by component: they add up to the whole."""
    parts = {name: other["components"][name] - first["components"][name] for name in COMPONENTS}
    return {"name": other["name"], "less": first["name"], "expected_usd": sum(parts.values()), "components": parts}


def _one_point(model: PayModel, asked: Mapping[str, Any], scenario: Mapping[str, Any], months: Months, today: str, known: Known) -> list[Answer]:
    """What the expected total moves by when each assumption moves by one point (one month for slip), everything else held."""
    found = priced(model, asked, scenario, months, today, known)

    def total(positions: Positions, a: Assumptions) -> float:
        return float(sum(v.sum() for v in cost.monthly(positions, months, a).values()))

    a = _assumed(scenario)
    here = total(found.positions, a)
    rows = []
    for name, step in ONE_POINT.items():
        if name == "market_percentile":
            at = scenario.get(name, DEFAULTS[name])
            step = step if at + step <= 99 else -step
            there = total(priced(model, asked, {**scenario, name: at + step}, months, today, known).positions, a)
        else:
            there = total(found.positions, replace(a, **{name: getattr(a, name) + step}))
        rows.append({"assumption": name, "by": step, "expected_usd": round(there - here)})
    return rows


def _taxes(months: Months) -> list[Answer]:
    """The federal rates used, by year; a year that is not published yet uses the last one that is."""
    return [{"year": int(y), **cost.tax_year(int(y))._asdict(), "published": cost.tax_year(int(y)).of_year == int(y)} for y in np.unique(months.year)]
