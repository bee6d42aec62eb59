"""Who asks: an API key under /v1, a session on pages; and the guard that lets nobody else through."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from flask import Flask, g, request

from compsvc import access
from compsvc.api import serving
from compsvc.errors import CompsvcError, Forbidden, StoreUnreachable, Unauthenticated
from compsvc.store import Who

log = logging.getLogger("compsvc")
COOKIE = "compsvc"
SECURE_COOKIE = "__Host-compsvc"
_BEARER = "Bearer "
_OWN_SITES = ("same-origin", "none")


def cookie_name() -> str:
    """Name of the session cookie; browsers keep the secure one to this host and to HTTPS."""
    return SECURE_COOKIE if serving().secure_cookies else COOKIE


def _under_v1() -> bool:
    return request.path.startswith("/v1/")


def _find() -> Who | None:
    """Who asks; None when nothing was sent. Unauthenticated for a key that opens nothing; a session that is over counts as nobody."""
    accounts = serving().store.accounts
    if _under_v1():
        given = request.headers.get("Authorization", "")
        if not given:
            return None
        if not given.startswith(_BEARER):
            raise Unauthenticated("Send the API key as 'Authorization: Bearer ...'.")
        return access.who(*accounts.by_key(given.removeprefix(_BEARER).strip()))
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    try:
        return access.who(*accounts.by_session(token))
    except Unauthenticated:
        return None


def asking() -> Who | None:
    """Who asks, looked up once a request; None for nobody."""
    if "who" not in g:
        sent = request.headers.get("Authorization") if _under_v1() else request.cookies.get(cookie_name())
        try:
            g.who = _find() if sent else None
        except CompsvcError as problem:
            g.who = problem
    found: Who | CompsvcError | None = g.who
    if isinstance(found, CompsvcError):
        raise found
    return found


def if_known() -> Who | None:
    """Who asks; on a page that needs no account, nobody when the store does not answer."""
    try:
        return asking()
    except StoreUnreachable:
        if _under_v1():
            raise
        return None


def form_seal() -> str:
    """What a form of this session carries to show that one of its own pages sent it; empty without a session."""
    token = g.get("session_token") or request.cookies.get(cookie_name())
    return serving().store.seals.of("form", token.encode()) if token else ""


def check_form() -> None:
    """Nothing for a form that this session's own page sent; Forbidden otherwise."""
    if not hmac.compare_digest(request.form.get("csrf", "").encode(), form_seal().encode()):
        raise Forbidden("The form was opened before you signed in anew. What you typed is here; press the button again.")


def required() -> Who:
    """Who asks; Unauthenticated for nobody."""
    found = asking()
    if found is None:
        raise Unauthenticated("Sign in, or send an API key as 'Authorization: Bearer ...'.")
    return found


def _note_refusal(problem: Forbidden) -> None:
    """One entry of the log for what somebody known was refused."""
    with suppress(Exception):
        who = asking()
        if who is not None:
            serving().store.audit.read(who, "refused", "", f"{request.method} {request.url_rule}: {problem.message}")


def init_app(app: Flask, decide: Callable[[str, str, Who | None], None] | None = None) -> None:
    """Put the guard before every route. `decide` is `access.check`; whatever goes wrong in it denies."""

    @app.before_request
    def guard() -> None:
        rule = request.url_rule
        if rule is None or request.method == "OPTIONS":
            return
        if request.method == "POST" and not _under_v1():
            origin = request.headers.get("Origin", "null")
            if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES or (origin != "null" and urlsplit(origin).netloc != request.host):
                raise Forbidden("The form was sent from another site.")
        if access.open_to_all(rule.rule, request.method):
            return
        try:
            (decide or access.check)(rule.rule, request.method, asking())
        except Forbidden as problem:
            _note_refusal(problem)
            raise
        except CompsvcError:
            raise
        except Exception as problem:
            log.exception("fault inside an authorization check; denied", exc_info=problem)
            raise Forbidden("This could not be allowed.") from None
