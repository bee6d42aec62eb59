"""A kept offer as a file for people (PDF, CSV, XLSX) or in the fields of an applicant tracking system (Greenhouse, Lever, Ashby).

The same offer gives the same bytes. Libraries are imported when a file is asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import orjson

from compsvc.spreadsheets import safe

Kept = Mapping[str, Any]
Row = tuple[str, str, Any]
_COMPONENTS = (("base", "Base"), ("variable", "Target variable"), ("ote", "On-target earnings"))
_JSON = "application/json"


def of(kept: Kept, form: str) -> tuple[bytes, str, str]:
    """(bytes, content type, file ending) of a kept offer; `form` is one of schemas.offers.FORMATS."""
    make, content_type, ending = _FORMS[form]
    return make(kept), content_type, ending


def terms_rows(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The terms of a kept offer as (what, value) in words, as they were sent; lists item by item."""
    rows: list[tuple[str, str]] = []

    def add(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                add(inner, (*path, name))
        elif isinstance(value, list) and any(isinstance(v, Mapping) for v in value):
            for i, inner in enumerate(value, start=1):
                add(inner, (*path, str(i)))
        elif value not in (None, [], ""):
            name = ", ".join(part.removesuffix("_usd").replace("_", " ") for part in path if part != "usd") + (", USD" if path[-1].endswith("usd") else "")
            text = (
                ", ".join(map(str, value))
                if isinstance(value, list)
                else f"{value:,}"
                if isinstance(value, int | float) and not isinstance(value, bool)
                else str(value)
            )
            rows.append((name, text))

    add({k: v for k, v in terms.items() if k != "why"}, ())
    return rows


# --- figures as rows ---------------------------------------------------------------


def _summary(kept: Kept) -> Iterator[Row]:
    figures = kept["figures"]
    terms, role = figures["terms"], figures["role"]
    yield "Offer", "reference", kept["reference"]
    yield "Offer", "state", kept["state"]
    yield "Offer", "version", kept["version"]
    yield "Offer", "expires on", kept["expires_on"] or ""
    yield "Role", "title", role["title"] or role["occupation"]["name"]
    yield "Role", "level", f"{role['level']['code']} {role['level']['name']}" if role["level"] else ""
    yield "Role", "place", role["area"]["name"]
    yield "Terms", "currency", figures["currency"]
    for name, value in terms.items():
        if isinstance(value, int | float):
            yield "Terms", name, value
    for name, text in terms_rows(kept["terms"]):
        yield "As sent", name, text
    yield "Totals", "first_year_usd", figures["first_year_usd"]
    yield "Totals", "annualised_usd", figures["annualised_usd"]
    yield "Totals", "four_year_usd", figures["four_year_usd"]
    yield "Verdict", figures["verdict"]["code"], figures["verdict"]["words"]
    for reason in figures["verdict"]["reasons"]:
        yield "Reason", reason["code"], reason["message"]
    yield "Source", "model_id", figures["model_id"]
    yield "Source", "as_of", figures["as_of"]


def _market(kept: Kept) -> Iterator[list[Any]]:
    figures = kept["figures"]
    yield ["component", "offered_usd", "p10", "p25", "p50", "p75", "p90", "percentile", "low", "high", "verdict"]
    for name, words in _COMPONENTS:
        stands, part = figures["standing"][name], figures["market"][name]
        between = stands.get("interval", {})
        yield [
            words,
            stands["offered_usd"],
            *(part.get(q) for q in ("p10", "p25", "p50", "p75", "p90")),
            stands.get("percentile"),
            between.get("low"),
            between.get("high"),
            stands["verdict"] or "",
        ]


_YEAR = ("year", "base_usd", "variable_usd", "sign_on_usd", "cash_usd", "equity_usd", "total_usd")


def _years(kept: Kept) -> Iterator[list[Any]]:
    yield list(_YEAR)
    for row in kept["figures"]["years"]:
        yield [row[name] for name in _YEAR]


def _plan(kept: Kept) -> Iterator[list[Any]]:
    plan = kept["figures"]["plan"]
    yield ["attainment", "variable_usd", "spif_usd", "pay_usd"]
    for row in plan["curve"] if plan else ():
        yield [row["attainment"], row["variable_usd"], row["spif_usd"], row["pay_usd"]]


# --- spreadsheets ------------------------------------------------------------------


def _csv(kept: Kept) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["section", "name", "value"])
    for row in _summary(kept):
        writer.writerow([safe(cell) for cell in row])
    for section, table in (("Years", _years(kept)), ("Market", _market(kept)), ("Plan", _plan(kept))):
        header = next(table)
        for line in table:
            for name, value in zip(header[1:], line[1:], strict=True):
                writer.writerow([section, safe(f"{header[0]} {line[0]}: {name}"), "" if value is None else safe(value)])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(kept: Kept) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": "Offer summary", "created": datetime.fromisoformat(kept["updated_at"]).replace(tzinfo=None)})
    head, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    thousands = book.add_format({"num_format": "#,##0"})
    tables: list[tuple[str, list[list[Any]]]] = [
        ("Offer", [["section", "name", "value"], *(list(row) for row in _summary(kept))]),
        ("Years", list(_years(kept))),
        ("Market", list(_market(kept))),
        ("Plan", list(_plan(kept))),
    ]
    for name, rows in tables:
        if len(rows) < 2:
            continue
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 1, 18)
        sheet.set_column(2, 2, 60 if name == "Offer" else 14, wrap)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, str):
                    sheet.write_string(i, j, safe(value), head if i == 0 else None)
                else:
                    sheet.write_number(i, j, value, thousands if isinstance(value, int) and abs(value) >= 1000 else None)
    book.close()
    return stream.getvalue()


