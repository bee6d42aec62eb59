"""Rows of a plan from a table that people made: a spreadsheet, a CSV, cells pasted from either.

The header is found, however many lines stand above it, and its words are read by `columns.csv`. What
was taken for what, and every cell that was read otherwise than it was typed, is told; a column nobody
understands is asked about, never dropped.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.schemas.headcount import COLUMNS
from compsvc.spreadsheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, is_workbook, read_workbook

LEFT_OUT = "-"
HEADER_WITHIN = 30
HOURS_A_YEAR = 2_080
SAYS_A_ROLE = ("title", "occupation", "family")
MONEY = ("base", "variable", "equity_usd", "sign_on_usd")
_BLANKS = frozenset({"-", "--", "—", "–", "n/a", "na", "n.a.", "tbd", "tba", "tbc", "none", "null", "?", "open", "#n/a", "#ref!"})
_SIGNS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "c$": "CAD", "a$": "AUD", "chf": "CHF", "kr": "SEK", "₹": "INR", "zł": "PLN"}
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}


class Table(NamedTuple):
    """Cells as text, and what was not read of the file."""

    cells: list[list[str]]
    notes: tuple[str, ...] = ()


class Column(NamedTuple):
    """A column of the table: its heading, the field it is read as ("" when nobody knows), the currency and times a year its heading names, a cell of it."""

    heading: str
    field: str
    currency: str = ""
    times: float = 1.0
    example: str = ""


class Reading(NamedTuple):
    """Rows by field, the columns they come from, the line of the table each stands in, and what was read otherwise than it was typed."""

    rows: list[dict[str, str]]
    columns: list[Column]
    lines: list[int]
    notes: list[str]

    @property
    def unknown(self) -> list[int]:
        """Columns that hold something and nobody knows."""
        return [i for i, column in enumerate(self.columns) if not column.field and column.example]


# --- the file -------------------------------------------------------------------------


def table_of(data: bytes) -> Table:
    """The cells of an uploaded workbook or CSV; RequestInvalid for what cannot be read whole."""
    if not is_workbook(data):
        return table_of_text(text_of(data))
    sheet = read_workbook(data)
    others = f"; not read: {', '.join(sheet.others)}" if sheet.others else ""
    return Table(sheet.cells, (f"sheet '{sheet.name}' was read{others}",) if others else ())


def text_of(data: bytes) -> str:
    """The text of an uploaded table: UTF-8, UTF-16 by its mark, else the Western code page spreadsheets write by default."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def table_of_text(text: str) -> Table:
    """The cells of CSV text or cells pasted from a spreadsheet: commas, semicolons or tabs between them."""
    lines = "\n".join(text.lstrip("\ufeff").replace("\0", "").splitlines()).lstrip("\n")
    head = "\n".join(lines.split("\n", HEADER_WITHIN)[:HEADER_WITHIN])
    delimiter = max(",\t;", key=head.count)
    cells: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(lines), delimiter=delimiter, strict=True):
            if len(row) > MOST_COLUMNS and any(cell.strip() for cell in row[MOST_COLUMNS:]):
                raise _refused("/rows", f"a line has {len(row):,} cells", f"at most {MOST_COLUMNS}")
            if len(cells) >= MOST_ROWS:
                raise _refused("/rows", f"the table has more than {MOST_ROWS:,} lines", f"at most {MOST_ROWS:,}")
            cells.append(row[:MOST_COLUMNS])
    except csv.Error as problem:
        raise _refused("/rows", f"a quote is not closed, or a cell is too long ({problem})", "a CSV with a header line") from None
    return Table(cells)


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as CSV text with a header line, ready to be edited and read again."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return stream.getvalue()


# --- the header -----------------------------------------------------------------------


@cache
def headings() -> dict[str, str]:
    """Field by heading, in plain words."""
    with (files("compsvc") / "headcount" / "columns.csv").open(encoding="utf-8") as stream:
        known = {row["heading"]: row["field"] for row in csv.DictReader(stream)}
    return {**{name.replace("_", " "): name for name in COLUMNS}, **known}


