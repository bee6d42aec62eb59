"""What a posting must say about pay, by where the job may be done: a dated table with citations, and what a posting lacks of it.

A summary for people who write postings, not legal advice; each row names the rule and where it was read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from compsvc import vocabulary
from compsvc.errors import RoleNotCovered
from compsvc.paymodel import PayModel
from compsvc.postings import Reading
from compsvc.postings.abroad import country_of
from compsvc.postings.article5 import in_the_union
from compsvc.postings.places import LEFT_OUT

READ_ON = "2026-11-22"
WIDE = 2.0
_CITIES = {
    "US-NY-NYC": r"\bnew york,? (?:city|ny)\b|\bnyc\b|\bmanhattan\b|\bbrooklyn\b|^new york$",
    "US-NY-ITHACA": r"\bithaca\b",
    "US-NY-WESTCHESTER": r"\bwestchester\b|\bwhite plains\b|\byonkers\b|\bnew rochelle\b",
    "US-NY-ALBANY": r"\balbany\b",
    "US-NJ-JERSEYCITY": r"\bjersey city\b",
    "US-OH-CINCINNATI": r"\bcincinnati\b",
    "US-OH-TOLEDO": r"\btoledo\b",
    "US-OH-CLEVELAND": r"\bcleveland\b",
    "US-OH-COLUMBUS": r"\bcolumbus\b",
}
BENEFITS = re.compile(
    r"\b401\s?\(?k|\bhealth(?: ?care)? (?:plan|insurance|coverage|benefits)|\bhealthcare\b|\bpaid (?:time off|leave|vacation|holidays|parental)|\bpto\b|\bparental leave\b"
    r"|\b(?:medical|dental|vision)\b(?=\s?(?:,|and|&|/|\+)[^.\n]{0,40}\b(?:medical|dental|vision|401|pto|life|retirement|vacation)\b)"
    r"|(?:\b(?:offer|provide|include|receive|enjoy|plus|with|get|pay for|full|paid|comprehensive|match)\w*\b[^.\n]{0,60})\b(?:medical|dental|vision|vacation|retirement|pension|insurance)\b(?! (?:compan|industr|agen|broker|sector|client|carrier))"
    r"|\b(?:medical|dental|vision|retirement|insurance) benefits\b|\bbenefits? (?:include|package|plan|are|from day)|\bbenefits\s*(?::|\n)|\bno benefits\b",
    re.IGNORECASE,
)
"""Words that describe benefits; praise of them ("great benefits") describes none, and neither does the trade of an insurer."""
_OTHER_PAY = re.compile(
    r"\bbonus|\bcommission|\bequity\b|\bstock\b|\brsus?\b|\bote\b|\bon[- ]target\b|\bincentive|\bvariable (?:pay|comp)|\bprofit[- ]shar|\bother (?:compensation|pay)\s*:\s*(?:none|n/?a)\b",
    re.IGNORECASE,
)
MAY_BE_PAID = {
    "commission": re.compile(r"\bcommissions?\b", re.IGNORECASE),
    "a bonus": re.compile(r"(?<!sign-on )(?<!signing )(?<!referral )(?<!retention )(?<!relocation )\bbonus(?:es)?\b", re.IGNORECASE),
    "profit sharing": re.compile(r"\bprofit[- ]sharing\b", re.IGNORECASE),
}
"""Variable pay that a posting may mention without a figure."""
ALSO_PAID = {
    "equity": re.compile(r"\bequity\b(?! (?:and|&) inclusion)|\brsus?\b|\bstock (?:options?|grants?|units?)|\bshare options?", re.IGNORECASE),
    "a sign-on bonus": re.compile(r"\b(?:sign|joining)[- ]?(?:on|ing)?[- ]bonus", re.IGNORECASE),
}
"""Pay beside base and variable that a posting may offer."""
_A_DUTY = re.compile(
    r"\b(?:administ\w+|manag(?:e|es|ing)|calculat\w+|process(?:es|ing)?|enrol\w*|explain\w*|design\w*|advis\w+|coordinat\w+|handl\w+|audit\w*|run(?:s|ning)?|sell(?:s|ing)?|own(?:s|ing)?|report\w*|track\w*|reconcil\w+|build\w*|negotiat\w+|refer\w*|diversity|clients?[’']?)\b",
    re.IGNORECASE,
)
DEADLINE = re.compile(
    r"\b(?:apply|applications?)\b(?![^.\n\[]{0,30}DATE)[^.\n]{0,60}\b(?:by|until|through|close[sd]?|due|no later than|before|ongoing|rolling)\b"
    r"|\b(?:application|applying|apply|posting|position|job|role)\b[^.\n]{0,40}\bdeadline\b[^.\n]{0,40}\d|\bdeadline (?:to apply|for applications?)\b|(?:^|\n)\W{0,4}deadline\b[^.\n]{0,40}\d"
    r"|\b(?:closes|closing date|expires|posting ends)\b[^.\n]{0,30}\d|\b(?:open|posted) until filled\b|\buntil (?:the )?(?:position|role|job) is filled\b",
    re.IGNORECASE,
)


def offers(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a posting offers what a pattern names, in a sentence that is not one of the job's duties ("administer health insurance")."""
    for m in pattern.finditer(text):
        start = max(text.rfind(mark, 0, m.start()) for mark in ".;\n•") + 1
        if not _A_DUTY.search(text[max(start, m.start() - 160) : m.start()]):
            return True
    return False


def asks_deadline(says: str) -> bool:
    """Whether a rule's words ask for the application deadline."""
    return "application deadline" in says


