"""Spreadsheets, out and in: text that no spreadsheet executes (OWASP, CSV injection), and the cells of a workbook that a stranger sent.

A workbook is opened in a process of its own (`confined`): bombs, lying sizes, a cell at the far end of
the sheet end there. Nothing is written to disk.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any, NamedTuple

from compsvc import confined
from compsvc.confined import NotRead
from compsvc.errors import FieldProblem, RequestInvalid

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
LARGEST_MERGE = 2_000
MOST_CELLS = 1_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL, MOST_SHEETS = 21_000, 200, 400, 8
FAILED = "#ERROR"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Sheet(NamedTuple):
    """Cells of one sheet as text, row by row, merged cells filled; a cell whose formula failed says so."""

    name: str
    cells: list[list[str]]


def safe(cell: Any) -> Any:
    """The cell, text that begins like a formula with an apostrophe before it; what no cell may hold is left out of text."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "")
    return f"'{text}" if text.startswith(STARTS) else text


def is_workbook(data: bytes) -> bool:
    """Whether bytes are a workbook, or look like one that cannot be read."""
    return data.startswith((b"PK", _OLE))


def read_workbook(data: bytes) -> list[Sheet]:
    """The visible sheets of an XLSX that hold anything; RequestInvalid for what is none or passes the limits."""
    if data.startswith(_OLE):
        raise _refusal("the workbook is protected by a password, or an old .xls")
    try:
        found = json.loads(confined.read("compsvc.spreadsheets", data, "the workbook"))
    except NotRead as problem:
        raise _refusal(str(problem)) from None
    return [Sheet(name, cells) for name, cells in found]


def _refusal(detail: str) -> RequestInvalid:
    return RequestInvalid("The workbook was not read.", (FieldProblem("/rows", detail, "an .xlsx without macros or password, or a CSV"),))


# --- the process that opens it -----------------------------------------------------------


def _check_parts(data: bytes) -> None:
    """Nothing for a workbook of plain XML parts, few and small enough when they are unpacked; NotRead otherwise."""
    for _name, part in confined.parts_of(data, ".xlsx workbook", "xl/workbook.xml"):
        if part.count(b"<c") > MOST_CELLS:
            raise NotRead(f"a sheet of the workbook has more than {MOST_CELLS:,} cells")


def _sheets(data: bytes) -> list[tuple[str, list[list[str]]]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    _check_parts(data)
    found = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible][:MOST_SHEETS]:
            sheet = book.get_sheet_by_name(name)
            if sheet.height and sheet.width:
                found.append((name, _cells(data, name, sheet)))
    except CalamineError as problem:
        raise NotRead(f"the file is damaged ({type(problem).__name__})") from None
    if not found:
        raise NotRead("no sheet of the workbook holds anything")
    return found


def _cells(data: bytes, name: str, sheet: Any) -> list[list[str]]:
    """Cells of one sheet as text."""
    rows, columns = (last + 1 for last in sheet.end or (0, 0))
    if columns > MOST_COLUMNS or rows > MOST_ROWS:
        raise NotRead(f"sheet '{name}' has {rows:,} rows and {columns:,} columns, more than {MOST_ROWS:,} and {MOST_COLUMNS}")
    cells = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top < len(cells) and left < len(cells[top]) and (bottom - top + 1) * (right - left + 1) <= LARGEST_MERGE:
            for row in cells[top : min(bottom, MOST_ROWS) + 1]:
                row[left : right + 1] = [cells[top][left]] * len(row[left : right + 1])
    for row_index, column in _failed(data, name):
        if row_index < len(cells) and column < len(cells[row_index]):
            cells[row_index][column] = FAILED
    longest = max((len(value) for row in cells for value in row), default=0)
    if longest > LONGEST_CELL:
        raise NotRead(f"a cell holds {longest:,} characters, more than {LONGEST_CELL}")
    return cells


def _failed(data: bytes, name: str) -> list[tuple[int, int]]:
    """(row, column) of a sheet's cells whose formula failed, which the reader leaves blank."""
    import html
    import posixpath
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = set(parts.namelist())
        book = parts.read("xl/workbook.xml").decode("utf-8", "replace")
        links = parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace") if "xl/_rels/workbook.xml.rels" in names else ""
        target = {link: path for link, path in (_attributes(tag, "Id", "Target") for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links))}
        for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
            sheet_name, link = _attributes(tag, "name", "r:id")
            path = posixpath.normpath(posixpath.join("xl", target.get(link, "").removeprefix("/xl/")))
            if html.unescape(sheet_name) == name and path in names:
                part = parts.read(path).decode("utf-8", "replace")
                refs = [_attributes(tag, "r", "t") for tag in re.findall(r"<(?:\w+:)?c\b[^>]*\bt=\"e\"[^>]*>", part)]
                return [(int(m[2]) - 1, _column_index(m[1])) for ref, _ in refs if (m := re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", ref))]
    return []


def _attributes(tag: str, *names: str) -> tuple[str, ...]:
    return tuple(m[1] if (m := re.search(rf'\s{name}="([^"]*)"', tag)) else "" for name in names)


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "date"):
        return str(value.date().isoformat())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


if __name__ == "__main__":
    raise SystemExit(confined.main(lambda data: json.dumps(_sheets(data))))
