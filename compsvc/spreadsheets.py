"""Spreadsheets, out and in: text that no spreadsheet executes (OWASP, CSV injection), and the cells of a workbook that a stranger sent.

A workbook is opened in a process of its own with little memory and little time, so that whatever is
in it ends there: bombs, lying sizes, a cell at the far end of the sheet. Nothing is written to disk.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading
from typing import Any, NamedTuple

from compsvc.errors import FieldProblem, RequestInvalid

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
READING_SECONDS = 1.5
WAITING_SECONDS = 10.0
MOST_READ_AT_ONCE = 2
MOST_WRITTEN = 12 * 2**20
LARGEST_MERGE = 2_000
READING_BYTES = 768 * 2**20
MOST_PARTS = 400
MOST_UNPACKED = 60 * 2**20
MOST_CELLS = 1_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL, MOST_SHEETS = 21_000, 200, 400, 8
FAILED = "#ERROR"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OUT_OF_MEMORY, _REFUSED = 2, 3
_reading = threading.BoundedSemaphore(MOST_READ_AT_ONCE)


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
    if not _reading.acquire(timeout=WAITING_SECONDS):
        raise _refusal("other workbooks are being read; try again")
    try:
        done = subprocess.run([sys.executable, "-P", "-m", "compsvc.spreadsheets"], input=data, capture_output=True, timeout=WAITING_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _refusal("the workbook takes too long to read") from None
    finally:
        _reading.release()
    if done.returncode == _REFUSED:
        raise _refusal(done.stdout.decode())
    if done.returncode > _OUT_OF_MEMORY:
        raise RuntimeError(f"workbooks cannot be read here: {done.stderr.decode(errors='replace')[-400:]}")
    if done.returncode != 0:
        raise _refusal(f"the workbook cannot be read within {READING_SECONDS:g} seconds and {READING_BYTES // 2**20} MB")
    return [Sheet(name, cells) for name, cells in json.loads(done.stdout)]


def _refusal(detail: str) -> RequestInvalid:
    return RequestInvalid("The workbook was not read.", (FieldProblem("/rows", detail, "an .xlsx without macros or password, or a CSV"),))


# --- the process that opens it -----------------------------------------------------------


class _NotRead(Exception):
    """Why a workbook is refused."""


def _confine() -> None:
    """Little memory, little processor time, no files: the system ends this process when it passes them."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (READING_BYTES, READING_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, READING_SECONDS)


def _check_parts(data: bytes) -> None:
    """Nothing for a zip of plain XML parts, few and small enough when they are unpacked; _NotRead otherwise."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = {info.filename.lower() for info in parts.infolist()}
            if len(parts.infolist()) > MOST_PARTS or sum(info.file_size for info in parts.infolist()) > MOST_UNPACKED:
                raise _NotRead(f"the workbook unpacks to more than {MOST_PARTS} parts or {MOST_UNPACKED // 2**20} MB")
            if any(name.endswith("vbaproject.bin") for name in names):
                raise _NotRead("the workbook holds macros")
            if any(".." in name or name.startswith("/") for name in names):
                raise _NotRead("a part of the workbook has a name that leaves it")
            if "xl/workbook.xml" not in names:
                raise _NotRead("the file is no .xlsx workbook")
            for info in parts.infolist():
                if info.flag_bits & 1:
                    raise _NotRead("the workbook is protected by a password")
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    part = parts.read(info)
                    if b"\0" in part[:200] or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                        raise _NotRead("a part of the workbook is not plain UTF-8 XML")
                    if part.count(b"<c") > MOST_CELLS:
                        raise _NotRead(f"a sheet of the workbook has more than {MOST_CELLS:,} cells")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as problem:
        raise _NotRead(f"the file is damaged ({type(problem).__name__})") from None
    except Exception as problem:
        if isinstance(problem, _NotRead | MemoryError):
            raise
        raise _NotRead(f"the file is damaged ({type(problem).__name__})") from None


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
        raise _NotRead(f"the file is damaged ({type(problem).__name__})") from None
    if not found:
        raise _NotRead("no sheet of the workbook holds anything")
    return found


def _cells(data: bytes, name: str, sheet: Any) -> list[list[str]]:
    """Cells of one sheet as text."""
    rows, columns = (last + 1 for last in sheet.end or (0, 0))
    if columns > MOST_COLUMNS or rows > MOST_ROWS:
        raise _NotRead(f"sheet '{name}' has {rows:,} rows and {columns:,} columns, more than {MOST_ROWS:,} and {MOST_COLUMNS}")
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
        raise _NotRead(f"a cell holds {longest:,} characters, more than {LONGEST_CELL}")
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


def _main() -> int:
    try:
        data = sys.stdin.buffer.read()
        _confine()
        found = json.dumps(_sheets(data))
        if len(found) > MOST_WRITTEN:
            raise _NotRead("the workbook holds too much text")
        sys.stdout.write(found)
    except _NotRead as problem:
        sys.stdout.write(str(problem))
        return _REFUSED
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
