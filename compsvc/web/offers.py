"""Pages of an offer: build it, keep it, move it on, compare it; the company's Band."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from compsvc import lifecycle, schemas, vocabulary
from compsvc.api import serving
from compsvc.api.identity import form_seal, if_known, required
from compsvc.api.offers import desk, exported
from compsvc.bands import in_force
from compsvc.errors import FieldProblem, Forbidden, RequestError, RequestInvalid, RoleNotCovered, StateConflict, VersionConflict
from compsvc.exports import terms_rows
from compsvc.incentives import DISTRIBUTIONS
from compsvc.offers import several
from compsvc.schemas import offers as contract
from compsvc.sealing import new_token
from compsvc.web.pictures import CURVE_HEIGHT, WIDTH, CurvePicture, RangePicture, YearBar, curve_picture, range_picture, year_bars

blueprint = Blueprint("offer_pages", __name__)

ROLE_FIELDS = ("title", "location", "industry", "employees", "level", "experience_years", "remote")
FORM_FIELDS: dict[str, str] = {
    **{name: f"/role/{name}" for name in ROLE_FIELDS},
    **{name: f"/{name}" for name in ("base_usd", "variable_usd", "sign_on_usd", "benefits_usd", "merit_rate", "equity_growth")},
    "equity_usd": "/equity/usd",
    "vest_years": "/equity/vest_years",
    "cliff_months": "/equity/cliff_months",
    "every": "/equity/every",
    "refresher_usd": "/refreshers/0/usd",
    "refresher_after": "/refreshers/0/after_months",
    "quota_usd": "/plan/quota_usd",
    "threshold": "/plan/threshold",
    "accelerator_above": "/plan/tiers/0/above",
    "accelerator": "/plan/tiers/0/multiplier",
    "tier_type": "/plan/tier_type",
    "cap": "/plan/cap",
    "ramp": "/plan/ramp_quota_shares",
    "draw_usd": "/plan/draw_usd",
    "draw_months": "/plan/draw_months",
    "distribution": "/plan/attainment/distribution",
    **{name: f"/{name}" for name in ("reference", "starts_on", "expires_on", "note", "why")},
}
RATIO_UP_TO = {"threshold": 1.0, "accelerator_above": 5.0, "cap": 5.0, "mix": 1.0, "default_spread": 3.0}
RATE_FIELDS = frozenset({"merit_rate", "equity_growth"})
PERCENT_FIELDS = frozenset({"threshold", "accelerator_above", "cap"}) | RATE_FIELDS
LABELS = {
    "title": "Job title",
    "base_usd": "Base",
    "variable_usd": "Target variable",
    "sign_on_usd": "Sign-on",
    "benefits_usd": "Benefits",
    "equity_usd": "Equity grant",
    "refresher_usd": "Refresher",
    "refresher_after": "Refresher after",
    "quota_usd": "Quota",
    "accelerator_above": "Accelerator above",
    "tier_type": "Accelerated sales",
    "at": "At",
    "mix": "Base share to keep",
    "ramp": "Ramp",
    "draw_usd": "Draw",
    "draw_months": "Draw for",
    "reference": "Your reference",
    "expires_on": "Expires on",
    "starts_on": "Starts on",
}
KEEPING = frozenset({"reference", "starts_on", "expires_on", "note", "why"})
PLAN_FIELDS = tuple(name for name, pointer in FORM_FIELDS.items() if pointer.startswith("/plan/"))
CONTROLS = frozenset({"position", "at", "version", "editing", "csrf", "mix", "once"})
POSITIONS = {
    "ote_percentile": "percentile of on-target earnings",
    "base_percentile": "percentile of base",
    "band": "middle of the Band",
    "budget_usd": "budget for on-target earnings",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused field: its name on the form, empty when it has none, and the problem."""

    name: str
    problem: FieldProblem


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


# --- the form ----------------------------------------------------------------------


