"""The application: configuration, models, API, pages, errors, headers, health and metrics."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import orjson
from flask import Flask, Request, Response, render_template, request
from werkzeug.exceptions import HTTPException

from compsvc import access, api, errors
from compsvc.api import checks, identity, plans, postings, ranges
from compsvc.api import offers as offers_api
from compsvc.headcount.runner import Starter
from compsvc.registry import ModelHolder, code_digest
from compsvc.settings import Settings
from compsvc.store import Store
from compsvc.web import accounts as account_pages
from compsvc.web import band, comparison
from compsvc.web import checks as check_pages
from compsvc.web import offers as offer_pages
from compsvc.web import plans as plan_page
from compsvc.web import postings as posting_page
from compsvc.web import ranges as range_pages

PROBLEM = "application/problem+json"
RETRY_AFTER = {503: "2", 429: "900"}
RANGES = "/v1/ranges"
STATUS: dict[type[errors.CompsvcError], int] = {
    api.MalformedBody: 400,
    api.UnsupportedBody: 415,
    errors.NotFound: 404,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.TooManyAttempts: 429,
    errors.StateConflict: 409,
    errors.VersionConflict: 412,
    errors.VersionMissing: 428,
    errors.RequestError: 422,
    errors.ArtifactError: 503,
    errors.StoreUnreachable: 503,
    errors.StoreConflict: 409,
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "interest-cohort=()",
    "Cache-Control": "no-store",
}
SECONDS_PER_DAY = 86_400
MOST_PARTS = 5_000
ROOMY = ("/plan", "/sign-in", "/posting")
log = logging.getLogger("compsvc")


class Asked(Request):
    """A request whose uploads stay in memory: none is larger than a body may be, and no file is left behind."""

    def _get_file_stream(self, *_: Any, **__: Any) -> BytesIO:
        return BytesIO()


class Metrics:
    """Request counts and seconds by route and status, per worker process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, float] = defaultdict(float)

    def add(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self._count[(route, status)] += 1
            self._seconds[route] += seconds

    def text(self, model_id: str) -> str:
        """Prometheus text exposition, version 0.0.4."""
        with self._lock:
            lines = ["# HELP compsvc_requests_total Requests answered by this worker.", "# TYPE compsvc_requests_total counter"]
            lines += [f'compsvc_requests_total{{route="{r}",status="{s}"}} {n}' for (r, s), n in sorted(self._count.items())]
            lines += ["# HELP compsvc_request_seconds_total Seconds spent answering.", "# TYPE compsvc_request_seconds_total counter"]
            lines += [f'compsvc_request_seconds_total{{route="{r}"}} {n:.6f}' for r, n in sorted(self._seconds.items())]
        lines += ["# HELP compsvc_model_info The model that answers.", "# TYPE compsvc_model_info gauge", f'compsvc_model_info{{model_id="{model_id}"}} 1']
        return "\n".join(lines) + "\n"


def create_app(settings: Settings | None = None) -> Flask:
    """A Flask application over the promoted model; raises ArtifactError when no sound model is there.

    The loaded model is moved out of the garbage collector's sight: requests need not walk it, and forked workers share it.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.request_class = Asked
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body_bytes, MAX_FORM_MEMORY_SIZE=100_000, MAX_FORM_PARTS=100)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    store = Store.of(settings)
    app.extensions["compsvc"] = api.Serving(
        ModelHolder(settings.models), _clock(settings.today), settings.max_body_bytes, code_digest(), store, Starter(store, settings), settings.secure_cookies
    )
    metrics = Metrics()

    @app.before_request
    def room_for_rows() -> None:
        if request.path in ROOMY:
            request.max_form_memory_size = settings.max_body_bytes
            request.max_form_parts = MOST_PARTS

    identity.init_app(app)
    for part in (
        *(ranges, offers_api, plans, postings, checks),
        *(range_pages, offer_pages, comparison, posting_page, check_pages, band, plan_page, account_pages),
    ):
        app.register_blueprint(part.blueprint)
    app.jinja_env.filters["usd"] = lambda value: f"{'-' if value < 0 else ''}${abs(value):,.0f}"
    app.jinja_env.globals.update(signed_in=account_pages.signed_in, form_seal=identity.form_seal)
    _init_health(app, metrics, store)
    _init_errors(app)
    _init_observation(app, metrics)
    gc.collect()
    gc.freeze()
    return app


def _clock(fixed: str) -> Callable[[], str]:
    """Today's date in UTC, worked out once a day; or the fixed one."""
    if fixed:
        return lambda: fixed
    known = (0, "")

    def today() -> str:
        nonlocal known
        day = int(time.time() // SECONDS_PER_DAY)
        if day != known[0]:
            known = (day, datetime.now(UTC).date().isoformat())
        return known[1]

    return today


def _init_health(app: Flask, counted: Metrics, store: Store) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return Response(b'{"status":"alive"}', content_type="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        found = api.model()
        try:
            store.ping()
            kept = {"kind": store.kind, "reachable": True}
        except errors.StoreUnreachable as problem:
            kept = {"kind": store.kind, "reachable": False, "detail": problem.message}
        return Response(
            orjson.dumps({"status": "ready", "model_id": found.model_id, "code_sha256": found.body["training"]["code_sha256"], "store": kept}),
            content_type="application/json",
        )

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(counted.text(api.model().model_id), content_type="text/plain; version=0.0.4; charset=utf-8")


class Edge:
    """WSGI layer around the application: the headers every response carries, the count of requests, and sound range requests.

    A range request that can be answered is answered here by the function Flask's own route calls; anything else about it,
    every refusal included, is Flask's, which gets the body back unread.
    """

    def __init__(self, wsgi: Any, metrics: Metrics, routes: frozenset[str], here: api.Serving) -> None:
        self._wsgi = wsgi
        self._metrics = metrics
        self._routes = routes
        self._here = here
        self._headers = list(HEADERS.items())
        self._open = access.open_to_all(RANGES, "POST")

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer with the fixed headers appended, and count it."""
        started = time.perf_counter()
        path = environ["PATH_INFO"]
        if path == RANGES and self._open and environ["REQUEST_METHOD"] == "POST" and environ.get("CONTENT_TYPE") == "application/json":
            body = self._range(environ, start_response)
            if body is not None:
                self._metrics.add(RANGES, 200 if body[0] else 304, time.perf_counter() - started)
                return body
        seen = 0

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal seen
            seen = int(status[:3])
            return start_response(status, headers + self._headers, *rest)

        answer = self._wsgi(environ, start)
        self._metrics.add(path if path in self._routes else "(other)", seen, time.perf_counter() - started)
        return answer

    def _range(self, environ: Any, start_response: Any) -> list[bytes] | None:
        """The body of a range that can be answered; None leaves the request to Flask as it came."""
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdecimal() or int(length) > self._here.max_body_bytes:
            return None
        data = environ["wsgi.input"].read(int(length))
        try:
            status, etag, body = ranges.answer_range(self._here, environ, data)
        except Exception:
            environ["wsgi.input"] = BytesIO(data)
            return None
        headers = [("ETag", etag), *self._headers] if status == 304 else [api.JSON_HEADER, ("Content-Length", str(len(body))), ("ETag", etag), *self._headers]
        start_response("200 OK" if status == 200 else "304 NOT MODIFIED", headers)
        return [body]


def _init_observation(app: Flask, metrics: Metrics) -> None:
    routes = frozenset(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
    app.wsgi_app = Edge(app.wsgi_app, metrics, routes, app.extensions["compsvc"])  # type: ignore[method-assign]


def _wants_page() -> bool:
    return not request.path.startswith("/v1") and request.path not in ("/openapi.json", "/healthz", "/readyz", "/metrics")


def problem_response(status: int, code: str, title: str, detail: str, problems: tuple[errors.FieldProblem, ...] = ()) -> Response:
    """RFC 9457 problem details, or a page for people, with the same status and words."""
    if _wants_page():
        return Response(render_template("error.html", status=status, title=title, detail=detail, problems=problems, path=request.path), status)
    body: dict[str, Any] = {
        "type": f"/docs#error-{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [p.as_json() for p in problems],
    }
    return Response(orjson.dumps(body), status, content_type=PROBLEM)


def _largest(app: Flask) -> str:
    """What a request may hold, in words."""
    body, form = app.config["MAX_CONTENT_LENGTH"], request.max_form_memory_size
    of_form = f", {form:,} of them in the fields of a form" if request.mimetype == "multipart/form-data" and form is not None and form < body else ""
    return f"A request here holds up to {body:,} bytes{of_form}"


def _init_errors(app: Flask) -> None:
    @app.errorhandler(errors.CompsvcError)
    def known(problem: errors.CompsvcError) -> Response:
        status = next((s for kind, s in STATUS.items() if isinstance(problem, kind)), 500)
        if status >= 500:
            log.error("%s: %s", problem.code, problem.message)
        if status == 401 and request.method == "POST" and _wants_page():
            return account_pages.carry_on()
        response = problem_response(status, problem.code, problem.code.replace("_", " "), problem.message, problem.problems)
        if status in RETRY_AFTER:
            response.headers["Retry-After"] = RETRY_AFTER[status]
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @app.errorhandler(HTTPException)
    def http(problem: HTTPException) -> Response:
        status = problem.code or 500
        words = f"{_largest(app)}; send less, or in parts." if status == 413 else problem.description or ""
        response = problem_response(status, (problem.name or "error").lower().replace(" ", "_"), problem.name, words)
        if status == 405:
            response.headers["Allow"] = ", ".join(sorted(getattr(problem, "valid_methods", None) or ()))
        return response

    @app.errorhandler(Exception)
    def bug(problem: Exception) -> Response:
        request_id = uuid4().hex
        log.exception("internal error, request %s", request_id, exc_info=problem)
        return problem_response(500, "internal", "internal error", f"Something went wrong on our side. Request {request_id}.")
