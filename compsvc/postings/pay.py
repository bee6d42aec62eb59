"""Pay that a text states: every range and figure with the words it stands in, its unit, currency and basis, and what it is not.

A figure is pay when the words around it say so (salary, base, on-target earnings, a rate per hour) and the
nearer words do not say that it is something else (a quota, a portfolio, revenue, a stipend).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from compsvc.postings import pay_words as say
from compsvc.postings import whose
from compsvc.postings.amounts import Amount, spans, unit_of

HOURS, DAYS, WEEKS, MONTHS = 2_080, 260, 52, 12
A_YEAR = {"year": 1, "quarter": 4, "month": MONTHS, "half month": 24, "two weeks": 26, "week": WEEKS, "day": DAYS, "hour": HOURS}
PLAUSIBLE: dict[str, tuple[float, float]] = {
    "year": (12_000, 1_500_000),
    "quarter": (3_000, 400_000),
    "month": (1_000, 200_000),
    "half month": (500, 100_000),
    "two weeks": (500, 100_000),
    "week": (250, 50_000),
    "day": (60, 10_000),
    "hour": (7, 1_000),
}
AFTER, CARRIED = 70, 260
APART, APART_CONVERTED = 200, 90
CONVERTED = {
    "hour": (700, 2_200),
    "day": (170, 270),
    "week": (36, 53),
    "month": (9, 12.2),
    "half month": (20, 24.5),
    "two weeks": (24, 26.5),
    "quarter": (3, 4.1),
}
NEXT_TO = 24
NEAR_SUBJECT, LONGEST_HEADING = 6, 80
WIDEST, MOST_SHARE, LEAST_SHARE = 8, 10, 40
UNSURE = 0.6
SAME = 0.03
LEAST_UNMARKED = 1_000
LEAST_A_YEAR, MOST_BASE, MOST_A_MONTH = 12_000, 900_000, 50_000
FAR = 80
SHORTEST, EXPLAINED_WITHIN = 24, 400
LONGEST_ITEM, LONGEST_LINE = 44, 600
MOST_CARRIED = 600_000

_BONUS = re.compile(
    r"(?:bonus(?:es)?|incentive|variable (?:component|pay)|profit[- ]sharing)\b[^.\n%;]{0,48}?(?P<most>up to |as much as |maximum of |at most )?(?<![\d.])(?P<low>\d{1,3}(?:\.\d)?)\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high>\d{1,3}(?:\.\d)?))?\s?(?:%|percent\b)"
    r"|(?P<most2>up to |as much as )?(?<![\d.])(?P<low2>\d{1,3}(?:\.\d)?)\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high2>\d{1,3}(?:\.\d)?))?\s?(?:%|percent)[^.\n;%]{0,32}?\b(?:bonus|incentive)",
    re.IGNORECASE,
)
_NO_BONUS = re.compile(r"401|match|retention|quota|merit|discount|travel|of the time|growth|equity", re.IGNORECASE)
_SPLIT = re.compile(
    r"\b(\d{2})\s?[/:]\s?(\d{2})\b(?=[^.\n]{0,40}\b(?:base|split|mix|variable|fixed|commission|plan|ote)\b|\s*$)|\b(?:base|split|mix|variable|plan|ote)\b[^.\n]{0,30}?\b(\d{2})\s?[/:]\s?(\d{2})\b",
    re.IGNORECASE,
)
_OF_TARGET = re.compile(
    r"\bbase (?:salary |pay )?(?:is |of |at |makes up )?(?:about |roughly )?(?P<low>\d{2})\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high>\d{2}))?\s?(?:%|percent)(?: of (?:it|that|the|your|total|ote|on[- ]target)\b|(?=[,;/ ]+(?:and )?(?:variable|commission|bonus|incentive)\b))"
    r"|(?P<variable>\d{2})\s?(?:%|percent) (?:is )?(?:variable|commission|incentive|at[- ]risk)\b(?! (?:rate|on\b))",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(\d{2})\s?(?:[-–—]|to)?\s?(\d{2})?\s?(?:%|percent)\s?(?:of (?:it|that|ote|on-target earnings|total(?: cash| pay| compensation)?) (?:is |as |in )?)?(?:is |as |in )?(?:guaranteed |fixed )?(?:base|fixed)\b",
    re.IGNORECASE,
)

LISTED_WITHIN = 70


class Stated(NamedTuple):
    """Pay as a text states it: amounts in major units a `unit`, None where the end is open; `start` and `end` are the words in the text, `label` is a form's."""

    low: float | None
    high: float | None
    unit: str
    currency: str
    basis: str
    kind: str
    open_ended: bool
    start: int
    end: int
    confidence: float
    label: str = ""

    def a_year(self) -> tuple[float | None, float | None]:
        """Low and high for a year of full-time work."""
        times = A_YEAR[self.unit]
        return (None if self.low is None else self.low * times, None if self.high is None else self.high * times)


