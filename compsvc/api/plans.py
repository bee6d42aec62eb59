"""Headcount plans, costed as asked; nothing is kept."""

from __future__ import annotations

from flask import Blueprint, Response

from compsvc import headcount, schemas
from compsvc.api import json_body, json_response, model, today
from compsvc.api.identity import required
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.schemas import headcount as contract

blueprint = Blueprint("plans", __name__)
LARGEST_AT_ONCE = 30_000_000


@blueprint.post("/v1/plans")
def post_plans() -> Response:
    """Cost a plan by month as a band."""
    required()
    asked = schemas.load(contract.PLAN, json_body())
    cells = headcount.people_of(asked) * asked["months"] * asked["draws"] * (1 + len(asked["scenarios"]))
    if cells > LARGEST_AT_ONCE:
        raise RequestInvalid(
            "The plan is too large to be costed while you wait.",
            (
                FieldProblem(
                    "/rows",
                    f"people x months x draws x scenarios is {cells:,}",
                    f"at most {LARGEST_AT_ONCE:,} at once: fewer draws or scenarios, or `compsvc plan`, which has no such limit",
                ),
            ),
        )
    return json_response(headcount.cost_plan(model(), asked, today()))
