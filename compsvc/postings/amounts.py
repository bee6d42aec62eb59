"""Numbers of a text that could be money, and which two of them are the ends of a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from compsvc.postings.abroad import currencies

CURRENCIES = {
    **{"a$": "AUD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "¥": "JPY", "₹": "INR"},
    **{"$": "USD", "us$": "USD", "usd": "USD", "c$": "CAD", "ca$": "CAD", "cad$": "CAD", "cad": "CAD"},
    **{code.lower(): code for code in currencies()},
    **{"dollars": "USD", "euro": "EUR", "euros": "EUR", "bucks": "USD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP"},
}
_CODES = "|".join(code for code in currencies() if code not in ("USD", "EUR", "GBP", "CAD"))
_SIGN = rf"(?:US\$|(?:{_CODES})\s?\$?|A\$|NZ\$|S\$|HK\$|¥|₹|CAD\s?\$|CA\$|C\$|\$|€|£|\bUSD\s?\$?|\bEUR\s?|\bGBP\s?|\bCAD\s?)"
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?![\d%])(?:,\d{2})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,3})?"
_SPACED = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d,%])"
_SCALE = r"(?:\s?(?:k|K|thousand)\b|,? (?:in )?thousands?\b|\s?(?:mm|MM|M|million|B|billion|bn)\b)"
_UNIT = (
    r"(?i:(?:[ \t](?:gross|bruto|brutto|brut|lordi))?[ \t]?(?:/|per|an?|each|for (?:each|every)|par|pro|al|im)[ \t]?(?:(?:hr|yr|mo|wk)\b\.?|(?:hours?|h|years?|annum|quarters?|months?|weeks?|days?|uur|maand|jaar|heure|mois|an|stunde|monat|jahr|mese|anno|mes|año)\b)"
    r"|[ \t]?(?:for|over) the (?:\w+ )?year\b|(?(sign)[ \t](?:hour|hr|day)\b|(?!))"
    r"|[ \t]?(?:hourly|annually|yearly|quarterly|monthly|weekly|daily|annual)\b|[ \t]?p\.?a\.?\b|[ \t]?(?:bi-?weekly|semi-?monthly|per pay period|each pay period|every (?:two|2) weeks|(?:per|a|each) fortnight|twice (?:a|per) month)\b|[ \t]?jährlich\b)"
)
_AMOUNT = re.compile(
    rf"(?P<sign>{_SIGN})?\s?(?P<number>(?(sign){_SPACED}|{_SPACED}(?=\s?(?:€|£|EUR\b|{_CODES})))|{_NUMBER})(?P<scale>{_SCALE})?(?P<plus>\+|\s\+(?=\s*(?:$|[\n.,;)|])))?(?P<code>\s?(?:(?:USD|EUR|GBP|CAD|{_CODES}|(?i:dollars|bucks|euros?))\b|€|£))?(?P<unit>{_UNIT})?",
)
_JOIN = re.compile(r"\s*(?:[-–—‒−~]|\bto\b|\band\b|\bthrough\b|\bup to\b|\bbis\b|\ben\b|\bund\b|\bet\b|\.\.+)\s*", re.IGNORECASE)
_ANDS = ("and", "en", "und", "et")
_AMONG = re.compile(r"\b(?:between|tussen|zwischen|entre)\W+$", re.IGNORECASE)
_RISES = re.compile(
    r"\s*(?:(?:an?|per) (?:hour|year|month|week)\b)?[^\n.;:$]{0,40}?[\s,(]*(?:and )?(?:at (?:step|grade) \w+,? (?:and|to|through)|ends? at|ending at|reach(?:es|ing)|(?:tops?|topping|maxes|maxing) out (?:in [\w ]{2,14} )?at|nor more than|(?:at|on) (?:the \w+ )?(?:[Ss]tep|rung|line|[Gg]rade)\b[^\n.;:$]{0,20}?(?: is)?|(?:rises?|rising|climbs?|climbing|grows?|growing|goes|going|increases?|increasing|moves?|moving) (?:up )?to|going no higher than|(?:and )?capped at|to a (?:max(?:imum)?|top|ceiling|cap) of|(?:up )?through|top|max(?:imum)?)\s*(?:of\s*)?"
)
_TO_ASIDE = re.compile(r"\s*\([^()$\n]{1,44}\)\s*(?:[-–—]|to|through|up to)\s*")
_FROM = re.compile(r"\bfrom\s*$", re.IGNORECASE)
_TO = re.compile(r"[^\n.;:$]{0,60}\sto\s*", re.IGNORECASE)
_SLASH = re.compile(r"\s*/\s*")
_ASKED = re.compile(r"\b(?:pay|salary|wage|rate|base|compensation|range|budget(?:ed)? (?:salary|pay))\b[^.\n$]{0,28}:\s*$", re.IGNORECASE)
_ASKED_WITHIN = 60
_SHORT = re.compile(
    r"\b(?:OTE|on[- ]target|base)(?: salary| earnings| pay)?(?: of| is|:| at| around|,)? ?(?P<a>\d{2,3})(?:[-–](?P<b>\d{2,3}))?(?![\d,.]*\d|\s?[-–—:/]\s?\d|\s?(?:%|k\b|K\b|/|x\b|days?|hours?|people|years?|months?|weeks?))"
    r"|(?:\b(?:base pay|base|salary|pay|comp|compensation|range|the money)|:money\w*:|💰)\s?[:?=]?\s*(?P<e>\d{2,3})\s?[-–—]\s?(?P<f>\d{2,3})(?![\d,.]*\d|\+?\s?(?:%|k\b|K\b|/|x\b|an?\b|per\b|bucks|dollars|days?|hours?|hr|people|years?|months?|weeks?))"
    r"|(?<![\d$€£.,:/-])\b(?P<c>\d{2,3})(?:[-–](?P<d>\d{2,3}))? (?:OTE|base)\b",
    re.IGNORECASE,
)
_LEAST_SHORT, _MOST_SHORT = 35, 900
_MOST_APART = 24
_BARE_RATE = re.compile(r"\s?(?:hourly|daily|weekly|monthly|quarterly|yearly|annual|annually)", re.IGNORECASE)
_STEP = re.compile(
    r"(?:\bstep\s?(?:\d{1,2}|[A-K]|I{1,3}|IV|VI{0,3})|(?:^|\n)\W*(?:first|second|third|fourth|fifth|sixth) year|\bafter (?:\d{1,2}|one|two|three|five|six) (?:months?|years?)|(?:^|\n)\W*(?:start(?:ing)?|hire|entry|probation|\d{1,2} (?:months?|years?)))(?:\s*\([^()$\n]{1,40}\))?\W*$",
    re.IGNORECASE,
)
_STEP_NAMED = re.compile(r"\s*step \d{1,2}\s*$", re.IGNORECASE)
_STEP_CELL = re.compile(r"(?:\|\s*)?(?:step )?\d{1,2}\s*\|\s*", re.IGNORECASE)
_STEP_TABLE = re.compile(r"(?:\||\n|^)[ \t]*(?:step|years?)\b[^\n]*\|\s*$", re.IGNORECASE)
_STEP_HEAD = 200
_STEP_HEADS = re.compile(r"\bstep\b[^\n]{0,12}\bstep\b", re.IGNORECASE)
MOST_AMOUNTS = 500
_MOST_STEPS, _YEARS = 100, range(1990, 2040)
LEAST_YEARLY, MOST_YEARLY = 20_000, 600_000
_NUMBERS = {
    **{
        word: n
        for n, word in enumerate(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 1
        )
    },
    **{word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)},
}
_NUMERAL = rf"(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|hundred|thousand)"
_SPELLED = re.compile(
    rf"\b(?P<words>(?!hundred|thousand){_NUMERAL}(?:(?:[- ]| and ){_NUMERAL}){{0,7}})\b(?P<dollars> (?:dollars|bucks)\b(?: and (?P<cents>{_NUMERAL}(?:[- ]{_NUMERAL})?) cents\b)?)?(?P<unit>{_UNIT.replace('(?(sign)[ ', '(?(dollars)[ ')})?(?P<salary>(?=,? (?:in )?(?:salary|base)\b))?"
    rf"(?P<joined>(?= (?:to|or) {_NUMERAL}(?:[- ]{_NUMERAL}){{0,3}} (?:thousand|dollars)\b))?",
    re.IGNORECASE,
)
_LOW = r"(?:min(?:imum)?|low(?:est)?|from|start(?:ing)?|entry|floor)"
_HIGH = r"(?:max(?:imum)?|high(?:est)?|to|top|ceiling)"
_LOW_LABEL = r"(?:min(?:imum)?|low(?:est|er)?(?: end)?|floor|(?:from|start(?:ing)?|entry)(?=\s*:))"
_HIGH_LABEL = r"(?:max(?:imum)?|high(?:est|er)?(?: end)?|ceiling|(?:to|top)(?=\s*:))"
_MIDDLE = r"(?:mid(?:dle|point)?|target|median)"


class Amount(NamedTuple):
    """A number that could be money, with what is written at it; `unit` is "" where none is, "pay period" for one that is no even part of a year."""

    value: float
    scaled: bool
    signed: bool
    currency: str
    plus: bool
    unit: str
    start: int
    end: int

    @property
    def marked(self) -> bool:
        """Whether it is written as money or as a rate."""
        return self.signed or self.scaled or bool(self.unit)


def unit_of(text: str) -> str:
    """hour, day, week, two weeks, half month, month, quarter or year that words name; "pay period" for one of unknown length, "" for none."""
    words = text.lower()
    for unit, pattern in (
        ("two weeks", r"bi-?weekly|fortnight|(?:two|2) weeks"),
        ("half month", r"semi-?monthly|twice (?:a|per) month"),
        ("pay period", r"pay period"),
        ("hour", r"stunde|uur|heure|(?<!ja)h(?:ou)?rs?\b|/\s?h\b|hourly|hour"),
        ("quarter", r"quarter"),
        ("month", r"monat|month|maand|mois|mese|\bmes\b|\bmo\b"),
        ("week", r"week|wk"),
        ("day", r"day|daily"),
        ("year", r"year|yr|ann[uo]|jahr|jaar|año|par an\b|jährlich|\bp\.?a"),
    ):
        if re.search(pattern, words):
            return unit
    return ""


def _value(number: str) -> float:
    """The number that is written, by English or by continental marks ("55.000,00")."""
    plain = number.partition(",")[0].replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{2})?", number) else number.replace(",", "")
    return float(re.sub(r"\s", "", plain))


def amounts(text: str) -> list[Amount]:
    """Every number that could be money, in order."""
    found = []
    for m in _AMOUNT.finditer(text):
        start = m.start("sign") if m["sign"] else m.start("number")
        start += len(text[start : m.end()]) - len(text[start : m.end()].lstrip())
        before = text[start - 1] if start else " "
        if m["number"] == "401" and m["scale"]:
            continue
        if before.isalnum() or (before in ".,#&_" and not m["sign"]) or text[m.end() : m.end() + 1] == "%":
            continue
        scale = (m["scale"] or "").strip().lower()
        times = 1e3 if scale == "k" or "thousand" in scale else 1e9 if scale in ("b", "bn", "billion") else 1e6 if scale else 1.0
        sign = re.sub(r"\s", "", m["sign"] or m["code"] or "").lower()
        currency = CURRENCIES.get(sign) or CURRENCIES.get(sign.removesuffix("$"), "")
        if m["code"] and m["sign"] and m["sign"].strip() == "$":
            currency = CURRENCIES[m["code"].strip().lower()]
        unit = unit_of(m["unit"] or "")
        if _BARE_RATE.fullmatch(m["unit"] or "") and not (m["sign"] or m["code"] or scale):
            unit = ""
        found.append(Amount(_value(m["number"]) * times, bool(scale), bool(sign), currency, bool(m["plus"]), unit, start, m.end()))
    found = sorted([*found, *_in_words(text)], key=lambda amount: amount.start)
    return _with_short(text, found)


def _in_words(text: str) -> list[Amount]:
    """Money that is spelled out: "fifty-four thousand dollars", "eighty-eight to ninety-eight thousand dollars", "seventeen dollars an hour"."""
    found: list[Amount] = []
    for m in _SPELLED.finditer(text):
        total = current = 0
        for word in re.findall(r"[a-z]+", m["words"].lower()):
            if word == "thousand":
                total, current = total + max(current, 1) * 1_000, 0
            elif word == "hundred":
                current = max(current, 1) * 100
            else:
                current += _NUMBERS.get(word, 0)
        cents = sum(_NUMBERS.get(word, 0) for word in re.findall(r"[a-z]+", (m["cents"] or "").lower())) / 100
        scaled, unit = "thousand" in m["words"].lower(), unit_of(m["unit"] or "")
        if m["dollars"] or (scaled and m["salary"] is not None) or (m["joined"] is not None and not scaled):
            end = max(m.end("unit"), m.end("dollars"), m.end("words"))
            found.append(Amount(total + current + cents, scaled, bool(m["dollars"]), "USD", False, unit, m.start(), end))
    return found


def _with_short(text: str, found: list[Amount]) -> list[Amount]:
    """Numbers that stand for thousands because they are called a base or OTE: "OTE 180", "145 base"."""
    short = {}
    for m in _SHORT.finditer(text):
        for name in "abcdef":
            if m[name] and _LEAST_SHORT <= int(m[name]) <= _MOST_SHORT:
                short[m.start(name)] = True
    return [a._replace(value=a.value * 1e3, scaled=True) if a.start in short and not a.marked and a.value < 1_000 else a for a in found]


def spans(text: str) -> Iterator[tuple[Amount, Amount | None]]:
    """(low, high) of every range and (figure, None) of every single one, in order."""
    rows = amounts(text)[:MOST_AMOUNTS]
    i = 0
    while i < len(rows):
        columns = _step_columns(text, rows, i)
        if columns:
            yield from columns
            i = rows.index(columns[-1][1]) + 1
            continue
        first, second, last = rows[i], None, i
        if (top := _last_step(text, rows, i)) > i:
            yield first, rows[top]
            i = top + 1
            continue
        if i + 1 < len(rows):
            rows[i + 1] = _as_thousands(text, first, rows[i + 1])
        for far in (3, 2, 1):
            if i + far < len(rows) and (_rises(text, rows, i, i + far) or (far < 3 and _are_ends(text, rows, i, i + far))):
                second, last = rows[i + far], i + far
                break
        yield first, second
        i = last + 1


def _as_thousands(text: str, first: Amount, last: Amount) -> Amount:
    """The end of "$142k-160", which stands for thousands like its beginning."""
    short = first.scaled and not last.marked and first.value / 1e3 < last.value < 1e3
    return last._replace(value=last.value * 1e3, scaled=True) if short and _JOIN.fullmatch(text[first.end : last.start]) else last


def _step_columns(text: str, rows: list[Amount], i: int) -> list[tuple[Amount, Amount]]:
    """(first step, last step) of every column of a table of pay steps whose first cell after the step an amount is; [] where it is in none."""
    line = text.rfind("\n", 0, rows[i].start) + 1
    if not _STEP_CELL.fullmatch(text[line : rows[i].start]) or not _STEP_TABLE.search(text[max(0, line - _STEP_HEAD) : line]):
        return []
    lines: list[list[Amount]] = []
    at = i
    while at < len(rows) and _STEP_CELL.fullmatch(text[text.rfind("\n", 0, rows[at].start) + 1 : rows[at].start]):
        end = text.find("\n", rows[at].start)
        row = [amount for amount in rows[at:] if amount.end <= (end if end >= 0 else len(text))]
        lines.append(row)
        at += len(row)
        while at < len(rows) and not rows[at].marked:
            at += 1
    if len(lines) < 3 or len({len(row) for row in lines}) != 1:
        return []
    columns = list(zip(lines[0], lines[-1], strict=True))
    return columns if all(low.marked and low.value < high.value for low, high in columns) else []


def _last_step(text: str, rows: list[Amount], i: int) -> int:
    """Where a table of pay steps that begins with an amount ends; the amount itself where none begins."""
    top, at = i, i
    if _STEP_HEADS.search(text[max(0, rows[i].start - 240) : rows[i].start]):
        while at + 1 < len(rows) and rows[at].value < rows[at + 1].value and re.fullmatch(r"[ \t|/]+", text[rows[at].end : rows[at + 1].start]):
            at += 1
        if at > i + 1:
            return at
        at = i
    while at < len(rows):
        row = rows[at]
        if not _STEP.search(text[max(0, row.start - 3 * _MOST_APART) : row.start]):
            if row.marked or at == i:
                break
        elif row.value < rows[top].value or row.start - rows[top].end > 2 * _MOST_APART:
            break
        else:
            top = at
        at += 1
    return top


def _are_ends(text: str, rows: list[Amount], i: int, j: int) -> bool:
    """Whether two amounts are the ends of one range, with a midpoint between them where they are two apart."""
    first, last = rows[i], rows[j]
    backwards = last.value < first.value and not (last.scaled and not first.scaled)
    if backwards and not (first.signed and last.signed and j == i + 1 and first.value <= 2 * last.value):
        return False
    if _labelled(text, rows[i : j + 1]) or _labelled_after(text, rows[i : j + 1]) or _columns(text, rows[i : j + 1]):
        return True
    if j != i + 1:
        return False
    between = text[first.end : last.start]
    joined = _JOIN.fullmatch(between)
    if not joined or "\n\n" in joined[0]:
        return False
    if not (first.marked or last.marked or _looks_yearly(text, first, last) or _ASKED.search(text[max(0, first.start - _ASKED_WITHIN) : first.start])):
        return False
    return joined[0].strip().lower() not in _ANDS or bool(_AMONG.search(text[max(0, first.start - 12) : first.start]))


def _rises(text: str, rows: list[Amount], i: int, j: int) -> bool:
    """Whether pay goes from one amount to another in words, with at most numbers of steps and years between: "$24.10, step 1, rising to $28.65"."""
    first, last = rows[i], rows[j]
    if (
        not first.marked
        or not first.value < last.value <= 3 * first.value
        or any(row.marked or (row.value >= _MOST_STEPS and row.value not in _YEARS) for row in rows[i + 1 : j])
    ):
        return False
    between = text[first.end : last.start]
    if _FROM.search(text[max(0, first.start - 12) : first.start]) and _TO.fullmatch(between):
        return True
    return bool(_RISES.fullmatch(between) or _TO_ASIDE.fullmatch(between) or (first.scaled and last.scaled and _SLASH.fullmatch(between)))


def _looks_yearly(text: str, first: Amount, last: Amount) -> bool:
    """Whether two unmarked numbers are written and sized like yearly pay: "57,000 to 64,000"."""
    return all("," in text[a.start : a.end] for a in (first, last)) and LEAST_YEARLY <= first.value < last.value <= min(MOST_YEARLY, 2 * first.value)


def _labelled(text: str, rows: list[Amount]) -> bool:
    """`Minimum 88,400  Midpoint 110,500  Maximum 132,600`, on one line or three."""
    names = [_LOW_LABEL, _MIDDLE, _HIGH_LABEL] if len(rows) == 3 else [_LOW_LABEL, _HIGH_LABEL]
    if all(re.fullmatch(r"\s*[/|–—-]\s*", text[a.end : b.start]) for a, b in pairwise(rows)):
        m = re.search(r"\W{1,5}".join(names) + r"\W*$", text[max(0, rows[0].start - 2 * _MOST_APART) : rows[0].start], re.IGNORECASE)
        return m is not None and not ("|" in m[0] and "\n" in m[0])  # heads of a table stand above their own cells: `_columns`
    at = max(0, rows[0].start - _MOST_APART)
    for row, name in zip(rows, names, strict=True):
        before = text[at : row.start]
        if (
            not re.search(rf"(?:\b|_){name}\b[^\w$]{{0,12}}(?:is|of|salary|pay|rate|base)?\W{{0,6}}$", before, re.IGNORECASE)
            or row.start - at > 2 * _MOST_APART + 12
        ):
            return False
        at = row.end
    return True


_RIGHT_LOW = re.compile(r"[ \t]*\(?[ \t]*(?:at )?(?:the )?(?:min(?:imum)?|low(?: end)?|entry|bottom|start)\b", re.IGNORECASE)
_RIGHT_HIGH = re.compile(r"[ \t]*\(?[ \t]*(?:at )?(?:the )?(?:max(?:imum)?|high(?: end)?|top|ceiling)\b", re.IGNORECASE)


def _labelled_after(text: str, rows: list[Amount]) -> bool:
    """`$84,700 (min) / $105,900 (mid) / $127,100 (max)`."""
    return bool(rows[-1].start - rows[0].end < 4 * _MOST_APART and _RIGHT_LOW.match(text, rows[0].end) and _RIGHT_HIGH.match(text, rows[-1].end))


def _columns(text: str, rows: list[Amount]) -> bool:
    """Cells of one row of a table under the heads of low (middle) and high."""
    between = [text[a.end : b.start] for a, b in pairwise(rows)]
    if not all(re.fullmatch(r"\s*\|\s*", part) for part in between):
        return False
    line = text.rfind("\n", 0, rows[0].start) + 1
    cell = text[line : rows[0].start].count("|")
    above = [row for row in text[max(0, line - 900) : line].split("\n") if "|" in row]
    for row in reversed(above[-12:]):
        heads = row.split("|")[cell : cell + len(rows)]
        if len(heads) == 2 and all(_STEP_NAMED.match(head) for head in heads):
            return True
        if len(heads) == len(rows) and re.search(rf"\b{_LOW}\b", heads[0], re.IGNORECASE) and re.search(rf"\b{_HIGH}\b", heads[-1], re.IGNORECASE):
            return not any(re.search(r"\d{4}", head) for head in heads)
    return False