def _put(body: dict[str, Any], pointer: str, value: Any) -> None:
    *path, last = pointer.strip("/").split("/")
    here: Any = body
    for i, step in enumerate(path):
        following = path[i + 1] if i + 1 < len(path) else last
        if isinstance(here, list):
            while len(here) <= int(step):
                here.append({})
            here = here[int(step)]
        else:
            here = here.setdefault(step, [] if following == "0" else {})
    here[last] = value


def _shares(text: str) -> list[str]:
    """`0, 50%, 75%` as shares; a bare number above 1 is a percentage."""
    parts = [p.strip() for p in text.replace(";", ",").split(",") if p.strip()]
    return [p if p.endswith("%") or _number(p) is None or (_number(p) or 0) <= 1 else f"{p}%" for p in parts]


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _as_percent(name: str, text: str) -> str:
    """A typed percentage as one: 40 is 40 %, and so is .4 where shares of quota or mix are meant. A rate a year below 1 could mean either and is refused."""
    number = _number(text)
    if text.endswith("%") or number is None:
        return text
    if name in RATE_FIELDS and 0 < abs(number) < 1:
        raise RequestInvalid(
            "A rate could mean two things.",
            (FieldProblem(FORM_FIELDS[name], f"{text} could mean {text}% or {100 * number:g}%", f"{100 * number:g}% or {text}%, with the sign"),),
        )
    return f"{100 * number:.12g}%" if number <= RATIO_UP_TO.get(name, 0.0) else f"{text}%"


def body_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The JSON body that the form says, as `POST /v1/offers/model` reads it; blank fields are left out.

    Attainments, caps and rates are typed as percentages. Raises RequestInvalid for a field the form does not have.
    """
    body: dict[str, Any] = {}
    for name, text in form.items():
        if name in CONTROLS or not text.strip():
            continue
        if name == "draw_kept":
            _put(body, "/plan/draw_recoverable", False)
        elif name == "ramp":
            _put(body, FORM_FIELDS[name], _shares(text))
        elif name not in FORM_FIELDS:
            raise RequestInvalid(
                "Some fields were refused.", (FieldProblem(f"/{name}", "there is no such field", ", ".join(FORM_FIELDS), schemas.near(name, FORM_FIELDS)),)
            )
        else:
            value = text.strip()
            if name in PERCENT_FIELDS:
                value = _as_percent(name, value)
            _put(body, FORM_FIELDS[name], value)
    body.setdefault("role", {})
    plan = body.get("plan")
    if plan is not None and set(plan) <= {"attainment", "tier_type"}:
        del body["plan"]
    elif plan is not None and not plan.get("tiers"):
        plan.pop("tier_type", None)
    if set(body.get("equity", {})) <= {"every"}:
        body.pop("equity", None)
    return body


def form_of(terms: Mapping[str, Any]) -> dict[str, str]:
    """The form that says kept terms; what the form has no field for makes StateConflict, so that editing never loses it."""
    found: dict[str, str] = {}

    def fill(value: Any, pointer: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                fill(inner, f"{pointer}/{key}")
        elif pointer == "/plan/ramp_quota_shares":
            found["ramp"] = ", ".join(str(v) for v in value)
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                fill(inner, f"{pointer}/{i}")
        elif pointer == "/plan/draw_recoverable":
            if value is False or str(value).lower() == "false":
                found["draw_kept"] = "yes"
        elif pointer in _NAME_AT:
            name = _NAME_AT[pointer]
            found[name] = f"{100 * contract.number(value):.12g}%" if name in PERCENT_FIELDS else str(value)
        elif _DEFAULTS.get(pointer, _UNKNOWN) != value and value is not None:
            raise StateConflict(
                "This offer holds terms the form has no field for.", (FieldProblem(pointer, "the form has no field for it", "change it by the API"),)
            )

    fill({k: v for k, v in terms.items() if k not in ("why", "currency")}, "")
    return found


_UNKNOWN = object()
_DEFAULTS: dict[str, Any] = {"/plan/from_first_dollar": True, "/plan/ramp_full_target": False, "/plan/draw_recoverable": True}
_NAME_AT = {pointer: name for name, pointer in FORM_FIELDS.items()}


def _blank(form: Mapping[str, str]) -> bool:
    return not any(v.strip() for k, v in form.items() if k not in CONTROLS)


def field_of(pointer: str) -> str:
    """The form's field that a pointer into the body is about."""
    if pointer in _NAME_AT:
        return _NAME_AT[pointer]
    parts = pointer.strip("/").split("/")
    if pointer.startswith("/plan/ramp"):
        return "ramp"
    return {"ote_percentile": "at", "base_percentile": "at", "budget_usd": "at", "base_share": "mix", "plan": "accelerator"}.get(parts[0], parts[-1])


