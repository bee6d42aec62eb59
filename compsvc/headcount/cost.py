"""What positions cost month by month: base, variable, employer payroll taxes, benefits, equity, one-time cost.

Arrays are (positions, months). Taxes are those of the employer, by calendar year, each
up to its wage base: what was paid earlier in the year counts. Benefits are insurance
and retirement on cash pay; what the law requires is in the taxes and is not counted
again. Nothing here is random and nothing rounds.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from compsvc.formulas import MONTHS, benefits_load, monthly_attrition

INSURANCE_AND_RETIREMENT_LOAD = benefits_load(insurance=3.44, retirement=1.54, legally_required=0.0, total=45.65 - 3.31)
LOAD_SOURCE = (
    "BLS Employer Costs for Employee Compensation, June 2025, private industry: insurance and retirement over cash pay; what the law requires is in the taxes"
)
NEVER = 1e6
COMPONENTS = ("base", "variable", "taxes", "benefits", "equity", "one_time", "overhead")


class TaxYear(NamedTuple):
    """Employer rates and wage bases of one calendar year; `of_year` differs where a later year is not published yet."""

    of_year: int
    social_security_rate: float
    social_security_base_usd: float
    medicare_rate: float
    futa_rate: float
    futa_base_usd: float
    source: str


@cache
def tax_years() -> dict[int, TaxYear]:
    """The dated table of federal employer payroll taxes."""
    with (files("compsvc") / "headcount" / "payroll_taxes.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = {}
    for r in rows:
        social, medicare, futa = (float(r[f"{kind}_rate"]) for kind in ("social_security", "medicare", "futa"))
        found[int(r["year"])] = TaxYear(int(r["year"]), social, float(r["social_security_base_usd"]), medicare, futa, float(r["futa_base_usd"]), r["source"])
    return found


def tax_year(year: int) -> TaxYear:
    """Rates of a year; the last published year's for a later one."""
    known = tax_years()
    return known[min(max(year, min(known)), max(known))]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a scenario assumes of everybody; rates a year as fractions, money USD."""

    benefits_load: float = INSURANCE_AND_RETIREMENT_LOAD
    state_unemployment_rate: float = 0.027
    state_unemployment_base_usd: float = 7_000.0
    recruiting_share: float = 0.0
    recruiting_usd: float = 0.0
    overhead_usd_per_month: float = 0.0
    merit_rate: float = 0.0
    merit_month: int = 4
    merit_wait_months: int = 6
    promotion_share: float = 0.0
    promotion_raise: float = 0.0
    promotion_month: int = 4
    attrition: float = 0.0
    hire_slip_months: float = 0.0
    ramp: tuple[float, ...] = ()
    vest_months: int = 48


class Positions(NamedTuple):
    """People and openings, (n,) each: yearly base and variable, start and end as months from the plan's first (negative: here already, -NEVER: since nobody says when).

    `merit_rate` is each one's yearly raise (None: the plan's for all), `tax_share` a flat employer tax over cash pay in
    place of the US ones (None, or nan for those who have none).
    """

    base_usd: np.ndarray
    variable_usd: np.ndarray
    start: np.ndarray
    end: np.ndarray
    equity_usd: np.ndarray
    sign_on_usd: np.ndarray
    hired: np.ndarray
    merit_rate: np.ndarray | None = None
    tax_share: np.ndarray | None = None


class Months(NamedTuple):
    """The plan's months: first day, and each month's calendar year and month, (m,)."""

    first: date
    year: np.ndarray
    month: np.ndarray

    @property
    def names(self) -> list[str]:
        """YYYY-MM of each."""
        return [f"{y:04d}-{m:02d}" for y, m in zip(self.year, self.month, strict=True)]


def months_from(first: str, n: int) -> Months:
    """`n` months from YYYY-MM on."""
    year, month = int(first[:4]), int(first[5:7])
    index = np.arange(n) + month - 1
    return Months(date(year, month, 1), year + index // MONTHS, index % MONTHS + 1)


def month_offset(on: str, months: Months) -> float:
    """A date as months from the plan's first day: the day's share of its month is the fraction."""
    day = date.fromisoformat(on)
    whole = (day.year - months.first.year) * MONTHS + day.month - months.first.month
    return whole + (day.day - 1) / monthrange(day.year, day.month)[1]


@dataclass(frozen=True, slots=True)
class Profile:
    """Deterministic shape of cost, (n, m) each: base and variable pay, pay of the calendar year before the plan, and what does not follow pay."""

    base: np.ndarray
    variable: np.ndarray
    prior_base: np.ndarray
    prior_variable: np.ndarray
    sign_on: np.ndarray
    equity: np.ndarray
    one_time: np.ndarray
    overhead: np.ndarray
    stays: np.ndarray
    start: np.ndarray
    tax_share: np.ndarray | None

    @property
    def fixed(self) -> np.ndarray:
        """What does not follow pay."""
        return np.asarray(self.sign_on + self.equity + self.one_time + self.overhead)

    def take(self, which: slice) -> Profile:
        """Some of the positions."""
        taken: dict[str, Any] = {name: None if (values := getattr(self, name)) is None else values[which] for name in self.__slots__}
        return Profile(**taken)


def profile_of(positions: Positions, months: Months, a: Assumptions) -> Profile:
    """Shapes of cost under a scenario, before taxes and benefits."""
    m = np.arange(len(months.year))[None, :]
    hired = positions.hired[:, None]
    start = np.where(hired, positions.start[:, None] + a.hire_slip_months, positions.start[:, None])
    active = np.clip(np.minimum(m + 1, positions.end[:, None]) - np.maximum(m, start), 0.0, 1.0)
    since = np.floor(m - np.floor(start))
    merit = a.merit_rate if positions.merit_rate is None else positions.merit_rate[:, None]
    at_merit = (months.month == a.merit_month)[None, :] & (since >= a.merit_wait_months)
    at_promotion = (months.month == a.promotion_month)[None, :] & (since >= MONTHS)
    raises = np.cumprod(np.where(at_merit, 1 + merit, 1.0) * np.where(at_promotion, 1 + a.promotion_share * a.promotion_raise, 1.0), axis=1)
    ramp = np.ones_like(active)
    for i, share in enumerate(a.ramp):
        ramp = np.where(hired & (since == i), share, ramp)
    pay = active * raises / MONTHS
    first = hired & (since == 0) & (start < positions.end[:, None])
    base = positions.base_usd[:, None] * pay
    stays = (1 - monthly_attrition(a.attrition)) ** np.maximum(m - np.floor(np.maximum(start, 0.0)), 0.0)
    granted = positions.start[:, None] > -NEVER
    until = np.where(granted, np.minimum(start + a.vest_months, positions.end[:, None]), positions.end[:, None])
    vesting = np.clip(np.minimum(m + 1, until) - np.maximum(m, start), 0.0, 1.0)
    before = np.clip(-positions.start, 0, months.first.month - 1) / MONTHS
    return Profile(
        base,
        positions.variable_usd[:, None] * pay * ramp,
        positions.base_usd * before,
        positions.variable_usd * before,
        np.where(first, positions.sign_on_usd[:, None], 0.0),
        positions.equity_usd[:, None] / a.vest_months * vesting,
        np.where(first, a.recruiting_usd + a.recruiting_share * positions.base_usd[:, None], 0.0),
        a.overhead_usd_per_month * active,
        stays,
        start[:, 0],
        positions.tax_share,
    )


def people(positions: Positions, months: Months, a: Assumptions) -> np.ndarray:
    """Expected people there in each month, (m,): the share of the month each is there, and the chance of still being."""
    m = np.arange(len(months.year))[None, :]
    p = profile_of(positions, months, a)
    there = np.clip(np.minimum(m + 1, positions.end[:, None]) - np.maximum(m, p.start[:, None]), 0.0, 1.0)
    return np.asarray((there * p.stays).sum(axis=0))


def capped(wages: np.ndarray, prior: np.ndarray, years: np.ndarray, limit_of: Sequence[float]) -> np.ndarray:
    """The part of each month's wages under a yearly limit, along the last axis; `prior` is what the first year holds already, `limit_of` the limit of each month's year."""
    limit = np.asarray(limit_of)
    within = np.empty_like(wages)
    for year in np.unique(years):
        here = np.flatnonzero(years == year)
        so_far = np.cumsum(wages[..., here], axis=-1)
        if year == years[0]:
            so_far = so_far + prior[..., None]
        under = np.minimum(so_far, limit[here[0]])
        start = np.minimum(prior, limit[here[0]])[..., None] if year == years[0] else np.zeros_like(under[..., :1])
        within[..., here] = np.diff(under, axis=-1, prepend=start)
    return within


def taxes_of(wages: np.ndarray, prior: np.ndarray, months: Months, a: Assumptions, tax_share: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Employer payroll taxes of each month by kind, USD: Social Security, Medicare, federal and state unemployment; elsewhere a flat share of `wages`."""
    rates = [tax_year(int(y)) for y in months.year]
    of = {name: np.array([getattr(r, name) for r in rates]) for name in ("social_security_rate", "medicare_rate", "futa_rate")}
    found = {
        "social_security": of["social_security_rate"] * capped(wages, prior, months.year, [r.social_security_base_usd for r in rates]),
        "medicare": of["medicare_rate"] * wages,
        "federal_unemployment": of["futa_rate"] * capped(wages, prior, months.year, [r.futa_base_usd for r in rates]),
        "state_unemployment": a.state_unemployment_rate * capped(wages, prior, months.year, [a.state_unemployment_base_usd] * len(rates)),
    }
    if tax_share is None or np.isnan(tax_share).all():
        return found
    share = tax_share.reshape(-1, *[1] * (wages.ndim - 1))
    return {name: np.where(np.isnan(share), tax, 0.0) for name, tax in found.items()} | {"elsewhere": np.nan_to_num(share) * wages}