def stated(text: str, titles: Sequence[str] = ()) -> list[Stated]:
    """Pay that the text states for jobs of these titles, in order; what a text says that people of other jobs make is none of it."""
    found: list[Stated] = []
    ours = frozenset(noun for title in titles for noun in whose.heads(title))
    by_commission = bool(say.COMMISSION_ONLY.search(text))
    theirs = -LISTED_WITHIN
    for first, second in spans(text):
        if second is None and not first.marked and (first.value < LEAST_UNMARKED or "," not in text[first.start : first.end]):
            continue
        between = text[theirs : first.start] if 0 <= first.start - theirs < LISTED_WITHIN else ""
        if ours and (whose.of_others(text, first.start, ours) or (between and not say.END.search(between) and not whose.OURS.search(between))):
            theirs = (second or first).end
            continue
        one = _converted(text, first, second, found[-1]) if found else None
        one = one or (_raised(text, first, found[-1]) if found and not second else None) or _one(text, first, second)
        if one is None:
            continue
        before = found[-1] if found else None
        if (
            before
            and one.basis == "unstated"
            and one.confidence <= UNSURE
            and (before.kind, before.unit, before.currency) == (one.kind, one.unit, one.currency)
        ):
            one = one._replace(basis=before.basis) if one.start - before.end < APART else one
        if before and before.currency == one.currency and say.LISTED.fullmatch(text[before.end : one.start]):
            one = one._replace(basis=before.basis)
        if one.basis == "base" and one.unit in ("year", "month") and by_commission and not say.FIXED.search("".join(_clause(text, one.start, one.end))):
            one = one._replace(basis="variable")
        if one.basis == "unstated" and say.ARE_BASE.search(text[one.end : one.end + EXPLAINED_WITHIN]):
            one = one._replace(basis="base")
        found.append(one)
    return [one for one in found if not _said_again(one, found)]


def _said_again(one: Stated, found: Sequence[Stated]) -> bool:
    """Whether pay of a fortnight or half a month only says again what is stated by the hour, month or year."""
    return one.unit in ("two weeks", "half month") and any(other.unit not in ("two weeks", "half month") and same_pay(one, other) for other in found)


def same_pay(one: Stated, other: Stated) -> bool:
    """Whether two statements come to the same year's pay."""
    pairs = zip(one.a_year(), other.a_year(), strict=True)
    return one.currency == other.currency and all((a is None) == (b is None) and (not a or not b or abs(a / b - 1) < SAME) for a, b in pairs)


def _converted(text: str, first: Amount, second: Amount | None, before: Stated) -> Stated | None:
    """The pay stated just before, said again by the year: "$21.35 to $25.10 (annualized: $44,408 to $52,208)"."""
    last = second or first
    words = text[before.end : first.start]
    if before.unit == "year" or len(words) > APART_CONVERTED or "\n\n" in words or not say.AGAIN.search(words) or last.unit not in ("", "year"):
        return None
    high, was = last.value, before.high or before.low or 0.0
    fewest, most = CONVERTED[before.unit]
    if not fewest * was <= high <= most * was or not 0 < high <= WIDEST * first.value or not (first.marked or last.marked or high >= LEAST_A_YEAR):
        return None
    return Stated(
        first.value,
        high,
        "year",
        before.currency,
        before.basis,
        "range" if second else before.kind,
        before.open_ended,
        first.start,
        last.end,
        before.confidence,
    )


def _raised(text: str, figure: Amount, before: Stated) -> Stated | None:
    """What the pay stated before becomes: "Salary of $58,000. It rises to $63,500 after your second year"."""
    m = say.RAISED.search(text[max(before.end, figure.start - say.BEFORE) : figure.start]) if figure.start - before.end < APART else None
    was = before.high or before.low or 0.0
    if m is None or figure.unit not in ("", before.unit) or not was < figure.value <= 3 * was:
        return None
    most = m["most"] is not None
    return before._replace(
        low=None if most else figure.value, high=figure.value, kind="range" if most else "single", open_ended=most, start=figure.start, end=figure.end
    )


