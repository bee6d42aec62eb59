"""Pages of an offer: build it, keep it, change it, move it on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from compsvc import lifecycle, schemas, vocabulary
from compsvc.api import serving
from compsvc.api.identity import check_form, if_known, required
from compsvc.api.offers import desk, exported
from compsvc.errors import FieldProblem, Forbidden, RequestError, RequestInvalid, RoleNotCovered, StateConflict, VersionConflict
from compsvc.exports import terms_rows
from compsvc.incentives import DISTRIBUTIONS
from compsvc.offers import several
from compsvc.schemas import offers as contract
from compsvc.sealing import new_token
from compsvc.web.form import (
    FORM_FIELDS,
    KEEPING,
    LABELS,
    PLAN_FIELDS,
    POSITIONS,
    ROLE_FIELDS,
    Refused,
    as_percent,
    body_of,
    field_of,
    form_of,
    is_blank,
    told_of,
    typed,
)
from compsvc.web.pictures import CURVE_HEIGHT, WIDTH, CurvePicture, RangePicture, YearBar, curve_picture, range_picture, year_bars

blueprint = Blueprint("offer_pages", __name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What the offer page shows: the form as filled in, then figures or problems."""

    form: Mapping[str, str]
    figures: dict[str, Any] | None = None
    picture: RangePicture | None = None
    curve: CurvePicture | None = None
    years: list[YearBar] = field(default_factory=list)
    call: str = ""
    said: str = ""
    problems: tuple[Refused, ...] = ()
    problem_by_field: dict[str, FieldProblem] = field(default_factory=dict)
    kept: dict[str, Any] | None = None


def problems_of(form: Mapping[str, str], problem: RequestError) -> Page:
    """The form with what was refused, by field and in words that name the field."""
    shown, by_field = told_of(problem, LABELS, field_of, {*FORM_FIELDS, "at", "mix"})
    return Page(form, problems=shown, problem_by_field=by_field)