# --- PDF ---------------------------------------------------------------------------


def _pdf(kept: Kept) -> bytes:
    from reportlab.lib.pagesizes import LETTER
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    if "DejaVuSans" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("DejaVuSans", str(files("compsvc") / "static" / "fonts" / "DejaVuSans.ttf")))
    known = pdfmetrics.getFont("DejaVuSans").face.charToGlyph
    missing = False

    def shown(value: Any) -> str:
        """Text for a paragraph: escaped, characters the font lacks as a box."""
        nonlocal missing
        text = str(value)
        missing = missing or any(ord(c) not in known for c in text)
        text = "".join(c if ord(c) in known else "\u25a1" for c in text)
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    body = ParagraphStyle("body", fontName="DejaVuSans", fontSize=9, leading=13)
    small = ParagraphStyle("small", parent=body, fontSize=7.5, leading=10, textColor="#4a5865")
    title = ParagraphStyle("title", parent=body, fontSize=16, leading=20)
    heading = ParagraphStyle("heading", parent=body, fontSize=11, leading=18, spaceBefore=6)
    figures = kept["figures"]
    role, terms = figures["role"], figures["terms"]
    level = f", {role['level']['code']} {role['level']['name']}" if role["level"] else ""
    parts = [
        Paragraph(shown(role["title"] or role["occupation"]["name"]), title),
        Paragraph(shown(f"{role['area']['name']}{level} · {kept['reference']} · {kept['state']}, version {kept['version']}"), body),
        Paragraph(shown(f"Expires on {kept['expires_on']}") if kept["expires_on"] else "", body),
        Paragraph("Terms, USD per year", heading),
        _grid([["Base", "Target variable", "On-target earnings", "Base share", "Sign-on", "Equity grant"],
               [*(f"{terms[n]:,}" for n in ("base_usd", "variable_usd", "ote_usd")), f"{terms['base_share']:.0%}", *(f"{terms[n]:,}" for n in ("sign_on_usd", "equity_usd"))]]),
        Paragraph(f"First year {figures['first_year_usd']:,} · annualised {figures['annualised_usd']:,} · four years {figures['four_year_usd']:,}", body),
        Paragraph("Year by year", heading),
        _grid([["Year", "Base", "Variable", "Sign-on", "Cash", "Equity", "Total"], *([f"{row[n]:,}" for n in _YEAR] for row in figures["years"])]),
        Paragraph("Against the market", heading),
        _picture(figures),
        Paragraph(shown(figures["verdict"]["words"] + "."), body),
        *(Paragraph("• " + shown(reason["message"]), body) for reason in figures["verdict"]["reasons"]),
    ]  # fmt: skip
    parts += [Paragraph("Terms in full", heading), Paragraph(shown("; ".join(f"{name}: {text}" for name, text in terms_rows(kept["terms"])) + "."), body)]
    plan = figures["plan"]
    if plan:
        expected = plan["expected"]
        parts += [
            Paragraph("Plan", heading),
            Paragraph(
                shown(
                    (f"Quota {plan['quota_usd']:,}, commission rate {plan['commission_rate']:.2%}. " if plan["quota_usd"] else "")
                    + f"Expected variable {expected['variable_usd']:,} ({expected['of_target']:.0%} of target); "
                    f"chance to reach on-target earnings {expected['p_reach_ote']:.0%}, attainment {plan['attainment']['name']}."
                ),
                body,
            ),
        ]
    parts += [Paragraph("Worth knowing", heading), *(Paragraph("• " + shown(w["message"]), small) for w in figures["warnings"])] if figures["warnings"] else []
    parts.append(Spacer(1, 4 * mm))
    parts.append(Paragraph(shown(f"compsvc, model {figures['model_id']}, pay at {figures['as_of']}. A range for a job, never a score of a person."), small))
    if missing:
        parts.append(Paragraph("\u25a1 stands for a character this page's font lacks; CSV and XLSX hold the text whole.", small))
    stream = io.BytesIO()
    SimpleDocTemplate(
        stream,
        pagesize=LETTER,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=14 * mm,
        title="Offer summary",
        author="compsvc",
        invariant=1,
    ).build(parts)
    return stream.getvalue()


