"""An incentive plan in an offer, as answered: curve, expected pay, first year, cost of a rep, and how pay moves with attainment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compsvc import formulas, incentives
from compsvc.features import QUANTILE_NAMES
from compsvc.offers.terms import Answer, annualised_of, benefits_of, years_of

ATTAINMENTS = (0.5, 0.8, 1.0, 1.2, 1.5)
EQUITY_FACTORS = (0.0, 0.5, 1.0, 2.0)


def attainment_of(given: Mapping[str, Any] | None) -> incentives.Attainment:
    """The distribution asked for; as-reported by default."""
    if not given:
        return incentives.AS_REPORTED
    if "observed" in given:
        return incentives.attainment_from(given["observed"])
    if "distribution" in given:
        return incentives.DISTRIBUTIONS[given["distribution"]]
    return incentives.LogNormal(given["at_quota_share"], given["log_sd"])


def months_of(plan: incentives.IncentivePlan, given: Mapping[str, Any], attainment: float) -> list[incentives.Month]:
    """The first twelve months under the plan's ramp and draw."""
    ramp = incentives.Ramp(tuple(given["ramp_quota_shares"]), given["ramp_full_target"])
    return incentives.first_year(plan, ramp, incentives.Draw(given["draw_usd"], given["draw_months"], given["draw_recoverable"]), attainment)


def first_variable_usd(plan: incentives.IncentivePlan | None, asked: Mapping[str, Any]) -> int | None:
    """Variable pay of the first year at 100 % attainment where a ramp or a draw changes it; None otherwise."""
    if plan is None or not (asked["plan"]["ramp_quota_shares"] or asked["plan"]["draw_months"]):
        return None
    return round(sum(m.paid_usd for m in months_of(plan, asked["plan"], 1.0)))


def figures(plan: incentives.IncentivePlan, asked: Mapping[str, Any], terms: Answer) -> Answer:
    """Everything about the plan."""
    given, base, ote = asked["plan"], asked["base_usd"], terms["ote_usd"]
    spread = attainment_of(given.get("attainment"))
    found = incentives.expected(plan, spread)
    low, high = formulas.QUOTA_TO_OTE
    quota = plan.quota_usd
    months = months_of(plan, given, 1.0)
    return {
        "pay_basis": "target_variable",
        "target_variable_usd": terms["variable_usd"],
        "quota_usd": None if quota is None else round(quota),
        "quota_to_ote": None if quota is None else round(formulas.quota_to_ote(quota, ote), 2),
        "usual_quota": {
            "low_usd": round(low * ote),
            "high_usd": round(high * ote),
            "mean": formulas.QUOTA_TO_OTE_MEAN,
            "source": formulas.QUOTA_TO_OTE_SOURCE,
        },
        "commission_rate": None if quota is None else round(formulas.commission_rate(plan.target_variable_usd, quota), 6),
        "base_tier_rate": None if plan.rate is None else round(plan.rate, 6),
        "tier_type": plan.tier_type if plan.tiers else None,
        "curve": incentives.curve(plan, base),
        "attainment": {
            "name": spread.name,
            "source": spread.source,
            **{q: round(spread.quantile(v), 3) for q, v in zip(QUANTILE_NAMES, incentives.QUANTILES, strict=True)},
            "at_quota_share": round(spread.moments(1 - 1e-12, float("inf"))[0], 4),
        },
        "expected": {
            "variable_usd": round(found.variable_usd),
            "spif_usd": round(found.spif_usd),
            "pay_usd": round(base + found.variable_usd + found.spif_usd),
            "of_target": round(found.variable_usd / plan.target_variable_usd, 4),
            "p_reach_ote": round(found.p_ote, 4),
            "p_any": round(found.p_any, 4),
            "p_capped": round(found.p_capped, 4),
            "pay": {q: round(base + v) for q, v in zip(QUANTILE_NAMES, found.quantiles, strict=True)},
        },
        "first_year": {
            "attainment": 1.0,
            "variable_usd": round(sum(m.paid_usd for m in months)),
            "owed_usd": round(months[-1].owed_usd),
            "months": [
                {
                    "month": m.month,
                    "quota_share": m.quota_share,
                    "earned_usd": round(m.earned_usd),
                    "paid_usd": round(m.paid_usd),
                    "owed_usd": round(m.owed_usd),
                }
                for m in months
            ],
            "by_attainment": [_first_year(plan, given, a) for a in ATTAINMENTS],
        },
        "cost": _cost(plan, asked, found),
    }


def _first_year(plan: incentives.IncentivePlan, given: Mapping[str, Any], attainment: float) -> Answer:
    months = months_of(plan, given, attainment)
    return {"attainment": attainment, "variable_usd": round(sum(m.paid_usd for m in months)), "owed_usd": round(months[-1].owed_usd)}


def _cost(plan: incentives.IncentivePlan, asked: Mapping[str, Any], found: incentives.Expected) -> Answer:
    """Cost of one rep in a full year, USD: expected cash, with benefits on top, and per dollar sold where there is a quota."""
    cash = asked["base_usd"] + found.variable_usd + found.spif_usd
    benefits, source = benefits_of(asked, cash)
    sold = None if plan.quota_usd is None else plan.quota_usd * found.mean_attainment
    return {
        "expected_cash_usd": round(cash),
        "benefits_usd": round(benefits),
        "benefits_from": source,
        "loaded_usd": round(cash + benefits),
        "leaves_out": ["sign-on", "equity"],
        "expected_sales_usd": None if sold is None else round(sold),
        "cost_per_usd_sold": None if not sold else round((cash + benefits) / sold, 4),
    }


def sensitivity(asked: Mapping[str, Any], plan: incentives.IncentivePlan | None) -> Answer:
    """Pay by attainment under the plan, and totals by what the equity turns out to be worth; null where there is neither."""
    first = first_variable_usd(plan, asked)
    by_attainment = by_equity = None
    if plan:
        by_attainment = []
        for a in ATTAINMENTS:
            variable, spif = round(plan.variable_usd(a)), round(plan.spif_usd(a))
            by_attainment.append({"attainment": a, "variable_usd": variable, "spif_usd": spif, "pay_usd": asked["base_usd"] + variable + spif})
    if asked.get("equity") or asked.get("refreshers"):
        by_equity = []
        for factor in EQUITY_FACTORS:
            years = years_of(asked, first, factor)
            by_equity.append(
                {
                    "equity_times": factor,
                    "first_year_usd": years[0]["total_usd"],
                    "annualised_usd": annualised_of(asked, factor),
                    "four_year_usd": sum(y["total_usd"] for y in years[:4]),
                }
            )
    return {"attainment": by_attainment, "equity": by_equity}
