"""What to post: the range, the words for each place the job may be done in, and the fields that applicant tracking systems and schema.org take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from compsvc.paymodel import PayModel
from compsvc.postings import Reading, by_place, json_ld
from compsvc.postings.pay import A_YEAR, Stated
from compsvc.postings.pay_words import COMMISSION_ONLY
from compsvc.postings.rules import ALSO_PAID, BENEFITS, DEADLINE, WIDE, asks_deadline, offers

Answer = dict[str, Any]

EVERYWHERE = "everywhere"
_EU_WORDS = (
    "[What pay goes by: the objective, gender-neutral criteria, such as level, experience and scope.]",
    "[The collective agreement and grade that apply, or that none does.]",
)


class Range(NamedTuple):
    """The range to post, of base, per `unit`; None for an end that nobody has stated, both None where pay is commission alone."""

    low: float | None
    high: float | None
    currency: str
    unit: str
    what: str

    @property
    def width(self) -> float | None:
        """High over low."""
        return self.high / self.low if self.low and self.high else None


def to_post(
    model: PayModel, reading: Reading, role: Mapping[str, Any], market: Mapping[str, Any] | None, rules: Sequence[Mapping[str, Any]], on: str
) -> Answer | None:
    """The range to post on a date, in words and as fields; None where there is neither a stated range nor a market's.

    The range is the employer's own where it states base, or on-target earnings and base's share of them; else the market's middle half of base.
    Where several ranges are stated for different places, each place has its own.
    """
    stated = [s for s in reading.pay if s.basis in ("base", "unstated") and s.kind != "average"]
    own = _own(stated)
    range_ = _as_range(own) if own else _of_target(reading) or _of_commission(reading) or _of_market(market)
    if range_ is None:
        return None
    rows = by_place.placed(model, reading) if own else []
    variable = _variable(reading, None if own else market, range_.currency)
    kind = reading.employment_type.value if reading.employment_type else None
    places = [place.value for place in reading.locations]
    posting = json_ld.job_posting(role, range_.low, range_.high, range_.currency, kind, range_.unit, places, on)
    width = range_.width
    return {
        "low": _whole(range_.low),
        "high": _whole(range_.high),
        "currency": range_.currency,
        "unit": range_.unit,
        "basis": "base",
        "what": range_.what,
        "by_place": [{"for": row.words, "low": _whole(row.stated.low), "high": _whole(row.stated.high), "unit": row.stated.unit} for row in rows],
        "notes": list(_notes(reading, own, range_, stated, rows)),
        "width": round(width, 3) if width else None,
        "too_wide": bool(width and width > WIDE),
        "words": _words(reading, range_, variable, rules, rows),
        "ats": _ats(range_, variable),
        "json_ld": [posting] + ([json_ld.occupation(market)] if market is not None else []),
    }


AS_STATED, BY_COMMISSION = "as stated", "commission alone, as stated"


def _own(stated: Sequence[Stated]) -> Stated | None:
    """The employer's own statement of base: the first closed range, else the first figure, else the first end of an open one."""
    closed = [s for s in stated if s.low and s.high]
    return next((s for s in closed if s.kind == "range"), closed[0] if closed else stated[0] if stated else None)


def _as_range(own: Stated) -> Range:
    return Range(own.low, own.high, own.currency, own.unit, AS_STATED)


def _of_target(reading: Reading) -> Range | None:
    """Base as the stated share of stated on-target earnings."""
    ote = next((s for s in reading.pay if s.basis == "ote" and s.kind != "average" and s.unit == "year"), None)
    if ote is None or reading.base_share is None:
        return None
    least, most = reading.base_share.value
    low, high = (None if end is None else round(end * share) for end, share in ((ote.low, least), (ote.high, most)))
    return Range(low, high, ote.currency, "year", "stated on-target earnings times the stated share of base")


def _of_commission(reading: Reading) -> Range | None:
    """No base at all, where the posting says that pay is commission alone."""
    if not COMMISSION_ONLY.search(reading.document.text):
        return None
    currency = next((s.currency for s in reading.pay), "USD")
    return Range(None, None, currency, "year", BY_COMMISSION)


def _of_market(market: Mapping[str, Any] | None) -> Range | None:
    if market is None:
        return None
    base = market["pay"]["base"]
    return Range(float(base["p25"]), float(base["p75"]), market["currency"], "year", "market P25 to P75 of base")


LOWEST_PLAIN_USD = 20.0
_HOURS = 2_080
_PART_OR_CONTRACT = ("part-time", "contract", "temporary", "internship")


