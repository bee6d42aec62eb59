"""Read a job posting: what it offers, to whom, where, and what it says it pays, every field with the words it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from compsvc import vocabulary
from compsvc.paymodel import PayModel
from compsvc.postings import fields, pay
from compsvc.postings.documents import Document, Pay
from compsvc.postings.fields import Found
from compsvc.postings.pay import Stated

SURE_TITLE = 0.8
SENIOR_YEARS, PRINCIPAL_YEARS = 6, 10
_SEVERAL_LEVELS = re.compile(
    r"\b(?:junior|jr|mid|senior|sr|staff|lead|entry)\b[^)]*\b(?:or|and|to|/)\W*(?:mid|senior|sr|staff|principal|lead)\b", re.IGNORECASE
)
EXACT_TITLE = 0.95
_LEADS = re.compile(r"\b(?:manager|supervisor|head|chief|lead|director)\b", re.IGNORECASE)
_SENIOR = re.compile(r"\b(?:senior|sr|regional|chief|group)\b", re.IGNORECASE)
LONGEST_TITLE = 110
LINES_FOR_TITLES = 14
MOST_TITLES = 8

Answer = dict[str, Any]

_LABELLED_TITLE = re.compile(r"(?im)^\W{0,4}(?:job title|title|position|role|opening|job|vacancy)(?: title)?\s*[:|–-]\s*(?P<title>[^\n|•]{3,100})")
_SEEKING = re.compile(
    r"\b(?:hiring|seeking|seeks|looking for|looking to (?:hire|add)|recruiting(?: for)?|post of|need|needs|join (?:us|our team|\w+) as|searching for|adding|add|hire|as|for|bringing on|open(?:ing)? for|role of|position of)\s+(?:(?:an?|our(?: next| first| second| new)?|the|another|\w+ (?=[A-Z]))\s+)?(?P<title>(?:[A-Z][\w&/.'-]*|of|and|to|the|for|&|[IVX]+|\d)(?:[ ,/-]+(?:[A-Z(][\w&/.'()-]*|of|and|for|&|[IVX]+)){0,8})",
)
_THIS_ROLE = re.compile(
    r"\b(?:As (?:an?|our|the)|The|This|Our(?: new| next)?)\s+(?P<title>(?:[A-Z][\w&/.'-]*)(?:[ ,/-]+(?:[A-Z][\w&/.'-]*|of|and|&)){0,7})(?:,| will| is responsible| role| position| leads| owns| reports| works)"
)
_TAIL = re.compile(
    r"\s*(?:[-–—|@•]\s*(?:remote|hybrid|on-?site|full[- ]time|part[- ]time|contract|temporary|[A-Z][\w. ]+, [A-Z]{2}\b|us\b|usa\b|united states|\$|€|£).*"
    r"|\((?:[^)]*\b(?:remote|hybrid|on-?site|full|part|contract|temp|m/f|f/m|req|id|months?|(?-i:[A-Z]{2}))\b[^)]*)\)"
    r"|,\s*\d{1,2}[- ]months?\b.*|,?\s*\b(?:req|job|requisition)\s?(?:id|#|no\.?)?\s*:?\s*[#\w-]*\d+.*|\s+(?:at|to join|who|with)\s.*)$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:freelance|contract|temp|part[- ]time|full[- ]time)[/ ]*(?:freelance|contract)?\s*:|now hiring|we'?re hiring|we are hiring|hiring|job posting|job description|job opening|open role|open position|wanted|opening|help wanted)\W*(?:an? )?",
    re.IGNORECASE,
)


_PARTED = re.compile(r"\s+[|•@/]\s+|\*{2,}|:\s+")
_DASH = re.compile(r"\s+[-–—]\s+|,\s+(?=[A-Z])")
_BESIDE = re.compile(
    r"^\W*(?:req(?:uisition)?|job|position|posting)\.?\s*(?:id|no\.?|number|#)?\s*[#:]?\s*\w*\d\w*\s*[-–—:|]?\s*|^(?:hey|hi|hello)\b[^a-z]*", re.IGNORECASE
)


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
    text, said = document.text, document.said
    titles = _titles(model, text, said.get("title", ""))
    years, manages = fields.years(text), fields.manages(text)
    family = level = None
    if titles:
        found = model.titles.resolve(titles[0].value, None)
        at = titles[0]
        family = Found(found.family, at.start, at.end, min(at.confidence, found.match), "the title") if found.family else None
        level = _level(found.level.code, found.level.why, at, years, manages)
    statements = [*_of_form(document.pay), *pay.stated(text)]
    bonus, share = pay.bonus_percent(text), pay.base_share(text)
    return Reading(
        document,
        titles,
        family,
        level,
        fields.locations(model, text, said.get("location", "")),
        fields.work_mode(text, said.get("remote", "") or said.get("location", "")),
        fields.industry(text, said.get("industry", "")),
        _employees(text, said.get("employees", "")),
        years,
        manages,
        fields.employment_type(text, said.get("employment_type", "")),
        statements,
        Found(bonus[:2], bonus[2], bonus[3], 0.9, "bonus as a share of base") if bonus else None,
        Found(share[:2], share[2], share[3], 0.9, "base as a share of on-target earnings") if share else None,
        pay.contradictions(statements, text) if len(titles) < 2 else [],
    )


def _employees(text: str, said: str) -> Found | None:
    if said and (m := re.fullmatch(r"\D*(\d[\d,]*)(?:\D+(\d[\d,]*))?\D*", said)):
        low, high = (int(g.replace(",", "")) for g in (m[1], m[2] or m[1]))
        return Found((low, high), 0, 0, 1.0, "the form")
    return fields.employees(text)


def _level(code: str, why: str, title: Found, years: Found | None, manages: Found | None) -> Found | None:
    """The title's level; where it names none, the years asked for choose among the professional ones."""
    if _SEVERAL_LEVELS.search(title.value):
        return None
    leads = manages is not None and manages.value[0] > 1 and bool(_LEADS.search(title.value))
    if leads and manages and code.startswith("P"):
        return Found("M3" if _SENIOR.search(title.value) else "M2", manages.start, manages.end, 0.7, "people to lead, in a title of managers")
    if why == "title":
        return Found(code, title.start, title.end, title.confidence, "the title")
    if years:
        low = years.value[0]
        if low >= SENIOR_YEARS:
            return Found("P5" if low >= PRINCIPAL_YEARS else "P4", years.start, years.end, 0.5, "years asked for; the title names no level")
    return Found(code, title.start, title.end, 0.4, "assumed; nothing names a level") if code else None


