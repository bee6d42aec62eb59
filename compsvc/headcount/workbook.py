"""A plan's cost as a workbook: figures as numbers, totals as formulas that a spreadsheet works out again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from compsvc.headcount import COMPONENTS
from compsvc.spreadsheets import safe

ROW_FIELDS = ("id", "title", "team", "level", "location", "count", "base_usd", "variable_usd", "variable_from", "pay_from")
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(found: Mapping[str, Any]) -> bytes:
    """The XLSX of a costed plan: a sheet a scenario, one of rows, one that compares."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, money, bold = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"}), book.add_format({"bold": True, "num_format": "#,##0"})
    names = _sheet_names([s["name"] for s in found["scenarios"]])
    compare = book.add_worksheet("Compare")
    for scenario, name in zip(found["scenarios"], names, strict=True):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, len(COMPONENTS) + 4, 13)
        sheet.write_row(0, 0, ["month", *COMPONENTS, "expected", "P10", "P50", "P90"], head)
        last = len(scenario["by_month"])
        end = chr(ord("A") + len(COMPONENTS))
        for i, month in enumerate(scenario["by_month"], start=1):
            sheet.write_string(i, 0, month["month"])
            for j, part in enumerate(COMPONENTS, start=1):
                sheet.write_number(i, j, month[part], money)
            total = sum(month[part] for part in COMPONENTS)
            sheet.write_formula(i, len(COMPONENTS) + 1, f"=SUM(B{i + 1}:{end}{i + 1})", money, total)
            for j, q in enumerate(("p10", "p50", "p90"), start=len(COMPONENTS) + 2):
                sheet.write_number(i, j, month[q], money)
        sheet.write_string(last + 1, 0, "total", head)
        for j in range(1, len(COMPONENTS) + 2):
            letter = chr(ord("A") + j)
            sums = (
                [m[COMPONENTS[j - 1]] for m in scenario["by_month"]] if j <= len(COMPONENTS) else [sum(m[p] for p in COMPONENTS) for m in scenario["by_month"]]
            )
            sheet.write_formula(last + 1, j, f"=SUM({letter}2:{letter}{last + 1})", bold, sum(sums))
        for j, q in enumerate(("p10", "p50", "p90"), start=len(COMPONENTS) + 2):
            sheet.write_number(last + 1, j, scenario["total"][q], bold)
        sheet.write_string(last + 2, 0, "The band of the total is not the sum of the months' bands: months are wrong together, but not all the way.")
    _assumptions(book.add_worksheet("Assumptions"), found, head)
    _teams(book.add_worksheet("Teams"), found, head, money, bold)
    _rows(book.add_worksheet("Rows"), found["scenarios"][0]["rows"], head, money)
    compare.set_column(0, 0, 14)
    compare.set_column(1, len(names), 18)
    compare.write_row(0, 0, ["USD", *(safe(s["name"]) for s in found["scenarios"])], head)
    for i, part in enumerate((*COMPONENTS, "expected"), start=1):
        compare.write_string(i, 0, part)
        letter = chr(ord("A") + i)
        for j, (scenario, name) in enumerate(zip(found["scenarios"], names, strict=True), start=1):
            last = len(scenario["by_month"])
            value = sum(m[part] if part != "expected" else sum(m[p] for p in COMPONENTS) for m in scenario["by_month"])
            compare.write_formula(i, j, f"='{name}'!{letter}{last + 2}", money, value)
    book.close()
    return stream.getvalue()


def _assumptions(sheet: Any, found: Mapping[str, Any], head: Any) -> None:
    """Every assumption of every scenario, and what drives each difference."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(found["scenarios"]), 18)
    sheet.write_row(0, 0, ["assumption", *(safe(s["name"]) for s in found["scenarios"])], head)
    at = 1
    for name in found["scenarios"][0]["assumptions"]:
        sheet.write_string(at, 0, name)
        for j, s in enumerate(found["scenarios"], start=1):
            value = s["assumptions"][name]
            if isinstance(value, int | float):
                sheet.write_number(at, j, round(value, 6))
            else:
                sheet.write_string(at, j, safe(str(value)) if value else "none")
        at += 1
    for d in found["differences"]:
        sheet.write_string(at + 1, 0, safe(f"{d['name']} less {d['less']}, USD"), head)
        at += 2
        for driver in (*d["drivers"], {"assumption": "together", "expected_usd": d["together_usd"]}):
            sheet.write_string(at, 0, driver["assumption"])
            sheet.write_number(at, 1, driver["expected_usd"])
            at += 1


def _teams(sheet: Any, found: Mapping[str, Any], head: Any, money: Any, bold: Any) -> None:
    """The plan's expected cost by team and month; totals both ways as formulas."""
    from xlsxwriter.utility import xl_col_to_name as letter

    teams, months = found["scenarios"][0]["by_team"], found["months"]
    n = len(months)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, n + 1, 12)
    sheet.write_row(0, 0, ["team", *months, "total"], head)
    for i, team in enumerate(teams, start=1):
        sheet.write_string(i, 0, safe(team["team"]))
        sheet.write_row(i, 1, team["by_month"], money)
        sheet.write_formula(i, n + 1, f"=SUM(B{i + 1}:{letter(n)}{i + 1})", bold, sum(team["by_month"]))
    last = len(teams) + 1
    sheet.write_string(last, 0, "total", head)
    sums = [sum(usd) for usd in zip(*(team["by_month"] for team in teams), strict=True)]
    for j, usd in enumerate([*sums, sum(sums)], start=1):
        sheet.write_formula(last, j, f"=SUM({letter(j)}2:{letter(j)}{last})", bold, usd)


def _rows(sheet: Any, rows: list[dict[str, Any]], head: Any, money: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(ROW_FIELDS), 18)
    sheet.write_row(0, 0, list(ROW_FIELDS), head)
    for i, row in enumerate(rows, start=1):
        for j, name in enumerate(ROW_FIELDS):
            value = row[name]
            if isinstance(value, int):
                sheet.write_number(i, j, value, money)
            else:
                sheet.write_string(i, j, safe(value or ""))


def _sheet_names(names: list[str]) -> list[str]:
    """Names a spreadsheet takes, each its own."""
    found: list[str] = []
    for name in names:
        plain = "".join(c for c in name if c.isalnum() or c in " _-").strip()[:24] or "scenario"
        taken = {n.lower() for n in (*found, "compare", "assumptions", "teams", "rows", "history")}
        tries = (plain, *(f"{plain} {i}" for i in range(2, 99)))
        found.append(next(t for t in tries if t.lower() not in taken))
    return found
