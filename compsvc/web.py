"""The page: a form that works without JavaScript, is linkable, and answers with a picture and its numbers."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request

from compsvc import schemas, vocabulary
from compsvc.api import model, today
from compsvc.errors import FieldProblem, RequestError
from compsvc.pricing import price

web = Blueprint("web", __name__)
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


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows: the form as filled in, and an answer or problems."""

    form: dict[str, str]
    answer: dict[str, Any] | None = None
    picture: RangePicture | None = None
    waterfall: list[WaterfallBar] = field(default_factory=list)
    call: str = ""
    problems: tuple[FieldProblem, ...] = ()
    problem_by_field: dict[str, FieldProblem] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    """Register the pages on an application."""
    app.register_blueprint(web)
    app.jinja_env.filters["usd"] = lambda value: f"${value:,.0f}"


def _scale(low: float, high: float) -> tuple[float, float]:
    return low - 0.06 * (high - low), high + 0.06 * (high - low)


def range_picture(pay: dict[str, Any]) -> RangePicture:
    """Base, variable and OTE as aligned bars on one dollar axis from zero."""
    shown = [(name, pay[name]) for name in ("base", "variable", "ote") if pay[name]["method"] != "withheld"]
    high = 1.04 * max(part["p90"] for _, part in shown)
    unit: float = 10.0 ** math.floor(math.log10(high))
    step = next(s for s in (unit / 5, unit / 2, unit, 2 * unit) if high / s <= 8)

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
        )
        for i, (name, part) in enumerate(shown)
    ]
    ticks = [(x(i * step), f"${i * step / 1000:,.0f}K" if i else "$0") for i in range(int(high / step) + 1)]
    return RangePicture(bars, ticks, 30.0 + ROW * len(bars))


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


@web.get("/")
def index() -> str | tuple[str, int]:
    """The form, and the answer when the link names a role."""
    form = {k: v for k, v in request.args.items() if k in schemas.FORM.fields or k == "remote"}
    unknown = {k: v for k, v in request.args.items() if k not in form}
    if not any(v.strip() for v in request.args.values()):
        return _show(Page(form))
    try:
        asked = schemas.load(schemas.FORM, {**form, **unknown})
        body = price(model(), asked, today())
    except RequestError as problem:
        by_field = {p.pointer.lstrip("/"): p for p in problem.problems}
        return _show(Page(form, problems=problem.problems, problem_by_field=by_field)), 422
    pay = body["pay"]
    explained = pay["ote"] if pay["ote"]["method"] != "withheld" else pay["base"]
    call = json.dumps({k: v for k, v in body["scope"]["requested"].items()} | {"as_of": body["as_of"]}, indent=2)
    return _show(Page(form, body, range_picture(pay), waterfall(explained), call))


def _show(page: Page) -> str:
    return render_template(
        "index.html", page=page, levels=vocabulary.levels().values(), modes=vocabulary.WORK_MODES, sizes=vocabulary.size_classes(), width=WIDTH
    )


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


@web.get("/accuracy")
def accuracy() -> str:
    """The accuracy card for people."""
    card = model().body["evaluation"]
    names = {
        "family": {code: family.name for code, family in vocabulary.families().items()},
        "industry": {code: industry.name for code, industry in vocabulary.industries().items()},
        "level": {code: f"{code} {level.name}" for code, level in vocabulary.levels().items()},
    }
    slices = {
        field: [(names.get(field, {}).get(code, code), found) for code, found in sorted(values.items(), key=lambda item: -item[1]["n"])]
        for field, values in card["populations"]["survey-2023"]["slices"].items()
    }
    earned = card["earnings"]
    pictures = [
        calibration_picture(title, earned[name]["calibration"])
        for name, title in (("base", "Base"), ("variable", "Variable, of those with any"), ("total", "Total cash"))
    ]
    coverage = {field: coverage_rows(earned["total"]["slices"][field], names.get(field, {})) for field in ("level", "industry")}
    losses = {"compsvc": earned["total"]["overall"], **earned["total"]["baselines"]}
    worst = max(s["pinball"] for s in losses.values())
    return render_template(
        "accuracy.html",
        card=card,
        model_id=model().model_id,
        slices=slices,
        pictures=pictures,
        coverage=coverage,
        losses=[(name, s, round(s["pinball"] / worst * WIDTH * 0.47, 1)) for name, s in losses.items()],
        total_slices={
            field: [(names.get(field, {}).get(c, c), v) for c, v in sorted(values.items(), key=lambda i: -i[1]["n"])]
            for field, values in earned["total"]["slices"].items()
        },
        width=WIDTH,
        square=SQUARE,
    )


@web.get("/docs")
def docs() -> str:
    """What the API offers, readable."""
    return render_template("docs.html", role=schemas.ROLE, levels=vocabulary.levels().values())


@web.get("/favicon.ico")
def favicon() -> Response:
    """No icon."""
    return Response(status=204)
