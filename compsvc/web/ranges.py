"""The page: a form that works without JavaScript, is linkable, and answers with a picture and its numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from compsvc import access, schemas, vocabulary
from compsvc.api import model, today
from compsvc.errors import FieldProblem, RequestError
from compsvc.pricing import price
from compsvc.schemas import offers as contract
from compsvc.web.form import LABELS, ROLE_FIELDS, Refused, last_part, linked, told_of
from compsvc.web.pictures import SQUARE, WIDTH, RangePicture, WaterfallBar, calibration_picture, coverage_rows, range_picture, waterfall

blueprint = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows: the form as filled in, and an answer or problems."""

    form: dict[str, str]
    answer: dict[str, Any] | None = None
    picture: RangePicture | None = None
    waterfall: list[WaterfallBar] = field(default_factory=list)
    call: str = ""
    offer_query: str = ""
    problems: tuple[Refused, ...] = ()
    problem_by_field: dict[str, FieldProblem] = field(default_factory=dict)


@blueprint.get("/")
def index() -> str | tuple[str, int]:
    """The form, and the answer when the link names a role."""
    sent = linked(request.args.to_dict())
    form = {k: v for k, v in sent.items() if k in schemas.FORM.fields or k == "remote"}
    unknown = {k: v for k, v in sent.items() if k not in form}
    if not any(v.strip() for v in sent.values()):
        return _show(Page(form))
    try:
        asked = schemas.load(schemas.FORM, {**form, **unknown})
        body = price(model(), asked, today())
    except RequestError as problem:
        shown, by_field = told_of(problem, LABELS, last_part, form)
        return _show(Page(form, problems=shown, problem_by_field=by_field)), 422
    pay = body["pay"]
    explained = pay["ote"] if pay["ote"]["method"] != "withheld" else pay["base"]
    call = json.dumps({k: v for k, v in body["scope"]["requested"].items()} | {"as_of": body["as_of"]}, indent=2)
    kept = urlencode({k: v for k, v in form.items() if v.strip() and k in ROLE_FIELDS})
    return _show(Page(form, body, range_picture(pay), waterfall(explained), call, kept))


def _show(page: Page) -> str:
    return render_template("index.html", page=page, levels=vocabulary.levels().values(), modes=vocabulary.WORK_MODES, width=WIDTH)


@blueprint.get("/accuracy")
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


@blueprint.get("/docs")
def docs() -> str:
    """What the API offers, readable."""
    roles = [(role, says, sorted(access.scopes_of(role))) for role, says in access.ROLE_SAYS.items()]
    plan = contract.PlanSchema()
    return render_template("docs.html", role=schemas.ROLE, offer=contract.OFFER, plan=plan, roles=roles, levels=vocabulary.levels().values())


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """No icon."""
    return Response(status=204)
