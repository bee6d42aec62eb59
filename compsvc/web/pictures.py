"""Pictures as positions: templates draw them as SVG, a table under each holds the same figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 640.0
FACTOR_NAMES = {
    "reference": "Reference: national median of the occupation",
    "pay_basis": "Base share of official wages",
    "level": "Level",
    "experience": "Experience",
    "location": "Location",
    "industry": "Industry",
    "size": "Company size",
    "work_mode": "Work mode",
    "title": "Title words",
    "population": "This source's people",
    "ageing": "Ageing to the date",
    "variable": "Variable pay on top",
}
COMPONENT_NAMES = {
    "base": "Base",
    "target_variable": "Target variable, of those with any",
    "actual_variable": "Paid variable, of those with any",
    "ote": "On-target earnings",
    "actual_cash": "Total cash paid",
}
ROW = 58.0


@dataclass(frozen=True, slots=True)
class RangeBar:
    """Positions of one component's range on the common dollar axis."""

    name: str
    label: str
    y: float
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float
    p50_usd: int
    offered: float | None = None


@dataclass(frozen=True, slots=True)
class RangePicture:
    """The components as aligned bars on one WIDTH-unit axis, with ticks (x, label)."""

    bars: list[RangeBar]
    ticks: list[tuple[float, str]]
    height: float


@dataclass(frozen=True, slots=True)
class WaterfallBar:
    """One factor: where the bar starts and ends, the running pay before and after, in words and numbers."""

    name: str
    label: str
    x: float
    width: float
    rises: bool
    before_usd: int
    after_usd: int
    factor: float | None
    low: float | None
    high: float | None
    evidence: str


def _scale(low: float, high: float) -> tuple[float, float]:
    return low - 0.06 * (high - low), high + 0.06 * (high - low)


def dollar_ticks(high: float, x: Callable[[float], float]) -> list[tuple[float, str]]:
    """Round amounts from zero to `high` at most, as (position, label)."""
    unit: float = 10.0 ** math.floor(math.log10(high))
    step = next(s for s in (unit / 5, unit / 2, unit, 2 * unit) if high / s <= 8)
    return [(x(i * step), f"${i * step / 1000:,.0f}K" if i else "$0") for i in range(int(high / step) + 1)]


def range_picture(pay: dict[str, Any], offered: Mapping[str, int] | None = None) -> RangePicture:
    """Base, variable and OTE as aligned bars on one dollar axis from zero, an offer's figures as marks on them."""
    marks = {name: usd for name, usd in (offered or {}).items() if usd}
    shown = [(name, pay[name]) for name in ("base", "variable", "ote") if pay[name]["method"] != "withheld"]
    high = 1.04 * max([part["p90"] for _, part in shown] + list(marks.values()))

    def x(value: float) -> float:
        return float(round(value / high * WIDTH, 1))

    bars = [
        RangeBar(
            name,
            COMPONENT_NAMES[part["pay_basis"]],
            30.0 + ROW * i,
            x(part["p10"]),
            x(part["p25"]),
            x(part["p50"]),
            x(part["p75"]),
            x(part["p90"]),
            part["p50"],
            x(marks[name]) if name in marks else None,
        )
        for i, (name, part) in enumerate(shown)
    ]
    return RangePicture(bars, dollar_ticks(high, x), 30.0 + ROW * len(bars))


@dataclass(frozen=True, slots=True)
class CurvePicture:
    """Pay over attainment on a WIDTH x CURVE_HEIGHT drawing: the curve, a mark at target, the middle 80 % of reps, ticks."""

    path: str
    at_target: tuple[float, float]
    middle: tuple[float, float]
    ticks_x: list[tuple[float, str]]
    ticks_y: list[tuple[float, str]]


CURVE_HEIGHT = 240.0