def _one(text: str, first: Amount, second: Amount | None) -> Stated | None:
    """The statement that one or two amounts make; None when they are something else."""
    last = second or first
    start, end = first.start, last.end
    low, high = _ends(text, first, second)
    left, right = _clause(text, start, end)
    asked = bool(say.ASKED.search(text[max(0, start - 60) : start]))
    beside = (
        not second
        and first.value >= 1_000
        and "," in text[first.start : first.end]
        and bool(say.NAMED_BESIDE.search(left[-40:]))
        and not say.COUNTED.match(right)
    )
    if not (first.marked or last.marked) and not beside and not (second and (asked or _like_a_salary(low, high, "year"))):
        return None
    unit = last.unit or first.unit or _unit_near(left, right)
    if unit == "pay period":
        return None
    if unit != "year" and not (last.unit or first.unit) and high > PLAUSIBLE.get(unit, (0.0, high))[1] and say.NAMED_BESIDE.search(left[-40:]):
        unit = "year"
    if unit == "month" and not (last.unit or first.unit) and high > MOST_A_MONTH:
        unit = ""
    basis, distance = _what(text, left, right, (low, high, unit, second is not None, last.signed or last.scaled), start)
    if not (first.marked or last.marked or asked or beside) and distance > FAR:
        return None
    if basis is None and distance and not second and _alone(text, last, unit, right):
        basis, distance = "base", 100
    if basis == "ote" and "total" in left.lower() and say.WITH_EQUITY.search(left + right):
        basis = "total"
    if not unit and high < LEAST_A_YEAR and (basis == "base" or say.STEP.search(left)) and say.MONTHLY.search(text[max(0, start - CARRIED) : start]):
        unit, basis, distance = "month", "base", 80
    if not unit:
        by_hour = (
            second is not None
            or bool(re.search(r"\bhour|\brate|\bwage|w-?2\b|c2c|corp", text[max(0, start - 60) : start] + right[:20], re.IGNORECASE))
            or bool(re.search(r"\bhourly\b", text[max(0, start - CARRIED) : start], re.IGNORECASE))
            or bool(say.AN_HOUR.search(text[max(0, start - CARRIED) : start]) and say.WE_PAY.search(left))
        )
        unit = "hour" if high < 250 and basis == "base" and not last.scaled and by_hour else "year"
    if basis == "base" and unit == "year" and high < LEAST_A_YEAR and not last.scaled and say.VARIABLE_ON_LINE.search(_line_before(text, start)):
        basis = "variable"
    if unit == "quarter" and basis != "variable":
        if last.unit or first.unit:
            return None
        unit = "year"
    if basis == "variable" and unit in ("hour", "day", "week") and not (last.unit or first.unit or "draw" in left.lower()):
        unit = "year"
    if unit == "hour" and basis in ("variable", "total", "unstated"):
        basis = "base"
    floor, ceiling = PLAUSIBLE[unit]
    if unit == "year" and basis == "base" and not second:
        ceiling = MOST_BASE
    floor, ceiling = (
        (
            floor / (LEAST_SHARE if say.AVERAGED.search(left) or say.PAID_OUT.search(left) or say.SEASONAL.search(left + right[:NEXT_TO]) else MOST_SHARE),
            ceiling / 6,
        )
        if basis == "variable"
        else (floor, ceiling)
    )
    if (
        basis is None
        or not floor <= high <= ceiling
        or (second and not low < high * 1.0001)
        or (second and high > WIDEST * low * (1.5 if basis == "variable" else 1))
    ):
        return None
    before = left[-40:]
    plus = last.plus or bool(re.match(r"\s?(?:and up|or more|and above|and more\b|to start\b(?! with)|minimum\b(?!\s*[:/]))", right, re.IGNORECASE))
    plus = plus and not (
        last.plus
        and re.match(r"\s*(?:an? |annual |quarterly |discretionary |\d+%? |uncapped |full )*(?:bonus|commission)", right, re.IGNORECASE)
        and second is None
    )
    up_to, starting = bool(say.OPEN_BELOW.search(before)) and not second, bool(say.OPEN_ABOVE.search(before)) and not second
    average = bool(say.AVERAGE.search(left[-70:]) or re.match(r"\s*(?:on|as an?) average\b", right, re.IGNORECASE)) and not second
    if (
        average
        and basis == "base"
        and re.search(r"\b(?:made|earned|makes?|earns?|earnings|w-?2)\b(?![^$]*\b(?:salary|base|wages?)\b)[^.;\n$]{0,40}$", left, re.IGNORECASE)
    ):
        basis = "total"
    return Stated(
        None if up_to else low,
        None if (starting or (plus and not second)) else high,
        unit,
        _currency(first, last),
        basis,
        "range" if second else "average" if average else "single" if not (up_to or starting or plus) else "range",
        bool(plus or starting or up_to),
        start,
        end,
        round(max(0.5, 1.0 - distance / 200), 2),
    )


