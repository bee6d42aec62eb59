"""Read a job posting: what it offers, to whom, where, and what it says it pays, every field with the words it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from compsvc import vocabulary
from compsvc.paymodel import PayModel
from compsvc.postings import fields, pay, places
from compsvc.postings import titles as roles
from compsvc.postings.abroad import country_of
from compsvc.postings.documents import Document, Pay
from compsvc.postings.fields import Found
from compsvc.postings.pay import Stated
from compsvc.resolve.titles import HEAD_MATCH

_SEVERAL_LEVELS = re.compile(
    r"\b(?:junior|jr|mid|senior|sr|staff|lead|entry)\b[^)]*\b(?:or|and|to|/)\W*(?:mid|senior|sr|staff|principal|lead)\b"
    r"|\((?:levels?\s)?(?:I{1,3}|IV|\d)\s?(?:[-–,/]|or|to)[^)]*\)|\b(?:I{1,2})\s?/\s?(?:I{2,3}|IV)\b|\ball levels\b|\bmultiple levels\b",
    re.IGNORECASE,
)
_LEADS = re.compile(r"\b(?:manager|supervisor|head|chief|lead|director)\b", re.IGNORECASE)
_SENIOR = re.compile(r"\b(?:senior|sr|regional|chief|group)\b", re.IGNORECASE)
_SUPPORTS = re.compile(r"\b(?:assistant|coordinator|clerk|technician|representative|rep|associate|receptionist|aide)\b", re.IGNORECASE)

SHORTEST_TITLE = 4

Answer = dict[str, Any]


class Reading(NamedTuple):
    """What a posting says; lists in the order of the text."""

    document: Document
    titles: list[Found]
    family: Found | None
    level: Found | None
    locations: list[Found]
    work_mode: Found | None
    industry: Found | None
    employees: Found | None
    years: Found | None
    manages: Found | None
    employment_type: Found | None
    pay: list[Stated]
    bonus_percent: Found | None
    base_share: Found | None
    contradictions: list[tuple[Stated, Stated]]


def read(model: PayModel, document: Document) -> Reading:
    """Every field of a posting that its words or its form state."""
    text, said = _of_this_job(document.text), document.said
    locations = places.locations(model, text, said.get("location", ""))
    titles = [_without_place(text, title, locations) for title in roles.titles(model, text, said.get("title", ""))]
    years, manages = fields.years(text), fields.manages(text)
    family = level = None
    if titles:
        found = model.titles.resolve(titles[0].value, None)
        at = titles[0]
        family = Found(found.family, at.start, at.end, min(at.confidence, found.match), "the title") if found.family else None
        level = _level(model, at, text, years, manages)
    statements = [*_of_form(document.pay), *_in_dollars_of(locations, text, pay.stated(text, [title.value for title in titles]))]
    bonus, share = pay.bonus_percent(text), pay.base_share(text)
    return Reading(
        document,
        titles,
        family,
        level,
        locations,
        fields.work_mode(text, said.get("remote", "") or said.get("location", "")),
        fields.industry(text, said.get("industry", ""), titles[0] if titles else None),
        _employees(text, said.get("employees", "")),
        years,
        manages,
        fields.employment_type(text, said.get("employment_type", "")),
        statements,
        Found(bonus[:2], bonus[2], bonus[3], 0.9, "bonus as a share of base") if bonus else None,
        Found(share[:2], share[2], share[3], 0.9, "base as a share of on-target earnings") if share else None,
        pay.contradictions(statements, text, share[:2] if share else None) if len(titles) < 2 else [],
    )


_OTHER_JOBS = re.compile(
    r"(?im)^\W{0,6}(?:similar|related|recommended|more|other)(?: open| current)? (?:jobs|roles|positions|openings|opportunities)\b(?:.{0,30}$| at [^:\n]{2,40}:)|^\W{0,6}people also viewed\b.{0,30}$|^\W{0,6}you (?:may|might) also like\b.{0,30}$"
)
SHORTEST_POSTING = 30
_OTHER_DOLLARS = ("CAD", "AUD", "NZD", "SGD", "HKD")


def _of_this_job(text: str) -> str:
    """The text up to where a page goes on with other jobs."""
    m = _OTHER_JOBS.search(text, SHORTEST_POSTING)
    return text[: m.start()] if m else text


def _in_dollars_of(locations: Sequence[Found], text: str, statements: list[Stated]) -> list[Stated]:
    """Statements with a plain dollar sign in the dollars of the one country abroad where the job is."""
    countries = [country_of(place.value) for place in locations]
    currencies = {country.currency if country else "" for country in countries}
    if len(currencies) != 1 or not (here := currencies.pop()) or here not in _OTHER_DOLLARS:
        return statements
    return [s._replace(currency=here) if s.currency == "USD" and not _US_DOLLARS.search(text[max(0, s.start - 6) : s.end + 6]) else s for s in statements]


_US_DOLLARS = re.compile(r"\bUSD?\b|\bU\.S\.")


def _without_place(text: str, title: Found, locations: Sequence[Found]) -> Found:
    """A title without the place of the job behind it: "Tax Manager, Boise" where Boise is one."""
    for place in locations:
        names = "|".join(re.escape(name) for name in {place.value, place.value.partition(",")[0]})
        m = re.search(rf"(?:\s*[,–—(|]\s*|\s+-\s+|\s+in (?:the )?)(?:{names})\b.*$", title.value, re.IGNORECASE)
        if m and m.start() >= SHORTEST_TITLE and (not title.end or text[title.start : title.end] == title.value):
            return title._replace(value=title.value[: m.start()], end=title.end and title.start + m.start())
    return title


def _employees(text: str, said: str) -> Found | None:
    if said and (m := re.fullmatch(r"\D*(\d[\d,]{0,10})(?:\D+(\d[\d,]{0,10}))?\D*", said)):
        low, high = (int(g.replace(",", "")) for g in (m[1], m[2] or m[1]))
        if 0 < low <= high <= fields.MOST_EMPLOYEES:
            return Found((low, high), 0, 0, 1.0, "the form")
    return fields.employees(text)


def _level(model: PayModel, title: Found, text: str, years: Found | None, manages: Found | None) -> Found | None:
    """The level: the ladder's for a title it names, else that of the title's words, else by the years asked for (tests/postings/README.md)."""
    around = text[title.start : title.end + 40].split("\n")[0] if title.end else title.value
    if _SEVERAL_LEVELS.search(title.value) or _SEVERAL_LEVELS.search(around):
        return None
    match = model.titles.resolve(title.value, None)
    turned = match.match >= HEAD_MATCH and match.level.why == "title" and "," in title.value
    named = match.level.code if turned else _in_ladder(title.value)
    if named:
        return Found(named, title.start, title.end, title.confidence, "the title")
    found = match.level
    code, why = (found.code, found.why) if found else ("", "")
    leads = manages is not None and manages.value[0] > 1 and bool(_LEADS.search(title.value))
    if leads and manages and code.startswith("P"):
        return Found("M3" if _SENIOR.search(title.value) else "M2", manages.start, manages.end, 0.7, "people to lead, in a title of managers")
    if why == "title":
        return Found(code, title.start, title.end, title.confidence, "the title")
    if years:
        low = years.value[0]
        code = next(level for least, level in YEARS_TO_LEVEL if low >= least)
        return Found(code, years.start, years.end, 0.5, "years asked for; the title names no level")
    usual = "P2" if _SUPPORTS.search(title.value) else "P3"
    return Found(usual, title.start, title.end, 0.4, "assumed; nothing names a level")


YEARS_TO_LEVEL = ((10, "P5"), (6, "P4"), (2, "P3"), (1, "P2"), (0, "P1"))


def _in_ladder(title: str) -> str:
    """The level a ladder names for a title, or for the title before its speciality; "" for none or several."""
    core = re.split(r"\s+[-–—/]\s+|,\s+|\s*\(", title)[0]
    for words in dict.fromkeys((title, core)):
        levels = _ladder_levels().get(" ".join(words.lower().replace("sr.", "senior").replace("jr.", "junior").split()), ())
        if len(levels) == 1:
            return next(iter(levels))
    return ""


@cache
def _ladder_levels() -> dict[str, frozenset[str]]:
    """Levels by title in the ladders of all families."""
    found: dict[str, set[str]] = {}
    for row in vocabulary.ladder():
        found.setdefault(row["title"].lower(), set()).add(row["level"])
    return {title: frozenset(levels) for title, levels in found.items()}


# --- pay that the form states ----------------------------------------------------------------


def _of_form(rows: Sequence[Pay]) -> list[Stated]:
    """Pay of a form's own fields."""
    found = []
    for row in rows:
        label = re.split(r"[;.]", row.label.lower())[0]
        if row.unit not in pay.A_YEAR or (row.low is not None and row.high is not None and row.low > row.high):
            continue
        basis = (
            "ote"
            if re.search(r"\bote\b|on[- ]target", label)
            else "variable"
            if re.search(r"commission|bonus|variable|incentive", label) and not re.search(r"\bbase\b|salary", label)
            else "total"
            if re.search(r"total (?:comp|cash)|package", label)
            else "base"
        )
        low, high = row.low or None, row.high or None
        if low is None and high is None:
            continue
        kind = "single" if low == high else "range"
        found.append(Stated(low, high, row.unit, row.currency, basis, kind, low is None or high is None, 0, 0, 1.0, row.label))
    return found