def curve_picture(plan: dict[str, Any]) -> CurvePicture:
    """The earnings curve of a plan, over the attainment most reps reach."""
    rows = plan["curve"]
    low, high = min(r["pay_usd"] for r in rows), max(r["pay_usd"] for r in rows)
    far = max(r["attainment"] for r in rows)

    def x(attainment: float) -> float:
        return float(round(min(attainment / far, 1.0) * WIDTH, 1))

    def y(usd: float) -> float:
        return float(round(CURVE_HEIGHT - (usd - low) / max(high - low, 1) * (CURVE_HEIGHT - 12), 1))

    target = next(r for r in rows if r["attainment"] == 1.0)
    steps = [low + i * (high - low) / 4 for i in range(5)]
    return CurvePicture(
        "M" + " L".join(f"{x(r['attainment'])},{y(r['pay_usd'])}" for r in rows),
        (x(1.0), y(target["pay_usd"])),
        (x(plan["attainment"]["p10"]), x(plan["attainment"]["p90"])),
        [(x(a / 4), f"{a / 4:.0%}") for a in range(0, int(4 * far) + 1, 2)],
        [(y(usd), f"${usd / 1000:,.0f}K") for usd in steps],
    )


@dataclass(frozen=True, slots=True)
class YearBar:
    """One year as a stacked bar: (part, left, width) in WIDTH units, the total as text."""

    year: int
    y: float
    parts: list[tuple[str, float, float]]
    total_usd: int


def year_bars(years: list[dict[str, Any]]) -> list[YearBar]:
    """Base, variable, sign-on and equity of each year on one axis."""
    high = max(row["total_usd"] for row in years) * 1.02
    bars = []
    for i, row in enumerate(years):
        left, parts = 0.0, []
        for name in ("base", "variable", "sign_on", "equity"):
            width = round(row[f"{name}_usd"] / high * WIDTH, 1)
            if width:
                parts.append((name, round(left, 1), width))
            left += width
        bars.append(YearBar(row["year"], 24.0 * i + 2, parts, row["total_usd"]))
    return bars


def waterfall(part: dict[str, Any]) -> list[WaterfallBar]:
    """Bars from the reference to a component's p50, one a factor, in the order they multiply."""
    running = [float(part["factors"][0]["value_usd"])]
    for row in part["factors"][1:]:
        running.append(running[-1] * row["factor"])
    low, high = _scale(min(running), max(max(running), min(running) * 1.02))

    def x(value: float) -> float:
        return (value - low) / (high - low) * WIDTH

    first = part["factors"][0]
    bars = [WaterfallBar("reference", FACTOR_NAMES["reference"], 0.0, round(x(running[0]), 1), True, 0, round(running[0]), None, None, None, first["evidence"])]
    for row, before, after in zip(part["factors"][1:], running, running[1:], strict=False):
        left, right = sorted((x(before), x(after)))
        bars.append(
            WaterfallBar(
                row["name"],
                FACTOR_NAMES[row["name"]],
                round(left, 1),
                round(max(right - left, 1.0), 1),
                after >= before,
                round(before),
                round(after),
                row["factor"],
                row["low"],
                row["high"],
                row["evidence"],
            )
        )
    return bars


@dataclass(frozen=True, slots=True)
class CalibrationPicture:
    """Share of people seen below each predicted quantile, as points of a SQUARE-unit drawing."""

    title: str
    points: list[tuple[float, float]]
    path: str
    words: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One slice's coverage on a WIDTH-unit line, with the 95 % band of sampling around 80 %."""

    name: str
    n: int
    x: float
    left: float
    right: float
    y: float
    coverage: float


SQUARE = 240.0
COVERAGE_SHOWN = (0.6, 1.0)


def calibration_picture(title: str, rows: list[dict[str, float]]) -> CalibrationPicture:
    """Nominal against seen shares; on the diagonal where the model says what happens."""
    points = [(round(row["nominal"] * SQUARE, 1), round((1 - row["seen"]) * SQUARE, 1)) for row in rows]
    path = "M" + " L".join(f"{x},{y}" for x, y in points)
    return CalibrationPicture(title, points, path, "; ".join(f"P{100 * row['nominal']:.0f}: {100 * row['seen']:.1f}% below" for row in rows))