# --- titles ------------------------------------------------------------------------------


def _plain_title(text: str) -> str:
    """A title without what is said beside it."""
    plain = _LEAD.sub("", re.sub(r"\s+", " ", text).strip(" \t-–—•|:*#\"'"))
    before = ""
    while plain != before:
        before, plain = plain, _TAIL.sub("", plain).strip(" \t-–—•|:*,.\"'")
    return plain


def _titles(model: PayModel, text: str, said: str) -> list[Found]:
    """Distinct roles offered, the main one first."""
    found: list[Found] = []

    def add(raw: str, start: int, confidence: float, why: str, least: float = SURE_TITLE) -> None:
        plain = _plain_title(raw)
        if not 3 <= len(plain) <= LONGEST_TITLE or len(found) >= MOST_TITLES or plain.lower() in {f.value.lower() for f in found}:
            return
        match = model.titles.resolve(plain, None)
        if why == "the words around it" and not _could_be(plain):
            return
        if match.match >= least and (match.family or match.mixture):
            where = re.search(r"\s+".join(map(re.escape, plain.split())), text[start : start + 4 * LONGEST_TITLE])
            begins, ends = (start + where.start(), start + where.end()) if where else (0, 0)
            found.append(Found(plain, begins, ends, round(min(confidence, max(match.match, 0.3)), 2), why))

    if said:
        add(said, 0, 1.0, "the form", 0.0)
        found = [f._replace(start=0, end=0) for f in found]
    for m in _LABELLED_TITLE.finditer(text):
        if not found or m.start() > 0:
            add(m["title"], m.start("title"), 0.95, "a line that names the role", 0.5 if not found else SURE_TITLE)
    if not found and (best := _heading(model, text)):
        add(*best, "a heading")
    for pattern, confidence in ((_SEEKING, 0.8), (_THIS_ROLE, 0.7)):
        if found:
            break
        for m in pattern.finditer(text):
            add(m["title"], m.start("title"), confidence, "the words around it")
            if found:
                break
    return found


