"""Pay that a text states: every range and figure with the words it stands in, its unit, currency and basis, and what it is not.

A figure is pay when the words around it say so (salary, base, on-target earnings, a rate per hour) and the
nearer words do not say that it is something else (a quota, a portfolio, revenue, a stipend).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

HOURS, DAYS, WEEKS, MONTHS = 2_080, 260, 52, 12
A_YEAR = {"year": 1, "month": MONTHS, "week": WEEKS, "day": DAYS, "hour": HOURS}
PLAUSIBLE: dict[str, tuple[float, float]] = {
    "year": (12_000, 3_000_000),
    "month": (1_000, 200_000),
    "week": (250, 50_000),
    "day": (60, 10_000),
    "hour": (7, 1_000),
}
BEFORE, AFTER, CARRIED = 160, 70, 260
APART = 200
MOST_CARRIED = 600_000

_CURRENCY = {"$": "USD", "us$": "USD", "usd": "USD", "c$": "CAD", "ca$": "CAD", "cad": "CAD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP"}
_SIGN = r"(?:US\$|CA\$|C\$|\$|€|£|\bUSD\s?|\bEUR\s?|\bGBP\s?|\bCAD\s?)"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,3})?"
_SCALE = r"(?:\s?(?:k|K|thousand)\b|\s?(?:mm|MM|M|million|B|billion|bn)\b)"
_UNIT = r"(?:\s?(?:/|per|an?|each)\s?(?:hours?|hr|h|years?|yr|annum|months?|mo|weeks?|wk|days?)\b\.?|\s?(?:hourly|annually|yearly|monthly|weekly|daily)\b|\s?p\.?a\.?\b)"
_AMOUNT = re.compile(
    rf"(?P<sign>{_SIGN})?\s?(?P<number>{_NUMBER})(?P<scale>{_SCALE})?(?P<plus>\s?\+)?(?P<code>\s?(?:USD|EUR|GBP|CAD)\b)?(?P<unit>{_UNIT})?",
)
_JOIN = re.compile(r"\s*(?:[-–—‒−~]|\bto\b|\band\b|\bthrough\b|\.\.+)\s*")
_BONUS = re.compile(
    r"(?:bonus(?:es)?|incentive|variable (?:component|pay)|profit[- ]sharing)\b[^.\n%;]{0,48}?(?P<most>up to |as much as |maximum of |at most )?(?<![\d.])(?P<low>\d{1,3}(?:\.\d)?)\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high>\d{1,3}(?:\.\d)?))?\s?(?:%|percent\b)"
    r"|(?P<most2>up to |as much as )?(?<![\d.])(?P<low2>\d{1,3}(?:\.\d)?)\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high2>\d{1,3}(?:\.\d)?))?\s?(?:%|percent)[^.\n;%]{0,32}?\b(?:bonus|incentive)",
    re.IGNORECASE,
)
_NO_BONUS = re.compile(r"401|match|retention|quota|merit|discount|travel|of the time|growth|equity", re.IGNORECASE)
_SPLIT = re.compile(
    r"\b(\d{2})\s?/\s?(\d{2})\b(?=[^.\n]{0,40}\b(?:base|split|mix|variable|fixed|commission|plan|ote)\b|\s*$)|\b(?:base|split|mix|variable|plan|ote)\b[^.\n]{0,30}?\b(\d{2})\s?/\s?(\d{2})\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(\d{2})\s?(?:[-–—]|to)?\s?(\d{2})?\s?(?:%|percent)\s?(?:of (?:it|that|ote|on-target earnings|total(?: cash| pay| compensation)?) (?:is |as |in )?)?(?:is |as |in )?(?:guaranteed |fixed )?(?:base|fixed)\b",
    re.IGNORECASE,
)

# Words that say what a figure is; the nearest decides. The last kind is not pay.
_WORDS: tuple[tuple[str, str], ...] = (
    ("ote", r"\bo\.?t\.?e\.?\b|on[- ]target(?: earnings| compensation| cash)?|at[- ]plan earnings|target(?:ed)? (?:total )?earnings|target cash"),
    (
        "total",
        r"first[- ]year earnings|total (?:annual |cash |target )*(?:comp(?:ensation)?|cash|pay|earnings|package|rewards?)|all[- ]in|total[- ]cash|earnings? (?:of|between|range|potential)|take[- ]home|(?:salary|base) (?:and|plus|\+|with|including) (?:bonus|commissions?)|package\b",
    ),
    ("variable", r"\bvariable\b|\bdraw\b|\bcommissions?\b|\bbonus(?:es)?\b|incentives?\b|\bspiffs?\b"),
    (
        "base",
        r"\bbase\b|\brange\s*:|\bgrade \w+ ?\(|\bsalar(?:y|ies|ied)\b|\bwages?\b|pay (?:range|rate|scale|band)|rate of pay|\bpays?\b|\bpaid\b|hiring range|hourly(?: rate)?|\brate\b|per hour|/\s?hr\b|an hour|/hour|starting (?:at|from)\b",
    ),
    ("unstated", r"\brange (?:spans?|is|runs|goes|starts)\b|\bcompensation\b|\bcomp\b|💰|remuneration"),
    (
        "",
        r"quotas?|expenses?|portfolio|revenues?|\barr\b|\bacv\b|\btcv\b|\bmrr\b|budgets?|fund(?:ing|ed|raising|raise)?|raised|series [a-f]\b|book of business|contract(?:s| value)?|deals?\b|accounts? (?:worth|valued|of|ranging)|worth|valued at|valuation|assets|\baum\b|stipend|reimburse\w*|allowance|401\s?\(?k|tuition|professional development|p&l|pipeline|sales of|in sales|\bspend(?:ing)?\b|gifts?|grants?\b|donations?|referral|sign[- ]?on|signing|relocation|equity|stock|rsus?|option|premium|deductible|home[- ]office|learning|education|per diem|clients? (?:worth|with)|customers? (?:worth|with)|managing \$|managed \$|manages? (?:a |about |over |roughly )?\$|transactions?|processed|processing|savings?|hsa\b|insurance|coverage|match(?:es|ing)?\b|purchase|fees?\b|per seat|per user|projects? (?:of|from|worth)|grew|growth|profit|costs?\b|invest\w*|credit\b|award|prize|target of \$|in new business|new business|bookings|billings|turnover|net worth|gmv|loans?",
    ),
)
_SAYS = re.compile("|".join(f"(?P<w{i}>{pattern})" for i, (_, pattern) in enumerate(_WORDS)), re.IGNORECASE)
_ASKED = re.compile(r"\b(?:pay|salary|wage|rate|base|compensation)\b[^.\n$]{0,28}:\s*$", re.IGNORECASE)
_MIN_MID_MAX = re.compile(r"\bmin\w*\W+mid\w*\W+max", re.IGNORECASE)
_OPEN_BELOW = re.compile(r"(?:up to|as (?:much|high) as|max(?:imum)?(?: of)?|capped at|no more than|to a maximum of)\s*(?:of\s*)?$", re.IGNORECASE)
_OPEN_ABOVE = re.compile(
    r"(?:\bfrom|starting (?:at|from)|starts (?:at|from)|at least|minimum(?: of)?|no less than|north of|over|upwards of|begins? at)\s*$", re.IGNORECASE
)
_AVERAGE = re.compile(r"\b(?:average|averages|averaging|avg\.?|median|mean|typically|typical)\b", re.IGNORECASE)
_END = re.compile(r"[\n;]|(?<=[a-z0-9)%])\.\s|[.!?]\s+(?=[A-Z])|•|\|")


class Stated(NamedTuple):
    """Pay as a text states it: amounts in major units a `unit`, None where the end is open; `start` and `end` are the words in the text."""

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

    def a_year(self) -> tuple[float | None, float | None]:
        """Low and high for a year of full-time work."""
        times = A_YEAR[self.unit]
        return (None if self.low is None else self.low * times, None if self.high is None else self.high * times)


class _Amount(NamedTuple):
    value: float
    scaled: bool
    signed: bool
    currency: str
    plus: bool
    unit: str
    start: int
    end: int


def _amounts(text: str) -> Iterator[_Amount]:
    """Every number that could be money, with what is written at it."""
    for m in _AMOUNT.finditer(text):
        if (m.start() and (text[m.start() - 1].isalnum() or (text[m.start() - 1] in ".,#&_" and not m["sign"]))) or text[m.end() : m.end() + 1] in ("%",):
            continue
        scale = (m["scale"] or "").strip().lower()
        value = float(m["number"].replace(",", "")) * (1e3 if scale in ("k", "thousand") else 1e9 if scale in ("b", "bn", "billion") else 1e6 if scale else 1.0)
        sign = (m["sign"] or m["code"] or "").strip().lower()
        yield _Amount(
            value,
            bool(scale),
            bool(sign),
            _CURRENCY.get(sign, ""),
            bool(m["plus"]),
            _unit_of(m["unit"] or ""),
            m.start() + len(m[0]) - len(m[0].lstrip()),
            m.end(),
        )


def _unit_of(text: str) -> str:
    words = text.lower()
    for unit, pattern in (
        ("hour", r"h(?:ou)?rs?\b|/\s?h\b|hourly|hour"),
        ("month", r"month|\bmo\b"),
        ("week", r"week|wk"),
        ("day", r"day|daily"),
        ("year", r"year|yr|annu|\bp\.?a"),
    ):
        if re.search(pattern, words):
            return unit
    return ""


def stated(text: str) -> list[Stated]:
    """Pay that the text states, in order."""
    found: list[Stated] = []
    amounts = list(_amounts(text))
    i = 0
    while i < len(amounts):
        first = amounts[i]
        second = None
        if i + 1 < len(amounts):
            joined = _JOIN.fullmatch(text[first.end : amounts[i + 1].start])
            if (
                joined
                and (_marked(first) or _marked(amounts[i + 1]) or _ASKED.search(text[max(0, first.start - 60) : first.start]))
                and not (joined[0].strip() == "and" and not re.search(r"between\W+$", text[max(0, first.start - 12) : first.start], re.IGNORECASE))
            ):
                second = amounts[i + 1]
        if (
            second is None
            and i + 2 < len(amounts)
            and _MIN_MID_MAX.search(_line_above(text, first.start))
            and "\n" not in text[first.end : amounts[i + 2].start]
        ):
            second = amounts[i + 2]
            one = _one(text, first, second)
            found += [one] if one is not None else []
            i += 3
            continue
        one = _one(text, first, second)
        if one is not None:
            found.append(one)
        i += 2 if second else 1
    return found


def _marked(amount: _Amount) -> bool:
    """Whether a number is written as money or as a rate."""
    return amount.signed or amount.scaled or bool(amount.unit)


def _line_above(text: str, at: int) -> str:
    """The last line with words above the one that holds an offset."""
    above = text[max(0, at - 300) : at].rsplit("\n", 1)[0].split("\n")
    return next((line for line in reversed(above) if re.search(r"[A-Za-z]{3}", line)), "")


def _one(text: str, first: _Amount, second: _Amount | None) -> Stated | None:
    """The statement that one or two amounts make; None when they are something else."""
    last = second or first
    start, end = first.start, last.end
    low, high = first.value, last.value
    if second and second.scaled and not first.scaled and low < high / 20:
        low *= 1e3 if second.value < 5e6 else 1e6
    if not (first.signed or last.signed or first.scaled or last.scaled or last.unit) and not (second and _ASKED.search(text[max(0, start - 60) : start])):
        return None
    left, right = _clause(text, start, end)
    basis, distance = _basis(left, right)
    if basis is None and distance < 0:
        basis, distance = (_carried(text, start), 80) if high <= MOST_CARRIED else (None, 0)
        if basis is None and second and _like_a_salary(low, high, last.unit or first.unit):
            basis, distance = "base", 100
    elif basis is None and second and "hour" in (first.unit, last.unit) and _like_a_salary(low, high, "hour"):
        basis, distance = "base", 100
    unit = last.unit or first.unit or _unit_near(left, right)
    if not unit:
        unit = "hour" if high < 250 and basis == "base" and not last.scaled else "year"
    floor, ceiling = PLAUSIBLE[unit]
    floor, ceiling = (floor / 10, ceiling / 6) if basis == "variable" else (floor, ceiling)
    if basis is None or not floor <= high <= ceiling or (second and not low < high * 1.0001) or (second and high > 6 * low):
        return None
    before = left[-40:]
    plus = last.plus or bool(
        re.match(
            r"\s?(?:\+|and up|or more|and above|plus\b(?!\s+(?:a |an )?(?:bonus|commission|equity|benefit|uncapped|variable|overtime|\d)))",
            right,
            re.IGNORECASE,
        )
    )
    up_to, starting = bool(_OPEN_BELOW.search(before)) and not second, bool(_OPEN_ABOVE.search(before)) and not second
    average = bool(_AVERAGE.search(left[-60:])) and not second
    currency = last.currency or first.currency or "USD"
    return Stated(
        None if up_to else low,
        None if (starting or (plus and not second)) else high,
        unit,
        currency,
        basis,
        "range" if second else "average" if average else "single" if not (up_to or starting or plus) else "range",
        bool(plus or starting or up_to),
        start,
        end,
        round(max(0.5, 1.0 - distance / 200), 2),
    )


def _like_a_salary(low: float, high: float, unit: str) -> bool:
    """Whether a bare range can hardly be anything but pay: one for an hour or a year, or one as wide and as high as salaries are."""
    floor, ceiling = (15.0, 200.0) if unit == "hour" else (25_000.0, 500_000.0)
    return floor <= low < high <= ceiling and high <= 2 * low


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of the same sentence before and after, and the heading line above where the sentence begins with the figure."""
    left = text[max(0, start - BEFORE) : start]
    cut = [m.end() for m in _END.finditer(left)]
    own = left[cut[-1] :] if cut else left
    if not re.search(r"[a-zA-Z💰]{2}", own):
        above = [line for line in text[max(0, start - 2 * BEFORE) : start].splitlines() if re.search(r"\w", line)]
        own = (above[-1][-BEFORE:] + " " if above else "") + own
    right = text[end : end + AFTER]
    stop = _END.search(right)
    return own, right[: stop.start()] if stop else right


