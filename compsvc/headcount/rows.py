"""Rows of a plan from a table of text: CSV or cells pasted from a spreadsheet."""

from __future__ import annotations

import csv
import io

from compsvc.errors import FieldProblem, RequestInvalid

LONGEST_CELL = 400


def rows_of_table(text: str) -> list[dict[str, str]]:
    """Rows by column name, blank cells and blank lines left out; commas, semicolons or tabs between cells.

    Raises RequestInvalid for a table without a header or with a row that has more cells than it.
    """
    lines = text.lstrip("\ufeff").replace("\0", "")
    first = lines.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(lines), delimiter=delimiter)
    try:
        table = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise RequestInvalid("The table cannot be read.", (FieldProblem("/rows", str(problem), "a CSV with a header line"),)) from None
    if len(table) < 2:
        raise RequestInvalid(
            "There are no rows.", (FieldProblem("/rows", "a header line and at least one row are needed", "title, location, start_on, count, ..."),)
        )
    header = [cell.strip().lower().replace(" ", "_") for cell in table[0]]
    rows = []
    for i, cells in enumerate(table[1:]):
        if len(cells) > len(header):
            raise RequestInvalid(
                "A row is too long.", (FieldProblem(f"/rows/{i}", f"it has {len(cells)} cells where the header has {len(header)}", "one cell a column"),)
            )
        rows.append({name: cell.strip()[:LONGEST_CELL] for name, cell in zip(header, cells, strict=False) if name and cell.strip()})
    return rows
