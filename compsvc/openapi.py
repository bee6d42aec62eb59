"""The OpenAPI 3.1 description, built from the schemas and written to `static/openapi.json` (make openapi)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from compsvc import __version__, access, answers, schemas
from compsvc.schemas import checks, headcount, postings
from compsvc.schemas import offers as contract

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
        (headcount.YearMonth, ("string", None)),
        (schemas.CurrencyCode, ("string", None)),
        (schemas.Years, ("number", None)),
        (contract.Amount, ("number", None)),
        (contract.Whole, ("integer", None)),
        (postings.FileBytes, ("string", "byte")),
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
    _offer_paths(spec, problem)
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


_REQUESTS = (
    ("Offer", contract.OfferSchema),
    ("KeepOffer", contract.KeptOfferSchema),
    ("ChangeOffer", contract.ChangeSchema(partial=True)),
    ("Step", contract.StateSchema),
    ("Suggest", contract.SuggestSchema),
    ("Compare", contract.CompareSchema),
    ("BandPolicy", contract.BandPolicySchema),
    ("PayRecord", contract.PayRecordSchema),
    ("HeadcountPlan", headcount.PlanSchema),
    ("Posting", postings.PostingSchema),
    ("PostingRead", answers.PostingReadSchema),
    ("Check", checks.CheckSchema),
    ("Checked", answers.CheckedSchema),
    ("Ladder", answers.LadderSchema),
    ("PlanCost", answers.PlanCostSchema),
    ("KeptPlan", answers.KeptPlanSchema),
    ("OfferFigures", answers.OfferFiguresSchema),
    ("KeptOffer", answers.KeptOfferSchema),
    ("Suggestion", answers.SuggestionSchema),
    ("Comparison", answers.ComparisonSchema),
)
_QUERIES = {
    "/v1/offers": contract.LIST,
    "/v1/offers/{offer_id}": contract.VERSION,
    "/v1/offers/{offer_id}/export": contract.EXPORT,
    "/v1/plans/{plan_id}/result": headcount.RESULT,
    "/v1/audit": contract.AUDIT,
}
_OFFERS: tuple[tuple[str, str, str, str, str | None, str, str | None], ...] = (
    ("/v1/offers/model", "post", "model_offer", "Every figure of an offer; nothing is kept", "Offer", "200", "OfferFigures"),
    ("/v1/offers/suggest", "post", "suggest_offer", "Base and variable at a chosen position", "Suggest", "200", "Suggestion"),
    ("/v1/offers/compare", "post", "compare_offers", "Several offers side by side", "Compare", "200", "Comparison"),
    ("/v1/offers", "post", "keep_offer", "Keep an offer as a draft", "KeepOffer", "201", "KeptOffer"),
    ("/v1/offers", "get", "list_offers", "Kept offers, without their pay", None, "200", None),
    ("/v1/offers/{offer_id}", "get", "read_offer", "A kept offer, or one of its versions", None, "200", "KeptOffer"),
    (
        "/v1/offers/{offer_id}",
        "patch",
        "change_offer",
        "Change a draft: fields sent replace those kept, null takes one away",
        "ChangeOffer",
        "200",
        "KeptOffer",
    ),
    ("/v1/offers/{offer_id}/state", "post", "move_offer", "Move an offer to its next state", "Step", "200", "KeptOffer"),
    ("/v1/offers/{offer_id}/versions", "get", "offer_history", "Who changed it, when and why", None, "200", None),
    ("/v1/offers/{offer_id}/export", "get", "export_offer", "PDF, CSV, XLSX, or fields for Greenhouse, Lever or Ashby", None, "200", None),
    (
        "/v1/postings",
        "post",
        "read_posting",
        "What a job posting says, each field with its words, priced and beside the market",
        "Posting",
        "200",
        "PostingRead",
    ),
    ("/v1/checks", "post", "check_offer", "Where an offer stands in the market, why, and what to ask; nothing is kept", "Check", "200", "Checked"),
    ("/v1/ladders", "post", "career_ladder", "What each level of a job pays, and what moves pay most", "Role", "200", "Ladder"),
    (
        "/v1/plans",
        "post",
        "cost_plan",
        "What a headcount plan costs by month, as a band; a large one is kept and costed in the background",
        "HeadcountPlan",
        "200",
        "PlanCost",
    ),
    ("/v1/plans", "get", "list_plans", "Kept plans, newest first, without rows and results", None, "200", None),
    ("/v1/plans/{plan_id}", "get", "read_plan", "How a kept plan is doing", None, "200", "KeptPlan"),
    ("/v1/plans/{plan_id}/result", "get", "plan_result", "What a kept plan costs, as JSON or as a file", None, "200", "PlanCost"),
    ("/v1/plans/{plan_id}/cancel", "post", "cancel_plan", "Stop a plan that is not done", None, "200", "KeptPlan"),
    ("/v1/band-policies", "get", "band_policies", "Every version of the Band policy", None, "200", None),
    ("/v1/band-policies", "post", "add_band_policy", "A new version of the Band policy", "BandPolicy", "201", None),
    ("/v1/pay-records", "get", "pay_records", "Pay records of the workspace", None, "200", None),
    ("/v1/pay-records", "post", "add_pay_records", "Enter pay records, all or none", "PayRecord", "201", None),
    ("/v1/pay-records/{reference}", "delete", "remove_pay_record", "Take one pay record out", None, "204", None),
    ("/v1/account", "get", "account", "Who asks, and what they may do", None, "200", None),
    ("/v1/audit", "get", "audit", "The audit log, and whether it is whole", None, "200", None),
)


def _offer_paths(spec: APISpec, problem: dict[str, Any]) -> None:
    """Offers and what is kept with them; who may do what is `access.csv`."""
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": "an API key of `compsvc accounts key`"})
    for name, schema in _REQUESTS:
        spec.components.schema(name, schema=schema)
    found: dict[str, dict[str, Any]] = {}
    for path, method, operation, summary, body, status, answer in _OFFERS:
        route = path.replace("{", "<").replace("}", ">")
        told = {"description": "done"} if status == "204" else _json({"$ref": f"#/components/schemas/{answer}"} if answer else {"type": "object"})
        refused = {"422": problem} | ({"400": problem, "413": problem, "415": problem} if body else {})
        described: dict[str, Any] = {"operationId": operation, "summary": summary, "responses": {status: told, **refused}, "parameters": []}
        if not access.open_to_all(route, method.upper()):
            described["security"] = [{"key": []}]
            described["responses"] |= {code: problem for code in ("401", "403", "404", "503")}
            described["description"] = f"Needs the scope {access.rules()[route, method.upper()].scope}."
        if body:
            one = {"$ref": f"#/components/schemas/{body}"}
            wanted = {"type": "array", "items": one} if operation == "add_pay_records" else one
            described["requestBody"] = {"required": True, "content": {"application/json": {"schema": wanted}}}
        for name in ("offer_id", "plan_id", "reference"):
            if f"{{{name}}}" in path:
                described["parameters"].append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
        if method == "get" and path in _QUERIES:
            described["parameters"] += _parameters(_QUERIES[path])
        if operation in ("change_offer", "move_offer"):
            described["parameters"].append(
                {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}, "description": "the ETag as read"}
            )
            described["responses"] |= {code: problem for code in ("409", "412", "428")}
        if operation in ("keep_offer", "cost_plan"):
            described["parameters"].append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 8, "maxLength": 128}})
        if operation in ("keep_offer", "cost_plan", "plan_result", "cancel_plan"):
            described["responses"]["409"] = problem
        if operation == "cost_plan":
            described["parameters"].append(
                {"name": "Prefer", "in": "header", "schema": {"type": "string"}, "description": "respond-async keeps any plan (RFC 7240)"}
            )
            described["responses"]["202"] = _json({"$ref": "#/components/schemas/KeptPlan"}) | {"description": "kept; Location says where it is"}
        found.setdefault(path, {})[method] = described
    for path, operations in found.items():
        spec.path(path, operations=operations)


def _parameters(schema: Schema) -> list[dict[str, Any]]:
    """A query's fields as OpenAPI parameters."""
    return [
        {
            "name": field.data_key or name,
            "in": "query",
            "required": field.required,
            "schema": {"type": "integer" if isinstance(field, contract.Whole) else "string"},
            "description": field.metadata["description"],
        }
        for name, field in schema.fields.items()
    ]


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
