"""Job postings: read, priced, and beside the market; nothing is kept."""

from __future__ import annotations

from flask import Blueprint, Response

from compsvc import schemas
from compsvc.api import json_body, json_response, model, today
from compsvc.postings.answer import answer
from compsvc.schemas import postings as contract

blueprint = Blueprint("postings", __name__)


@blueprint.post("/v1/postings")
def post_postings() -> Response:
    """What a posting says, each field with its words, and what the market pays for the role."""
    return json_response(answer(model(), schemas.load(contract.POSTING, json_body()), today()))