def _notes(reading: Reading, own: Stated | None, range_: Range, stated: Sequence[Stated], rows: Sequence[by_place.Placed]) -> Iterable[str]:
    """What was taken for granted in making the range to post, and what to see to before it is posted."""
    if own is not None:
        if own.basis == "unstated":
            yield "the posting does not say that its range is base; it is taken for base"
        if own.open_ended and own.low and own.high:
            yield "the posting's range is open; it is closed at its stated end"
        elif own.open_ended:
            yield "the posting states one end alone; say the other, which many places ask for"
        if any(own in pair for pair in reading.contradictions):
            yield "the posting contradicts itself: settle which figures are right before it is posted; these are the first"
        elif not rows:
            others = {(s.low, s.high, s.unit) for s in stated if s.kind == "range" and s.low and s.high} - {(own.low, own.high, own.unit)}
            if others:
                yield f"{len(others)} more range{'s are' if len(others) > 1 else ' is'} stated; this is the first, post each with its place or level"
    elif range_.what == BY_COMMISSION:
        yield "pay is commission alone: say so, and what people in the job usually earn"
    an_hour = range_.low * A_YEAR[range_.unit] / _HOURS if range_.low and range_.currency == "USD" else None
    if an_hour is not None and an_hour < LOWEST_PLAIN_USD:
        yield f"the low end is ${an_hour:,.2f} an hour of full-time work: see that it is not under the minimum wage or the exempt salary of the place"
    if reading.employment_type is not None and reading.employment_type.value in _PART_OR_CONTRACT and range_.what.startswith("market"):
        yield f"the market's range is that of full-time employees, and this job is {reading.employment_type.value}"


def _whole(amount: float | None) -> float | int | None:
    return int(amount) if amount is not None and float(amount).is_integer() else amount


def _money(amount: float | None, currency: str) -> str:
    sign = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$"}.get(currency, f"{currency} ")
    return f"{sign}{amount:,.2f}".removesuffix(".00") if amount is not None else ""


def _variable(reading: Reading, market: Mapping[str, Any] | None, currency: str) -> Answer | None:
    """Variable pay and on-target earnings as the posting states them, or as the market has them where most people in the role have any."""
    for basis in ("ote", "variable"):
        for s in reading.pay:
            if s.basis == basis and s.unit == "year" and s.kind != "average":
                return {"basis": basis, "low": s.low, "high": s.high, "what": AS_STATED}
    if reading.bonus_percent:
        low, high = reading.bonus_percent.value
        return {"basis": "bonus_percent", "low": low, "high": high, "what": AS_STATED}
    if market is not None and currency == market["currency"]:
        ote, variable = market["pay"]["ote"], market["pay"]["variable"]
        if ote["pay_basis"] == "ote" and ote["method"] != "withheld" and variable["p_any"] > 0.5:
            return {"basis": "ote", "low": float(ote["p25"]), "high": float(ote["p75"]), "what": "market P25 to P75"}
    return None


