"""Whose pay a figure is: that of the job offered, or of machinists, clients and the people one would lead."""

from __future__ import annotations

import re
from functools import cache

from compsvc import vocabulary
from compsvc.postings import pay_words as say

_MAKE = re.compile(
    r"\s(?:(?:mostly|usually|typically|generally|currently|now|themselves|each|all) )?(?:earns?|makes?|made|earned|gets?|(?:are|is|were|was) paid|(?:are|is|be) on|(?:sits?|starts?|begins?) at|have an? ote of|runs? from|are|is|averages?|receives?|needs?|spends?|saves?|owes?)\b[^.;:\n$]{0,24}$",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"(?:['’]s?\s+(?:on-target earnings|ote|salary|pay|wages?|rates?|base)|,? (?:who|they))$", re.IGNORECASE)
OURS = re.compile(
    r"\b(?:you|your|this|the (?:job|role|position|post|seat)|salary|pay|base|bonus|incentive|commission|ote|earnings|income|compensation|range|rate|wage|new hires?)\b",
    re.IGNORECASE,
)
_OTHER_PEOPLE = frozenset(
    "customer client family student participant intern aide caregiver server cook driver nurse machinist assembler finisher teacher parent patient tenant resident candidate substitute page technician foreman operator helper laborer cashier clerk selector picker guard borrower household member carpenter lineman linemen freelancer legislator locum welder plumber electrician mechanic".split()
)
_ANYBODY = frozenset("rep representative person people lead leader head officer associate staff member professional".split())
_SHORT_JOBS = {"AE": "executive", "AM": "manager", "CSM": "manager", "SDR": "representative", "BDR": "representative", "RN": "nurse", "PM": "manager"}
_SELLING = frozenset("sale account rep representative development executive territory seller broker agent consultant advisor officer producer".split())
_LED = re.compile(
    r"\byou(?:[’']ll| will)? (?:lead|manage|supervise|have|train|coach|oversee)\b[^.;\n$]{0,80}\b(?:they|who) (?:\w+ )?(?:earn|make|are paid|are on)\b[^$]{0,12}$",
    re.IGNORECASE,
)


@cache
def job_nouns() -> frozenset[str]:
    """Words that titles of the ladder end with, and people who are paid but not for a job that is posted."""
    heads = {row["title"].lower().split(",")[0].split()[-1].rstrip(".") for row in vocabulary.ladder() if " of " not in row["title"]}
    return frozenset({head for head in heads if len(head) > 3 and head.isalpha()} | _OTHER_PEOPLE) - _ANYBODY


def nouns_of(words: str) -> list[str]:
    """Words in the singular, with short names of jobs written out."""
    found = []
    for word in re.findall(r"[A-Za-z]+", words):
        lower = word.lower()
        one = word[:-1] if word[-1:] == "s" and word[:-1].isupper() else word
        if one in _SHORT_JOBS:
            found.append(_SHORT_JOBS[one])
        found.append(lower[:-1] if lower.endswith("s") and not lower.endswith("ss") else lower)
    return found


def heads(title: str) -> list[str]:
    """Words of a title that name who does the job."""
    nouns = nouns_of(re.split(r",| of | - ", title)[0])
    return [noun for noun in nouns if (noun in job_nouns() and noun not in _OTHER_PEOPLE) or noun in _ANYBODY or noun in _SELLING or noun == "intern"] + nouns[
        -1:
    ]


def of_others(text: str, start: int, ours: frozenset[str]) -> bool:
    """Whether the words before a figure say that people of another job make it: "Machinists here make $27"."""
    left = text[max(0, start - say.BEFORE) : start]
    cut = [m.end() for m in say.END.finditer(left)]
    own = re.sub(r"\([^()]*\)", " ", left[cut[-1] :] if cut else left)
    if _LED.search(own):
        return True
    verb = _MAKE.search(own)
    if verb is None or say.FIGURE.search(verb[0]):
        return False
    subject = _WHOSE.sub("", re.split(r"[.;:\n]", own[: verb.start()])[-1])
    if OURS.search(subject):
        return False
    nouns = [noun for noun in nouns_of(subject) if noun in job_nouns() or (noun == "rep" and ours.isdisjoint(_SELLING))]
    alike = not ours.isdisjoint(_SELLING) and not _SELLING.isdisjoint(nouns)
    return bool(nouns) and ours.isdisjoint(nouns) and not (alike and (say.AVERAGED.search(own) or say.EARNED.search(own)))