def coverage_rows(slices: dict[str, dict[str, Any]], names: dict[str, str]) -> list[CoverageRow]:
    """Coverage of every slice, largest first."""
    low, high = COVERAGE_SHOWN

    def x(value: float) -> float:
        return float(round((min(max(value, low), high) - low) / (high - low) * WIDTH, 1))

    found = []
    for i, (code, s) in enumerate(sorted(slices.items(), key=lambda item: -item[1]["n"])):
        half = 1.96 * math.sqrt(0.16 / s["n"])
        found.append(CoverageRow(names.get(code, code), s["n"], x(s["coverage_80"]), x(0.8 - half), x(0.8 + half), 20.0 * i + 14, s["coverage_80"]))
    return found


LONGEST_LABEL = 36


def _fitting(label: str) -> str:
    """A label that fits beside a bar; the table holds the whole one."""
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class LadderBar:
    """One level: the middle half of base and its median on the common dollar axis, and the median total as a mark."""

    label: str
    y: float
    p25: float
    p50: float
    p75: float
    ote_p50: float | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class LadderPicture:
    """Levels of a family as aligned bars on one WIDTH-unit axis, with ticks (x, label)."""

    bars: list[LadderBar]
    ticks: list[tuple[float, str]]
    height: float


LADDER_ROW = 26.0


def ladder_picture(levels: list[dict[str, Any]]) -> LadderPicture | None:
    """A family's levels from the lowest up; None without a family."""
    if not levels:
        return None
    high = 1.04 * max(part.get("p75", 0) for row in levels for part in (row["base"], row["ote"]))

    def x(value: float) -> float:
        return float(round(value / high * WIDTH, 1))

    bars = [
        LadderBar(
            _fitting(f"{row['code']} {row['title']}"),
            LADDER_ROW * i + 4,
            x(row["base"]["p25"]),
            x(row["base"]["p50"]),
            x(row["base"]["p75"]),
            x(row["ote"]["p50"]) if "p50" in row["ote"] else None,
            row["is_own"],
        )
        for i, row in enumerate(levels)
    ]
    return LadderPicture(bars, dollar_ticks(high, x), LADDER_ROW * len(bars) + 4)


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """One field's reach: from the least to the most median base it gives, around the role's own."""

    label: str
    y: float
    left: float
    width: float
    own: float
    low_label: str
    high_label: str
    low_begins: float
    high_ends: float


LETTER, BETWEEN_LABELS = 8.4, 18.0
FIELD_NAMES = {"location": "Place", "industry": "Industry", "employees": "Company size", "experience_years": "Years in the field", "level": "Level"}


def _short(name: str) -> str:
    """A name that fits beside a bar: the first city of a metro, the first words of a sector."""
    if name[:1].isdigit():
        return name.replace(" in the field", "")
    words = name.split("-")[0].split(",")[0].split()
    return " ".join(words[:3]) if len(words) > 4 else " ".join(words)


def tornado(moves: list[dict[str, Any]]) -> list[TornadoBar]:
    """Fields by how far they move pay, the furthest first, on one dollar axis."""
    if not moves:
        return []
    low, high = _scale(min(m["low"]["base_p50"] for m in moves), max(m["high"]["base_p50"] for m in moves))

    def x(value: float) -> float:
        return float(round((value - low) / (high - low) * WIDTH, 1))

    bars = []
    for i, m in enumerate(moves):
        least, most = (f"{_short(m[end]['name'])} ${m[end]['base_p50'] / 1000:,.0f}K" for end in ("low", "high"))
        left, right = x(m["low"]["base_p50"]), x(m["high"]["base_p50"])
        both = LETTER * (len(least) + len(most)) + BETWEEN_LABELS
        ends = min(max(right, left + both), float(WIDTH))
        own, begins = x(m["own"]["base_p50"]), min(left, ends - both)
        bars.append(TornadoBar(FIELD_NAMES[m["field"]], 44.0 * i + 4, left, round(right - left, 1), own, least, most, round(begins, 1), round(ends, 1)))
    return bars