def _ends(text: str, first: Amount, second: Amount | None) -> tuple[float, float]:
    """The lower and the higher of one or two amounts, the first in thousands where only the last is written out: "$80-95,000", "90 to 110k"."""
    last = second or first
    low, high = first.value, last.value
    if second and second.scaled and not first.scaled and low < high / 20:
        low *= 1e3 if second.value < 5e6 else 1e6
    elif second and not first.scaled and low < LEAST_UNMARKED <= high and high / 3 <= low * 1e3 < high and re.search("[-–—]", text[first.end : last.start]):
        low *= 1e3
    return (high, low) if second and low > high else (low, high)


def _currency(first: Amount, last: Amount) -> str:
    """The currency that either end names; dollars where none does, or a plain dollar sign stands beside another kind of dollar."""
    return next((c for c in (last.currency, first.currency) if c not in ("", "USD")), last.currency or first.currency or "USD")


def _alone(text: str, figure: Amount, unit: str, right: str) -> bool:
    """Whether a figure begins a line and says itself that it is what a year or a month of the job brings: "$26,000 a year for 20 hours a week"."""
    said = figure.unit in ("year", "month") or (re.match(r"[\s,(]*(?:for )?(?:an? )?(?=\d)", right) and say.WORKED.search(right[:24]))
    floor, ceiling = PLAUSIBLE["year"]
    plausible = floor <= figure.value * A_YEAR.get(unit or "year", 0) <= ceiling
    return bool(said) and figure.signed and plausible and not re.search(r"[A-Za-z]", _line_before(text, figure.start))


def _like_a_salary(low: float, high: float, unit: str) -> bool:
    """Whether a bare range can hardly be anything but pay: one for an hour or a year, or one as wide and as high as salaries are."""
    floor, ceiling = {"hour": (12.0, 250.0), "day": (100.0, 3_000.0)}.get(unit, (25_000.0 / A_YEAR.get(unit, 1), 500_000.0 / A_YEAR.get(unit, 1)))
    return floor <= low < high <= ceiling and high <= 2 * low


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of the same sentence before and after, and the heading line above where the sentence begins with the figure."""
    left = text[max(0, start - say.BEFORE) : start]
    cut = [m.end() for m in say.END.finditer(left)]
    own = left[cut[-1] :] if cut else left
    if len(cut) > 1 and cut[-1] - cut[-2] <= SHORTEST and not re.search(r"[a-zA-Z]", own):
        own = left[cut[-2] :]
    if label := _row_label(text, start):
        own = f"{label}: {own}"
    elif not re.search(r"[a-zA-Z]{2}|💰", own) and not re.search(r"[|a-zA-Z]", _line_before(text, start)):
        above = [line for line in text[max(0, start - 2 * say.BEFORE) : start].splitlines() if re.search(r"\w", line)]
        own = (above[-1] + " " if above and len(above[-1]) <= LONGEST_HEADING else "") + own
    right = text[end : end + AFTER]
    stop = say.END.search(right)
    return own, right[: stop.start()] if stop else right


def _line_before(text: str, start: int) -> str:
    """What stands on the same line before a figure, or the last of it on a long one."""
    return text[max(text.rfind("\n", 0, start) + 1, start - LONGEST_LINE) : start]


def _row_label(text: str, start: int) -> str:
    """The first cell of the table's row that a figure stands in, where the figure is not in it; "" elsewhere."""
    line = _line_before(text, start)
    cells = [cell.strip() for cell in line.split("|")]
    filled = [cell for cell in cells[:-1] if cell]
    return (
        filled[0]
        if len(cells) > 1
        and filled
        and all(say.FIGURE.search(cell) for cell in filled[1:])
        and len(filled[0]) <= LONGEST_ITEM
        and not say.FIGURE.search(filled[0])
        else ""
    )


