"""What to post: the range, the words for each place the job may be done in, and the fields that applicant tracking systems and schema.org take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compsvc.postings import Reading, by_place, json_ld
from compsvc.postings.ats import ats_fields
from compsvc.postings.pay import A_YEAR, HOURS, Stated, same_pay
from compsvc.postings.ranges import BY_COMMISSION, Range, of_statement, own_base, range_of, variable_of, whole
from compsvc.postings.rules import WIDE
from compsvc.postings.wording import words_of

Answer = dict[str, Any]


def to_post(
    reading: Reading, role: Mapping[str, Any], market: Mapping[str, Any] | None, rules: Sequence[Mapping[str, Any]], rows: Sequence[by_place.Placed], on: str
) -> Answer | None:
    """The range to post on a date, in words and as fields; None where there is neither a stated range nor a market's.

    `rows` are the ranges that are stated for different places, of which each place has its own.
    """
    stated = [s for s in reading.pay if s.basis in ("base", "unstated") and s.kind != "average"]
    own = own_base(stated)
    range_ = range_of(reading, own, market)
    if range_ is None:
        return None
    variable = variable_of(reading, None if own or range_.what == BY_COMMISSION else market, range_.currency)
    kind = reading.employment_type.value if reading.employment_type else None
    places = [place.value for place in reading.locations]
    postings = [
        json_ld.job_posting({**role, **named}, part.low, part.high, part.currency, kind, part.unit, where, on)
        for part, where, named in _each(range_, rows, places, str(role.get("title", "")), role.get("work_mode") == "remote")
    ]
    width = range_.width
    return {
        "low": whole(range_.low),
        "high": whole(range_.high),
        "currency": range_.currency,
        "unit": range_.unit,
        "basis": "base",
        "what": range_.what,
        "by_place": [{"for": row.words, "low": whole(row.stated.low), "high": whole(row.stated.high), "unit": row.stated.unit} for row in rows],
        "notes": list(_notes(reading, own, range_, stated, rows)),
        "width": round(width, 3) if width else None,
        "too_wide": bool(width and width > WIDE),
        "words": words_of(reading, range_, variable, rules, rows),
        "ats": ats_fields(range_, variable, rows),
        "json_ld": postings + ([json_ld.occupation(market)] if market is not None else []),
    }


def _each(
    range_: Range, rows: Sequence[by_place.Placed], places: Sequence[str], title: str, remote: bool
) -> Iterable[tuple[Range, tuple[str, ...], dict[str, str]]]:
    """(range, places, title) of each posting to make: one for each place or level that has a range of its own."""
    if not rows:
        yield range_, tuple(places), {}
        return
    taken = {place for row in rows for place in row.places}
    nation = ("United States",)
    rest = nation if remote and nation[0] in places else tuple(place for place in places if place not in taken) or tuple(places) or nation
    by_level = not any(row.is_somewhere for row in rows)
    for row in rows:
        if row.is_somewhere or by_level:
            yield of_statement(row.stated), row.places or (tuple(places) if by_level else rest), {"title": row.words if by_level else title}


LOWEST_PLAIN_USD = 20.0
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
            others = {(s.low, s.high, s.unit) for s in stated if s.kind == "range" and s.low and s.high and not same_pay(s, own)}
            if others:
                yield f"{len(others)} more range{'s are' if len(others) > 1 else ' is'} stated; this is the first, post each with its place or level"
    elif range_.what == BY_COMMISSION:
        yield "pay is commission alone: say so, and what people in the job usually earn"
    an_hour = range_.low * A_YEAR[range_.unit] / HOURS if range_.low and range_.currency == "USD" else None
    if an_hour is not None and an_hour < LOWEST_PLAIN_USD:
        yield f"the low end is ${an_hour:,.2f} an hour of full-time work: see that it is not under the minimum wage or the exempt salary of the place"
    if reading.employment_type is not None and reading.employment_type.value in _PART_OR_CONTRACT and range_.what.startswith("market"):
        yield f"the market's range is that of full-time employees, and this job is {reading.employment_type.value}"