def problems_of(form: Mapping[str, str], problem: RequestError) -> Page:
    """The form with what was refused, by field and in words that name the field."""
    shown, by_field = [], {}
    for p in problem.problems or (FieldProblem("", problem.message.rstrip(".")),):
        name = field_of(p.pointer)
        by_field[name] = p
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        shown.append(
            Refused(name if name in FORM_FIELDS or name in ("at", "mix") else "", replace(p, detail=f"{label}: {p.detail}" if p.pointer else p.detail))
        )
    return Page(form, problems=tuple(shown), problem_by_field=by_field)


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
    asked = schemas.load(contract.SUGGEST, {**body, kind: at} | ({"base_share": _as_percent("mix", share)} if share else {}))
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
        form, figures, range_picture(figures["market"] | {}, offered), curve_picture(plan) if plan else None, year_bars(figures["years"]), call, said, kept=kept
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
    if _blank(form):
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


def check_form() -> None:
    """Nothing for a form that this session's own page sent; Forbidden otherwise."""
    if not hmac.compare_digest(request.form.get("csrf", "").encode(), form_seal().encode()):
        raise Forbidden("The form was opened before you signed in anew. What you typed is here; press the button again.")


BAND_FIELDS = ("name", "effective_on", "default_market_percentile", "default_spread", "round_to_usd", "why", "geography", "rules", "zones")


def render_band(form: Mapping[str, str]) -> Response:
    """The page of the Band policy with a form filled in."""
    return _band(form, ())


def _form() -> dict[str, str]:
    return {k: v for k, v in request.form.to_dict().items() if k != "csrf"}


@blueprint.post("/offers")
def post_offers() -> Response:
    """Keep the form's offer as a draft; the same form sent twice keeps one."""
    form = _form()
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
            "offers.html", rows=rows, states=contract.STATES, state=asked.get("state", ""), next_after=rows[-1]["id"] if len(rows) == asked["limit"] else None
        )
    )


@blueprint.get("/offers/<offer_id>")
def get_kept(offer_id: str) -> Response:
    """A kept offer: figures, history, next steps, downloads."""
    asked = schemas.load(contract.VERSION, request.args.to_dict())
    return _kept(desk().read(required(), offer_id, asked.get("version")))


def _kept(kept: dict[str, Any], problem: RequestError | None = None, status: int = 200) -> Response:
    who, store = required(), serving().store
    history = store.offers.versions(who, kept["id"])
    latest = history[-1]
    standing = lifecycle.Standing(latest.state, kept["submitted_by"], kept["expires_on"])
    mover = lifecycle.Mover(who.name, who.scopes, {v.who for v in history if v.state in ("draft", "submitted")})
    steps = [to for to in lifecycle.STEPS[latest.state] if _may(standing, to, mover)] if "offers:write" in who.scopes else []
    waits = latest.state == "submitted" and "approved" not in steps
    page = show_figures({}, kept["figures"], json.dumps(kept["terms"], indent=2), kept=kept)
    return _render(
        "kept.html",
        page,
        status,
        history=history[::-1],
        steps=steps,
        waits=waits,
        editable=latest.state == "draft" and kept["version"] == latest.version and "offers:write" in who.scopes,
        latest=latest.version,
        problem=problem,
        expired=lifecycle.expired(standing, desk().today),
        formats=contract.FORMATS,
        terms=terms_rows(kept["terms"]),
        may_write="offers:write" in who.scopes,
    )


