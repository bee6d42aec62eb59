"""The OpenAPI 3.1 description, built from the schemas and written to `static/openapi.json` (make openapi)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from compsvc import __version__, answers, schemas

PATH = Path(__file__).parent / "static" / "openapi.json"


def document() -> dict[str, Any]:
    """The description as plain JSON."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="compsvc",
        version=__version__,
        openapi_version="3.1.0",
        info={"description": "Pay ranges that are measured, explained and reproducible.", "license": {"name": "MIT", "identifier": "MIT"}},
        plugins=[plugin],
    )
    assert plugin.converter is not None
    for kind, shape in (
        (schemas.Text, ("string", None)),
        (schemas.IsoDate, ("string", "date")),
        (schemas.CurrencyCode, ("string", None)),
        (schemas.Years, ("number", None)),
    ):
        plugin.converter.field_mapping[kind] = shape
    plugin.converter.field_mapping[schemas.WorkMode] = (None, None)
    plugin.converter.field_mapping[schemas.Employees] = (None, None)
    spec.components.schema("Role", schema=schemas.RoleSchema)
    spec.components.schema("Range", schema=answers.RangeSchema)
    spec.components.schema("Problem", schema=answers.ProblemSchema)
    problem = {"description": "refused", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    refused = {"400": problem, "413": problem, "415": problem, "422": problem}
    role, answer = {"$ref": "#/components/schemas/Role"}, {"$ref": "#/components/schemas/Range"}
    spec.path(
        "/v1/ranges",
        operations={
            "post": {
                "operationId": "price_role",
                "summary": "One role to a pay range",
                "requestBody": {"required": True, "content": {"application/json": {"schema": role}}},
                "responses": {"200": _json(answer), **refused},
            }
        },
    )
    item = {
        "type": "object",
        "required": ["index", "id", "status"],
        "properties": {
            "index": {"type": "integer"},
            "id": {"type": ["string", "null"]},
            "status": {"type": "integer"},
            "result": answer,
            "error": {"type": "object"},
        },
    }
    many = {
        "application/json": {"schema": {"type": "array", "maxItems": schemas.BATCH_LIMIT, "items": role}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    }
    spec.path(
        "/v1/ranges/batch",
        operations={
            "post": {
                "operationId": "price_roles",
                "summary": "Many roles, each with its own status",
                "requestBody": {"required": True, "content": many},
                "responses": {"200": _json({"type": "array", "items": item}), **refused},
            }
        },
    )
    for name in ("titles", "places", "industries"):
        parameters = [
            {"name": "q", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}},
        ]
        spec.path(
            f"/v1/{name}",
            operations={
                "get": {
                    "operationId": f"suggest_{name}",
                    "summary": f"Suggestions of {name}, each with a score",
                    "parameters": parameters,
                    "responses": {"200": _json({"type": "object"}), "422": problem},
                }
            },
        )
    for path, name, summary in (
        ("/v1/vocabulary", "vocabulary", "What can be asked"),
        ("/v1/models/current", "current_model", "Provenance of the model"),
        ("/v1/accuracy", "accuracy", "Held-out error and coverage"),
        ("/healthz", "healthz", "Alive"),
        ("/readyz", "readyz", "Model loaded"),
        ("/openapi.json", "openapi", "This description"),
    ):
        spec.path(path, operations={"get": {"operationId": name, "summary": summary, "responses": {"200": _json({"type": "object"})}}})
    spec.path(
        "/metrics",
        operations={
            "get": {
                "operationId": "metrics",
                "summary": "Prometheus metrics of this worker",
                "responses": {"200": {"description": "text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
            }
        },
    )
    return spec.to_dict()


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema") if issubclass(kind, Schema) else str(kind)


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "answered", "content": {"application/json": {"schema": schema}}}


def text() -> str:
    """The bytes that `static/openapi.json` holds."""
    return json.dumps(document(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
