"""What to post: the range, the words for each place the job may be done in, and the fields that applicant tracking systems and schema.org take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compsvc.postings import Reading, json_ld
from compsvc.postings.pay import Stated
from compsvc.postings.pay_words import COMMISSION_ONLY
from compsvc.postings.rules import BENEFITS, DEADLINE, WIDE, asks_deadline

Answer = dict[str, Any]

EVERYWHERE = "everywhere"
_EU_WORDS = (
    "[What pay goes by: the objective, gender-neutral criteria, such as level, experience and scope.]",
    "[The collective agreement and grade that apply, or that none does.]",
)


def to_post(reading: Reading, role: Mapping[str, Any], market: Mapping[str, Any] | None, rules: Sequence[Mapping[str, Any]]) -> Answer | None:
    """The range to post, in words and as fields; None where there is neither a stated range nor a market's.

    The range is the employer's own where it states a closed one of base, and the market's middle half of base otherwise.
    """
    stated = [s for s in reading.pay if s.basis in ("base", "unstated") and s.kind != "average" and s.high and s.low]
    own = next((s for s in stated if s.kind == "range"), stated[0] if stated else None)
    notes = list(_notes(own, stated))
    if own is not None:
        low, high, currency, unit, what = float(own.low or 0), float(own.high or 0), own.currency, own.unit, "as stated"
    elif COMMISSION_ONLY.search(reading.document.text):
        return None
    elif market is not None:
        base = market["pay"]["base"]
        low, high, currency, unit, what = float(base["p25"]), float(base["p75"]), market["currency"], "year", "market P25 to P75 of base"
    else:
        return None
    variable = _variable(reading, None if own is not None else market, currency)
    kind = reading.employment_type.value if reading.employment_type else None
    found = [json_ld.job_posting(role, low, high, currency, kind, unit)]
    return {
        "low": _whole(low),
        "high": _whole(high),
        "currency": currency,
        "unit": unit,
        "basis": "base",
        "what": what,
        "notes": notes,
        "width": round(high / low, 3),
        "too_wide": high > WIDE * low,
        "words": _words(reading, (low, high, currency, unit), variable, rules),
        "ats": _ats(low, high, currency, unit, what, variable),
        "json_ld": found + ([json_ld.occupation(market)] if market is not None else []),
    }


def _notes(own: Stated | None, stated: Sequence[Stated]) -> Iterable[str]:
    """What was taken for granted in making the stated figures the range to post."""
    if own is None:
        return
    if own.basis == "unstated":
        yield "the posting does not say that its range is base; it is taken for base"
    if own.open_ended:
        yield "the posting's range is open; it is closed at its stated end"
    others = {(s.low, s.high, s.unit) for s in stated if s.kind == "range"} - {(own.low, own.high, own.unit)}
    if others:
        yield f"{len(others)} more range{'s are' if len(others) > 1 else ' is'} stated; this is the first, post each with its place or level"


def _whole(amount: float) -> float | int:
    return int(amount) if float(amount).is_integer() else amount


def _money(amount: float | None, currency: str) -> str:
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency, f"{currency} ")
    return f"{sign}{amount:,.2f}".removesuffix(".00") if amount is not None else ""


def _variable(reading: Reading, market: Mapping[str, Any] | None, currency: str) -> Answer | None:
    """Variable pay and on-target earnings as the posting states them, or as the market has them where most people in the role have any."""
    for basis in ("ote", "variable"):
        for s in reading.pay:
            if s.basis == basis and s.unit == "year" and s.kind != "average":
                return {"basis": basis, "low": s.low, "high": s.high, "what": "as stated"}
    if reading.bonus_percent:
        low, high = reading.bonus_percent.value
        return {"basis": "bonus_percent", "low": low, "high": high, "what": "as stated"}
    if market is not None and currency == market["currency"]:
        ote, variable = market["pay"]["ote"], market["pay"]["variable"]
        if ote["pay_basis"] == "ote" and ote["method"] != "withheld" and variable["p_any"] > 0.5:
            return {"basis": "ote", "low": float(ote["p25"]), "high": float(ote["p75"]), "what": "market P25 to P75"}
    return None


def _span(low: float | None, high: float | None, show: Any) -> str:
    if low is None or high is None:
        return f"up to {show(high)}" if low is None else f"{show(low)} and more"
    return show(low) if low == high else f"{show(low)} to {show(high)}"


def _words(reading: Reading, base: tuple[float, float, str, str], variable: Answer | None, rules: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """For each rule in force that asks for words in the posting, those words; first the words that serve everywhere. What only the employer knows is in square brackets."""
    low, high, currency, unit = base
    text = reading.document.text
    what = f"The base {'salary' if unit == 'year' else 'pay'}{'' if low == high else ' range'} for this role is"
    pay = f"{what} {_span(low, high, lambda x: _money(x, currency))} {'a year' if unit == 'year' else f'per {unit}'}."
    other = "[Say what bonus, commission, equity or other pay comes on top, or leave this out where there is none.]"
    if variable and variable["basis"] == "bonus_percent":
        other = f"A bonus of {_span(variable['low'], variable['high'], lambda x: f'{x:g}%')} of base comes on top."
    elif variable and variable["what"] == "as stated":
        name = "On-target earnings" if variable["basis"] == "ote" else "Variable pay at target"
        other = f"{name}: {_span(variable['low'], variable['high'], lambda x: _money(x, currency))} a year."
    elif variable:
        other = f"[If variable pay comes on top: on-target earnings are {_span(variable['low'], variable['high'], lambda x: _money(x, currency))} a year.]"
    benefits = "[Describe the benefits: health insurance, retirement plan, paid time off, others.]"
    deadline = "[Applications are accepted until DATE, or: on an ongoing basis.]"
    described = bool(BENEFITS.search(text))
    rows = [{"code": EVERYWHERE, "name": "Everywhere", "words": [pay, other, *([] if described else [benefits])], "citation": ""}]
    for rule in rules:
        if rule["code"] == "EU":
            at_home = pay if currency not in ("USD", "CAD") else "[The range for this place, in its currency.]"
            rows.append({"code": "EU", "name": rule["name"], "words": [at_home, *_EU_WORDS], "citation": rule["citation"]})
        if not rule["in_force"] or not rule["in_posting"] or rule["too_small"]:
            continue
        words = [pay]
        if rule["other_pay_required"] == "yes":
            words.append(other)
        if rule["benefits_required"] == "yes" and not described:
            words.append(benefits)
        if asks_deadline(rule["says"]) and not DEADLINE.search(text):
            words.append(deadline)
        rows.append({"code": rule["code"], "name": rule["name"], "words": words, "citation": rule["citation"]})
    return rows


def _ats(low: float, high: float, currency: str, unit: str, what: str, variable: Answer | None) -> Answer:
    """The range as Greenhouse, Lever and Ashby take it (PRACTICE, interchange): Greenhouse in cents, Lever with an interval, Ashby as components."""
    ote = variable if variable and variable["basis"] == "ote" else None
    blurb = f"Base pay a {unit}, {what}."
    ranges = [{"title": "Base pay", "min_cents": round(100 * low), "max_cents": round(100 * high), "currency_type": currency, "blurb": blurb}]
    components = [{"compensationType": "Salary", "interval": f"1 {unit.upper()}", "currencyCode": currency, "minValue": _whole(low), "maxValue": _whole(high)}]
    if ote and None not in (ote["low"], ote["high"]):
        said = f"Base and variable at target a year, {ote['what']}."
        ranges.append(
            {
                "title": "On-target earnings",
                "min_cents": round(100 * ote["low"]),
                "max_cents": round(100 * ote["high"]),
                "currency_type": currency,
                "blurb": said,
            }
        )
    if variable and variable["basis"] == "variable" and None not in (variable["low"], variable["high"]):
        components.append(
            {
                "compensationType": "Commission",
                "interval": "1 YEAR",
                "currencyCode": currency,
                "minValue": _whole(variable["low"]),
                "maxValue": _whole(variable["high"]),
            }
        )
    summary = f"{_span(low, high, lambda x: _money(x, currency))} a {unit}, base"
    return {
        "greenhouse": {"pay_input_ranges": ranges},
        "lever": {
            "salaryRange": {"currency": currency, "interval": f"per-{unit}-{'salary' if unit == 'year' else 'wage'}", "min": _whole(low), "max": _whole(high)},
            "salaryDescription": blurb,
        },
        "ashby": {"compensationTiers": [{"title": "Base pay", "tierSummary": summary, "components": components}], "compensationTierSummary": summary},
    }


def own_range(reading: Reading) -> Stated | None:
    """The first statement of pay that is of base, or says nothing of its basis, and is no average."""
    return next((s for s in reading.pay if s.basis in ("base", "unstated", "total") and s.kind != "average"), None)