def _may(standing: lifecycle.Standing, to: str, mover: lifecycle.Mover) -> bool:
    try:
        lifecycle.check_step(standing, to, mover, desk().today)
    except RequestError:
        return False
    return True


@blueprint.get("/offers/<offer_id>/edit")
def get_edit(offer_id: str) -> Response:
    """The form of a kept draft."""
    kept = desk().read(required(), offer_id)
    lifecycle.check_change(lifecycle.Standing(kept["state"], kept["submitted_by"], kept["expires_on"]))
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
    form, here, who = _form(), desk(), required()
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


# --- compare -----------------------------------------------------------------------

SIDES = ("a", "b", "c")
COMPARED_FIELDS = {
    "name": "/name",
    "base_usd": "/base_usd",
    "variable_usd": "/variable_usd",
    "sign_on_usd": "/sign_on_usd",
    "equity_usd": "/equity/usd",
    "vest_years": "/equity/vest_years",
}


@blueprint.get("/compare")
def get_compare() -> Response:
    """The form for two or three offers of one role."""
    form = {"name_a": "ours", "name_b": "theirs"} | {k: v for k, v in request.args.items() if k in ROLE_FIELDS}
    return make_response(render_template("compare.html", form=form, found=None, problems=(), sides=SIDES))


@blueprint.post("/compare")
def post_compare() -> Response:
    """Offers side by side."""
    form = request.form.to_dict()
    role = {k: form[k] for k in ROLE_FIELDS if form.get(k, "").strip()}
    sides = [side for side in SIDES if form.get(f"base_usd_{side}", "").strip()]
    sent = []
    for side in sides:
        body: dict[str, Any] = {"role": role}
        for name, pointer in COMPARED_FIELDS.items():
            if form.get(f"{name}_{side}", "").strip():
                _put(body, pointer, form[f"{name}_{side}"].strip())
        if "usd" not in body.get("equity", {}):
            body.pop("equity", None)
        sent.append(body)
    try:
        here = desk()
        found = several.compare(here.model, schemas.load(contract.COMPARE, {"offers": sent}), here.today, here.policies(if_known()))
    except RequestError as problem:
        said = tuple(replace(p, detail=f"{_compared_field(p.pointer, sides)}: {p.detail}") for p in problem.problems)
        return make_response(render_template("compare.html", form=form, found=None, problems=said, sides=SIDES), 422)
    return make_response(render_template("compare.html", form=form, found=found, problems=(), sides=SIDES))


def _compared_field(pointer: str, sides: list[str]) -> str:
    """What a pointer of a comparison is about, in words."""
    parts = pointer.strip("/").split("/")
    name = LABELS.get({"/equity/usd": "equity_usd"}.get("/" + "/".join(parts[2:]), parts[-1]), parts[-1].replace("_", " ").capitalize())
    return f"{name}, offer {1 + SIDES.index(sides[int(parts[1])])}" if len(parts) > 2 and parts[1].isdigit() else "Offers" if parts[0] == "offers" else name


# --- the Band ----------------------------------------------------------------------


@blueprint.get("/band")
def get_band() -> Response:
    """The Band policy in force and its versions."""
    return _band({}, ())


def _band(form: Mapping[str, str], problems: tuple[FieldProblem, ...], status: int = 200) -> Response:
    here, who = desk(), required()
    versions = list(here.policies(who))
    now = in_force(versions, here.today)
    filled = form or (_policy_form(versions[-1]) if versions else {})
    families = [(code, family.name) for code, family in vocabulary.families().items()]
    return make_response(
        render_template(
            "band.html",
            versions=versions[::-1],
            now=now,
            may_write="bands:write" in who.scopes,
            form=filled,
            problems=problems,
            families=families,
            kept="kept" in request.args,
        ),
        status,
    )