def read(table: Table, chosen: Mapping[int, str] | None = None) -> Reading:
    """Rows by field. `chosen` says what columns are, by index: a field, or LEFT_OUT.

    Raises RequestInvalid for a table without a header or rows, a field that two columns hold, or a cell that stands under no column.
    """
    cells = table.cells
    at = _header(cells)
    columns = [_column(cells, at, j) for j in range(max(len(row) for row in cells))]
    columns = [column._replace(field=chosen[j]) if chosen and j in chosen else column for j, column in enumerate(columns)]
    body = [(i, row) for i, row in enumerate(cells[at + 1 :], start=at + 2) if any(cell.strip() for cell in row)]
    columns = [c._replace(example=next((row[j].strip()[:40] for _, row in body if j < len(row) and row[j].strip()), "")) for j, c in enumerate(columns)]
    for line, row in body:
        for j, column in enumerate(columns):
            if not column.heading and not column.field and j < len(row) and row[j].strip():
                raise _refused(f"/rows/{line - at - 2}", f"line {line}: '{row[j].strip()[:40]}' stands under no column", "a name for each column in the header")
    twice = [name for name, n in Counter(c.field for c in columns if c.field not in ("", LEFT_OUT)).items() if n > 1]
    if twice:
        said = ", ".join(f"'{c.heading}'" for c in columns if c.field == twice[0])
        raise _refused("/rows", f"the column '{twice[0]}' comes twice: {said}", "each column once, or leave one out")
    return _rows(body, columns, [*table.notes, *([f"the header was found in line {at + 1}"] if at else [])])


def _header(cells: Sequence[Sequence[str]]) -> int:
    """The line whose cells name the most fields, a role among them."""
    best, found = -1, 0
    for i, row in enumerate(cells[:HEADER_WITHIN]):
        fields = {_column(cells, i, j).field for j in range(len(row))} - {""}
        if fields.intersection(SAYS_A_ROLE) and len(fields) > found:
            best, found = i, len(fields)
    if best < 0:
        raise _refused("/rows", "no header line was found: none of the first lines names a column of titles", "title, location, start_on, count, ...")
    if not any(cell.strip() for row in cells[best + 1 :] for cell in row):
        raise _refused("/rows", "a header line and at least one row are needed", "title, location, start_on, count, ...")
    return best


def _column(cells: Sequence[Sequence[str]], at: int, j: int) -> Column:
    """What a column is, by its own heading, or with the merged heading above it."""
    own, above = ((cells[i][j].strip() if i >= 0 and j < len(cells[i]) else "") for i in (at, at - 1))
    alone = len({cell for cell in cells[at - 1] if cell.strip()}) < 2 if at else True
    if alone or above == own:
        above = ""
    for heading in (own, f"{above} {own}".strip(), above if not own else ""):
        words, currency, times = _words(heading)
        if words in headings():
            field = headings()[words]
            _, from_above, _ = _words(above)
            return Column(heading, field, currency or (from_above if field in MONEY else ""), times if field in MONEY else 1.0)
    return Column(own or above, "")


def _words(heading: str) -> tuple[str, str, float]:
    """(a heading in plain words, the currency it names, how many times a year it counts)."""
    text = re.sub(r"[^\w$€£¥₹]+|_", " ", heading.lower())
    kept: list[str] = []
    currency, times = "", 1.0
    for word in text.split():
        sign = _SIGNS.get(word) or (word.upper() if word.upper() in _CODES else "")
        if sign:
            currency = sign
        elif word in ("monthly", "pm"):
            times = 12.0
        elif word in ("hourly", "ph"):
            times = float(HOURS_A_YEAR)
        elif word not in ("annual", "yearly", "pa", "per", "year", "yr", "a", "the", "optional", "of") or (not kept and word == "of"):
            kept.append(word)
    plain = " ".join(kept)
    return (plain if plain in headings() else " ".join(text.split()) if " ".join(text.split()) in headings() else plain), currency, times


