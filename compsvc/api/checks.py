"""A candidate's check of an offer, and a job's career ladder: open to all, nothing is kept."""

from __future__ import annotations

from flask import Blueprint, Response

from compsvc import schemas
from compsvc.api import json_body, json_response, model, today
from compsvc.checks import check_offer
from compsvc.ladders import ladder
from compsvc.schemas import checks as contract

blueprint = Blueprint("checks", __name__)


@blueprint.post("/v1/checks")
def post_checks() -> Response:
    """Where an offer stands in the market, why, and what to ask."""
    return json_response(check_offer(model(), schemas.load(contract.CHECK, json_body()), today()))


@blueprint.post("/v1/ladders")
def post_ladders() -> Response:
    """What each level of the role's family pays, and what moves pay most."""
    return json_response(ladder(model(), schemas.load(schemas.ROLE, json_body()), today()))
