"""JSON under /v1: load, one domain call, dump. Here is what every route shares."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from flask import Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from compsvc.errors import CompsvcError, FieldProblem
from compsvc.headcount.runner import Starter
from compsvc.paymodel import PayModel
from compsvc.registry import ModelHolder
from compsvc.store import Store


class UnsupportedBody(CompsvcError):
    """A body in a content type the route does not read."""

    code = "unsupported_media_type"


class MalformedBody(CompsvcError):
    """A body that is not the JSON it says it is."""

    code = "malformed_json"


class Serving(NamedTuple):
    """What every route needs: the models, the date used when a request names none, the largest body in bytes, the code's own hash, what is kept, what starts runners of plans, and whether cookies need HTTPS."""

    models: ModelHolder
    today: Callable[[], str]
    max_body_bytes: int
    code: bytes
    store: Store
    runners: Starter
    secure_cookies: bool = True


def serving() -> Serving:
    """What this application serves with."""
    found: Serving = current_app.extensions["compsvc"]
    return found


def model() -> PayModel:
    """The model this request answers with."""
    return serving().models.current()


def today() -> str:
    """The date used when a request names none."""
    return serving().today()


def json_response(body: Any, status: int = 200, content_type: str = "application/json") -> Response:
    """A JSON response with an ETag of its bytes; 304 when the caller has them already."""
    data = orjson.dumps(body)
    etag = f'"{blake2b(data, digest_size=12).hexdigest()}"'
    if status == 200 and request.environ.get("HTTP_IF_NONE_MATCH") == etag:
        return Response(status=304, headers={"ETag": etag})
    return Response(data, status, [("Content-Type", content_type), ("ETag", etag)])


def body_bytes(environ: dict[str, Any], largest: int) -> bytes:
    """The request's bytes; read straight from the server when it says how many there are."""
    length = environ.get("CONTENT_LENGTH")
    if not length or not length.isdecimal():
        return request.get_data()
    if int(length) > largest:
        raise RequestEntityTooLarge()
    return bytes(environ["wsgi.input"].read(int(length)))


def json_bytes(environ: dict[str, Any], largest: int) -> bytes:
    """The bytes of a body that says it is JSON; UnsupportedBody for any other."""
    if environ.get("CONTENT_TYPE") != "application/json" and request.mimetype != "application/json":
        raise UnsupportedBody(
            "Send application/json.", (FieldProblem("", f"content type '{request.mimetype or 'none'}' is not read here", "application/json"),)
        )
    return body_bytes(environ, largest)


def parsed(data: bytes) -> Any:
    """What JSON bytes hold; MalformedBody when they are none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise MalformedBody(f"The body is not JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}.") from None


JSON_HEADER = ("Content-Type", "application/json")


def json_body() -> Any:
    """What this request's JSON body holds."""
    return parsed(json_bytes(request.environ, serving().max_body_bytes))