def _grid(rows: list[list[str]]) -> Any:
    from reportlab.platypus import Table, TableStyle

    table = Table(rows, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "DejaVuSans", 8.5),
                ("TEXTCOLOR", (0, 0), (-1, 0), "#4a5865"),
                ("ALIGN", (0, 0), (-1, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.5, "#c9d2da"),
            ]
        )
    )
    return table


def _picture(figures: Mapping[str, Any]) -> Any:
    """Market ranges of the three components as bars, the offer as a mark."""
    from reportlab.graphics.shapes import Drawing, Line, Rect, String

    width, row, left = 500.0, 24.0, 130.0
    shown = [(name, words) for name, words in _COMPONENTS if "p10" in figures["market"][name]]
    top = 1.05 * max(max(figures["market"][name]["p90"], figures["standing"][name]["offered_usd"]) for name, _ in shown)
    drawing = Drawing(width, row * len(shown) + 22)

    def x(usd: float) -> float:
        return float(left + usd / top * (width - left))

    for i, (name, words) in enumerate(shown):
        y = row * (len(shown) - 1 - i) + 20
        part, offered = figures["market"][name], figures["standing"][name]["offered_usd"]
        drawing.add(String(0, y + 4, words, fontName="DejaVuSans", fontSize=8))
        drawing.add(Line(x(part["p10"]), y + 7, x(part["p90"]), y + 7, strokeColor="#0b5c8a", strokeWidth=1.5))
        drawing.add(Rect(x(part["p25"]), y + 2, x(part["p75"]) - x(part["p25"]), 10, fillColor="#9cc7e0", strokeColor="#0b5c8a", strokeWidth=0.5))
        drawing.add(Line(x(part["p50"]), y, x(part["p50"]), y + 14, strokeColor="#16202a", strokeWidth=2))
        if offered:
            drawing.add(Line(x(offered), y - 2, x(offered), y + 16, strokeColor="#a3211b", strokeWidth=2.5))
    drawing.add(String(left, 6, "line P10 to P90, box P25 to P75, black mark median, red mark the offer", fontName="DejaVuSans", fontSize=7))
    return drawing