def _heading(model: PayModel, text: str) -> tuple[str, int, float] | None:
    """(title, offset, confidence) of the first lines' best: a line, or the part of one that is a title where the rest is a company or a place; earlier ones first."""
    rows: list[tuple[float, int, int, str, int]] = []
    for n, (at, line) in enumerate(_lines(text)[:LINES_FOR_TITLES]):
        plain = _plain_title(_BESIDE.sub("", line))
        tries = [_core(model, plain) if len(line) <= LONGEST_TITLE else plain]
        if _PARTED.search(line):
            tries += [_plain_title(_BESIDE.sub("", part)) for part in _PARTED.split(line)]
        if not any(_could_be(words) and model.titles.resolve(words, None).match >= SURE_TITLE for words in tries):
            tries += [_plain_title(part) for part in _DASH.split(plain)]
        for words in tries:
            match = model.titles.resolve(words, None) if _could_be(words) else None
            if match and match.match >= SURE_TITLE and match.family:
                rows.append((round(match.match - 0.05 * n, 2), -n, len(words), words, at))
    if not rows:
        return None
    best = max(rows)
    return best[3], best[4], 0.9 if best[1] == 0 else 0.8


@cache
def _role_nouns() -> frozenset[str]:
    """Words that name somebody who works: manager, director, analyst."""
    ends = (row["title"].split(",")[0].split()[-1].lower() for row in vocabulary.ladder())
    return frozenset(word for word in ends if not word.endswith(("s", "ing"))) | {
        "intern",
        "assistant",
        "officer",
        "vp",
        "attorney",
        "nurse",
        "clerk",
        "agent",
        "buyer",
    }


def _could_be(words: str) -> bool:
    """Whether words are short enough and name somebody who works, rather than a sentence, a figure or a field."""
    bare = re.sub(r"\([^)]*\)", "", words)
    said = bare.split()
    return (
        3 <= len(words) <= LONGEST_TITLE
        and 0 < len(said) <= 10
        and not re.search(r"[$€£!?]|\d{3,}|:", bare)
        and words[:1].isupper()
        and any(
            w.lower().strip(",;-–—") in _role_nouns() or w.lower().strip(",;-–—").removesuffix("s") in _role_nouns() - {"partner", "associate"} for w in said
        )
        and sum(w[:1].isupper() or not w[:1].isalpha() or w.lower() in ("of", "and", "for", "to", "the") for w in said) >= 0.75 * len(said)
    )


def _core(model: PayModel, heading: str) -> str:
    """The title that a heading is about: itself, or where it is a sentence the longest run of its words that is a title."""
    words = heading.split()
    if len(words) <= 5 or not re.search(r"\b(?:for|an?|the|is|to|what|how|write|role|job)\b", heading, re.IGNORECASE):
        return heading
    for size in range(min(6, len(words) - 1), 1, -1):
        for i in range(len(words) - size + 1):
            run = words[i : i + size]
            if (
                all(w[:1].isupper() or w in ("of", "and", "&") for w in run)
                and run[0][:1].isupper()
                and model.titles.resolve(" ".join(run), None).match >= EXACT_TITLE
            ):
                return " ".join(run).strip("?:,.")
    return heading


def _lines(text: str) -> list[tuple[int, str]]:
    """(offset, line) of lines that hold words."""
    rows, at = [], 0
    for line in text.split("\n"):
        if re.search(r"[A-Za-z]{2}", line):
            rows.append((at, line))
        at += len(line) + 1
    return rows


# --- pay that the form states ----------------------------------------------------------------


def _of_form(rows: Sequence[Pay]) -> list[Stated]:
    """Pay of a form's own fields."""
    found = []
    for row in rows:
        label = row.label.lower()
        basis = (
            "ote"
            if re.search(r"\bote\b|on[- ]target", label)
            else "variable"
            if re.search(r"commission|bonus|variable|incentive", label)
            else "total"
            if re.search(r"total (?:comp|cash)|package", label)
            else "base"
        )
        kind = "single" if row.low == row.high else "range"
        found.append(Stated(row.low, row.high, row.unit, row.currency, basis, kind, row.low is None or row.high is None, 0, 0, 1.0))
    return found