def _what(text: str, left: str, right: str, figures: tuple[float, float, str, bool, bool], start: int) -> tuple[str | None, int]:
    """(what figures are, how far the words stand that say so); (None, 0) for something else than pay."""
    low, high, unit, is_range, marked = figures
    rate = unit in ("hour", "day")
    shared = (say.AVERAGE.search(left + right) or say.PAID_OUT.search(left)) and say.GIVEN.search(_line_before(text, start))
    made = re.match(r"\s*(?:apiece|each|a head)\b", right) and say.EARNED.search(left)
    if (
        (say.NO_MORE.match(right) and say.WAS.search(left))
        or (say.APIECE.match(right) and not (shared and say.FOR_EACH.match(right)) and not made)
        or say.OTHERS.search(left[-60:])
    ):
        return None, 0
    if say.IT_PAYS.search(left) and (said := _paid_out(text, start)):
        return said, 4
    basis, distance = _basis(left, right)
    if basis is None and distance < 0:
        paid_out = bool(say.PAID_OUT.search(left) or say.AVERAGE.search(left + " " + right[:30])) and not is_range
        listed = is_range or _listed(text, start, unit)
        basis, distance = (_carried(text, start), 80) if high <= MOST_CARRIED and listed else (None, -1)
        if paid_out and basis is None and marked:
            basis, distance = _paid_out(text, start), 80
        salary = is_range and _like_a_salary(low, high, unit or "year")
        if (
            (basis is None and salary)
            or (basis == "variable" and salary and (unit == "hour" or not say.GIVEN.search(_line_before(text, start))))
            or (basis is None and rate and _like_a_salary(0.9 * low, high, unit))
        ):
            basis, distance = "base", 100
    elif basis is None and rate and _like_a_salary(low if is_range else 0.9 * low, high, unit) and all(say.kind(m) for m in say.SAYS.finditer(left[-FAR:])):
        basis, distance = "base", 100
    if (
        basis == "unstated"
        and (re.search(r"\brange\b", left, re.IGNORECASE) or "|" in _line_before(text, start))
        and re.search(
            r"\b(?:salary|base (?:pay|wage)|pay(?! (?:transparency|equity|philosophy|disclosure|acts?|laws?)\b)|wages?|grade)\b",
            text[max(0, start - CARRIED) : start],
            re.IGNORECASE,
        )
    ):
        basis = "base"
    if basis == "base" and _of_something_paid(left):
        return None, 0
    if basis in ("variable", "total") and say.MORE.match(right) and is_range and distance > 40:
        basis = "base"
    return basis, distance


def _of_something_paid(left: str) -> bool:
    """Whether a clause that says no more than "paid" begins with what is paid, and that is no pay: "Relocation paid up to"."""
    said = _words(left)
    return len(said) > 1 and not say.kind(said[0]) and said[0].start() < 30 and all(m[0].lower() == "paid" for m in said[1:])


def _paid_out(text: str, start: int) -> str | None:
    """What was paid out in the words of the sentences before: "There is a bonus each January; it came to $18,000"."""
    before = _line_before(text, start)[-APART:]
    if not say.GIVEN.search(before):
        return "total" if say.THE_AVERAGE.search(before) and re.search(r"\b(?:earn|averaged|all[- ]in|made)", before) else None
    return "total" if say.ALL_OF_IT.search(before) else "variable"


def _listed(text: str, start: int, unit: str) -> bool:
    """Whether a single figure stands in a cell of a table or a short line, where what was said above may hold for it."""
    line_at = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    line = text[line_at : end if end >= 0 else len(text)]
    return "|" in line or len(line) <= LONGEST_ITEM or (unit == "hour" and len(line) <= 2 * LONGEST_ITEM)


def _basis(left: str, right: str) -> tuple[str | None, int]:
    """(what the words say the figure is, how far they stand); (None, 0) when it is not pay, (None, -1) when nothing says."""
    found = _said(left, right)
    beside = [f for f in found if f[1] > 0 and not f[2] and f[0] <= NEXT_TO]
    if beside and not any(f[2] and f[0] <= beside[0][0] for f in found):
        return None, 0
    for decide in (_as_part, _as_no_pay, _by_what_follows, _as_earned):
        basis, distance = decide(left, right)
        if distance >= 0:
            return basis, distance
    if not found:
        return ("base", 90) if say.MORE.match(right) or say.DEPENDS.match(right) else (None, -1)
    adjacent = [f for f in found if f[1] > 0 and f[2] and f[0] <= 3]
    if adjacent and not re.search(r"(?::|\bis|\bare|\bof|\bat)\s*$", left):
        return adjacent[0][2], adjacent[0][0]
    return _nearest(found, left)


_UNDECIDED: tuple[str | None, int] = (None, -1)


def _as_part(left: str, right: str) -> tuple[str | None, int]:
    """Variable where the words before say that it was paid out, or is worth, so much."""
    given = say.PAID_OUT.search(left) and say.GIVEN.search(left) and not say.ALL_OF_IT.search(left)
    return ("variable", 4) if given or say.WORTH.search(left) or say.POOL.search(left) else _UNDECIDED


