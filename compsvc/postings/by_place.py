"""Which place, or level, each of several stated ranges is for: what stands with its figures, or everywhere that no other range names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from compsvc.paymodel import PayModel
from compsvc.postings import Reading, rules
from compsvc.postings.pay import Stated, same_pay
from compsvc.postings.places import named_in
from compsvc.postings.titles import could_be

LONGEST = 120
_FIRST_AFTER = re.compile(
    r"\s*(?:USD\b)?\s*(?:an? (?:year|hour)|per (?:year|hour)|/ ?(?:yr|year|hr|hour)|annually)?\s*(?P<words>\([^()\n]{2,80}\)|(?:in|for|outside(?: of)?)\s[^.;\n$]{2,80}|(?:elsewhere|everywhere else|(?:in )?all other \w+))",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[.!?;|•]\s+")
_OF_PEOPLE = re.compile(r"\b(?:teams?|accounts?|clients?|brands?|desk|practice)\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:(?:all|any|every)\s?(?:other|remaining|where else)|other (?:us |u\.s\. )?(?:locations?|places?|states?|areas?|markets?|cities)|else ?where|everywhere else|rest of|remaining|outside(?: of)?)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^[\s•*|,;/&–—-]*(?:(?:and|or|for|in|at|of)\s+)*|(?:[\s,]+(?:and|or|it|the|this|they|while|with|base|annual|anticipated|expected|target))*[\s:|,;.–—=(-]*$",
    re.IGNORECASE,
)
_PAY_WORDS = re.compile(r"\b(?:the )?(?:base )?(?:salary|pay|compensation)(?: range)?\b(?: for)?|\b(?:is|are)\b|[:=]", re.IGNORECASE)
_LEVEL = re.compile(r"\b(?:level|grade|band|senior|sr|junior|jr|entry|mid|lead|principal|I{1,3}|IV)\b", re.IGNORECASE)
EVERYWHERE_ELSE = "everywhere else"


class Placed(NamedTuple):
    """A stated range, the words that say what it is for, the places in them and the codes of their rules; `elsewhere` for the rest of a country."""

    stated: Stated
    words: str
    places: tuple[str, ...]
    codes: frozenset[str]
    elsewhere: bool

    @property
    def is_somewhere(self) -> bool:
        """Whether the words name a place, or every other one."""
        return bool(self.places) or self.elsewhere


def placed(model: PayModel, reading: Reading) -> list[Placed]:
    """Closed ranges of base with what they are for, in the order of the text: places, or titles where none names a place; [] where the words do not tell them apart."""
    stated = [s for s in reading.pay if s.basis in ("base", "unstated") and s.kind == "range" and s.low and s.high]
    own = [s for n, s in enumerate(stated) if not any(same_pay(s, before) for before in stated[:n])]
    if len(own) < 2:
        return []
    text = reading.document.text
    found: list[Placed] = []
    taken = 0
    for n in range(len(own)):
        row, taken = _read(model, text, own, n, taken)
        found.append(row)
    somewhere = sum(row.is_somewhere for row in found)
    if somewhere == len(found) - 1 and (somewhere > 1 or len(reading.locations) != 1 or _anywhere(reading)):
        found = [row if row.is_somewhere or _LEVEL.search(row.words) else row._replace(words=EVERYWHERE_ELSE, elsewhere=True) for row in found]
        somewhere = sum(row.is_somewhere for row in found)
    levels = all(could_be(row.words) for row in found) and len({row.words for row in found}) == len(found)
    return found if somewhere > 1 or (levels and not somewhere) else []


def _anywhere(reading: Reading) -> bool:
    return reading.locations[0].value == "United States" if reading.locations else True


def of_rule(rows: Iterable[Placed], code: str) -> Placed | None:
    """The range for a rule's place: the one that names it, else the one for everywhere else; None where neither stands."""
    rows = list(rows)
    state = "-".join(code.split("-")[:2])
    here = next((row for row in rows if code in row.codes), None) or next((row for row in rows if state in row.codes), None)
    return here or next((row for row in rows if row.elsewhere), None)


def _read(model: PayModel, text: str, own: list[Stated], n: int, taken: int) -> tuple[Placed, int]:
    """(a range with what it is for, where its words end): by a form's label, what stands before it in its sentence, brackets or "in" after it, or the line above."""
    one = own[n]
    if not one.end:
        return _placed(model, text, one, one.label[:LONGEST]), taken
    line = text.rfind("\n", 0, one.start) + 1
    before = _SENTENCES.split(text[max(line, taken, one.start - LONGEST) : one.start])[-1]
    following = own[n + 1].start if n + 1 < len(own) and own[n + 1].end else len(text)
    after = _FIRST_AFTER.match(text, one.end, following)
    row = _placed(model, text, one, before)
    if row.is_somewhere:
        return row, one.end
    if after and (behind := _placed(model, text, one, after["words"])).is_somewhere:
        return behind, after.end()
    if not re.search(r"[A-Za-z]{2}", _PAY_WORDS.sub("", before)):
        above = [said for said in text[max(0, line - 2 * LONGEST) : line].split("\n") if said.strip()]
        row = _placed(model, text, one, above[-1][-LONGEST:] if above else "")
    return row, one.end


def _placed(model: PayModel, text: str, one: Stated, words: str) -> Placed:
    said = " ".join(_LABEL.sub("", _PAY_WORDS.sub(" ", words)).split())
    said = said[1:-1] if said[:1] == "(" and said[-1:] == ")" else said
    if "Los Angeles" in text and "Louisiana" not in text:
        said = re.sub(r"\bLA\b", "Los Angeles", said)
    if _ELSEWHERE.search(said):
        return Placed(one, said, (), frozenset(), True)
    places = () if _OF_PEOPLE.search(said) else tuple(named_in(model, said))
    return Placed(one, said, places, frozenset(rule.code for rule in rules.applying(model, places, False)) if places else frozenset(), False)