def total_of(p: Profile, cash: np.ndarray, prior: np.ndarray, months: Months, a: Assumptions) -> np.ndarray:
    """Cost of each month with `cash` paid, (n, m) or for many futures (n, draws, m); `prior` is what the year had paid before the plan."""
    sign_on, fixed = (p.sign_on, p.fixed) if cash.ndim == 2 else (p.sign_on[:, None, :], p.fixed[:, None, :])
    return np.asarray(cash * (1 + a.benefits_load) + sum(taxes_of(cash + sign_on, prior, months, a, p.tax_share).values()) + fixed)


def monthly(positions: Positions, months: Months, a: Assumptions) -> dict[str, np.ndarray]:
    """Expected cost of every position and month by component, (n, m) USD each, attrition counted."""
    p = profile_of(positions, months, a)
    cash = p.base + p.variable
    wages = cash + p.sign_on
    taxes = sum(taxes_of(wages, p.prior_base + p.prior_variable, months, a, p.tax_share).values())
    found = {
        "base": p.base,
        "variable": p.variable,
        "taxes": taxes,
        "benefits": a.benefits_load * cash,
        "equity": p.equity,
        "one_time": p.one_time + p.sign_on,
        "overhead": p.overhead,
    }
    return {name: np.asarray(values * p.stays) for name, values in found.items()}
