"""The words to post: what the posting must say of pay in each place the job may be done in. What only the employer knows is in square brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compsvc.postings import Reading, by_place
from compsvc.postings.pay_words import COMMISSION_ONLY
from compsvc.postings.ranges import AS_STATED, BY_COMMISSION, Range, of_statement
from compsvc.postings.rules import ALSO_PAID, BENEFITS, DEADLINE, MAY_BE_PAID, asks_deadline, offers

Answer = dict[str, Any]

EVERYWHERE = "everywhere"
_EU_WORDS = (
    "[What pay goes by: the objective, gender-neutral criteria, such as level, experience and scope.]",
    "[The collective agreement and grade that apply, or that none does.]",
)


def money(amount: float | None, currency: str) -> str:
    """An amount with the sign of its currency; "" for none."""
    sign = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$"}.get(currency, f"{currency} ")
    return f"{sign}{amount:,.2f}".removesuffix(".00") if amount is not None else ""


def span(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    """A closed span, or an open one as it is said of a bonus or a target."""
    if low is not None and high is not None:
        return show(low) if low == high else f"{show(low)} to {show(high)}"
    return f"{show(low)} and more" if low is not None else f"up to {show(high)}" if high is not None else "[how much]"


def _of_base(low: float | None, high: float | None, currency: str) -> str:
    """A span of base with square brackets around an end that the employer has yet to state."""
    if low is None or high is None:
        return f"{money(low, currency) or '[the least you expect to pay]'} to {money(high, currency) or '[the most you expect to pay]'}"
    return span(low, high, lambda x: money(x, currency))


def a_unit(unit: str) -> str:
    """A unit of time as it stands behind an amount."""
    return "a year" if unit == "year" else f"per {unit}"


_BENEFITS = "[Describe the benefits: health insurance, retirement plan, paid time off, others.]"
_DEADLINE = "[Applications are accepted until DATE, or: on an ongoing basis.]"


def _pay_words(range_: Range) -> str:
    if range_.what == BY_COMMISSION:
        return "Pay for this role is by commission only."
    what = f"The base {'salary' if range_.unit == 'year' else 'pay'}{'' if range_.low == range_.high else ' range'} for this role is"
    return f"{what} {_of_base(range_.low, range_.high, range_.currency)} {a_unit(range_.unit)}."


def _other_words(reading: Reading, variable: Answer | None, currency: str) -> str:
    """What comes on top of base: as stated, as the market has it in square brackets, or the question; and what else the posting mentions."""

    def show(x: float) -> str:
        return money(x, currency)

    alone = bool(COMMISSION_ONLY.search(reading.document.text))
    if alone and (earned := next((s for s in reading.pay if s.kind == "average" or s.basis == "total"), None)):
        return f"People in this job earn {span(earned.low, earned.high, show)} {a_unit(earned.unit)}{' on average' if earned.kind == 'average' else ''}."
    if variable and variable["basis"] == "bonus_percent":
        other = f"A bonus of {span(variable['low'], variable['high'], lambda x: f'{x:g}%')} of base comes on top."
    elif variable and variable["what"] == AS_STATED:
        name = "On-target earnings" if variable["basis"] == "ote" else "Commission" if alone else "Variable pay at target"
        other = f"{name}: {span(variable['low'], variable['high'], show)} {a_unit(variable['unit'])}."
    elif variable:
        other = f"[If variable pay comes on top: on-target earnings are {span(variable['low'], variable['high'], show)} a year.]"
    elif alone:
        other = "[Say how commission is worked out, and what people in this job usually earn.]"
    else:
        mentioned = [name for name, pattern in {**MAY_BE_PAID, **ALSO_PAID}.items() if offers(reading.document.text, pattern)]
        if mentioned:
            return f"[The posting mentions {_listed(mentioned)}: say how much, or how it is worked out.]"
        return "[Say what bonus, commission, equity or other pay comes on top, or leave this out where there is none.]"
    more = [name for name, pattern in ALSO_PAID.items() if offers(reading.document.text, pattern)]
    return other + (f" [The posting also mentions {_listed(more)}: say how much.]" if more else "")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def words_of(reading: Reading, range_: Range, variable: Answer | None, rules: Sequence[Mapping[str, Any]], by: Sequence[by_place.Placed]) -> list[Answer]:
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
    by_level = not any(row.is_somewhere for row in by)
    parts = [
        f"{_of_base(row.stated.low, row.stated.high, row.stated.currency)} {a_unit(row.stated.unit)} "
        + (f"{'' if _WHERE.match(row.words) else 'for '}{row.words}" if row.is_somewhere or by_level else "[say for which place or level]")
        for row in by
    ]
    return f"The base pay range for this role is {', '.join(parts[:-1])} and {parts[-1]}."


_WHERE = re.compile(r"(?:elsewhere|everywhere|outside)\b", re.IGNORECASE)


def _for_rule(range_: Range, by: Sequence[by_place.Placed], rule: Mapping[str, Any]) -> str:
    """The range of a rule's place, where the posting says which that is."""
    if not any(row.is_somewhere for row in by):
        return _everywhere(range_, by)
    row = by_place.of_rule(by, rule["code"])
    if row is None:
        return f"[The range for {rule['name']}: the posting states {len(by)} ranges, and none for this place.]"
    return _pay_words(of_statement(row.stated))
