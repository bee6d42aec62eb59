"""Text that no spreadsheet executes (OWASP, CSV injection); numbers stay numbers."""

from __future__ import annotations

from typing import Any

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe(cell: Any) -> Any:
    """The cell, text that begins like a formula with an apostrophe before it; what no cell may hold is left out of text."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "")
    return f"'{text}" if text.startswith(STARTS) else text
