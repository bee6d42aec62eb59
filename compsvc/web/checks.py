"""The candidate's pages: an offer against the market, and a job's career ladder. No account; pay is in the body and nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from compsvc import schemas, vocabulary
from compsvc.api import model, today
from compsvc.checks import check_offer
from compsvc.errors import FieldProblem, RequestError, RequestInvalid
from compsvc.ladders import ladder
from compsvc.schemas import checks as contract
from compsvc.web.form import LABELS, ROLE_FIELDS, Refused, last_part, linked, put, told_of
from compsvc.web.pictures import WIDTH, LadderPicture, RangePicture, TornadoBar, WaterfallBar, ladder_picture, range_picture, tornado, waterfall

blueprint = Blueprint("check_pages", __name__)

CHECK_FIELDS = {
    **{name: f"/role/{name}" for name in ROLE_FIELDS},
    **{name: f"/{name}" for name in ("base_usd", "variable_usd", "ote_usd", "pay_usd", "sign_on_usd", "equity_usd")},
    **{name: f"/told/{name}" for name in contract.ToldSchema().fields},
}
CHECK_LABELS = LABELS | {
    "ote_usd": "On-target earnings",
    "pay_usd": "A figure nobody explained",
    "range_low": "Range told, from",
    "range_high": "Range told, to",
    "currency": "Its currency",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows: the form as filled in, then an answer or problems."""

    form: Mapping[str, str]
    answer: dict[str, Any] | None = None
    picture: RangePicture | None = None
    waterfall: list[WaterfallBar] = field(default_factory=list)
    ladder: LadderPicture | None = None
    tornado: list[TornadoBar] = field(default_factory=list)
    call: str = ""
    role_query: str = ""
    problems: tuple[Refused, ...] = ()
    problem_by_field: dict[str, FieldProblem] = field(default_factory=dict)

    def level_query(self, row: Mapping[str, Any]) -> str:
        """The range page of a ladder's level: the role itself for its own, else the level's usual title in the same place, industry and company."""
        if row["is_own"]:
            return self.role_query
        kept = {name: self.form[name] for name in ("location", "industry", "employees", "remote") if self.form.get(name, "").strip()}
        return urlencode({"title": row["title"], **kept, "level": row["code"]})


def _refused(form: Mapping[str, str], problem: RequestError) -> Page:
    shown, by_field = told_of(problem, CHECK_LABELS, last_part, CHECK_FIELDS)
    return Page(form, problems=shown, problem_by_field=by_field)


def _role_query(form: Mapping[str, str]) -> str:
    return urlencode({name: form[name] for name in ROLE_FIELDS if form.get(name, "").strip()})


def _shown(template: str, page: Page, status: int = 200) -> Response:
    return make_response(
        render_template(
            template,
            page=page,
            width=WIDTH,
            levels_options=[(v.code, f"{v.code} {v.name}") for v in vocabulary.levels().values()],
            mode_options=[(mode, mode) for mode in vocabulary.WORK_MODES],
        ),
        status,
    )


def _only(sent: Mapping[str, str], known: Mapping[str, Any] | tuple[str, ...]) -> None:
    """RequestInvalid for a field the form does not have."""
    for name in sent:
        if name not in known:
            raise RequestInvalid(
                "Some fields were refused.", (FieldProblem(f"/{name}", f"'{name}' is no field here", ", ".join(known), schemas.near(name, known)),)
            )


# --- check -----------------------------------------------------------------------------


@blueprint.get("/check")
def get_check() -> Response:
    """The form; a link may carry the role, never pay."""
    form = linked(request.args.to_dict())
    try:
        _only(form, ROLE_FIELDS)
    except RequestInvalid as problem:
        return _shown("check.html", _refused({}, problem), 422)
    return _shown("check.html", Page(form))


@blueprint.post("/check")
def post_check() -> Response:
    """The offer against the market."""
    form = {k: v.replace("\0", "") for k, v in request.form.to_dict().items()}
    body: dict[str, Any] = {"role": {}}
    try:
        _only(form, CHECK_FIELDS)
        for name, text in form.items():
            if text.strip():
                put(body, CHECK_FIELDS[name], text.strip())
        asked = schemas.load(contract.CHECK, body)
        found = check_offer(model(), asked, today())
    except RequestError as problem:
        return _shown("check.html", _refused(form, problem), 422)
    market, terms = found["range"], found["terms"]
    page = Page(form, found, call=json.dumps(contract.CHECK.dump(asked), indent=2, ensure_ascii=False), role_query=_role_query(form))
    if market:
        marks = {name: terms[f"{name}_usd"] or (terms["pay_usd"] if name != "variable" else 0) or 0 for name in ("base", "variable", "ote")}
        pay = market["pay"]
        page = replace(page, picture=range_picture(pay, marks), waterfall=waterfall(pay["ote"] if pay["ote"]["method"] != "withheld" else pay["base"]))
    return _shown("check.html", page)


# --- ladder ------------------------------------------------------------------------------


@blueprint.get("/ladder")
def get_ladder() -> Response:
    """What each level of the job pays, and what moves pay most."""
    form = linked(request.args.to_dict())
    if not any(v.strip() for v in form.values()):
        return _shown("ladder.html", Page(form))
    try:
        _only(form, ROLE_FIELDS)
        asked = {name: text for name, text in form.items() if text.strip()}
        found = ladder(model(), schemas.load(schemas.FORM, asked), today())
    except RequestError as problem:
        return _shown("ladder.html", _refused(form, problem), 422)
    page = Page(
        form,
        found,
        ladder=ladder_picture(found["levels"]),
        tornado=tornado(found["moves"]),
        call=json.dumps(found["range"]["scope"]["requested"], indent=2, ensure_ascii=False),
        role_query=_role_query(form),
    )
    return _shown("ladder.html", page)
