"""Rows of a plan from a table that people made: a spreadsheet, a CSV, cells pasted from either.

The header is found, however many lines stand above it, and its words are read by `columns.csv`. What
was taken for what, and every cell that was read otherwise than it was typed, is told; a column nobody
understands is asked about, never dropped.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.headcount import cells as reading_of
from compsvc.papers import text_of
from compsvc.schemas.headcount import COLUMNS
from compsvc.spreadsheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, is_workbook, read_workbook

LEFT_OUT = "-"
HEADER_WITHIN = 30
SAYS_A_ROLE = ("title", "occupation", "family")
PAY = ("base", "variable")
MONEY = (*PAY, "base_usd", "variable_usd", "equity_usd", "sign_on_usd")
NONE_IS_ZERO = ("variable", "variable_usd", "equity_usd", "sign_on_usd")
NAMES = ("team", "id", "performance")
PAID = frozenset({"per", "a", "an", "each", "salary", "base", "pay", "wage", "wages", "rate", "bonus", "comp", "usd", "eur", "gbp"})
LAST_DAY = "last_day"
FEW_EMPLOYEES = 20
_TOTAL = re.compile(
    r"(?:grand |sub-?)?totals?(?:\s*:?\s*$|\s+(?:head ?counts?|hc|heads|people|cost|count|positions?|fte|for\b.*|all\b.*)$)|sum:?$", re.IGNORECASE
)


class Table(NamedTuple):
    """Cells as text, and what was not read of the file."""

    cells: list[list[str]]
    notes: tuple[str, ...] = ()


class Column(NamedTuple):
    """A column of the table: its heading and the field it is read as ("" when nobody knows).

    A heading of pay may name a currency, how many times a year it counts, or that it is a share of base. `example` is a
    cell of the column, `twin` the heading of another column that is read as the same field.
    """

    heading: str
    field: str
    currency: str = ""
    times: float = 1.0
    share: bool = False
    example: str = ""
    twin: str = ""


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
    sheets = read_workbook(data)
    sheet = next((one for one in sheets if _header(one.cells) >= 0), sheets[0])
    others = ", ".join(one.name for one in sheets if one is not sheet)
    return Table(sheet.cells, (f"sheet '{sheet.name}' was read; not read: {others}",) if others else ())


def table_of_text(text: str) -> Table:
    """The cells of CSV text or cells pasted from a spreadsheet: commas, semicolons or tabs between them."""
    lines = re.sub(r"\r\n?", "\n", text.lstrip("\ufeff").replace("\0", "")).lstrip("\n")
    first = next((line for line in lines.split("\n", HEADER_WITHIN)[:HEADER_WITHIN] if any(mark in line for mark in "\t,;")), "")
    delimiter = "\t" if "\t" in first else max(",;", key=first.count)
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

    Raises RequestInvalid for a table without a header or rows, or a field that two columns were chosen to be.
    """
    cells = table.cells
    at = _header(cells)
    if at < 0:
        raise _refused("/rows", "no header line was found: none of the first lines names a column of titles", "title, location, start_on, count, ...")
    body = [(i, row) for i, row in enumerate(cells[at + 1 :], start=at + 2) if any(cell.strip() for cell in row)]
    if not body:
        raise _refused("/rows", "a header line and at least one row are needed", "title, location, start_on, count, ...")
    columns = _columns(cells, at, body, chosen or {})
    return _rows(body, columns, [*table.notes, *([f"the header was found in line {at + 1}"] if at else [])])


def _columns(cells: Sequence[Sequence[str]], at: int, body: Sequence[tuple[int, Sequence[str]]], chosen: Mapping[int, str]) -> list[Column]:
    """What every column is; the second of two that are the same field is asked about."""
    found: list[Column] = []
    for j in range(max(len(row) for row in cells)):
        column = _column(cells, at, j)
        held = [row[j].strip() for _, row in body if j < len(row) and row[j].strip()]
        column = column._replace(example=held[0][:40] if held else "", heading=column.heading or (f"column {j + 1}" if held else ""))
        if j in chosen:
            column = _named(column.heading, chosen[j])._replace(example=column.example)
        elif column.field == "employees" and held and all(h.isdigit() and int(h) < FEW_EMPLOYEES for h in held):
            column = column._replace(field="", twin="a count of people, or the company's size")
        twin = next((c.heading for c in found if c.field == column.field and c.field not in ("", LEFT_OUT)), "")
        if twin and j in chosen:
            raise _refused("/rows", f"two columns are '{column.field}': '{twin}' and '{column.heading}'", "each field once")
        if twin:
            column = column._replace(field="", twin=f"{column.field.replace('_', ' ')}, as '{twin}' is")
        found.append(column)
    return found


