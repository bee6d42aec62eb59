"""Sign in and out. A form filled in before signing in is carried along, so nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, Response, g, make_response, redirect, render_template, request

from compsvc import access
from compsvc.api import serving
from compsvc.api.identity import asking, cookie_name
from compsvc.errors import CompsvcError, TooManyAttempts, Unauthenticated
from compsvc.store import SESSION_HOURS, Who
from compsvc.web import plans
from compsvc.web.band import BAND_FIELDS, render_band
from compsvc.web.form import FORM_FIELDS
from compsvc.web.offers import render_offer, worked_out

blueprint = Blueprint("account_pages", __name__)
NEXT = ("/offers", "/offer", "/band", "/plan", "/plans", "/compare", "/")
_KEPT = re.compile(r"/offers/ofr_[0-9a-f]{32}(/edit|/copy)?")
PAGES: dict[str, tuple[Callable[[str], bool], Callable[[dict[str, str]], Response]]] = {
    "/band": (BAND_FIELDS.__contains__, render_band),
    "/plan": (plans.carries, plans.render_plan),
}
CARRIED = frozenset({*FORM_FIELDS, "draw_kept", "editing", "version", "position", "at", "mix"})


def signed_in() -> Who | None:
    """Who is signed in, for a page's head; nobody when the store does not answer."""
    try:
        return asking()
    except CompsvcError:
        return None


def _next(asked: str) -> str:
    """A page of ours to go to after signing in."""
    return asked if asked in NEXT or _KEPT.fullmatch(asked) else "/offers"


def _page(carried: dict[str, str], then: str, problem: str = "", status: int = 200) -> Response:
    return make_response(render_template("sign_in.html", carried=carried, then=then, problem=problem, email=request.form.get("email", "")), status)


def carry_on() -> Response:
    """The form to sign in, with what was typed before the session was over; for posts of pages."""
    said = "You are not signed in, or not any more. Sign in to go on."
    if request.path.endswith("/state"):
        return _page({}, _next(request.path.removesuffix("/state")), said, 401)
    then = request.path if request.path in PAGES else "/offers"
    return _page(_carried(then), then, said, 401)


def _carried(then: str) -> dict[str, str]:
    """What was typed on the page somebody was on: of the Band's form, a plan's, or an offer's."""
    carries = PAGES[then][0] if then in PAGES else CARRIED.__contains__
    return {k: v for k, v in request.form.to_dict().items() if carries(k) and v.strip()}


@blueprint.get("/sign-in")
def get_sign_in() -> Response:
    """The form to sign in."""
    return _page({}, _next(request.args.get("next", "")))


@blueprint.post("/sign-in")
def post_sign_in() -> Response:
    """Sign in; a carried offer form comes back filled in."""
    form = request.form.to_dict()
    then = _next(form.get("next", ""))
    carried = _carried(then)
    if "password" not in form:
        return _page(carried, then)
    accounts = serving().store.accounts
    try:
        token = accounts.sign_in(form.get("email", ""), form["password"])
    except Unauthenticated as problem:
        return _page(carried, then, problem.message, 401)
    except TooManyAttempts as problem:
        response = _page(carried, then, problem.message, 429)
        response.headers["Retry-After"] = "900"
        return response
    if carried:
        g.who, g.session_token = access.who(*accounts.by_session(token)), token
        response = PAGES[then][1](carried) if then in PAGES else render_offer(worked_out(carried))
    else:
        response = make_response(redirect(then, 303))
    response.set_cookie(cookie_name(), token, max_age=SESSION_HOURS * 3600, path="/", secure=serving().secure_cookies, httponly=True, samesite="Lax")
    return response


@blueprint.post("/sign-out")
def post_sign_out() -> Response:
    """End the session."""
    token = request.cookies.get(cookie_name())
    if token:
        serving().store.accounts.sign_out(token)
    response = make_response(redirect("/", 303))
    response.delete_cookie(cookie_name(), path="/", secure=serving().secure_cookies, httponly=True, samesite="Lax")
    return response
