"""Formulas of the field, one function each, with the source of its definition.

Rates and shares are fractions (.03 is 3 %), money is USD, months may be
fractional. Nothing here rounds. Sources: docs/formulas.md lists them with a
worked case for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MONTHS = 12
LARGEST_SCOPE_PREMIUM = 0.20
QUOTA_TO_OTE = (3.0, 5.0)
QUOTA_TO_OTE_MEAN = 4.8
QUOTA_TO_OTE_SOURCE = "quota 3 to 5 times OTE (QuotaPath); mean 4.8 over 83 members, 2020 (BenchSights)"
INSURANCE_RETIREMENT_LEGAL_USD_PER_HOUR = 3.44 + 1.54 + 3.31
CASH_PAY_USD_PER_HOUR = 45.65 - INSURANCE_RETIREMENT_LEGAL_USD_PER_HOUR
BENEFITS_LOAD = INSURANCE_RETIREMENT_LEGAL_USD_PER_HOUR / CASH_PAY_USD_PER_HOUR
BENEFITS_LOAD_SOURCE = "BLS Employer Costs for Employee Compensation, June 2025, private industry: insurance, retirement and legally required, over cash pay"


# --- ageing ----------------------------------------------------------------------


def aged_simple(usd: float, annual_rate: float, months: float) -> float:
    """Pay aged by the simple convention, USD: x(1 + r m/12) (WorldatWork's definition)."""
    return usd * (1 + annual_rate * months / MONTHS)


def aged_compound(usd: float, annual_rate: float, months: float) -> float:
    """Pay aged by the compound convention, USD: x(1 + r)^(m/12)."""
    return float(usd * (1 + annual_rate) ** (months / MONTHS))


def lead_lag_months(survey_to_year_start: float, policy: str) -> float:
    """Months to age a survey by under a policy: `lag` to the year's start, `lead-lag` to its middle, `lead` to its end (Mercer)."""
    return survey_to_year_start + {"lag": 0, "lead-lag": 6, "lead": 12}[policy]


# --- blending --------------------------------------------------------------------


def blend(values: Sequence[float], weights: Sequence[float]) -> float:
    """Composite of several sources, in their unit: sum(w x) / sum(w). Also the incumbent-weighted mean, when weights are head counts (ERI)."""
    return sum(w * x for w, x in zip(weights, values, strict=True)) / sum(weights)


def scope_adjusted(usd: float, premium: float) -> float:
    """Pay for a job larger or smaller than the one surveyed, USD; premiums are usually 10 to 15 %, more than 20 % is refused with ValueError (Prosper)."""
    if abs(premium) > LARGEST_SCOPE_PREMIUM:
        raise ValueError(f"a scope premium of {premium:.0%} is beyond {LARGEST_SCOPE_PREMIUM:.0%}; price another job")
    return usd * (1 + premium)


# --- position --------------------------------------------------------------------


def compa_ratio(pay_usd: float, denominator_usd: float) -> float:
    """Pay over a stated denominator: a Band's midpoint, a target, or the market median (then also called market ratio) (ERI, Lattice)."""
    return pay_usd / denominator_usd


def range_penetration(pay_usd: float, low_usd: float, high_usd: float) -> float:
    """Where pay stands in a range, 0 at its minimum and 1 at its maximum; below 0 (green circle) or above 1 (red circle) is outside."""
    return (pay_usd - low_usd) / (high_usd - low_usd)


def range_spread(low_usd: float, high_usd: float) -> float:
    """Spread of a range over its minimum."""
    return (high_usd - low_usd) / low_usd


def range_around(mid_usd: float, spread: float) -> tuple[float, float]:
    """(minimum, maximum) of the range with a midpoint and a spread, USD: min = mid / (1 + RS/2), max = min (1 + RS)."""
    low = mid_usd / (1 + spread / 2)
    return low, low * (1 + spread)


def midpoint_progression(mid_usd: float, next_mid_usd: float) -> float:
    """Growth from one grade's midpoint to the next."""
    return next_mid_usd / mid_usd - 1


def geographic_differential(local_usd: float, reference_usd: float) -> float:
    """Local over reference pay for the same job: cost of labour, not of living (ERI)."""
    return local_usd / reference_usd


# --- mix and quota ---------------------------------------------------------------


def on_target_earnings(base_usd: float, target_variable_usd: float) -> float:
    """Base and variable at target together, USD per year."""
    return base_usd + target_variable_usd


def base_share(base_usd: float, target_variable_usd: float) -> float:
    """Base over on-target earnings: .6 is a 60/40 mix."""
    return base_usd / (base_usd + target_variable_usd)


def leverage(base_usd: float, target_variable_usd: float) -> float:
    """Target variable over base: 1.0 at 50/50. Others call the upside multiple by this name."""
    return target_variable_usd / base_usd


def commission_rate(target_variable_usd: float, quota_usd: float) -> float:
    """Target variable over quota: what each dollar sold pays at the base rate (QuotaPath)."""
    return target_variable_usd / quota_usd


def quota_to_ote(quota_usd: float, ote_usd: float) -> float:
    """Quota as a multiple of on-target earnings."""
    return quota_usd / ote_usd


# --- offers ----------------------------------------------------------------------


def annualised(base_usd: float, target_variable_usd: float, grant_usd: float, vest_years: float, sign_on_usd: float) -> float:
    """An offer spread evenly, USD per year: base + target variable + grant / vest years + sign-on / 4 (Levels.fyi)."""
    return base_usd + target_variable_usd + grant_usd / vest_years + sign_on_usd / 4


# --- cost ------------------------------------------------------------------------


def benefits_load(insurance: float, retirement: float, legally_required: float, total: float) -> float:
    """Benefits that come on top of cash pay, as a share of cash pay; paid leave and supplemental pay are cash already (derived from BLS ECEC)."""
    extra = insurance + retirement + legally_required
    return extra / (total - extra)


def loaded_month_usd(base_usd: float, expected_variable_usd: float, taxes_usd: float, benefits_usd: float, overhead_usd: float, one_time_usd: float) -> float:
    """Cost of one person in one month, USD: a twelfth of yearly pay, then that month's taxes, benefits, overhead and one-time cost."""
    return (base_usd + expected_variable_usd) / MONTHS + taxes_usd + benefits_usd + overhead_usd + one_time_usd


def monthly_attrition(annual: float) -> float:
    """Share leaving in one month where `annual` leave in a year: 1 - (1 - a)^(1/12)."""
    return float(1 - (1 - annual) ** (1 / MONTHS))


def merit_raises(pay_usd: Sequence[float], cells: Sequence[tuple[str, str]], matrix: Mapping[tuple[str, str], float], budget_usd: float) -> list[float]:
    """Raises in USD by (performance, compa-ratio) cell, all scaled down together where they would pass the budget, never up (Salary.com)."""
    raises = [matrix[cell] * pay for pay, cell in zip(pay_usd, cells, strict=True)]
    total = sum(raises)
    scale = min(1.0, budget_usd / total) if total else 1.0
    return [raise_ * scale for raise_ in raises]