class Rule(NamedTuple):
    """One jurisdiction's rule: from when, for employers of how many people, what must stand in the posting, and where that was read."""

    code: str
    name: str
    kind: str
    effective_on: str
    employers_from: int
    in_posting: bool
    open_ended_allowed: str
    benefits_required: str
    other_pay_required: str
    remote: str
    basis: str
    says: str
    citation: str
    source: tuple[str, ...]
    weak: bool


@cache
def rules() -> dict[str, Rule]:
    """The table by code."""
    with (files("compsvc") / "postings" / "rules.csv").open(encoding="utf-8") as stream:
        return {
            r["code"]: Rule(
                r["code"],
                r["name"],
                r["kind"],
                r["effective_on"],
                int(r["employers_from"] or 1),
                r["in_posting"] == "yes",
                r["open_ended_allowed"],
                r["benefits_required"],
                r["other_pay_required"],
                r["remote"],
                r["basis"],
                r["says"],
                r["citation"],
                tuple(filter(None, r["source"].split(" ; "))),
                r["weak"] == "yes",
            )
            for r in csv.DictReader(stream)
        }


def applying(model: PayModel, places: Sequence[str], remote: bool) -> list[Rule]:
    """Rules of the states and cities the job may be done in, and of the EU; of every state where it is remote with no place, or anywhere in the country."""
    anywhere = [code for code, rule in rules().items() if rule.kind == "state"]
    codes: list[str] = anywhere if not places and remote else []
    for words in places:
        try:
            place = model.places.resolve(words)
        except RoleNotCovered:
            codes += ["EU"] if in_the_union(words) else []
            continue
        if place.kind == "nation":
            codes += anywhere
        named = [code[:5].removeprefix("US-") for code, pattern in _CITIES.items() if place.state is None and re.search(pattern, words, re.IGNORECASE)]
        touched = [place.state] if place.state else named or _touched(model, place.area)
        codes += [f"US-{state}" for state in touched]
        codes += [code for code, pattern in _CITIES.items() if code[:5] in {f"US-{s}" for s in touched} and re.search(pattern, words, re.IGNORECASE)]
    return [rules()[code] for code in dict.fromkeys(codes) if code in rules()]


def _touched(model: PayModel, area: int | None) -> list[str]:
    return [] if area is None else str(model.places.tables.area_states[area]).split()


def read_against(model: PayModel, reading: Reading, places: Sequence[str], on: str, sure: bool = False) -> list[dict[str, Any]]:
    """Every rule that applies where the job may be done, whether it is in force on a date for an employer of this size, and what the posting lacks."""
    found = []
    currency = "" if sure or any(country_of(place) for place in places) else paid_abroad(reading)
    remote = reading.work_mode is not None and reading.work_mode.value == "remote" and not currency
    if currency:
        places = ["European Union"] if currency == "EUR" else []
    without = _excluded(reading.document.text)
    for rule in applying(model, places, remote):
        if rule.code in without and len(applying(model, places, remote)) > 1 and not _HOLDS_ANYWAY.search(rule.remote):
            continue
        in_force = rule.effective_on <= on
        too_small = reading.employees is not None and reading.employees.value[1] < rule.employers_from
        lacks = list(_lacks(reading, rule)) if in_force and rule.in_posting and not too_small else []
        found.append(
            {
                **rule._asdict(),
                "excluded": rule.code in without,
                "source": list(rule.source),
                "in_force": in_force,
                "too_small": too_small,
                "lacks": lacks,
                "read_on": READ_ON,
            }
        )
    return found


def paid_abroad(reading: Reading) -> str:
    """The currency of pay that is stated in no dollars of the United States at all; "" for any other posting."""
    currencies = {s.currency for s in reading.pay}
    return min(currencies) if currencies and "USD" not in currencies else ""


_HOLDS_ANYWAY = re.compile(r"exclud|will not be considered", re.IGNORECASE)


def _excluded(text: str) -> frozenset[str]:
    """Codes of the states that a posting says it does not hire in."""
    names = {name: f"US-{code}" for code, name in vocabulary.states().items()} | {code: f"US-{code}" for code in vocabulary.states()}
    listed = (re.findall(rf"\b(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\b", m["places"]) for m in LEFT_OUT.finditer(text))
    return frozenset(names[name] for found in listed for name in found)


def _lacks(reading: Reading, rule: Rule) -> Iterable[str]:
    """What a posting lacks of a rule, in words."""
    own = [s for s in reading.pay if s.kind != "average" and s.basis in ("base", "unstated", "ote", "total")]
    base = [s for s in own if s.basis in ("base", "unstated")]
    if not own:
        yield f"no pay is stated; {rule.name} asks for the {rule.basis}"
    elif not base:
        yield f"only {own[0].basis} is stated; {rule.name} asks for the {rule.basis}"
    if rule.open_ended_allowed == "no" and any(s.open_ended for s in base):
        yield "a range has an open end; both ends are asked for"
    if rule.benefits_required == "yes" and not offers(reading.document.text, BENEFITS):
        yield "benefits are not described"
    if rule.other_pay_required == "yes" and not offers(reading.document.text, _OTHER_PAY) and not reading.bonus_percent:
        yield "other pay (bonus, commission, equity) is not mentioned; describe it if there is any"
    if asks_deadline(rule.says) and not DEADLINE.search(reading.document.text):
        yield "no application deadline, and no word that applications are taken on an ongoing basis"
    if any(s.low and s.high and s.high > WIDE * s.low for s in base):
        yield f"a range is more than {WIDE:g} times as high as low, which is hard to defend as what is expected to be paid"
