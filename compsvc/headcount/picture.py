"""The pictures of a costed plan, drawn once: as SVG for pages and files, as PNG for slides.

Cost by month as stacked bars with the band of each month as lines, then one waterfall a scenario, from the
plan's total to the scenario's by what drives the difference.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from compsvc.headcount.cost import COMPONENTS

WIDTH, LEFT, RIGHT, BARS, STEP = 860.0, 130.0, 90.0, 250.0, 24.0
COLOURS = {
    "base": "#0b5c8a",
    "variable": "#9cc7e0",
    "taxes": "#8a97a3",
    "benefits": "#c9d2da",
    "equity": "#5d7f4e",
    "one_time": "#c9a15b",
    "overhead": "#6d5b7b",
}
INK, SOFT, LINE, UP, DOWN = "#16202a", "#4a5865", "#c9d2da", "#0b5c8a", "#c9a15b"
PNG_SCALE = 2
_SIZE = 12.0

Answer = Mapping[str, Any]


@dataclass
class Drawing:
    """Rectangles, lines and words on a sheet of WIDTH by `height`."""

    height: float = 0.0
    rects: list[tuple[float, float, float, float, str]] = field(default_factory=list)
    lines: list[tuple[list[tuple[float, float]], str, bool]] = field(default_factory=list)
    words: list[tuple[float, float, str, str, str]] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, colour: str) -> None:
        """A filled rectangle."""
        self.rects.append((round(x, 1), round(y, 1), round(w, 1), round(h, 1), colour))

    def line(self, points: Sequence[tuple[float, float]], colour: str, dashed: bool = False) -> None:
        """A line through points."""
        self.lines.append(([(round(x, 1), round(y, 1)) for x, y in points], colour, dashed))

    def word(self, x: float, y: float, text: str, anchor: str = "start", colour: str = SOFT) -> None:
        """Words whose baseline begins, ends or is centred at a point (anchor start, end or middle)."""
        self.words.append((round(x, 1), round(y, 1), text, anchor, colour))


def costs(found: Answer, scenario: int = 0) -> Drawing:
    """Cost by month of one scenario, stacked, with P10 and P90 of each month."""
    drawing = Drawing()
    _costs(drawing, found["scenarios"][scenario]["by_month"])
    return drawing


def difference(found: Answer, which: int) -> Drawing:
    """From the plan's total to a scenario's, a bar for each assumption that differs."""
    drawing = Drawing()
    _waterfall(drawing, found, which)
    return drawing


def whole(found: Answer) -> Drawing:
    """Every picture of a plan, one below the other."""
    drawing = Drawing(height=28)
    drawing.word(LEFT, 18, f"{found['scenarios'][0]['name']}: cost by month, {found['currency']}; model {found['model_id']}", colour=INK)
    _costs(drawing, found["scenarios"][0]["by_month"])
    for i, d in enumerate(found["differences"]):
        drawing.height += 30
        drawing.word(LEFT, drawing.height - 10, f"{d['name']} less {d['less']}: {d['expected_usd']:+,}", colour=INK)
        _waterfall(drawing, found, i)
    return drawing


def _costs(drawing: Drawing, by_month: Sequence[Answer]) -> None:
    above = drawing.height + 8
    top = 1.05 * max(max(m["p90"], m["expected_usd"]) for m in by_month) or 1.0
    width = (WIDTH - LEFT - RIGHT) / len(by_month)

    def y(usd: float) -> float:
        return above + BARS * (1 - usd / top)

    for usd in _round_steps(top):
        drawing.line([(LEFT, y(usd)), (WIDTH - RIGHT, y(usd))], LINE)
        drawing.word(LEFT - 8, y(usd) + 4, f"${usd / 1000:,.0f}K", "end")
    every = len(by_month) // 12 + 1
    for i, month in enumerate(by_month):
        upto, x = 0.0, LEFT + (i + 0.12) * width
        for name in COMPONENTS:
            if month[name] > 0:
                drawing.rect(x, y(upto + month[name]), 0.76 * width, y(upto) - y(upto + month[name]), COLOURS[name])
                upto += month[name]
        if i % every == 0:
            drawing.word(x + 0.38 * width, above + BARS + 18, month["month"][2:], "middle")
    for q in ("p10", "p90"):
        drawing.line([(LEFT + (i + 0.5) * width, y(m[q])) for i, m in enumerate(by_month)], INK, dashed=True)
    x = LEFT
    for name in (c for c in COMPONENTS if any(m[c] for m in by_month)):
        drawing.rect(x, above + BARS + 30, 11, 11, COLOURS[name])
        drawing.word(x + 16, above + BARS + 40, name.replace("_", " "))
        x += 34 + 7.0 * len(name)
    drawing.line([(x, above + BARS + 36), (x + 22, above + BARS + 36)], INK, dashed=True)
    drawing.word(x + 28, above + BARS + 40, "P10, P90")
    drawing.height = above + BARS + 50


def _waterfall(drawing: Drawing, found: Answer, which: int) -> None:
    d = found["differences"][which]
    start = float(found["scenarios"][0]["total"]["expected_usd"])
    steps = [(str(s["assumption"]).removesuffix("_usd").replace("_", " "), float(s["expected_usd"])) for s in d["drivers"]]
    steps += [("together", float(d["together_usd"]))] if d["together_usd"] else []
    edges = [start]
    for _, usd in steps:
        edges.append(edges[-1] + usd)
    low, high = min(edges), max(edges)
    room = (high - low) or max(abs(high), 1.0) * 0.01

    def x(usd: float) -> float:
        return LEFT + (usd - low + 0.05 * room) / (1.25 * room) * (WIDTH - LEFT - RIGHT)

    y = drawing.height + 4
    for (name, usd), (before, after) in zip(steps, pairwise(edges), strict=True):
        left, right = sorted((x(before), x(after)))
        drawing.rect(left, y, max(right - left, 1.0), STEP - 8, UP if usd >= 0 else DOWN)
        drawing.word(LEFT - 8, y + 12, name[:18], "end")
        drawing.word(right + 6, y + 12, f"{usd:+,.0f}")
        y += STEP
    drawing.height = y + 4


def _round_steps(high: float) -> list[float]:
    unit: float = 10.0 ** math.floor(math.log10(high))
    step = next(s for s in (unit / 5, unit / 2, unit, 2 * unit) if high / s <= 8)
    return [i * step for i in range(int(high / step) + 1)]


def svg(drawing: Drawing, label: str) -> str:
    """The drawing as SVG: colours are attributes, so that it needs no style sheet, on a page or alone."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {drawing.height:g}" role="img" aria-label="{escape(label, {chr(34): "&quot;"})}" font-family="system-ui, sans-serif" font-size="{_SIZE:g}">'
    ]
    rules = [line for line in drawing.lines if not line[2]]
    for points, colour, _ in rules:
        parts.append(_path(points, colour, 'stroke-width="1"'))
    parts += [f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{colour}"/>' for x, y, w, h, colour in drawing.rects]
    for points, colour, dashed in drawing.lines:
        if dashed:
            parts.append(_path(points, colour, 'stroke-width="1.5" stroke-dasharray="5 3"'))
    parts += [f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>' for x, y, text, anchor, colour in drawing.words]
    return "".join(parts) + "</svg>"


def _path(points: Sequence[tuple[float, float]], colour: str, stroke: str) -> str:
    return f'<path d="M{" L".join(f"{x:g},{y:g}" for x, y in points)}" fill="none" stroke="{colour}" {stroke}/>'


def png(drawing: Drawing) -> bytes:
    """The drawing as PNG on white, PNG_SCALE pixels a unit."""
    from PIL import Image, ImageDraw, ImageFont

    k = PNG_SCALE
    sheet = Image.new("RGB", (round(WIDTH * k), round(drawing.height * k)), "#ffffff")
    pen = ImageDraw.Draw(sheet)
    with (files("compsvc") / "static" / "fonts" / "DejaVuSans.ttf").open("rb") as stream:
        font = ImageFont.truetype(io.BytesIO(stream.read()), round(_SIZE * k * 0.92))
    for points, colour, dashed in drawing.lines:
        if not dashed:
            pen.line([(x * k, y * k) for x, y in points], fill=colour, width=k)
    for x, y, w, h, colour in drawing.rects:
        pen.rectangle((x * k, y * k, (x + w) * k, (y + h) * k), fill=colour)
    for points, colour, dashed in drawing.lines:
        if dashed:
            _dashes(pen, [(x * k, y * k) for x, y in points], colour)
    for x, y, text, anchor, colour in drawing.words:
        pen.text((x * k, y * k), text, fill=colour, font=font, anchor={"start": "ls", "middle": "ms", "end": "rs"}[anchor])
    stream_out = io.BytesIO()
    sheet.save(stream_out, "PNG")
    return stream_out.getvalue()


def _dashes(pen: Any, points: Sequence[tuple[float, float]], colour: str) -> None:
    """A dashed line: ten pixels drawn, six left out."""
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        at = 0.0
        while at < length:
            end = min(at + 10, length)
            ends = [(x0 + (x1 - x0) * t / length, y0 + (y1 - y0) * t / length) for t in (at, end)]
            pen.line(ends, fill=colour, width=3)
            at += 16