def _span(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    """A closed span, or an open one as it is said of a bonus or a target."""
    if low is not None and high is not None:
        return show(low) if low == high else f"{show(low)} to {show(high)}"
    return f"{show(low)} and more" if low is not None else f"up to {show(high)}" if high is not None else "[how much]"


def _of_base(low: float | None, high: float | None, currency: str) -> str:
    """A span of base with square brackets around an end that the employer has yet to state."""
    if low is None or high is None:
        return f"{_money(low, currency) or '[the least you expect to pay]'} to {_money(high, currency) or '[the most you expect to pay]'}"
    return _span(low, high, lambda x: _money(x, currency))


def _a(unit: str) -> str:
    return "a year" if unit == "year" else f"per {unit}"


_BENEFITS = "[Describe the benefits: health insurance, retirement plan, paid time off, others.]"
_DEADLINE = "[Applications are accepted until DATE, or: on an ongoing basis.]"


def _pay_words(range_: Range) -> str:
    if range_.what == BY_COMMISSION:
        return "Pay for this role is by commission only."
    what = f"The base {'salary' if range_.unit == 'year' else 'pay'}{'' if range_.low == range_.high else ' range'} for this role is"
    return f"{what} {_of_base(range_.low, range_.high, range_.currency)} {_a(range_.unit)}."


def _other_words(reading: Reading, variable: Answer | None, currency: str) -> str:
    """What comes on top of base: as stated, as the market has it in square brackets, or the question; and what else the posting mentions."""

    def money(x: float) -> str:
        return _money(x, currency)

    if variable and variable["basis"] == "bonus_percent":
        other = f"A bonus of {_span(variable['low'], variable['high'], lambda x: f'{x:g}%')} of base comes on top."
    elif variable and variable["what"] == AS_STATED:
        alone = COMMISSION_ONLY.search(reading.document.text)
        name = "On-target earnings" if variable["basis"] == "ote" else "Commission" if alone else "Variable pay at target"
        other = f"{name}: {_span(variable['low'], variable['high'], money)} a year."
    elif variable:
        other = f"[If variable pay comes on top: on-target earnings are {_span(variable['low'], variable['high'], money)} a year.]"
    else:
        other = "[Say what bonus, commission, equity or other pay comes on top, or leave this out where there is none.]"
    more = [name for name, pattern in ALSO_PAID.items() if offers(reading.document.text, pattern)]
    return other + (f" [The posting also mentions {' and '.join(more)}: say how much.]" if more and variable else "")


def _words(reading: Reading, range_: Range, variable: Answer | None, rules: Sequence[Mapping[str, Any]], by: Sequence[by_place.Placed]) -> list[Answer]:
    """For each rule in force that asks for words in the posting, those words; first the words that serve everywhere. What only the employer knows is in square brackets."""
    text = reading.document.text
    other = _other_words(reading, variable, range_.currency)
    described = offers(text, BENEFITS)
    everywhere = _everywhere(range_, by)
    rows = [{"code": EVERYWHERE, "name": "Everywhere", "words": [everywhere, other, *([] if described else [_BENEFITS])], "citation": ""}]
    for rule in rules:
        if rule["code"] == "EU":
            at_home = everywhere if range_.currency not in ("USD", "CAD") else "[The range for this place, in its currency.]"
            rows.append({"code": "EU", "name": rule["name"], "words": [at_home, *_EU_WORDS], "citation": rule["citation"]})
        if not rule["in_force"] or not rule["in_posting"] or rule["too_small"]:
            continue
        words = [_for_rule(range_, by, rule)]
        if rule["other_pay_required"] == "yes":
            words.append(other)
        if rule["benefits_required"] == "yes" and not described:
            words.append(_BENEFITS)
        if asks_deadline(rule["says"]) and not DEADLINE.search(text):
            words.append(_DEADLINE)
        rows.append({"code": rule["code"], "name": rule["name"], "words": words, "citation": rule["citation"]})
    return rows


def _everywhere(range_: Range, by: Sequence[by_place.Placed]) -> str:
    """The range, or every place's own in one sentence."""
    if not by:
        return _pay_words(range_)
    parts = [
        f"{_of_base(row.stated.low, row.stated.high, row.stated.currency)} {_a(row.stated.unit)} "
        + (f"for {row.words}" if row.is_somewhere else "[say for which place or level]")
        for row in by
    ]
    return f"The base pay range for this role is {', '.join(parts[:-1])} and {parts[-1]}."


def _for_rule(range_: Range, by: Sequence[by_place.Placed], rule: Mapping[str, Any]) -> str:
    """The range of a rule's place, where the posting says which that is."""
    if not by:
        return _pay_words(range_)
    row = by_place.of_rule(by, rule["code"])
    if row is None:
        return f"[The range for {rule['name']}: the posting states {len(by)} ranges, and none for this place.]"
    return _pay_words(_as_range(row.stated))


def _ats(range_: Range, variable: Answer | None) -> Answer:
    """The range as Greenhouse, Lever and Ashby take it (PRACTICE, interchange): Greenhouse in cents, Lever with an interval, Ashby as components. An end nobody has stated is left out."""
    low, high, currency, unit = range_.low, range_.high, range_.currency, range_.unit
    ote = variable if variable and variable["basis"] == "ote" else None
    blurb = f"Base pay {_a(unit)}, {range_.what}."
    ranges, components, tiers = [], [], []
    if low is not None or high is not None:
        cents = {name: round(100 * end) for name, end in (("min_cents", low), ("max_cents", high)) if end is not None}
        ranges.append({"title": "Base pay", **cents, "currency_type": currency, "blurb": blurb})
        components.append({"compensationType": "Salary", "interval": f"1 {unit.upper()}", "currencyCode": currency, **_ends("minValue", "maxValue", low, high)})
        tiers.append(f"{_span(low, high, lambda x: _money(x, currency))} {_a(unit)}, base")
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
        tiers.append(f"bonus of {_span(variable['low'], variable['high'], lambda x: f'{x:g}%')} of base")
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
    return {name: _whole(end) for name, end in ((lower, low), (upper, high)) if end is not None}


def own_range(reading: Reading) -> Stated | None:
    """The first statement of pay that is of base, or says nothing of its basis, and is no average."""
    return next((s for s in reading.pay if s.basis in ("base", "unstated", "total") and s.kind != "average"), None)