def _basis(left: str, right: str) -> tuple[str | None, int]:
    """(what the nearest words say the figure is, how far they stand); (None, 0) when it is not pay, (None, -1) when nothing says."""
    found: list[tuple[int, int, str]] = []
    for m in _SAYS.finditer(left):
        found.append((len(left) - m.end(), -1, _WORDS[int(m.lastgroup[1:])][0]))  # type: ignore[index]
    for m in _SAYS.finditer(right):
        between = right[: m.start()]
        word = _WORDS[int(m.lastgroup[1:])][0]  # type: ignore[index]
        if not word and re.search(r"[,;]|\bplus\b", between):
            continue
        penalty = 12 if _AMOUNT.search(between) or re.search(r",|\b(?:plus|and|with|\+)|\+", between) else 0
        found.append((m.start() + 2 + 3 * penalty, 1, _WORDS[int(m.lastgroup[1:])][0]))  # type: ignore[index]
    if not found:
        return None, -1
    distance, _, basis = min(found)
    if not basis:
        pay = [f for f in found if f[2] and f[0] < 25]
        if not pay or distance + 4 < min(pay)[0]:
            return None, 0
        distance, _, basis = min(pay)
    if basis == "unstated" and any(b == "base" and d <= distance + 20 for d, _, b in found):
        basis = "base"
    if basis in ("base", "unstated"):
        sure = [f for f in found if f[2] in ("ote", "total") and f[0] <= distance + 25]
        if sure and not re.search(r"\bbase\b", left[-30:], re.IGNORECASE):
            distance, _, basis = min(sure)
    return basis, distance


