"""What an applicant in the European Union is to be told of pay, as a sheet: each item of Article 5 of Directive (EU) 2023/970, what was told, and what is missing.

A summary for people who write and read offers, not legal advice: the duty binds private employers through national law.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from compsvc.postings.abroad import country_of

Answer = dict[str, Any]

CITATION = "Directive (EU) 2023/970, Article 5"
SOURCE = "leglobal.law/2023/08/23/eu-the-eu-pay-transparency-directive-what-employers-need-to-know"
_GENDERED = re.compile(r"\b(?:\w+(?:man|woman|men|women)|waitress|stewardess|hostess|seamstress|handyman|girl|boy|lady)\b", re.IGNORECASE)
_NOT_GENDERED = frozenset({"human", "woman", "man", "ombudsman", "german", "freshman", "roman", "norman", "talisman"})
_NEUTRAL = re.compile(r"\((?:[mwfdxv]\s*/\s*){1,3}[mwfdxv]\)|\ball genders\b", re.IGNORECASE)


class Told(NamedTuple):
    """What an applicant was told of pay; None where nobody knows."""

    title: str = ""
    low: float | None = None
    high: float | None = None
    currency: str = ""
    unit: str = "year"
    basis: str = "base"
    criteria: Sequence[str] = ()
    collective_agreement: str | None = None
    in_time: bool | None = None
    asked_history: bool | None = None


def in_the_union(place: str) -> bool:
    """Whether a place's words name a member state of the EU, or one of its large cities that is no place of the United States."""
    country = country_of(place)
    return country is not None and country.in_union


def sheet(told: Told) -> Answer:
    """The sheet: items with `asks` (what the article says), `told`, and `missing` in words ("" where nothing is)."""
    items = [Item(name, asks, said, missing)._asdict() for name, asks, said, missing in _items(told)]
    return {
        "title": told.title,
        "items": items,
        "complete": not any(item["missing"] for item in items),
        "citation": CITATION,
        "source": SOURCE,
        "note": "A summary, not legal advice. Member states were to bring the directive into national law by 7 June 2026, and their law decides.",
    }


class Item(NamedTuple):
    """One thing an applicant is to be told."""

    item: str
    asks: str
    told: str
    missing: str


def _items(told: Told) -> Iterable[tuple[str, str, str, str]]:
    ends = [f"{end:,.0f}" for end in (told.low, told.high) if end is not None]
    money = f"{' to '.join(dict.fromkeys(ends))} {told.currency} a {told.unit}, {told.basis.replace('_', ' ')}" if ends else ""
    open_end = "" if not ends or len(ends) == 2 else "one end of the range is open"
    yield (
        "pay",
        "the initial pay of the position, or its range (5(1)(a))",
        money,
        open_end or ("" if money else "no pay or range was told; ask for both ends, and what they count"),
    )
    yield (
        "criteria",
        "the objective, gender-neutral criteria it is based on (5(1)(a))",
        "; ".join(told.criteria),
        "" if told.criteria else "no criteria were told; ask what decides where in the range an offer falls",
    )
    agreement = told.collective_agreement
    yield (
        "collective agreement",
        "the provisions of the collective agreement the employer applies to the position, where there is one (5(1)(b))",
        agreement or "",
        "" if agreement else "nothing was said of a collective agreement; ask whether one applies, and which pay grade of it",
    )
    yield (
        "in time",
        "in a way that makes an informed negotiation possible: in the posting, before the interview or otherwise (5(1))",
        {True: "told before the interview", False: "told after the interview", None: ""}[told.in_time],
        {True: "", False: "it is to be told in time to negotiate", None: "not known when it is told"}[told.in_time],
    )
    yield (
        "no pay history",
        "no question about pay in current or past jobs (5(2))",
        {True: "pay history was asked", False: "not asked", None: ""}[told.asked_history],
        {True: "the question is not allowed, and need not be answered", False: "", None: "not known whether it was asked"}[told.asked_history],
    )
    gendered = [] if _NEUTRAL.search(told.title) else [w for w in _GENDERED.findall(told.title) if w.lower() not in _NOT_GENDERED]
    yield (
        "neutral title",
        "a gender-neutral posting and job title (5(3))",
        told.title,
        f"'{gendered[0]}' is not neutral" if gendered else "" if told.title else "no job title was found",
    )
