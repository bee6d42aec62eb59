"""A headcount plan: every row priced, its cost month by month as a band, scenarios beside it with what drives the difference, and what one point of each assumption costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.headcount import cost, draws
from compsvc.headcount.cost import COMPONENTS, Assumptions, Months, Positions
from compsvc.headcount.positions import Known, Priced, people_of, priced
from compsvc.paymodel import PayModel

__all__ = ["COMPONENTS", "CUTS", "check", "cost_plan", "people_of"]

PRICING: dict[str, Any] = {
    "market_percentile": 50.0,
    "attainment": "as-reported",
    "personal_error": 0.08,
    "shared_attainment_error": 0.10,
    "merit_rate": 0.0,
    "merit_matrix": None,
    "hires_in": {},
    "rates": {},
}
ONE_POINT = {
    "benefits_load": 0.01,
    "state_unemployment_rate": 0.01,
    "merit_rate": 0.01,
    "attrition": 0.01,
    "promotion_share": 0.01,
    "hire_slip_months": 1.0,
    "market_percentile": 1.0,
}
OF_THE_MARKET = frozenset({"growth_forecast", "size_evidence_thin"})
CUTS = ("team", "level", "location")

Answer = dict[str, Any]
Progress = Callable[[int], None]
Policies = Sequence[Mapping[str, Any]]


def cost_plan(model: PayModel, asked: Mapping[str, Any], today: str, progress: Progress | None = None, policies: Policies = ()) -> Answer:
    """What the plan costs, as the body of `POST /v1/plans`: bands by month and in total, by team, level and place, for every scenario.

    `asked` holds the loaded fields of a PlanSchema. `progress` is told of people costed, scenario by scenario; `policies` are the versions of the workspace's Band policy.
    Raises RequestInvalid or RoleNotCovered naming rows and fields.
    """
    months = cost.months_from(asked["first_month"], asked["months"])
    plan = _plan(asked)
    scenarios = [plan, *({**plan, **s, "rates": {**plan["rates"], **s.get("rates", {})}} for s in asked["scenarios"])]
    names = [s["name"] for s in scenarios]
    if len(set(names)) != len(names):
        raise RequestInvalid(
            "Two scenarios have one name.", (FieldProblem("/scenarios", "two scenarios have the same name", "a name for each, other than the plan's"),)
        )
    desk = _Desk(model, asked, months, today, progress, policies)
    found = [desk.scenario(s) for s in scenarios]
    return {
        "model_id": model.model_id,
        "currency": vocabulary.CURRENCY,
        "months": months.names,
        "quarters": _periods(months, "quarter"),
        "years": _periods(months, "year"),
        "draws": asked["draws"],
        "scenarios": found,
        "differences": [desk.difference(found[0], other, plan, scenario) for other, scenario in zip(found[1:], scenarios[1:], strict=True)],
        "one_point": desk.one_point(plan),
        "taxes": _taxes(months),
        "benefits_load_source": cost.LOAD_SOURCE,
        "warnings": desk.warnings(),
    }


def check(model: PayModel, asked: Mapping[str, Any], today: str, policies: Policies = ()) -> None:
    """Nothing for a plan whose rows can all be priced; RequestInvalid with every row's problems otherwise."""
    priced(model, asked, _plan(asked), cost.months_from(asked["first_month"], asked["months"]), today, {}, None, policies)


