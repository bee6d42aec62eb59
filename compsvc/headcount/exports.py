"""A costed plan as a file: CSV, a workbook, pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compsvc.headcount import CUTS, picture
from compsvc.headcount.cost import COMPONENTS
from compsvc.headcount.workbook import CONTENT_TYPE, workbook
from compsvc.spreadsheets import safe

CSV_COLUMNS = ("scenario", "by", "name", "people", "expected_usd", "p10", "p50", "p90", *COMPONENTS)


def of(found: Mapping[str, Any], form: str) -> tuple[bytes, str]:
    """(bytes, content type) of a costed plan; `form` is csv, xlsx, svg or png."""
    make, content_type = _FORMS[form]
    return make(found), content_type


def _lines(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A line a scenario's total, month, quarter, year, team, level and place."""
    for s in found["scenarios"]:
        yield {"scenario": s["name"], "by": "total", "name": "total", "people": s["people"], **s["total"], **s["components"]}
        for by in ("month", "quarter", "year", *CUTS):
            for row in s[f"by_{by}"]:
                kept = {name: row[name] for name in CSV_COLUMNS if name in row}
                yield {"scenario": s["name"], "by": by, "name": row[by], **kept}


def _csv(found: Mapping[str, Any]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, CSV_COLUMNS, restval="", lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows({name: safe(value) for name, value in line.items()} for line in _lines(found))
    return stream.getvalue().encode("utf-8-sig")


def _svg(found: Mapping[str, Any]) -> bytes:
    return picture.svg(picture.whole(found), "What a headcount plan costs by month").encode()


_FORMS: dict[str, tuple[Callable[[Mapping[str, Any]], bytes], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "xlsx": (workbook, CONTENT_TYPE),
    "svg": (_svg, "image/svg+xml"),
    "png": (lambda found: picture.png(picture.whole(found)), "image/png"),
}
