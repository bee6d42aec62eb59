"""Roles that a posting offers, as it writes them: from its form, a line that names the role, a heading, or the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from compsvc import vocabulary
from compsvc.paymodel import PayModel
from compsvc.postings.fields import Found

SURE, EXACT, LIKELY = 0.8, 0.95, 0.5
LONGEST, LINES, MOST = 110, 14, 8
LONGEST_RUN, MOST_TRIED = 7, 60

_LABELLED = re.compile(
    r"(?im)^\W{0,4}(?::\w+:\s*)?(?:job title|title|position|role|opening|job|vacancy|now hiring|hiring|we'?re hiring|we are hiring|wanted|help wanted|working title|class(?:ification)? title|posting title)(?: title)?\s*[:|–-]\s*(?P<title>[^\n|•]{3,100})"
)
_SEEKING = re.compile(
    r"\b(?:hiring|seeking|seeks|looking (?:for|to (?:hire|add))|recruiting(?: for)?|post of|needs?|join (?:us|our team|\w+) as|searching for|adding|add|hire|hires|as|for|bringing on|open(?:ing)? for|role of|position of|have|wants?|after)\s+(?:(?:an?|our|the|another|one|two|three|\d|its|their|more|new|next|first|second|third|full[- ]time|part[- ]time|experienced)\s+){0,4}(?P<words>[A-Za-z][^\n.!?;:|]{3,90})",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:As (?:an?|our|the)|The|This|Our(?: new| next)?)\s+(?P<words>[A-Z][^\n.!?;:|]{3,70}?)(?:,| will| is responsible| role| position| leads| owns| reports| works|\s+•)"
)
_LEAD = re.compile(
    r"^(?:(?:immediate (?:opening|hire|need)|urgent(?:ly)?(?: hiring)?|now hiring|we'?re hiring|we are hiring|hiring|job posting|job description|job opening|open role|open position|wanted|opening|help wanted|join us as|careers?(?=\s*[:|/–-]))\W*|(?:freelance|contract|temporary|temp|part[- ]time|full[- ]time|seasonal|remote|per diem|w2)\b[\s/:,-]+)+(?:an? )?",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^\W*(?:req(?:uisition)?|job|position|posting)\.?\s*(?:id|no\.?|number|#)?\s*[#:]?\s*\w*\d[\w-]*\s*[-–—:|]?\s*|^(?:hey|hi|hello|dear)\b[^,!\n]{0,20}[,!]\s*",
    re.IGNORECASE,
)
_SHIFTS = r"(?:evenings?|nights?|days?|weekends?|overnights?|(?:1st|2nd|3rd|first|second|third|day|night|evening) shift)"
_TAIL = re.compile(
    r"\s*(?:[-–—|@•,(]+\s*(?:[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20}){0,2}, (?-i:[A-Z]{2})\b|(?:fully )?remote|hybrid|on-?site|full[- ]time|part[- ]time|(?:\d{1,2}[- ]month )?contract|temporary|temp|freelance|seasonal|1099|w2|us\b|usa\b|united states|\$|€|£|£?\d|~|req\b|job\b|id\b|"
    + _SHIFTS
    + r"\b).*"
    r"|@.*|\s//.*|\(\s*(?:[A-Z]{2,5}|[mfdwx](?:/[mfdwx]){1,3}|(?:summer|spring|fall|winter|autumn)\b[^)]*|[^)]*\b(?:remote|hybrid|on-?site|full|part|contract|temp|req|id|months?|seats?|openings?|levels?|level \w+|all levels|bilingual|20\d\d|(?-i:[A-Z]{2}))\b[^)]*)\)?"
    r"|\((?![^()]*\)).*"
    r"|,\s*\d{1,2}[- ]months?\b.*|,?\s*\b(?:req|job|requisition)\s?(?:id|#|no\.?)?\s*:?\s*[#\w-]*\d+.*|\s+(?:at(?! large\b)|to join|who|with|needed|wanted|for (?:the|our|a|an)\b)\s.*|,\s*(?:salary|pay|comp\w*)\b.*)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:what|how|write|skills|descriptions?|guide|responsibilities|salary|need to)\b", re.IGNORECASE)
_PARTED = re.compile(r"\s+[|•@]\s+|\s+//\s+|\*{2,}|:\s+|\s+--\s+")
_DASH = re.compile(r"\s+[-–—]\s+|\s*—\s*|\s*•\s*")
_COMMA = re.compile(r"\s+[-–—]\s+|\s*—\s*|,\s+(?=[A-Z])|\s/\s|\.\s+")
_PERSON = re.compile(r"\b(?:I|we|you|your|our|us|my)\b")
_STOP = frozenset("it of the a an to and in is be on at with for from by as or that this who you we i our your post role position someone somebody".split())
_TWO = re.compile(r"\s+/\s+|\s+(?:and|or|&)\s+(?=(?:Senior|Sr|Lead|Principal|Associate|Junior|Staff)\b)|\s*;\s*")
_NO_NOUN = re.compile(r"(?:tion|ment|ness|ity|ing|ance|ence|ship|ology|ics|s)$")
_MORE_NOUNS = frozenset(
    "intern assistant officer vp svp evp avp attorney nurse clerk agent buyer head chief lead counsel partner associate architect writer copywriter planner paralegal"
    " controller comptroller bookkeeper teacher professor dean registrar chef therapist counselor advisor adviser estimator dispatcher recruiter underwriter fellow scientist president"
    " exec mgr coord admin eng dev sdr bdr csm ae am tam ceo cfo coo cto cmo cro ciso superintendent pharmacist librarian curator strategist producer editor designer developer engineer administrator consultant generalist specialist representative rep technician"
    " executive manager director supervisor coordinator analyst accountant auditor cashier teller appraiser adjuster actuary broker banker biller coder trainer instructor inspector planner"
    " scheduler surveyor programmer tester economist statistician chemist biologist physician psychologist".split()
)


_DUTIES = re.compile(r"^[A-Z][a-z]+ (?:[a-z]+ ){2,}|\.\s*$")
_FIRST = re.compile(r"\W{0,40}(?P<line>[A-Za-z][^\n.!?:]{2,60})(?:\n|$)")


class _Row(NamedTuple):
    score: float
    order: int
    length: int
    words: str
    at: int


def titles(model: PayModel, text: str, said: str = "") -> list[Found]:
    """Distinct roles offered, the main one first."""
    found: list[Found] = []

    def add(raw: str, start: int, confidence: float, why: str, least: float) -> None:
        for words in _each(model, raw):
            match = model.titles.resolve(words, None)
            if (
                len(found) < MOST
                and 3 <= len(words) <= LONGEST
                and words.lower() not in {f.value.lower() for f in found}
                and match.match >= least
                and (match.family or match.mixture)
            ):
                where = re.search(r"\s+".join(map(re.escape, words.split())), text[start : start + 4 * LONGEST])
                begins, ends = (start + where.start(), start + where.end()) if where else (0, 0)
                found.append(Found(words, begins, ends, round(min(confidence, max(match.match, 0.3)), 2), why))

    if said and (could_be(_plain(said)) or len(said.split()) <= 4) and model.titles.resolve(_plain(said), None).match >= LIKELY:
        add(said, 0, 1.0, "the form", 0.0)
        found = [f._replace(start=0, end=0) for f in found]
    for m in islice(_LABELLED.finditer(text), MOST_TRIED):
        if (not found or m.start() > 0) and not _DUTIES.search(m["title"]):
            add(m["title"], m.start("title"), 0.95, "a line that names the role", LIKELY if not found else SURE)
    if not found and (best := _heading(model, text)):
        for words, at in best:
            add(words, at, 0.9, "a heading", LIKELY)
    for pattern, confidence in ((_SEEKING, 0.8), (_THIS, 0.7)):
        for m in islice(pattern.finditer(text), MOST_TRIED):
            if found:
                break
            if run := _run(model, m["words"]):
                add(run[0], m.start("words") + run[1], confidence, "the words around it", SURE)
    if not found and (first := _FIRST.match(text)) and could_be(_plain(first["line"])):
        add(first["line"], first.start("line"), 0.4, "the first line", 0.2)
        if not found and _plain(first["line"]).lower() in _LEARNERS:  # of no field, which pricing asks for
            found.append(Found(_plain(first["line"]), first.start("line"), first.start("line") + len(_plain(first["line"])), 0.4, "the first line"))
    return found


_LEARNERS = frozenset(("intern", "trainee", "summer intern", "apprentice"))


def _each(model: PayModel, raw: str) -> Iterator[str]:
    """The title that words are, or two where they name two: "Data Scientist II / Senior Data Scientist"."""
    parts = _TWO.split(raw)
    if (
        len(parts) > 1
        and raw.strip().lower() not in _known()
        and all(could_be(_plain(part)) and model.titles.resolve(_plain(part), None).match >= SURE for part in parts)
    ):
        whole = re.search(r"\b(?:of|for) .+$", parts[-1])
        yield from (_plain(part if whole is None or " of " in part or "," in part else f"{part} {whole[0]}") for part in parts)
    else:
        yield _plain(raw)


@cache
def _known() -> frozenset[str]:
    """Titles of the ladders, in lower case."""
    return frozenset(row["title"].lower() for row in vocabulary.ladder())


def _plain(text: str) -> str:
    """A title without what is said beside it; one that a ladder names stays whole."""
    if text.strip().lower() in _known():
        return text.strip()
    plain = re.sub(r":\w+:", " ", text[: 2 * LONGEST])
    plain = _LEAD.sub("", re.sub(r"\s+", " ", plain).strip(" \t-–—•|:*#\"'▪→>"))
    before = ""
    while plain != before:
        before, plain = plain, _TAIL.sub("", plain).strip(" \t-–—•|:*,.\"'!👋🚀")
    return re.sub(r"^(?:The|An?) (?=[A-Z])", "", plain)


@cache
def role_nouns() -> frozenset[str]:
    """Words that name somebody who works: manager, director, analyst."""
    ends = (row["title"].split(",")[0].split()[-1].lower() for row in vocabulary.ladder())
    return frozenset(word for word in ends if not _NO_NOUN.search(word)) | _MORE_NOUNS


def _is_noun(word: str) -> bool:
    plain = word.lower().strip(",;-–—()!.")
    return plain in role_nouns() or plain.removesuffix("s") in role_nouns() - {"partner", "associate", "lead", "head"}


def could_be(words: str) -> bool:
    """Whether words are a title of a ladder, or short enough and name somebody who works, rather than a sentence, a figure or a field."""
    if words.lower() in _known():
        return True
    bare = re.sub(r"\([^)]*\)", "", words)
    said = bare.split()
    return (
        3 <= len(words) <= LONGEST
        and 0 < len(said) <= 10
        and not re.search(r"[$€£!?]|\d{3,}|:", bare)
        and words[:1].isupper()
        and any(_is_noun(vocabulary.misspellings().get(w.lower(), w)) for w in said)
        and sum(w[:1].isupper() or not w[:1].isalpha() or w.lower() in ("of", "and", "for", "to", "the", "in") for w in said) >= 0.75 * len(said)
    )


def _run(model: PayModel, words: str) -> tuple[str, int] | None:
    """The longest run of words from the first on, or from a later one, that ends with a role noun and is a title: ("customer success manager", offset)."""
    tokens = list(re.finditer(r"[A-Za-z][\w&/.'’+-]*|\(|,", words))[: LONGEST_RUN + 3]
    for i in range(min(5, len(tokens))):
        best = None
        if tokens[i][0].lower() in _STOP or not tokens[i][0][0].isalpha():
            continue
        for j in range(i, min(i + LONGEST_RUN, len(tokens))):
            if tokens[j][0] in "(":
                break
            if not _is_noun(tokens[j][0]):
                continue
            run = words[tokens[i].start() : tokens[j].end()].strip(" ,")
            more = re.match(
                r" of (?:[A-Z][\w&]*)(?: (?:[A-Z][\w&]*|and|&))*|,? (?:I{1,3}|IV|V)\b|, [A-Z]\w+(?: [A-Z]\w+)?(?=\s+(?:to|for|who|in|at|with)\b|$)",
                words[tokens[j].end() :],
            )
            for tried in (run + more[0] if more else run, run):
                if model.titles.resolve(tried, None).match >= SURE:
                    best = (tried, tokens[i].start())
                    break
        if best and (
            len(best[0].split()) > 1
            or best[0].lower()
            in ("associate", "controller", "paralegal", "bookkeeper", "accountant", "recruiter", "estimator", "copywriter", "pharmacist", "receptionist")
        ):
            return best
    return None


_OF_A_TEAM = re.compile(
    r"\W{0,4}(?:team|dep(?:artmen)?t\.?|division|group|org(?:ani[sz]ation)?|business unit|reports? to|supervisor|company|employer)\s*:", re.IGNORECASE
)


def _heading(model: PayModel, text: str) -> list[tuple[str, int]]:
    """(title, offset) of the first lines' best: a line, or the part of one that is a title where the rest is a company or a place; earlier ones first."""
    rows: list[_Row] = []
    for n, (at, line) in enumerate(_lines(text)[:LINES]):
        if _OF_A_TEAM.match(line):
            continue
        bare = _BESIDE.sub("", line)
        plain = _plain(bare)
        whole = could_be(plain) and model.titles.resolve(plain, None).match >= SURE and not re.search(r"\s[—–]\s|—", bare)
        tries = [_core(model, plain) if len(line) <= LONGEST and (not whole or _ABOUT.search(plain)) else plain]
        parts = [_plain(_BESIDE.sub("", part)) for part in _PARTED.split(line)] if _PARTED.search(line) else []
        if not whole or parts:
            tries += parts
        if not any(could_be(words) and model.titles.resolve(words, None).match >= SURE for words in tries) or re.search(r"—", bare):
            tries += [_plain(part) for part in _DASH.split(bare)]
        if not any(could_be(words) and model.titles.resolve(words, None).match >= SURE for words in tries):
            tries += [_plain(part) for part in _COMMA.split(bare)]
        for words in tries:
            match = model.titles.resolve(words, None) if could_be(words) and not _PERSON.search(words) else None
            sure = LIKELY if n == 0 else SURE
            if match and match.match >= sure and match.family:
                rows.append(_Row(round(match.match - 0.05 * n, 2), -n, len(words), words, at))
    if not rows:
        return []
    best = max(rows)
    line = next(row for at, row in _lines(text) if at == best.at)
    two = [part for part in _TWO.split(_PARTED.split(line)[0]) if could_be(_plain(part))]
    if len(two) > 1 and best.words in [_plain(part) for part in two]:
        return [(part, best.at) for part in two]
    return [(best.words, best.at)]


def _core(model: PayModel, heading: str) -> str:
    """The title that a heading is about: itself, or where it is a sentence the longest run of its words that is a title."""
    words = heading.split()
    if len(words) <= 5 or not re.search(r"\b(?:for|an?|the|is|to|what|how|write|role|job|does|do)\b", heading, re.IGNORECASE):
        return heading
    for size in range(min(6, len(words) - 1), 1, -1):
        for i in range(len(words) - size + 1):
            run = words[i : i + size]
            if all(w[:1].isupper() or w in ("of", "and", "&") for w in run) and model.titles.resolve(" ".join(run), None).match >= EXACT:
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
