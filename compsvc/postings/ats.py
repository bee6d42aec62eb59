"""The range to post as applicant tracking systems take it: Greenhouse in cents, Lever with an interval, Ashby as components (PRACTICE, interchange)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compsvc.postings.by_place import Placed
from compsvc.postings.ranges import Range, of_statement, whole
from compsvc.postings.wording import a_unit, money, span

Answer = dict[str, Any]


def ats_fields(range_: Range, variable: Answer | None, rows: Sequence[Placed] = ()) -> Answer:
    """Fields by system: `greenhouse`, `lever`, `ashby`; an end nobody has stated is left out.

    Each of several places has a range of its own; Lever, which takes one, has the widest and the places in words.
    """
    parts = [(f"Base pay, {row.words}" if row.words else "Base pay", of_statement(row.stated)) for row in rows] or [("Base pay", range_)]
    parts = [(title, part) for title, part in parts if part.low or part.high]
    bonus = f"bonus of {span(variable['low'], variable['high'], lambda x: f'{x:g}%')} of base" if variable and variable["basis"] == "bonus_percent" else ""
    return {
        "greenhouse": {"pay_input_ranges": [_greenhouse(title, part) for title, part in parts] + _on_target(range_.currency, variable)},
        "lever": _lever(parts, range_, bonus),
        "ashby": _ashby(parts, range_.currency, variable, bonus),
    }


def _said(part: Range) -> str:
    return f"{span(part.low, part.high, lambda x: money(x, part.currency))} {a_unit(part.unit)}"


def _greenhouse(title: str, part: Range) -> Answer:
    cents = {name: round(100 * end) for name, end in (("min_cents", part.low), ("max_cents", part.high)) if end is not None}
    return {"title": title, **cents, "currency_type": part.currency, "blurb": f"Base pay {a_unit(part.unit)}, {part.what}."}


def _on_target(currency: str, variable: Answer | None) -> list[Answer]:
    """On-target earnings as a range of their own, where both ends are known."""
    if not variable or variable["basis"] != "ote" or None in (variable["low"], variable["high"]):
        return []
    cents = {"min_cents": round(100 * variable["low"]), "max_cents": round(100 * variable["high"])}
    return [{"title": "On-target earnings", **cents, "currency_type": currency, "blurb": f"Base and variable at target a year, {variable['what']}."}]


def _lever(parts: Sequence[tuple[str, Range]], range_: Range, bonus: str) -> Answer:
    described = f"Base pay {a_unit(range_.unit)}, {range_.what}" if len(parts) < 2 else "; ".join(f"{title}: {_said(part)}" for title, part in parts)
    found: Answer = {"salaryDescription": f"{described}, with a {bonus}." if bonus else f"{described}."}
    ends = [end for _, part in parts for end in (part.low, part.high)]
    if parts and None not in ends and len({part.unit for _, part in parts}) == 1 and range_.unit in _LEVER:
        numbers = [end for end in ends if end is not None]
        found["salaryRange"] = {"currency": range_.currency, "interval": _LEVER[range_.unit], "min": whole(min(numbers)), "max": whole(max(numbers))}
    return found


_LEVER = {"year": "per-year-salary", "month": "per-month-salary", "week": "per-week-salary", "day": "per-day-wage", "hour": "per-hour-wage"}


def _ashby(parts: Sequence[tuple[str, Range]], currency: str, variable: Answer | None, bonus: str) -> Answer:
    """A tier for each place, with what comes on top of base in each."""
    extra = []
    if variable and variable["basis"] == "variable":
        low, high = variable["a_year"]
        extra = [_component("Commission", Range(low, high, currency, "year", ""))]
    tiers = [
        {"title": title, "tierSummary": "; ".join(filter(None, (f"{_said(part)}, base", bonus))), "components": [_component("Salary", part), *extra]}
        for title, part in parts
    ] or [{"title": "Pay", "tierSummary": bonus, "components": extra}]
    return {"compensationTiers": tiers, "compensationTierSummary": "; ".join(dict.fromkeys(str(tier["tierSummary"]) for tier in tiers))}


def _component(kind: str, part: Range) -> Answer:
    ends = {name: whole(end) for name, end in (("minValue", part.low), ("maxValue", part.high)) if end is not None}
    return {"compensationType": kind, "interval": f"1 {part.unit.upper()}", "currencyCode": part.currency, **ends}
