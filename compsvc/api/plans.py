"""Headcount plans: costed while somebody waits, or kept and costed in the background."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, request

from compsvc import headcount, schemas
from compsvc.api import json_bytes, json_response, model, parsed, serving, today
from compsvc.api.identity import required
from compsvc.api.offers import desk
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.headcount import exports
from compsvc.headcount.positions import MOST_PEOPLE
from compsvc.kept import idempotency_key
from compsvc.schemas import headcount as contract
from compsvc.store import KeptPlan

blueprint = Blueprint("plans", __name__)
LARGEST_AT_ONCE = 30_000_000
LARGEST = 6_000_000_000
MOST_ROWS_AT_ONCE = 3_000
ASK_AGAIN_SECONDS = "2"


def cells_of(asked: Mapping[str, Any]) -> int:
    """Size of a plan: people x months x draws x scenarios; RequestInvalid when it is more than anybody may ask."""
    people = headcount.people_of(asked)
    if people > MOST_PEOPLE:
        raise RequestInvalid("The plan holds too many people.", (FieldProblem("/rows", f"{people:,} people", f"at most {MOST_PEOPLE:,}"),))
    cells = people * int(asked["months"]) * int(asked["draws"]) * (1 + len(asked["scenarios"]))
    if cells > LARGEST:
        detail = f"people x months x draws x scenarios is {cells:,}"
        raise RequestInvalid("The plan is too large.", (FieldProblem("/rows", detail, f"at most {LARGEST:,}: fewer draws, months or scenarios"),))
    return cells


def waits(asked: Mapping[str, Any]) -> bool:
    """Whether a plan is too large to be costed while somebody waits."""
    return cells_of(asked) > LARGEST_AT_ONCE or len(asked["rows"]) > MOST_ROWS_AT_ONCE


def costed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan costs, with the Bands of whoever asks."""
    return headcount.cost_plan(model(), asked, today(), policies=desk().policies(required()))


def keep(sent: Mapping[str, Any], asked: Mapping[str, Any], key: str | None, raw: bytes) -> tuple[KeptPlan, bool]:
    """(the plan, kept and waiting for a runner, whether this idempotency key had kept it before)."""
    people = headcount.people_of(asked)
    kept = serving().store.plans.keep(required(), sent, people, people * (1 + len(asked["scenarios"])), idempotency_key(key), sha256(raw).hexdigest())
    serving().runners.start()
    return kept


def standing_of(plan_id: str) -> KeptPlan:
    """A kept plan; where it waits and nobody runs it, a runner is started."""
    found = serving().store.plans.get(required(), plan_id)
    if found.is_open:
        serving().runners.start()
    return found


def _accepted(plan: KeptPlan, status: int, headers: Mapping[str, str] | None = None) -> Response:
    response = json_response(plan._asdict(), status)
    if plan.is_open:
        response.headers["Retry-After"] = ASK_AGAIN_SECONDS
    response.headers.update(headers or {})
    return response


@blueprint.post("/v1/plans")
def post_plans() -> Response:
    """Cost a plan by month as a band: at once, or kept and costed in the background where it is large or that is preferred (RFC 7240)."""
    required()
    raw = json_bytes(request.environ, serving().max_body_bytes)
    sent = parsed(raw)
    asked = schemas.load(contract.PLAN, sent)
    prefers = "respond-async" in request.headers.get("Prefer", "")
    if not (waits(asked) or prefers):
        return json_response(costed(asked))
    kept, again = keep(sent, asked, request.headers.get("Idempotency-Key"), raw)
    headers = (
        {"Location": f"/v1/plans/{kept.id}"}
        | ({"Idempotency-Replayed": "true"} if again else {})
        | ({"Preference-Applied": "respond-async"} if prefers else {})
    )
    return _accepted(kept, 202, headers)


@blueprint.get("/v1/plans")
def get_plans() -> Response:
    """Kept plans, newest first, without rows and results."""
    serving().runners.start()
    return json_response({"plans": [plan._asdict() for plan in serving().store.plans.listed(required())]})


@blueprint.get("/v1/plans/<plan_id>")
def get_plan(plan_id: str) -> Response:
    """How a kept plan is doing."""
    return _accepted(standing_of(plan_id), 200)


@blueprint.get("/v1/plans/<plan_id>/result")
def get_plan_result(plan_id: str) -> Response:
    """What a kept plan costs, as JSON or as a file."""
    asked = schemas.load(contract.RESULT, request.args.to_dict())
    serving().runners.start()
    found = serving().store.plans.result(required(), plan_id)
    return json_response(found) if asked["form"] == "json" else download(found, asked["form"])


@blueprint.post("/v1/plans/<plan_id>/cancel")
def post_plan_cancel(plan_id: str) -> Response:
    """Stop a plan that is not done."""
    return json_response(serving().store.plans.cancel(required(), plan_id)._asdict())


def download(found: Mapping[str, Any], form: str) -> Response:
    """A costed plan as a file."""
    data, content_type = exports.of(found, form)
    return Response(data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="headcount-plan.{form}"'})