@blueprint.post("/band")
def post_band() -> Response:
    """A new version of the Band policy from the form."""
    form = {k: v.strip() for k, v in _form().items() if v.strip()}
    try:
        check_form()
        desk().add_policy(required(), _policy_of(form))
    except (RequestInvalid, Forbidden) as problem:
        said = tuple(replace(p, detail=f"{_policy_field(p.pointer)}: {p.detail}" if p.pointer else p.detail) for p in problem.problems)
        return _band(form, said or (FieldProblem("", problem.message.rstrip(".")),), 403 if isinstance(problem, Forbidden) else 422)
    return make_response(redirect(url_for("offer_pages.get_band", kept="yes"), 303))


def _policy_field(pointer: str) -> str:
    """What a pointer into a policy is about, in words; rules and zones by their line."""
    parts = pointer.strip("/").split("/")
    if parts[0] in ("rules", "zones") and len(parts) > 1:
        return f"{parts[0].capitalize()}, line {int(parts[1]) + 1}" + (f", {parts[2].replace('_', ' ')}" if len(parts) > 2 else "")
    return parts[-1].replace("_", " ").capitalize()


def _policy_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The policy a form says: rules one a line as `family, level, percentile, spread`, zones as `name, factor, states or areas...`."""
    body: dict[str, Any] = {k: form[k] for k in ("name", "effective_on", "geography", "why", "round_to_usd") if k in form}
    default = {"market_percentile": form.get("default_market_percentile", "").removesuffix("%"), "spread": form.get("default_spread", "")}
    body["default"] = {k: _as_percent("default_spread", v) if k == "spread" else v for k, v in default.items() if v}
    return body | {
        "rules": [_rule_of(i, line) for i, line in enumerate(_lines(form, "rules"))],
        "zones": [_zone_of(line) for line in _lines(form, "zones")],
    }


def _lines(form: Mapping[str, str], name: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split(",")] for line in form.get(name, "").splitlines() if line.strip()]


def _rule_of(i: int, cells: list[str]) -> dict[str, str]:
    names = ("family", "level", "market_percentile", "spread")
    if len(cells) > len(names):
        raise RequestInvalid(
            "A rule has too many cells.", (FieldProblem(f"/rules/{i}", f"'{cells[len(names)]}' is one cell too many", "family, level, percentile, spread"),)
        )
    rule = {k: v for k, v in zip(names, cells, strict=False) if v and v != "*"}
    return {k: _as_percent("default_spread", v) if k == "spread" else v.removesuffix("%") if k == "market_percentile" else v for k, v in rule.items()}


def _zone_of(cells: list[str]) -> dict[str, Any]:
    """A zone of a line; a place that is no area code and not `else` counts as a state, and is refused there when it is none."""
    name, factor, *places = [*cells, "", ""]
    named = [p for p in places if p and p.lower() not in ("else", "everywhere else")]
    return {
        "name": name,
        "factor": factor,
        "areas": [p for p in named if p.isdigit()],
        "states": [p.upper() if len(p) == 2 else p for p in named if not p.isdigit()],
        "everywhere_else": any(p.lower() in ("else", "everywhere else") for p in places),
    }


def _policy_form(policy: Mapping[str, Any]) -> dict[str, str]:
    """The form that says a policy, to change and keep as the next version."""
    rules = [
        ", ".join(
            [
                r.get("family") or "*",
                r.get("level") or "*",
                f"{r['market_percentile']:g}" if r.get("market_percentile") else "",
                f"{r['spread']:g}" if r.get("spread") else "",
            ]
        )
        for r in policy["rules"]
    ]
    zones = [", ".join([z["name"], f"{z['factor']:g}", *z["states"], *z["areas"], *(["else"] if z["everywhere_else"] else [])]) for z in policy["zones"]]
    return {
        "name": policy["name"],
        "default_market_percentile": f"{policy['default']['market_percentile']:g}",
        "default_spread": f"{policy['default']['spread']:g}",
        "round_to_usd": str(policy["round_to_usd"]),
        "geography": policy["geography"],
        "rules": "\n".join(rules),
        "zones": "\n".join(zones),
    }
