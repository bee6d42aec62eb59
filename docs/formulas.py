"""Writes docs/formulas.md from the cases worked by hand. Run: python -m docs.formulas"""

from __future__ import annotations

import csv

from compsvc.settings import ROOT

PATH = ROOT / "docs" / "formulas.md"
CASES = ROOT / "tests" / "golden" / "formulas.csv"


def text() -> str:
    """The page."""
    rows = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
    lines = [
        "# Formulas, each with a case worked by hand",
        "",
        "What the words of the field mean here. `tests/test_formulas.py` holds every case to its tolerance; the functions are in `compsvc/formulas.py`, `compsvc/incentives.py` (plan, ramp, draw) and `compsvc/equity.py` (grants). Rates and shares are fractions, money is USD.",
        "",
        "| formula | function | arguments | result | by hand | source |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['formula']} | `{row['call']}` | `{row['arguments'].replace('|', '/')}` | {row['expected']} | {row['by hand']} | {row['source']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