def _as_no_pay(left: str, right: str) -> tuple[str | None, int]:
    """No pay where the word right before or after is a quota, a grant, a stipend."""
    last = _words(left)
    named = bool(last) and not say.kind(last[-1]) and left[last[-1].end() :].strip() in ("", "of", ":")
    return (None, 0) if named or (say.NO_PAY_AFTER.match(right) and not say.BASE_AFTER.match(right)) else _UNDECIDED


def _by_what_follows(left: str, right: str) -> tuple[str | None, int]:
    """What the words right after a figure call it: "base salary", "at plan", "in commission", "of it salary"."""
    if say.APART_TOGETHER.match(right):
        return "total", 4
    if say.BASE_AFTER.match(right):
        return "base", 2
    beside = any(kind == "variable" and distance < 20 for distance, _, kind in _said(left, right))
    if say.AFTER_AT_PLAN.match(right) and not say.IN_TOTAL.search(left) and not say.IT_IS.search(left) and (not beside or say.MAKING.search(left)):
        return "ote", 2
    if say.IN_SALARY.match(right) or say.OFFERED.search(left) or say.FOR_THE_JOB.match(right):
        return "base", 4
    part = say.PART.match(right)
    if part and not say.ADDED.search(part[0]) and not say.TOGETHER.search(right[: part.end() + 30]):
        return "variable", 2
    if say.OF_IT_BASE.match(right) or (say.OF_WHICH.search(left) and say.OF_IT.match(right)):
        return "base", 2
    return _UNDECIDED


def _as_earned(left: str, right: str) -> tuple[str | None, int]:
    """What people in the job made, averaged or are expected to make."""
    if say.AT_PLAN_EARNS.search(left):
        return "variable" if say.GIVEN_AT_PLAN.search(left) else "ote", 4
    typical = say.TYPICAL.search(left) and not (say.ON_TARGET.search(left) or say.GIVEN.search(left) or say.OF_BASE.search(left))
    if typical or say.EXPECTED.search(left) or (say.THE_AVERAGE.search(left) and say.PEOPLE.search(left) and not say.GIVEN.search(left)):
        return "total", 4
    if (m := say.AVERAGED.search(left)) and (said := _averaged(left[: m.start()], right)) != "":
        return said, 4
    return ("total", 4) if say.EARNED.search(left) else _UNDECIDED


@lru_cache(maxsize=64)
def _words(left: str) -> tuple[re.Match[str], ...]:
    """The words before a figure that say what figures are, in order."""
    return tuple(say.SAYS.finditer(left))


def _averaged(left: str, right: str) -> str | None:
    """What it is that averaged a figure: bonuses, people's earnings, or something that is no pay."""
    if say.GIVEN.search(left) and not say.ALL_OF_IT.search(left + right[:30]):
        return "variable"
    said = _words(left)
    if said and say.kind(said[-1]) in ("ote", "total"):
        return say.kind(said[-1])
    if said and not say.kind(said[-1]) and len(left) - said[-1].end() < NEAR_SUBJECT:
        return None
    if said and say.kind(said[-1]) == "base" and not re.search(r"\b(?:earn\w*|paid)\b", said[-1][0]):
        return "base"
    people = said or say.PEOPLE.search(left) or any(noun in whose.job_nouns() for noun in whose.nouns_of(left))
    return "total" if people else ""


@lru_cache(maxsize=64)
def _said(left: str, right: str) -> tuple[tuple[int, int, str], ...]:
    """(how far, -1 for before and 1 for after, what it says) of every word beside a figure that says what figures are."""
    plain = say.ASIDE.sub(lambda m: " " * len(m[0]), left)
    found: list[tuple[int, int, str]] = []
    for m in _words(plain):
        distance = len(plain) - m.end()
        if say.FIGURE.search(plain[m.end() :]):
            distance += 15
        if say.RIGHT_OF_ONE.search(plain[: m.start()]) and re.match(r"\s*(?:[,/;&+|)]|and\b|plus\b|or\b|-|–)", plain[m.end() :]):
            distance += 40
        found.append((distance, -1, say.kind(m)))
    adds = say.ADDS.search(right)
    reach = adds.start() if adds else len(right)
    for m in say.SAYS.finditer(right):
        if say.ITS_OWN.match(right[m.end() :]):
            continue
        word, distance = say.kind(m), m.start() + 2
        if word == "total" and say.BASE_FIRST.match(m[0]) and not say.TOGETHER.match(right[m.end() :]):
            word = "base"
        if m.start() >= reach:
            if not word or word == "variable":
                continue
            distance += 90
        found.append((distance, 1, word))
    return tuple(found)