_CODES = frozenset({"USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "INR", "SEK", "NOK", "DKK", "PLN", "SGD", "MXN", "BRL"})


# --- the cells ------------------------------------------------------------------------


def _rows(body: Sequence[tuple[int, Sequence[str]]], columns: Sequence[Column], notes: list[str]) -> Reading:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    read_as = Counter[str]()
    titled = [j for j, c in enumerate(columns) if c.field in SAYS_A_ROLE]
    for line, cells in body:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            long = max(len(cell) for cell in cells)
            raise _refused(f"/rows/{len(rows)}", f"line {line}: a cell of {long:,} characters", f"at most {LONGEST_CELL}")
        first = next(cell for cell in cells if cell.strip()).strip().lower().rstrip(":")
        if first in ("total", "totals", "sum", "subtotal", "grand total") and (
            not any(j < len(cells) and cells[j].strip() and cells[j].strip().lower().rstrip(":") != first for j in titled)
        ):
            notes.append(f"line {line} is a total and was left out")
            continue
        row: dict[str, str] = {}
        for column, cell in zip(columns, cells, strict=False):
            if column.field in ("", LEFT_OUT) or not cell.strip():
                continue
            text = _cell(column, cell.strip(), row, read_as)
            if text:
                row[column.field] = text
        _settle(row, columns)
        rows.append(row)
        lines.append(line)
    notes += [f"{n} {'cell' if n == 1 else 'cells'} {what}" for what, n in read_as.items()]
    if not rows:
        raise _refused("/rows", "a header line and at least one row are needed", "title, location, start_on, count, ...")
    return Reading(rows, list(columns), lines, notes)


def _settle(row: dict[str, str], columns: Sequence[Column]) -> None:
    """Amounts under the names of the contract: with the row's currency, or in USD."""
    named = {c.field: c.currency for c in columns if c.currency and c.field in ("base", "variable")}
    currency = row.get("currency", "").upper() or next((named[name] for name in ("base", "variable") if name in named and name in row), "USD")
    if currency == "USD":
        row.pop("currency", None)
        for name in ("base", "variable"):
            if name in row:
                row.setdefault(f"{name}_usd", row.pop(name))
    elif "base" in row or "variable" in row:
        row["currency"] = currency


def _cell(column: Column, text: str, row: dict[str, str], read_as: Counter[str]) -> str:
    """A cell as its field reads it; what changed is counted in words."""
    if text.lower() in _BLANKS:
        read_as[f"saying '{text}' read as blank"] += 1
        return ""
    reader = _READERS.get(column.field)
    found = reader(text) if reader else text
    if column.field in MONEY or column.field in ("base_usd", "variable_usd"):
        found = _money(column, text, row, read_as)
    elif found != text and column.field in ("start_on", "end_on"):
        read_as["with dates written out as year-month-day"] += 1
    elif found != text and column.field == "level":
        read_as[f"with level '{text}' read as {found}"] += 1
    return found


def _money(column: Column, text: str, row: dict[str, str], read_as: Counter[str]) -> str:
    """An amount without its currency sign, which goes to the row; times a year where the heading says so."""
    plain = re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}\b)", "", text)
    match = re.fullmatch(r"([^\d\s.,+-]{1,3})?\s*([+-]?[\d.,]+\s*[kKmM]?)\s*([^\d\s.,]{1,3})?(?:\s*(?:/|per|p)\s*(?:a|yr|year|annum))?", plain.strip())
    if match is None:
        return text
    sign = (match[1] or match[3] or "").lower()
    currency = _SIGNS.get(sign) or (sign.upper() if sign.upper() in _CODES else "")
    if sign and not currency:
        return text
    if currency and currency != (column.currency or currency):
        return text
    if currency:
        read_as["with the currency sign taken off"] += 1
        if currency != "USD" and column.field in ("base", "variable"):
            row.setdefault("currency", currency)
        elif currency != "USD":
            return text
    amount = match[2].replace(" ", "")
    if column.times != 1.0:
        number = amount.replace(",", "")
        if not re.fullmatch(r"\d+(\.\d+)?", number):
            return text
        amount = f"{float(number) * column.times:.2f}".removesuffix(".00")
        read_as[f"of '{column.heading}' times {column.times:g}"] += 1
    return amount