def _carried(text: str, start: int) -> str | None:
    """What a figure is by the table's head above its cell, or else by the last words before it that say what figures are."""
    line_at = text.rfind("\n", 0, start) + 1
    cell = text[line_at:start].count(" | ")
    above = [line for line in text[max(0, line_at - 900) : line_at].split("\n")[:-1] if line.strip()]
    if " | " in text[line_at : start + 120]:
        for line in reversed(above[-10:]):
            cells = line.split(" | ")
            head = _SAYS.search(cells[cell]) if cell < len(cells) else None
            if head and not _AMOUNT.search(cells[cell]):
                return _WORDS[int(head.lastgroup[1:])][0] or None  # type: ignore[index]
    before = text[max(0, start - CARRIED) : start]
    said = [m for m in _SAYS.finditer(before)]
    pay = [m for m in said if _WORDS[int(m.lastgroup[1:])][0]]  # type: ignore[index]
    if not pay or (said[-1] is not pay[-1] and said[-1].start() > pay[-1].end() + 60):
        return None
    return _WORDS[int(pay[-1].lastgroup[1:])][0]  # type: ignore[index]


def _unit_near(left: str, right: str) -> str:
    for words in (right[:35], left[-50:]):
        m = re.search(
            r"hourly|(?:per|an?|/)\s?(?:hour|hr)\b|monthly|(?:per|a|/)\s?month\b|weekly|(?:per|a|/)\s?week\b|(?:per|a|/)\s?day\b|daily rate|annual|per year|a year|/\s?yr|/\s?year|yearly",
            words,
            re.IGNORECASE,
        )
        if m:
            return _unit_of(m[0])
    return ""


