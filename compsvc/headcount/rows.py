"""Rows of a plan from a table of text: CSV or cells pasted from a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection
from difflib import get_close_matches

from compsvc.errors import FieldProblem, RequestInvalid

LONGEST_CELL = 400


def text_of(data: bytes) -> str:
    """The text of an uploaded table: UTF-8, UTF-16 by its mark, else the Western code page spreadsheets write by default."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def rows_of_table(text: str, known: Collection[str]) -> list[dict[str, str]]:
    """Rows by column name, blank cells and blank lines left out; commas, semicolons or tabs between cells.

    Raises RequestInvalid for a table without a header, with a column that is not `known` or comes twice, an open
    quote, or a cell that stands under no column.
    """
    lines = "\n".join(text.lstrip("\ufeff").replace("\0", "").splitlines()).lstrip("\n")
    first = lines.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        table = [row for row in csv.reader(io.StringIO(lines), delimiter=delimiter, strict=True) if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise _refused("/rows", f"a quote is not closed, or a cell is too long ({problem})", "a CSV with a header line") from None
    if len(table) < 2:
        raise _refused("/rows", "a header line and at least one row are needed", "title, location, start_on, count, ...")
    header = [cell.strip().lower().replace(" ", "_") for cell in table[0]]
    for name in filter(None, header):
        if name not in known:
            near = tuple(get_close_matches(name, list(known), n=3, cutoff=0.5))
            raise _refused("/rows", f"there is no column '{name[:60]}'", ", ".join(known), near)
        if header.count(name) > 1:
            raise _refused("/rows", f"the column '{name}' comes twice", "each column once")
    rows = []
    for i, cells in enumerate(table[1:]):
        for j, cell in enumerate(cells):
            if cell.strip() and (j >= len(header) or not header[j]):
                raise _refused(f"/rows/{i}", f"'{cell.strip()[:40]}' stands under no column", "a name for each column in the header")
            if len(cell) > LONGEST_CELL:
                raise _refused(f"/rows/{i}/{header[j]}", f"a cell of {len(cell):,} characters", f"at most {LONGEST_CELL}")
        rows.append({name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()})
    return rows


def _refused(pointer: str, detail: str, allowed: str, nearest: tuple[str, ...] = ()) -> RequestInvalid:
    return RequestInvalid("The table cannot be read.", (FieldProblem(pointer, detail, allowed, nearest),))