def _suggested(form: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The form with base and variable at the position asked for, and in words how."""
    here = desk()
    body = body_of({k: v for k, v in form.items() if k in ROLE_FIELDS})
    kind = form.get("position") or "ote_percentile"
    if kind not in POSITIONS:
        raise RequestInvalid(
            "No such position.", (FieldProblem("/position", f"'{kind}' is not a position", ", ".join(POSITIONS), schemas.near(kind, POSITIONS)),)
        )
    at = "mid" if kind == "band" else form.get("at", "").strip().removesuffix("%") or ("50" if kind != "budget_usd" else "")
    if not at:
        raise RequestInvalid("A budget is needed.", (FieldProblem("/budget_usd", "a budget needs an amount", "such as 180k"),))
    share = form.get("mix", "").strip()
    asked = schemas.load(contract.SUGGEST, {**body, kind: at} | ({"base_share": as_percent("mix", share)} if share else {}))
    found = several.suggest(here.model, asked, here.today, here.policies(if_known()))
    return {**form, "base_usd": str(found["offer"]["base_usd"]), "variable_usd": str(found["offer"]["variable_usd"])}, found["why"]


def worked_out(form: Mapping[str, str], said: str = "", kept: dict[str, Any] | None = None) -> Page:
    """The page with every figure of the form's offer, or its problems."""
    try:
        body = {k: v for k, v in body_of(form).items() if k not in KEEPING}
        figures = desk().figures(if_known(), schemas.load(contract.OFFER, body))
    except RequestError as problem:
        return problems_of(form, problem)
    return show_figures(form, figures, json.dumps(body, indent=2), said, kept)


def show_figures(form: Mapping[str, str], figures: dict[str, Any], call: str, said: str = "", kept: dict[str, Any] | None = None) -> Page:
    """Figures with their pictures."""
    offered = {name: figures["standing"][name]["offered_usd"] for name in ("base", "variable", "ote")}
    plan = figures["plan"]
    return Page(
        form, figures, range_picture(figures["market"], offered), curve_picture(plan) if plan else None, year_bars(figures["years"]), call, said, kept=kept
    )


PARTS = {
    "equity": ("equity_usd", "vest_years", "cliff_months", "refresher_usd", "refresher_after", "equity_growth", "merit_rate"),
    "plan": tuple(name for name in PLAN_FIELDS if name not in ("tier_type", "distribution")),
    "keep": ("reference", "starts_on", "expires_on", "note"),
}


def _open_parts(page: Page) -> set[str]:
    """Folded parts of the form that hold something, or something refused."""
    found = {part for part, names in PARTS.items() if any(page.form.get(n, "").strip() or n in page.problem_by_field for n in names)}
    return found | ({"plan"} if page.problem_by_field.keys() & {"tier_type", "distribution"} else set())


def _render(template: str, page: Page, status: int = 200, **more: Any) -> Response:
    return make_response(
        render_template(
            template,
            page=page,
            width=WIDTH,
            curve_height=CURVE_HEIGHT,
            levels_options=[(v.code, f"{v.code} {v.name}") for v in vocabulary.levels().values()],
            mode_options=[(mode, mode) for mode in vocabulary.WORK_MODES],
            distribution_options=[(name, name.replace("-", " ")) for name in DISTRIBUTIONS],
            positions=POSITIONS,
            open_parts=_open_parts(page),
            once=new_token(),
            **more,
        ),
        status,
    )


def render_offer(page: Page, status: int = 200) -> Response:
    """The page of the form."""
    return _render("offer.html", page, status)


# --- build -------------------------------------------------------------------------


@blueprint.get("/offer")
def get_offer() -> Response:
    """The form; with a role in the link, an offer at the market's median to start from."""
    form = {k: v for k, v in request.args.items() if k in ROLE_FIELDS}
    unknown = sorted(set(request.args) - set(form))
    if unknown:
        at = FieldProblem("", f"'{unknown[0]}' is not read from a link: pay goes in the form", ", ".join(ROLE_FIELDS))
        return render_offer(Page(form, problems=(Refused("", at),)), 422)
    if is_blank(form):
        return render_offer(Page(form))
    try:
        filled, said = _suggested(form)
    except RequestError as problem:
        return render_offer(problems_of(form, problem), 422)
    return render_offer(worked_out(filled, said))


@blueprint.post("/offer")
def post_offer() -> Response:
    """Work the form out; with `suggest`, first set base and variable at a position. A script asks for the figures alone."""
    form = {k: v.replace("\0", "") for k, v in request.form.to_dict().items()}
    said = ""
    suggest = form.pop("suggest", None)
    try:
        if suggest is not None:
            form, said = _suggested(form)
        page = worked_out(form, said)
    except RequestError as problem:
        page = problems_of(form, problem)
    return _render("_figures.html" if request.headers.get("X-Fragment") else "offer.html", page, 422 if page.problems else 200)


# --- kept --------------------------------------------------------------------------


@blueprint.post("/offers")
def post_offers() -> Response:
    """Keep the form's offer as a draft; the same form sent twice keeps one."""
    form = typed()
    try:
        check_form()
        body = body_of(form)
        raw = json.dumps([form.get("once", ""), body]).encode()
        key = sha256(raw).hexdigest() if form.get("once") else None
        kept, _again = desk().keep(required(), body, key, raw)
    except (RequestInvalid, RoleNotCovered, Forbidden) as problem:
        return render_offer(problems_of(form, problem), 403 if isinstance(problem, Forbidden) else 422)
    return make_response(redirect(url_for("offer_pages.get_kept", offer_id=kept["id"]), 303))


@blueprint.get("/offers")
def get_offers() -> Response:
    """Kept offers."""
    asked = schemas.load(contract.LIST, {k: v for k, v in request.args.items() if v})
    rows = serving().store.offers.listed(required(), asked.get("state"), asked.get("after"), asked["limit"])
    return make_response(
        render_template(
            "offers.html", rows=rows, states=lifecycle.STATES, state=asked.get("state", ""), next_after=rows[-1]["id"] if len(rows) == asked["limit"] else None
        )
    )


@blueprint.get("/offers/<offer_id>")
def get_kept(offer_id: str) -> Response:
    """A kept offer: figures, history, next steps, downloads."""
    asked = schemas.load(contract.VERSION, request.args.to_dict())
    return _kept(desk().read(required(), offer_id, asked.get("version")))


def _kept(kept: dict[str, Any], problem: RequestError | None = None, status: int = 200) -> Response:
    who = required()
    history = desk().history(who, kept["id"])
    latest = history[-1]
    status_now = lifecycle.Status(latest["state"], kept["expires_on"])
    mover = lifecycle.Mover(who.name, who.scopes, lifecycle.authors((v["who"], v["state"]) for v in history))
    steps = [to for to in lifecycle.STEPS[latest["state"]] if _may(status_now, to, mover)] if "offers:write" in who.scopes else []
    waits = latest["state"] == "submitted" and "approved" not in steps
    page = show_figures({}, kept["figures"], json.dumps(kept["terms"], indent=2), kept=kept)
    return _render(
        "kept.html",
        page,
        status,
        history=[{**v, "changed": _changed(v["changes"])} for v in history[::-1]],
        steps=steps,
        waits=waits,
        editable=latest["state"] == "draft" and kept["version"] == latest["version"] and "offers:write" in who.scopes,
        latest=latest["version"],
        problem=problem,
        expired=lifecycle.expired(status_now, desk().today),
        formats=contract.FORMATS,
        terms=terms_rows(kept["terms"]),
        may_write="offers:write" in who.scopes,
    )


def _changed(changes: Mapping[str, list[Any]]) -> list[str]:
    """What changed in a version, in words."""
    lines = []
    for name, sides in changes.items():
        before, after = (dict(terms_rows({name: side})) for side in sides)
        lines += [f"{what}: {before.get(what, 'none')} → {after.get(what, 'none')}" for what in {**before, **after} if before.get(what) != after.get(what)]
    return lines


def _may(status: lifecycle.Status, to: str, mover: lifecycle.Mover) -> bool:
    try:
        lifecycle.check_step(status, to, mover, desk().today)
    except RequestError:
        return False
    return True


@blueprint.get("/offers/<offer_id>/edit")
def get_edit(offer_id: str) -> Response:
    """The form of a kept draft."""
    kept = desk().read(required(), offer_id)
    lifecycle.check_change(lifecycle.Status(kept["state"], kept["expires_on"]))
    return render_offer(worked_out(form_of(kept["terms"]) | {"editing": offer_id, "version": str(kept["version"])}))


def _version_sent() -> int:
    given = request.form.get("version", "")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise RequestInvalid("The form names no version.", (FieldProblem("/version", f"'{given}' is not a version", "the number on the page"),))
    return int(given)


@blueprint.get("/offers/<offer_id>/copy")
def get_copy(offer_id: str) -> Response:
    """The form of a new offer with the terms of a kept one."""
    kept = desk().read(required(), offer_id)
    left = ("reference", "expires_on", "why")
    return render_offer(worked_out({k: v for k, v in form_of(kept["terms"]).items() if k not in left}))


@blueprint.post("/offers/<offer_id>")
def post_kept(offer_id: str) -> Response:
    """Save the form over a draft, when nobody changed it meanwhile."""
    form, here, who = typed(), desk(), required()
    kept = here.read(who, offer_id)
    try:
        check_form()
        body = body_of(form)
        gone = {name: None for name in kept["terms"] if name not in body}
        here.change(who, offer_id, _version_sent(), body | gone)
    except VersionConflict:
        said = f"{kept['who']} saved version {kept['version']} meanwhile. Press Save the change again to put yours over it"
        if kept["state"] != "draft":
            said = f"{kept['who']} made it {kept['state']} meanwhile. Move it back to draft there first, or keep yours as a new offer"
        page = problems_of(form | {"version": str(kept["version"])}, VersionConflict(said))
        return _render("offer.html", page, 412, see=f"/offers/{offer_id}")
    except StateConflict as problem:
        return _render("offer.html", problems_of(form, problem), 409, see=f"/offers/{offer_id}")
    except (RequestInvalid, RoleNotCovered, Forbidden) as problem:
        return render_offer(problems_of(form, problem), 403 if isinstance(problem, Forbidden) else 422)
    return make_response(redirect(url_for("offer_pages.get_kept", offer_id=offer_id), 303))


@blueprint.post("/offers/<offer_id>/state")
def post_state(offer_id: str) -> Response:
    """Move a kept offer on."""
    here, who = desk(), required()
    try:
        check_form()
        here.step(
            who, offer_id, _version_sent(), {"to": request.form.get("to", "")} | ({"why": request.form["why"]} if request.form.get("why", "").strip() else {})
        )
    except (RequestInvalid, VersionConflict, StateConflict, Forbidden) as problem:
        return _kept(here.read(who, offer_id), problem, 403 if isinstance(problem, Forbidden) else 422)
    return make_response(redirect(url_for("offer_pages.get_kept", offer_id=offer_id), 303))


@blueprint.get("/offers/<offer_id>/export/<form>")
def get_export(offer_id: str, form: str) -> Response:
    """A kept offer as a download."""
    asked = schemas.load(contract.EXPORT, {**request.args.to_dict(), "as": form})
    return exported(desk().read(required(), offer_id, asked.get("version"), "offer.export", asked["form"]), asked["form"])
