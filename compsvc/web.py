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
}


@dataclass(frozen=True, slots=True)
class RangePicture:
    """Positions of the range bar on a WIDTH-unit drawing, and axis ticks (x, label)."""

    p10: float
    p25: float
    p50: float
    p75: float
    p90: float
    ticks: list[tuple[float, str]]


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


def range_picture(base: dict[str, Any]) -> RangePicture:
    """The range bar, on a linear dollar axis from zero-free round numbers."""
    low, high = _scale(base["p10"], base["p90"])
    step = 10 ** math.floor(math.log10(high - low))
    step = next(s for s in (step / 5, step / 2, step, 2 * step, 5 * step) if (high - low) / s <= 7)

    def x(value: float) -> float:
        return round((value - low) / (high - low) * WIDTH, 1)

    first = math.ceil(low / step)
    ticks = [(x(i * step), f"${i * step / 1000:,.0f}K") for i in range(first, int(high / step) + 1)]
    return RangePicture(x(base["p10"]), x(base["p25"]), x(base["p50"]), x(base["p75"]), x(base["p90"]), ticks)


def waterfall(base: dict[str, Any]) -> list[WaterfallBar]:
    """Bars from the reference to the p50, one a factor, in the order they multiply."""
    running = [float(base["factors"][0]["value_usd"])]
    for row in base["factors"][1:]:
        running.append(running[-1] * row["factor"])
    low, high = _scale(min(running), max(max(running), min(running) * 1.02))

    def x(value: float) -> float:
        return (value - low) / (high - low) * WIDTH

    first = base["factors"][0]
    bars = [WaterfallBar("reference", FACTOR_NAMES["reference"], 0.0, round(x(running[0]), 1), True, 0, round(running[0]), None, None, None, first["evidence"])]
    for row, before, after in zip(base["factors"][1:], running, running[1:], strict=False):
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
    base = body["pay"]["base"]
    call = json.dumps({k: v for k, v in body["scope"]["requested"].items()} | {"as_of": body["as_of"]}, indent=2)
    return _show(Page(form, body, range_picture(base), waterfall(base), call))


def _show(page: Page) -> str:
    return render_template(
        "index.html", page=page, levels=vocabulary.levels().values(), modes=vocabulary.WORK_MODES, sizes=vocabulary.size_classes(), width=WIDTH
    )


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
    return render_template("accuracy.html", card=card, model_id=model().model_id, slices=slices)


@web.get("/docs")
def docs() -> str:
    """What the API offers, readable."""
    return render_template("docs.html", role=schemas.ROLE, levels=vocabulary.levels().values())


@web.get("/favicon.ico")
def favicon() -> Response:
    """No icon."""
    return Response(status=204)
