"""Offers side by side, by a form: ours, theirs and a third."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from compsvc import schemas
from compsvc.api.identity import if_known
from compsvc.api.offers import desk
from compsvc.errors import RequestError
from compsvc.offers import several
from compsvc.schemas import offers as contract
from compsvc.web.form import LABELS, ROLE_FIELDS, put

blueprint = Blueprint("comparison_page", __name__)

SIDES = ("a", "b", "c")
COMPARED_FIELDS = {
    "name": "/name",
    "base_usd": "/base_usd",
    "variable_usd": "/variable_usd",
    "sign_on_usd": "/sign_on_usd",
    "equity_usd": "/equity/usd",
    "vest_years": "/equity/vest_years",
}


@blueprint.get("/compare")
def get_compare() -> Response:
    """The form for two or three offers of one role."""
    form = {"name_a": "ours", "name_b": "theirs"} | {k: v for k, v in request.args.items() if k in ROLE_FIELDS}
    return make_response(render_template("compare.html", form=form, found=None, problems=(), sides=SIDES))


@blueprint.post("/compare")
def post_compare() -> Response:
    """Offers side by side."""
    form = request.form.to_dict()
    role = {k: form[k] for k in ROLE_FIELDS if form.get(k, "").strip()}
    paid = [name for name in COMPARED_FIELDS if name != "name"]
    sides = [side for side in SIDES if any(form.get(f"{name}_{side}", "").strip() for name in paid)]
    sent = []
    for side in sides:
        body: dict[str, Any] = {"role": role}
        for name, pointer in COMPARED_FIELDS.items():
            if form.get(f"{name}_{side}", "").strip():
                put(body, pointer, form[f"{name}_{side}"].strip())
        if "usd" not in body.get("equity", {}):
            body.pop("equity", None)
        sent.append(body)
    try:
        here = desk()
        found = several.compare(here.model, schemas.load(contract.COMPARE, {"offers": sent}), here.today, here.policies(if_known()))
    except RequestError as problem:
        said = tuple(replace(p, detail=f"{_compared_field(p.pointer, sides)}: {p.detail}") for p in problem.problems)
        return make_response(render_template("compare.html", form=form, found=None, problems=said, sides=SIDES), 422)
    return make_response(render_template("compare.html", form=form, found=found, problems=(), sides=SIDES))


def _compared_field(pointer: str, sides: list[str]) -> str:
    """What a pointer of a comparison is about, in words."""
    parts = pointer.strip("/").split("/")
    name = LABELS.get({"/equity/usd": "equity_usd"}.get("/" + "/".join(parts[2:]), parts[-1]), parts[-1].replace("_", " ").capitalize())
    return f"{name}, offer {1 + SIDES.index(sides[int(parts[1])])}" if len(parts) > 2 and parts[1].isdigit() else "Offers" if parts[0] == "offers" else name