def _header(cells: Sequence[Sequence[str]]) -> int:
    """The line whose cells name the most fields, a role among them; -1 when none names a role."""
    best, most = -1, 0
    for i, row in enumerate(cells[:HEADER_WITHIN]):
        fields = {_column(cells, i, j).field for j in range(len(row))} - {""}
        if fields.intersection(SAYS_A_ROLE) and len(fields) > most:
            best, most = i, len(fields)
    return best


def _column(cells: Sequence[Sequence[str]], at: int, j: int) -> Column:
    """What a column is, by its own heading, or with the merged heading above it."""
    own, above = ((cells[i][j].strip() if i >= 0 and j < len(cells[i]) else "") for i in (at, at - 1))
    alone = len({cell for cell in cells[at - 1] if cell.strip()}) < 2 if at else True
    if alone or above == own:
        above = ""
    if own.lower() in COLUMNS:
        return _named(own, own.lower(), _words(above))
    for heading in (own, f"{above} {own}".strip(), above if not own else ""):
        words = _words(heading)
        if words.plain in headings():
            return _named(heading, headings()[words.plain], _words(above))
    return Column(own or above, "")


class _Words(NamedTuple):
    """A heading in plain words, and what it says of pay: a currency, times a year, a share."""

    plain: str
    currency: str = ""
    times: float = 1.0
    share: bool = False


def _named(heading: str, field: str, above: _Words = _Words("")) -> Column:  # noqa: B008
    """A column whose field is known, with what its heading, or the one above it, says of pay."""
    if field not in PAY:
        return Column(heading, field, (_words(heading).currency or "USD") if field in MONEY else "")
    own = _words(heading)
    return Column(heading, field, own.currency or above.currency, own.times if own.times != 1.0 else above.times, own.share)


def _words(heading: str) -> _Words:
    """A heading in plain words, without what it says of currency, period and share."""
    text = re.sub(r"[^\w$€£¥₹%]+|_", " ", re.sub(r"%", " % ", heading.lower())).split()
    kept: list[str] = []
    currency, times, share = "", 1.0, False
    for i, word in enumerate(text):
        before = text[i - 1] if i else ""
        sign = reading_of.SIGNS.get(word) or (word.upper() if word.upper() in reading_of.CODES else "")
        if sign:
            currency = sign
        elif word in ("%", "percent", "pct"):
            share = True
        elif word in ("monthly", "pm") or (word in ("month", "mo") and before in PAID):
            times = 12.0
        elif word in ("hourly", "ph") or (word in ("hour", "hr") and before in PAID):
            times = float(reading_of.HOURS_A_YEAR)
        elif word not in ("annual", "yearly", "pa", "per", "year", "yr", "a", "an", "the", "optional", "of") or (not kept and word == "of"):
            kept.append(word)
    plain, whole = " ".join(kept), " ".join(text)
    return _Words(whole if plain not in headings() and whole in headings() else plain, currency, times, share)


# --- the rows -------------------------------------------------------------------------


class _Notes:
    """What was read otherwise than it was typed, counted, with an example."""

    def __init__(self) -> None:
        self._n: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def add(self, what: str, example: str) -> None:
        """One more cell of which `what` is true."""
        self._n[what] += 1
        self._first.setdefault(what, example)

    def lines(self) -> list[str]:
        """The notes in words."""
        return [f"{n} {'cell' if n == 1 else 'cells'} {what}, such as {self._first[what]}" for what, n in self._n.items()]


def _rows(body: Sequence[tuple[int, Sequence[str]]], columns: Sequence[Column], notes: list[str]) -> Reading:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    said = _Notes()
    typed = any(c.heading not in COLUMNS for c in columns)
    wide = typed and sum(1 for _, cells in body if sum(1 for cell in cells if cell.strip()) > 1) > len(body) / 2
    for line, cells in body:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            long = max(len(cell) for cell in cells)
            raise _refused(f"/rows/{len(rows)}", f"line {line}: a cell of {long:,} characters", f"at most {LONGEST_CELL}")
        held = [(c, cell.strip()) for c, cell in zip(columns, cells, strict=False) if cell.strip()]
        first = held[0][1]
        if _TOTAL.match(first):
            notes.append(f"line {line} is a total and was left out: '{first[:40]}'")
            continue
        if wide and len(held) == 1 and first.split()[-1].lower() not in _role_words():
            notes.append(f"line {line} holds nothing but '{first[:40]}' and was left out")
            continue
        row = _row(held, said)
        if not row:
            notes.append(f"line {line} holds nothing that is read and was left out: '{first[:40]}'")
            continue
        rows.append(row)
        lines.append(line)
    if not rows:
        raise _refused("/rows", "a header line and at least one row are needed", "title, location, start_on, count, ...")
    return Reading(rows, list(columns), lines, [*notes, *said.lines()])


@cache
def _role_words() -> frozenset[str]:
    """Words that titles end with: manager, director, analyst."""
    return frozenset(word for row in vocabulary.ladder() if not (word := row["title"].split()[-1].lower()).endswith("s"))


