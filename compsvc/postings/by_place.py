"""Which place each of several stated ranges is for: the places that stand with its figures, or everywhere that no other range names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from compsvc.paymodel import PayModel
from compsvc.postings import Reading, rules
from compsvc.postings.pay import Stated, same_pay
from compsvc.postings.places import named_in

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
_LABEL = re.compile(r"^[\s•*|,;/&–—-]*(?:(?:and|or|for|in|at|of)\s+)*|(?:\s+(?:it|the|this|they))?[\s:|–—=(-]*$", re.IGNORECASE)
_PAY_WORDS = re.compile(r"\b(?:the )?(?:base )?(?:salary|pay|compensation)(?: range)?\b(?: for)?|\b(?:is|are)\b|[:=]", re.IGNORECASE)


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
    """Closed ranges of base with what they are for, in the order of the text; [] where fewer than two name a place."""
    stated = [s for s in reading.pay if s.basis in ("base", "unstated") and s.kind == "range" and s.low and s.high]
    own = [s for n, s in enumerate(stated) if not any(same_pay(s, before) for before in stated[:n])]
    if len(own) < 2:
        return []
    text = reading.document.text
    words = _words(text, own)
    if "Los Angeles" in text and "Louisiana" not in text:
        words = [re.sub(r"\bLA\b", "Los Angeles", said) for said in words]
    found = [_placed(model, one, said) for one, said in zip(own, words, strict=True)]
    return found if sum(one.is_somewhere for one in found) > 1 else []


def of_rule(rows: Iterable[Placed], code: str) -> Placed | None:
    """The range for a rule's place: the one that names it, else the one for everywhere else; None where neither stands."""
    rows = list(rows)
    state = "-".join(code.split("-")[:2])
    here = next((row for row in rows if code in row.codes), None) or next((row for row in rows if state in row.codes), None)
    return here or next((row for row in rows if row.elsewhere), None)


def _placed(model: PayModel, one: Stated, words: str) -> Placed:
    places = () if _OF_PEOPLE.search(words) else tuple(named_in(model, words))
    codes = frozenset(rule.code for rule in rules.applying(model, places, False)) if places else frozenset[str]()
    elsewhere = bool(_ELSEWHERE.search(words))
    return Placed(one, words, places, codes, elsewhere) if not elsewhere else Placed(one, words, (), frozenset(), True)


def _words(text: str, own: list[Stated]) -> list[str]:
    """For each range the words that say what it is for: a form's label, brackets or "in" after it, what stands before it on its line, or the line above."""
    found = []
    taken = 0
    for n, one in enumerate(own):
        if not one.end:
            found.append(one.label[:LONGEST])
            continue
        line = text.rfind("\n", 0, one.start) + 1
        before = _SENTENCES.split(text[max(line, taken, one.start - LONGEST) : one.start])[-1]
        following = own[n + 1].start if n + 1 < len(own) and own[n + 1].end else len(text)
        after = _FIRST_AFTER.match(text, one.end, following)
        taken = one.end
        if re.search(r"[A-Za-z]{2}", _PAY_WORDS.sub("", before)):
            words = before
        elif after:
            words, taken = after["words"], after.end()
        else:
            above = [row for row in text[max(0, line - 2 * LONGEST) : line].split("\n") if row.strip()]
            words = above[-1][-LONGEST:] if above else ""
        said = " ".join(_LABEL.sub("", _PAY_WORDS.sub(" ", words)).split())
        found.append(said[1:-1] if said[:1] == "(" and said[-1:] == ")" else said)
    return found