def _nearest(found: Sequence[tuple[int, int, str]], left: str) -> tuple[str | None, int]:
    """What the nearest word says, where a word that says it is no pay does not stand nearer."""
    distance, side, basis = min(found)
    if side > 0 and distance <= 4 and basis:
        return basis, distance
    if not basis:
        pay = [f for f in found if f[2] and f[0] < 25]
        if not pay or distance + 4 < min(pay)[0]:
            return None, 0
        distance, side, basis = min(pay)
    if basis == "unstated" and any(b == "base" and (side < 0 or d <= distance + 25) for d, side, b in found):
        basis = "base"
    if basis in ("base", "unstated") and not re.search(r"\b(?:base|salary)\b", left[-34:], re.IGNORECASE):
        sure = [f for f in found if f[2] in ("ote", "total") and f[0] <= distance + 25]
        if sure:
            distance, _, basis = min(sure)
    return basis, distance


def _carried(text: str, start: int) -> str | None:
    """What a figure is by the table's head above its cell, or else by the last words before it that say what figures are."""
    line_at = text.rfind("\n", 0, start) + 1
    cell = text[line_at:start].count("|")
    above = [line for line in text[max(0, line_at - 900) : line_at].split("\n")[:-1] if line.strip()]
    if "|" in text[line_at : start + 120]:
        for line in reversed(above[-12:]):
            cells = line.split("|")
            head = say.SAYS.search(cells[cell]) if cell < len(cells) else None
            if head and not re.search(r"\d{3}", cells[cell]):
                return say.kind(head) or None
    before = text[max(0, start - CARRIED) : start]
    said = [m for m in say.SAYS.finditer(before)]
    pay = [m for m in said if say.kind(m)]
    if not pay or (said[-1] is not pay[-1] and said[-1].start() > pay[-1].end() + 60):
        return None
    return say.kind(pay[-1])


def _unit_near(left: str, right: str) -> str:
    """The unit that words beside a figure name: those right after it before anything is added, or those before it."""
    adds = say.ADDS.search(right)
    ahead = say.WORKED.sub("", right[: min(35, adds.start() if adds else 35)])
    near = say.WORKED.sub("", left[-50:])
    if figures := list(say.FIGURE.finditer(near)):
        near = say.OF_THAT.sub("", near[figures[-1].end() :])
    for words in (ahead, near):
        m = _last(
            r"bi-?weekly|semi-?monthly|every (?:two|2) weeks|fortnight|twice (?:a|per) month|pay period|quarterly|(?:per|a|each|every|/)\s?quarter\b|hourly|(?:per|an?|/)\s?(?:hour|hr)\b|monthly|(?:each|every|most) months?\b|(?:per|a|/)\s?month\b|weekly|(?:per|a|/)\s?week\b|(?:per|a|/)\s?day\b|daily rate|day rate|annual|per year|a year|/\s?yr|/\s?year|yearly|\b(?:per|par|pro|im|al)\s(?:maand|mois|monat|mese|mes)\b|\b(?:per|par|pro|al)\s(?:jaar|an|jahr|anno|año)\b",
            words,
            before=words is not ahead,
        )
        if m:
            return unit_of(m[0])
    return ""


def _last(pattern: str, words: str, before: bool) -> re.Match[str] | None:
    """The match nearest to a figure: the last of the words before it, the first of those after."""
    found = list(re.finditer(pattern, words, re.IGNORECASE))
    return found[-1 if before else 0] if found else None


_OF_A_GOAL = re.compile(r"\s*(?:of|to)? ?(?:your |the |their )?(?:quota|plan|goals?|attainment|target(?! (?:bonus|salary)))\b", re.IGNORECASE)


def bonus_percent(text: str) -> tuple[float | None, float, int, int] | None:
    """(low, high, start, end) of a bonus stated as a percentage of base; low is None for "up to"."""
    for m in _BONUS.finditer(text):
        low = m["low"] or m["low2"]
        high = m["high"] or m["high2"] or low
        if _NO_BONUS.search(m[0]) or not 0 < float(high) <= 200 or _OF_A_GOAL.match(text, m.end()):
            continue
        most = m["most"] or m["most2"]
        return None if most else float(low), float(high), m.start(), m.end()
    return None