def _row(held: Sequence[tuple[Column, str]], said: _Notes) -> dict[str, str]:
    """One row by field."""
    row: dict[str, str] = {}
    pay: dict[str, tuple[Column, str]] = {}
    for column, text in held:
        field = column.field
        if field in ("", LEFT_OUT):
            continue
        plain = "" if field in NAMES else text.lower()
        if field in NONE_IS_ZERO and (plain in reading_of.BLANKS or re.fullmatch(r"[$€£]\s*[-–—]", plain)):
            said.add(f"of '{column.heading}' read as none", f"'{text}'")
            text = "0"
        elif plain in reading_of.BLANKS or (plain in reading_of.UNDECIDED and field in MONEY):
            said.add(f"of '{column.heading}' read as blank" + (", priced by the market" if field in MONEY else ""), f"'{text}'")
            continue
        if field in PAY:
            pay[field] = column, text
        elif field in MONEY:
            found = reading_of.money(text)
            row[field] = found.text if found and not found.percent and found.currency in ("", "USD") else text
            if column.currency != "USD":
                row[field] = f"{column.currency} {text}"
        elif field == LAST_DAY:
            row["end_on"] = reading_of.after_last_day(text)
            said.add(f"of '{column.heading}' read as the last day there", f"'{text}': gone on {row['end_on']}")
        else:
            reader = _READERS.get(field)
            row[field] = reader(text) if reader and len(text) <= reading_of.LONGEST_READ else text
            if row[field] != text and field in ("start_on", "end_on", "level"):
                said.add(f"of '{column.heading}' read in another form", f"'{text}': {row[field]}")
    _settle(row, pay, said)
    return row


def _settle(row: dict[str, str], pay: Mapping[str, tuple[Column, str]], said: _Notes) -> None:
    """Base and variable under the names of the contract: in the row's currency or in USD, a year. What contradicts itself stays as typed, with its currency, to be refused."""
    read_as = {name: reading_of.money(text) for name, (_, text) in pay.items()}
    named = {name: pay[name][0].currency or (found.currency if found else "") for name, found in read_as.items()}
    currency = row.get("currency", "").upper() or named.get("base") or named.get("variable") or "USD"
    base: float | None = None
    for name in PAY:
        if name not in pay:
            continue
        column, text = pay[name]
        found = read_as[name]
        to = f"{name}_usd" if currency == "USD" else name
        own = named[name] or currency
        if found is None or own != currency or (found.currency and column.currency and found.currency != column.currency):
            row[to] = text if found is None else f"{found.currency or own} {found.text}"
            continue
        if to in row:
            row[to] = f"{row[to]} and {text}"
            continue
        value = reading_of.amount(found.text)
        if found.percent or (column.share and name == "variable"):
            share = None if value is None or name == "base" or base is None else value / 100 if found.percent or value >= 1 else value
            row[to] = text if share is None or base is None else reading_of.written(base * share)
            if share is not None:
                said.add(f"of '{column.heading}' times base", f"'{text}': {row[to]}")
            continue
        if column.times != 1.0:
            row[to] = text if value is None else reading_of.written(value * column.times)
            if value is not None:
                said.add(f"of '{column.heading}' times {column.times:g}", f"'{text}': {row[to]}")
        else:
            row[to] = found.text
        if name == "base" and value is not None:
            base = value * column.times
    if any(name in row for name in PAY):
        row["currency"] = currency
    elif row.get("currency", "").upper() == "USD":
        del row["currency"]


_READERS: dict[str, Callable[[str], str]] = {
    "start_on": reading_of.day,
    "end_on": reading_of.day,
    "level": reading_of.level,
    "count": reading_of.count,
    "market_percentile": reading_of.percentile,
}


def mended(field: str, text: str) -> dict[str, str]:
    """What a cell typed anew for a field of the contract holds, read as it would be in a table."""
    column = field.removesuffix("_usd") if field in ("base_usd", "variable_usd") else field
    row = read(Table([["title", column], ["x", text]])).rows[0] if column != "title" else {"title": text}
    return {name: value for name, value in row.items() if name != "title" or field == "title"}


def asked_about(reading: Reading) -> RequestInvalid:
    """The columns nobody knows, each with what it may be."""
    problems = []
    for j in reading.unknown:
        column = reading.columns[j]
        words = _words(column.heading).plain
        near = tuple(dict.fromkeys(headings()[h] for h in get_close_matches(words, list(headings()), n=3, cutoff=0.75)))
        detail = f"'{column.heading[:60]}' would be {column.twin}" if column.twin else f"there is no column '{column.heading[:60]}'"
        problems.append(FieldProblem("/rows", detail, "one of " + ", ".join(COLUMNS), () if column.twin else near))
    return RequestInvalid("Some columns were not understood.", tuple(problems))


def _refused(pointer: str, detail: str, allowed: str) -> RequestInvalid:
    return RequestInvalid("The table cannot be read.", (FieldProblem(pointer, detail, allowed),))