def _plan(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The plan's own assumptions, as a scenario."""
    return {**PRICING, "name": asked["name"], **asked["assumptions"]}


def _assumed(scenario: Mapping[str, Any]) -> Assumptions:
    given: dict[str, Any] = {name: scenario[name] for name in Assumptions.__slots__ if name in scenario}
    if "ramp" in given:
        given["ramp"] = tuple(given["ramp"])
    return Assumptions(**given)


class _Desk:
    """One plan being costed: rows are priced once for all of its scenarios."""

    def __init__(self, model: PayModel, asked: Mapping[str, Any], months: Months, today: str, progress: Progress | None, policies: Policies) -> None:
        self.model, self.asked, self.months, self.today, self.progress, self.policies = model, asked, months, today, progress, policies
        self.known: Known = {}

    def priced(self, scenario: Mapping[str, Any]) -> Priced:
        """The plan's rows under a scenario."""
        return priced(self.model, self.asked, scenario, self.months, self.today, self.known, self.progress, self.policies)

    def expected(self, scenario: Mapping[str, Any]) -> float:
        """Expected cost of the whole plan under a scenario, USD."""
        return self._total(self.priced(scenario).positions, _assumed(scenario))

    def _total(self, positions: Positions, a: Assumptions) -> float:
        return float(sum(v.sum() for v in cost.monthly(positions, self.months, a).values()))

    def scenario(self, scenario: Mapping[str, Any]) -> Answer:
        """One scenario's cost in every cut."""
        found, a, months = self.priced(scenario), _assumed(scenario), self.months
        parts = cost.monthly(found.positions, months, a)
        expected = np.sum(list(parts.values()), axis=0)
        keys = {
            "team": [found.rows[i]["team"] for i in found.row],
            "level": [found.rows[i]["level"] or "none" for i in found.row],
            "location": found.places,
        }
        teams, team_of = np.unique(keys["team"], return_inverse=True)
        drawn = draws.draw(found.positions, team_of, months, a, found.errors, self.asked["draws"], progress=self.progress)
        near = draws.analytic(found.positions, months, a, found.errors)
        cells = {name: _whole(values.sum(axis=0)) for name, values in parts.items()}
        there = cost.people(found.positions, months, a)
        by_team = dict(zip(teams.tolist(), (_band(drawn.by_team[:, k]) for k in range(len(teams))), strict=True))
        return {
            "name": scenario["name"],
            "people": len(found.row),
            "total": {"expected_usd": int(sum(usd.sum() for usd in cells.values())), **_band(drawn.by_month.sum(axis=1))},
            "analytic": dict(zip(draws.QUANTILE_NAMES, (round(v) for v in near), strict=True)),
            "components": {name: int(cells[name].sum()) for name in COMPONENTS},
            "by_month": self._over("month", cells, drawn.by_month, there),
            "by_quarter": self._over("quarter", cells, drawn.by_month, there),
            "by_year": self._over("year", cells, drawn.by_month, there),
            **{f"by_{cut}": self._cut(cut, keys[cut], expected, np.sum(list(cells.values()), axis=0), by_team if cut == "team" else {}) for cut in CUTS},
            "assumptions": {name: list(v) if isinstance(v, tuple) else v for name, v in {**asdict(a), **scenario}.items() if name != "name"},
            "merit": found.merit,
            "rows": found.rows,
        }

    def _over(self, period: str, cells: Mapping[str, np.ndarray], drawn: np.ndarray, there: np.ndarray) -> list[Answer]:
        """People there on average, expected cost, band and components of each month, quarter or calendar year; `cells` holds whole USD a month, so that every total adds up."""
        of = _period_of(self.months, period)
        rows = []
        for name in dict.fromkeys(of):
            here = np.flatnonzero(of == name)
            sums = {part: int(usd[here].sum()) for part, usd in cells.items()}
            people = round(float(there[here].mean()), 1)
            rows.append({period: str(name), "people": people, "expected_usd": sum(sums.values()), **_band(drawn[:, here].sum(axis=1)), **sums})
        return rows

    def _cut(self, by: str, keys: Sequence[str], expected: np.ndarray, totals: np.ndarray, bands: Mapping[str, Answer]) -> list[Answer]:
        """Expected cost by a field of the rows: in total with its band where it was drawn, and by month, quarter and year. Whole USD; `totals` are the months' own, which they add up to."""
        names = sorted(set(keys))
        at = np.searchsorted(names, keys)
        sums = np.zeros((len(names), expected.shape[1]))
        np.add.at(sums, at, expected)
        cells = np.rint(sums).astype(int)
        cells[np.argmax(sums, axis=0), np.arange(cells.shape[1])] += totals - cells.sum(axis=0)
        rows = []
        for key, months, people in zip(names, cells, np.bincount(at), strict=True):
            row = {by: key, "people": int(people), "expected_usd": int(months.sum()), **bands.get(key, {})}
            for period in ("month", "quarter", "year"):
                of = _period_of(self.months, period)
                row[f"by_{period}"] = [int(months[np.flatnonzero(of == name)].sum()) for name in dict.fromkeys(of)]
            rows.append(row)
        return rows

    def difference(self, first: Answer, other: Answer, plan: Mapping[str, Any], scenario: Mapping[str, Any]) -> Answer:
        """What a scenario costs less the plan: by component, and by what drives it, each changed assumption alone and the rest as what they do together."""
        components = {name: other["components"][name] - first["components"][name] for name in COMPONENTS}
        whole = sum(components.values())
        known = {**asdict(Assumptions()), **plan}
        changed = [name for name in scenario if name != "name" and scenario[name] != known.get(name)]
        here = self.expected(plan)
        drivers: list[Answer] = [{"assumption": name, "expected_usd": round(self.expected({**plan, name: scenario[name]}) - here)} for name in changed]
        if len(changed) == 1:
            drivers[0]["expected_usd"] = whole
        together = whole - sum(d["expected_usd"] for d in drivers)
        return {"name": other["name"], "less": first["name"], "expected_usd": whole, "components": components, "drivers": drivers, "together_usd": together}

    def warnings(self) -> list[Answer]:
        """What is worth knowing of the whole plan, once each: what prices warn of and no row alone."""
        priced = [answer for answer in self.known.values() if isinstance(answer, dict)]
        found = {w["code"]: w for answer in priced for w in answer["warnings"] if w["code"] in OF_THE_MARKET}
        return [found[code] for code in sorted(found)]

    def one_point(self, plan: Mapping[str, Any]) -> list[Answer]:
        """What the expected total moves by when each assumption moves by one point (one month for slip), everything else held."""
        priced, a = self.priced(plan), _assumed(plan)
        positions = priced.positions
        here = self._total(positions, a)
        rows = []
        for name, step in ONE_POINT.items():
            by = step
            if name == "market_percentile":
                by = step if plan[name] + step <= 99 else -step
                there = self.expected({**plan, name: plan[name] + by})
            elif name == "merit_rate":
                there = self._total(positions._replace(merit_rate=np.asarray(positions.merit_rate) + step * ~priced.rated), a)
            else:
                there = self._total(positions, replace(a, **{name: getattr(a, name) + step}))
            rows.append({"assumption": name, "by": by, "expected_usd": round(there - here)})
        return rows


def _band(draws_usd: np.ndarray) -> Answer:
    """P10, P50 and P90 of drawn totals, whole USD."""
    found = np.quantile(draws_usd, draws.QUANTILES)
    return {name: round(float(value)) for name, value in zip(draws.QUANTILE_NAMES, found, strict=True)}


def _whole(usd: np.ndarray) -> np.ndarray:
    """Whole USD a month whose running total is never more than half a dollar off."""
    return np.asarray(np.diff(np.rint(np.cumsum(usd)), prepend=0.0).astype(int))


def _period_of(months: Months, period: str) -> np.ndarray:
    """The name of each month's month, calendar quarter or calendar year, (m,)."""
    if period == "month":
        return np.array(months.names)
    if period == "year":
        return np.array([str(y) for y in months.year])
    return np.array([f"{y}-Q{(m + 2) // 3}" for y, m in zip(months.year, months.month, strict=True)])


def _periods(months: Months, period: str) -> list[str]:
    return [str(name) for name in dict.fromkeys(_period_of(months, period))]


def _taxes(months: Months) -> list[Answer]:
    """The federal rates used, by year; a year that is not published yet uses the last one that is."""
    return [{"year": int(y), **cost.tax_year(int(y))._asdict(), "published": cost.tax_year(int(y)).of_year == int(y)} for y in np.unique(months.year)]