def _date(text: str) -> str:
    """A date as ISO 8601 where it can mean one day only: 2027-03, March 2027, Mar-27, Q2 2027, 3/15/2027, 15.03.2027."""
    plain = text.strip().lower().replace(",", " ")
    if match := re.fullmatch(r"(20\d\d)-(\d\d)(?:-(\d\d))?(?:[t ]00:00(?::00)?)?", plain):
        return f"{match[1]}-{match[2]}-{match[3] or '01'}"
    if match := re.fullmatch(r"q([1-4])[\s'/-]*(20\d\d)|(20\d\d)[\s/-]*q([1-4])", plain):
        return f"{match[2] or match[3]}-{3 * int(match[1] or match[4]) - 2:02d}-01"
    if (match := re.fullmatch(r"([a-z]{3,9})\.?[\s'-]*(?:(\d{1,2})(?:st|nd|rd|th)?[\s-]+)?(20\d\d|\d\d)", plain)) and match[1][:3] in _MONTHS:
        return _iso(int(match[3]), _MONTHS[match[1][:3]], int(match[2] or 1), text)
    if (match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?[\s'-]+(20\d\d|\d\d)", plain)) and match[2][:3] in _MONTHS:
        return _iso(int(match[3]), _MONTHS[match[2][:3]], int(match[1]), text)
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)", plain):
        one, two = int(match[1]), int(match[2])
        if one > 12 >= two or (one == two):
            return _iso(int(match[3]), two, one, text)
        if two > 12 >= one:
            return _iso(int(match[3]), one, two, text)
    if match := re.fullmatch(r"(\d{1,2})/(20\d\d)", plain):
        return _iso(int(match[2]), int(match[1]), 1, text)
    return text


def _iso(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return text


def _level(text: str) -> str:
    match = re.fullmatch(r"\s*(?:(ic)|([pme]))\s*-?\s*(\d)\s*", text, re.IGNORECASE)
    return f"{'P' if match[1] else match[2].upper()}{match[3]}" if match else text


def _count(text: str) -> str:
    match = re.fullmatch(r"\s*x?\s*(\d+)(?:\.0+)?\s*(?:x|fte|ftes|hc|heads?|people)?\s*", text, re.IGNORECASE)
    return match[1] if match else text


def _percentile(text: str) -> str:
    match = re.fullmatch(r"\s*p?\s*(\d{1,2}(?:\.\d+)?)\s*(?:th|st|nd|rd|%)?\s*", text, re.IGNORECASE)
    return match[1] if match else text


_READERS: dict[str, Callable[[str], str]] = {
    "start_on": _date,
    "end_on": _date,
    "level": _level,
    "count": _count,
    "market_percentile": _percentile,
}


def asked_about(reading: Reading) -> RequestInvalid:
    """The columns nobody knows, each with what it may be."""
    problems = []
    for j in reading.unknown:
        heading = reading.columns[j].heading
        words = _words(heading)[0]
        near = tuple(dict.fromkeys(headings()[h] for h in get_close_matches(words, list(headings()), n=3, cutoff=0.75)))
        problems.append(FieldProblem("/rows", f"there is no column '{heading[:60]}'", "one of " + ", ".join(COLUMNS), near))
    return RequestInvalid("Some columns were not understood.", tuple(problems))


def _refused(pointer: str, detail: str, allowed: str, nearest: tuple[str, ...] = ()) -> RequestInvalid:
    return RequestInvalid("The table cannot be read.", (FieldProblem(pointer, detail, allowed, nearest),))