def bonus_percent(text: str) -> tuple[float | None, float, int, int] | None:
    """(low, high, start, end) of a bonus stated as a percentage of base; low is None for "up to"."""
    for m in _BONUS.finditer(text):
        low = m["low"] or m["low2"]
        high = m["high"] or m["high2"] or low
        if _NO_BONUS.search(m[0]) or not 0 < float(high) <= 200:
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
    return None


_OF_A_KIND = re.compile(r"\b(?:level|zone|tier|band|grade|senior|junior|mid|I{1,3}|IV|region|cities|area|elsewhere|remote|[A-Z][a-z]+, [A-Z]{2})\b")


def contradictions(statements: Iterable[Stated], text: str) -> list[tuple[Stated, Stated]]:
    """Pairs of ranges that say different things of the same basis far from each other; ranges side by side are those of zones, levels or roles."""
    found = []
    rows = [s for s in statements if s.kind != "average"]
    crowded = {s for s in rows for o in rows if s is not o and s.basis == o.basis and s.end and o.end and abs(s.start - o.start) < APART}
    rows = [s for s in rows if s not in crowded and not (s.end and _OF_A_KIND.search(text[max(0, s.start - 50) : s.start]))]
    for i, one in enumerate(rows):
        for two in rows[i + 1 :]:
            if (one.basis, one.currency, one.unit) == (two.basis, two.currency, two.unit) and (one.low, one.high) != (two.low, two.high):
                found.append((one, two))
    return found
