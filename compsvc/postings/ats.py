"""The range to post as applicant tracking systems take it: Greenhouse in cents, Lever with an interval, Ashby as components (PRACTICE, interchange)."""

from __future__ import annotations

from typing import Any

from compsvc.postings.ranges import Range, whole
from compsvc.postings.wording import a_unit, money, span

Answer = dict[str, Any]


def ats_fields(range_: Range, variable: Answer | None) -> Answer:
    """Fields by system: `greenhouse`, `lever`, `ashby`; an end nobody has stated is left out."""
    low, high, currency, unit = range_.low, range_.high, range_.currency, range_.unit
    ote = variable if variable and variable["basis"] == "ote" else None
    blurb = f"Base pay {a_unit(unit)}, {range_.what}."
    ranges, components, tiers = [], [], []
    if low is not None or high is not None:
        cents = {name: round(100 * end) for name, end in (("min_cents", low), ("max_cents", high)) if end is not None}
        ranges.append({"title": "Base pay", **cents, "currency_type": currency, "blurb": blurb})
        components.append({"compensationType": "Salary", "interval": f"1 {unit.upper()}", "currencyCode": currency, **_ends("minValue", "maxValue", low, high)})
        tiers.append(f"{span(low, high, lambda x: money(x, currency))} {a_unit(unit)}, base")
    if ote and None not in (ote["low"], ote["high"]):
        ranges.append(
            {
                "title": "On-target earnings",
                "min_cents": round(100 * ote["low"]),
                "max_cents": round(100 * ote["high"]),
                "currency_type": currency,
                "blurb": f"Base and variable at target a year, {ote['what']}.",
            }
        )
    if variable and variable["basis"] == "variable":
        ends = _ends("minValue", "maxValue", variable["low"], variable["high"])
        components.append({"compensationType": "Commission", "interval": "1 YEAR", "currencyCode": currency, **ends})
    if variable and variable["basis"] == "bonus_percent":
        tiers.append(f"bonus of {span(variable['low'], variable['high'], lambda x: f'{x:g}%')} of base")
        blurb = f"{blurb.removesuffix('.')}, with a {tiers[-1]}."
    summary = "; ".join(tiers)
    salary = {"currency": currency, "interval": _LEVER[unit], **_ends("min", "max", low, high)} if components and unit in _LEVER and low and high else None
    return {
        "greenhouse": {"pay_input_ranges": ranges},
        "lever": {**({"salaryRange": salary} if salary else {}), "salaryDescription": blurb},
        "ashby": {"compensationTiers": [{"title": "Base pay", "tierSummary": summary, "components": components}], "compensationTierSummary": summary},
    }


_LEVER = {"year": "per-year-salary", "month": "per-month-salary", "week": "per-week-salary", "day": "per-day-wage", "hour": "per-hour-wage"}


def _ends(lower: str, upper: str, low: float | None, high: float | None) -> Answer:
    return {name: whole(end) for name, end in ((lower, low), (upper, high)) if end is not None}