# --- applicant tracking systems ------------------------------------------------------


def _posted(kept: Kept) -> tuple[int, int, str]:
    """(low, high, what it is) of base to post: the Band where there is one, else the market's middle half."""
    band, base = kept["figures"]["band"], kept["figures"]["market"]["base"]
    return (band["min_usd"], band["max_usd"], "Band") if band else (base["p25"], base["p75"], "market P25 to P75")


def _greenhouse(kept: Kept) -> bytes:
    """Greenhouse `pay_input_ranges`: cents, one range a component."""
    figures = kept["figures"]
    low, high, what = _posted(kept)
    ote = figures["market"]["ote"]
    ranges = [_greenhouse_range("Base pay", low, high, figures["currency"], f"Base pay a year, {what}.")]
    if figures["terms"]["variable_usd"] and "p25" in ote:
        ranges.append(
            _greenhouse_range(
                "On-target earnings", ote["p25"], ote["p75"], figures["currency"], f"{ote['pay_basis']}: base and variable at target, market P25 to P75."
            )
        )
    return orjson.dumps({"pay_input_ranges": ranges})


def _greenhouse_range(title: str, low: int, high: int, currency: str, blurb: str) -> dict[str, Any]:
    return {"title": title, "min_cents": 100 * low, "max_cents": 100 * high, "currency_type": currency, "blurb": blurb}


def _lever(kept: Kept) -> bytes:
    """Lever `salaryRange`, and the offer's own figures beside it."""
    low, high, what = _posted(kept)
    terms = kept["figures"]["terms"]
    return orjson.dumps(
        {
            "salaryRange": {"currency": kept["figures"]["currency"], "interval": "per-year-salary", "min": low, "max": high},
            "salaryDescription": f"Base pay, {what}. Offered: base {terms['base_usd']:,}, target variable {terms['variable_usd']:,}, on-target earnings {terms['ote_usd']:,}.",
        }
    )


def _ashby(kept: Kept) -> bytes:
    """Ashby compensation tiers: the one system with a component for commission."""
    figures = kept["figures"]
    terms, currency = figures["terms"], figures["currency"]
    low, high, what = _posted(kept)
    parts = [("Salary", "1 YEAR", low, high)]
    commission = "Commission" if figures["plan"] else "Bonus"
    parts += [(commission, "1 YEAR", terms["variable_usd"], terms["variable_usd"])] if terms["variable_usd"] else []
    parts += [("EquityCashValue", "NONE", terms["equity_usd"], terms["equity_usd"])] if terms["equity_usd"] else []
    components = [
        {"compensationType": kind, "interval": interval, "currencyCode": currency, "minValue": least, "maxValue": most} for kind, interval, least, most in parts
    ]
    summary = f"{low:,} – {high:,} {currency} base ({what})" + (f" + {terms['variable_usd']:,} {commission.lower()} at target" if terms["variable_usd"] else "")
    return orjson.dumps({"compensationTiers": [{"title": "Offer", "tierSummary": summary, "components": components}], "compensationTierSummary": summary})


_FORMS: dict[str, tuple[Callable[[Kept], bytes], str, str]] = {
    "pdf": (_pdf, "application/pdf", "pdf"),
    "csv": (_csv, "text/csv; charset=utf-8", "csv"),
    "xlsx": (_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "greenhouse": (_greenhouse, _JSON, "greenhouse.json"),
    "lever": (_lever, _JSON, "lever.json"),
    "ashby": (_ashby, _JSON, "ashby.json"),
}
