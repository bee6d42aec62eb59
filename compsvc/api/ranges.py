"""Ranges, and what can be asked: POST /v1/ranges, batches, suggestions, vocabulary, provenance and accuracy."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

import orjson
from flask import Blueprint, Response, request

from compsvc import schemas, vocabulary
from compsvc.api import JSON_HEADER, MalformedBody, Serving, body_bytes, json_body, json_bytes, json_response, model, parsed, serving, today
from compsvc.errors import CompsvcError, FieldProblem, RequestInvalid
from compsvc.paymodel import PayModel
from compsvc.pricing import price
from compsvc.resolve.titles import suggestions

blueprint = Blueprint("ranges", __name__)
log = logging.getLogger("compsvc")


def answer_range(here: Serving, environ: dict[str, Any], data: bytes) -> tuple[int, str, bytes]:
    """(status, ETag, body) of one priced role. The answer is a function of model, code, date and request, so their hash is its ETag.

    Raises what loading and pricing raise; knows nothing of Flask, so that the edge may call it before Flask builds its contexts.
    """
    asked = schemas.load(schemas.ROLE, parsed(data))
    found, date = here.models.current(), here.today()
    etag = f'"{blake2b(b"".join((here.code, found.sha256.encode(), date.encode(), data)), digest_size=12).hexdigest()}"'
    if environ.get("HTTP_IF_NONE_MATCH") == etag:
        return 304, etag, b""
    return 200, etag, orjson.dumps(price(found, asked, date))


@blueprint.post("/v1/ranges")
def post_ranges() -> Response:
    """Price one role."""
    here, environ = serving(), request.environ
    status, etag, body = answer_range(here, environ, json_bytes(environ, here.max_body_bytes))
    return Response(body, status, [JSON_HEADER, ("ETag", etag)])


@blueprint.post("/v1/ranges/batch")
def post_ranges_batch() -> Response:
    """Price many roles; one bad item never fails the batch."""
    if request.mimetype == "application/x-ndjson":
        lines = [line for line in body_bytes(request.environ, serving().max_body_bytes).split(b"\n") if line.strip()]
        _within_limit(len(lines))
        found = [_item(i, _line(line)) for i, line in enumerate(lines)]
        return Response(b"\n".join(orjson.dumps(item) for item in found) + b"\n", content_type="application/x-ndjson")
    body = json_body()
    if not isinstance(body, list):
        raise RequestInvalid(
            "The body must be a JSON array of roles.",
            (FieldProblem("", "the body is not an array", "an array of roles, or one role a line as application/x-ndjson"),),
        )
    _within_limit(len(body))
    return json_response(list(_items(body)))


def _within_limit(count: int) -> None:
    if count > schemas.BATCH_LIMIT:
        raise RequestInvalid(
            f"{count:,} roles in one batch.", (FieldProblem("", f"{count:,} roles in one batch", f"at most {schemas.BATCH_LIMIT:,}; send the rest in another"),)
        )


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        return MalformedBody(f"The line is not JSON: {problem.msg}.")


def _items(body: list[Any]) -> Iterator[dict[str, Any]]:
    return (_item(i, entry) for i, entry in enumerate(body))


def _item(position: int, entry: Any) -> dict[str, Any]:
    caller = entry.get("id") if isinstance(entry, dict) else None
    head = {"index": position, "id": caller if isinstance(caller, str) else None}
    try:
        if isinstance(entry, CompsvcError):
            raise entry
        return {**head, "status": 200, "result": price(model(), schemas.load(schemas.ROLE, entry), today())}
    except CompsvcError as problem:
        return {**head, "status": 422, "error": {"code": problem.code, "detail": problem.message, "errors": [p.as_json() for p in problem.problems]}}
    except Exception as problem:
        log.exception("internal error in item %d of a batch", position, exc_info=problem)
        return {**head, "status": 500, "error": {"code": "internal", "detail": "Something went wrong on our side.", "errors": []}}


@cache
def _vocabulary() -> dict[str, Any]:
    return {
        "currency": [vocabulary.CURRENCY],
        "levels": [
            {"code": v.code, "track": v.track, "name": v.name, "years": [v.years_low, v.years_high], "summary": v.summary} for v in vocabulary.levels().values()
        ],
        "families": [
            {"code": f.code, "name": f.name, "group": f.group, "quota_carrying": f.quota_carrying, "summary": f.summary} for f in vocabulary.families().values()
        ],
        "occupations": [{"code": c, "name": n} for c, n in vocabulary.occupations().items()],
        "industries": [{"code": i.code, "name": i.name, "sector": i.sector, "also": list(i.everyday_names[:6])} for i in vocabulary.industries().values()],
        "sizes": [c.code for c in vocabulary.size_classes()],
        "work_modes": list(vocabulary.WORK_MODES),
        "as_of": {"from": vocabulary.AS_OF_FIRST, "years_ahead": vocabulary.AS_OF_YEARS_AHEAD},
        "experience_years": {"from": 0, "to": vocabulary.EXPERIENCE_YEARS_MAX},
    }


@blueprint.get("/v1/vocabulary")
def get_vocabulary() -> Response:
    """Every code that can be asked for."""
    return json_response({**_vocabulary(), "populations": list(model().spec.populations)})


@cache
def title_entries() -> tuple[tuple[str, dict[str, str]], ...]:
    """Titles offered while typing: the curated ladder, then occupation names."""
    seen: dict[str, dict[str, str]] = {}
    for row in vocabulary.ladder():
        seen.setdefault(row["title"], {"family": row["family"], "level": row["level"]})
    for code, name in vocabulary.occupations().items():
        seen.setdefault(name, {"occupation": code})
    return tuple(seen.items())


def place_entries(of: PayModel) -> tuple[tuple[str, dict[str, str]], ...]:
    """Places offered while typing: areas, states, the nation."""
    areas = ((name, {"code": code, "kind": "area"}) for code, name in zip(of.spec.areas, of.places.tables.area_names, strict=True))
    states = ((name, {"code": code, "kind": "state"}) for code, name in vocabulary.states().items())
    return (*areas, *states, ("United States", {"code": "US", "kind": "nation"}))


@cache
def industry_entries() -> tuple[tuple[str, dict[str, str]], ...]:
    """Industries offered while typing, by name and everyday name."""
    rows: dict[str, dict[str, str]] = {}
    for code, industry in vocabulary.industries().items():
        rows.setdefault(industry.name, {"code": code})
        for name in industry.everyday_names:
            rows.setdefault(name, {"code": code})
    return tuple(rows.items())


def _suggest(entries: tuple[tuple[str, dict[str, str]], ...]) -> Response:
    asked = schemas.load(schemas.QUERY, request.args.to_dict())
    found = suggestions(asked["q"], entries, asked["limit"])
    return json_response({"q": asked["q"], "suggestions": [{"name": name, "score": score, **payload} for score, name, payload in found]})


@blueprint.get("/v1/titles")
def get_titles() -> Response:
    """Titles for what was typed so far, each with a score."""
    return _suggest(title_entries())


@blueprint.get("/v1/places")
def get_places() -> Response:
    """Places for what was typed so far, each with a score."""
    return _suggest(place_entries(model()))


@blueprint.get("/v1/industries")
def get_industries() -> Response:
    """Industries for what was typed so far, each with a score."""
    return _suggest(industry_entries())


@blueprint.get("/v1/models/current")
def get_current_model() -> Response:
    """Provenance of the model that answers."""
    body = model().body
    return json_response(
        {
            "model_id": body["model_id"],
            "as_of": body["as_of"],
            "currency": body["currency"],
            "sha256": body["sha256"],
            "files": body["files"],
            "training": body["training"],
            "checks": len(body["checks"]),
        }
    )


@blueprint.get("/v1/accuracy")
def get_accuracy() -> Response:
    """The accuracy card of the model that answers."""
    return json_response({"model_id": model().model_id, **model().body["evaluation"]})


@blueprint.get("/openapi.json")
def get_openapi() -> Response:
    """The OpenAPI 3.1 description, built with `make openapi`."""
    return json_response(orjson.loads((files("compsvc") / "static" / "openapi.json").read_bytes()))
