"""Headcount plans, costed as asked; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from compsvc import headcount, schemas
from compsvc.api import json_body, json_response, model, today
from compsvc.api.identity import required
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.schemas import headcount as contract

blueprint = Blueprint("plans", __name__)
LARGEST_AT_ONCE = 30_000_000
MOST_ROWS_AT_ONCE = 5_000


def check_size(asked: Mapping[str, Any]) -> None:
    """Nothing for a plan that can be costed while somebody waits; RequestInvalid otherwise."""
    cells = headcount.people_of(asked) * asked["months"] * asked["draws"] * (1 + len(asked["scenarios"]))
    if len(asked["rows"]) > MOST_ROWS_AT_ONCE:
        allowed = f"at most {MOST_ROWS_AT_ONCE:,} at once, or `compsvc plan`, which has no such limit"
        raise RequestInvalid("The plan is too large to be costed while you wait.", (FieldProblem("/rows", f"{len(asked['rows']):,} rows", allowed),))
    if cells > LARGEST_AT_ONCE:
        allowed = f"at most {LARGEST_AT_ONCE:,} at once: fewer draws or scenarios, or `compsvc plan`, which has no such limit"
        problem = FieldProblem("/rows", f"people x months x draws x scenarios is {cells:,}", allowed)
        raise RequestInvalid("The plan is too large to be costed while you wait.", (problem,))


@blueprint.post("/v1/plans")
def post_plans() -> Response:
    """Cost a plan by month as a band."""
    required()
    asked = schemas.load(contract.PLAN, json_body())
    check_size(asked)
    return json_response(headcount.cost_plan(model(), asked, today()))