def base_share(text: str) -> tuple[float, float, int, int] | None:
    """(low, high, start, end) of base's share of on-target earnings: "60/40 base to variable", "60-70 % base"."""
    for m in _SPLIT.finditer(text):
        one, two = (int(v) for v in (m[1] or m[3], m[2] or m[4]))
        if one + two == 100:
            return one / 100, one / 100, m.start(), m.end()
    for m in _SHARE.finditer(text):
        values = [int(v) / 100 for v in (m[1], m[2]) if v]
        if all(0.3 <= v <= 1 for v in values):
            return min(values), max(values), m.start(), m.end()
    for m in _OF_TARGET.finditer(text):
        shares = [1 - int(m["variable"]) / 100] if m["variable"] else [int(v) / 100 for v in (m["low"], m["high"]) if v]
        if all(0.3 <= v < 1 for v in shares) and _TARGET_SAID.search(text):
            return round(min(shares), 2), round(max(shares), 2), m.start(), m.end()
    return None


_TARGET_SAID = re.compile(r"\bote\b|\bon[- ]target\b|\bat[- ]plan\b|\btarget(?:ed)? (?:total )?(?:cash|earnings|comp)", re.IGNORECASE)


_OF_A_KIND = re.compile(
    r"\b(?:level|zone|tier|band|grade|[Ss]enior|[Jj]unior|[Ee]ntry|[Mm]id|[Ff]irst|I{1,3}|IV|region|cities|area|elsewhere|remote|applicants?|candidates?|locations?|places|[A-Z][a-z]+, [A-Z]{2})\b"
)


_OF_THE_JOB = re.compile(
    r"(?:^|[\n.;•*>–-]\s?|\s{2})\W{0,4}(?:(?:the|our) )?(?:(?:base|annual|starting) )?(?:salary|pay|compensation)(?: range)?(?: for (?:this|the) (?:role|position|job))?(?:\s*:| is| of)\s*(?:USD )?$"
    r"|\b[Ww]e pay\s*$",
    re.IGNORECASE,
)


def _parts_that_disagree(rows: Sequence[Stated], share: tuple[float, float] | None) -> list[tuple[Stated, Stated]]:
    """(base, on-target earnings) where each is stated once and they disagree with each other, with the variable between them or with the stated mix."""
    by = {basis: [s for s in rows if s.basis == basis and s.unit == "year"] for basis in ("base", "variable", "ote")}
    if len(by["base"]) != 1 or len(by["ote"]) != 1:
        return []
    base, ote = by["base"][0], by["ote"][0]
    if base.currency != ote.currency:
        return []
    if base.low and ote.high and not ote.open_ended and base.low > ote.high * (1 + SAME):
        return [(base, ote)]
    singles = [s.low for s in (base, ote, *by["variable"]) if s.low and s.low == s.high]
    if len(by["variable"]) == 1 and len(singles) == 3 and abs(singles[0] + singles[2] - singles[1]) > SAME * singles[1]:
        return [(base, ote)]
    if (
        share
        and base.low
        and base.low == base.high
        and ote.low
        and ote.low == ote.high
        and not share[0] - MIX_ROOM <= base.low / ote.low <= share[1] + MIX_ROOM
    ):
        return [(base, ote)]
    return []


MIX_ROOM = 0.04


def contradictions(statements: Iterable[Stated], text: str, share: tuple[float, float] | None = None) -> list[tuple[Stated, Stated]]:
    """Pairs of ranges that say different things of the same basis far from each other, and base and on-target earnings that do not fit; ranges side by side are those of zones, levels or roles."""
    rows = [s for s in statements if s.kind != "average"]
    found = _parts_that_disagree(rows, share)
    of_all = {
        s
        for s in rows
        if s.end and _OF_THE_JOB.search(text[max(0, s.start - FAR) : s.start]) and not _OF_A_KIND.search(_line_before(text, s.start)[-2 * FAR :])
    }
    crowded = {
        s
        for s in rows
        for o in rows
        if s is not o
        and s.basis == o.basis
        and s.end
        and o.end
        and abs(s.start - o.start) < APART
        and not ({s, o} <= of_all and "\n\n" not in text[min(s.end, o.end) : max(s.start, o.start)])
    }
    rows = [s for s in rows if s not in crowded and not (s.end and s not in of_all and _OF_A_KIND.search(text[max(0, s.start - 50) : s.start]))]
    for i, one in enumerate(rows):
        for two in rows[i + 1 :]:
            if not one.end and not two.end:  # a form gives each zone or level a range
                continue
            if (one.basis, one.currency, one.unit) == (two.basis, two.currency, two.unit) and (one.low, one.high) != (two.low, two.high):
                found.append((one, two))
    return found
