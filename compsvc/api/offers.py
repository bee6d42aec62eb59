"""Offers: modelled without an account, kept with one; Band policies and pay records beside them."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request

from compsvc import exports, schemas
from compsvc.api import json_body, json_bytes, json_response, model, parsed, serving, today
from compsvc.api.identity import if_known, required
from compsvc.errors import FieldProblem, VersionMissing
from compsvc.kept import Desk
from compsvc.offers import several
from compsvc.schemas import offers as contract

blueprint = Blueprint("offers", __name__)
_VERSION = re.compile(r'(?:W/)?"v(\d{1,9})"')


def desk() -> Desk:
    """What this request works with."""
    return Desk(model(), serving().store, today())


def _versioned(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A kept offer with its version as the ETag that a change must send back."""
    response = json_response(body, status)
    response.headers["ETag"] = f'"v{body["version"]}"'
    response.headers.update(headers or {})
    return response


def _made_from() -> int:
    """The version a change was made from, by If-Match; VersionMissing without one."""
    given = request.headers.get("If-Match", "").strip()
    found = _VERSION.fullmatch(given)
    if found is None:
        raise VersionMissing(
            "Say which version the change was made from.",
            (FieldProblem("", f"If-Match is {given!r}" if given else "there is no If-Match header", 'the ETag of the offer as it was read, such as "v3"'),),
        )
    return int(found[1])


# --- modelling, no account needed ---------------------------------------------------


@blueprint.post("/v1/offers/model")
def post_offers_model() -> Response:
    """Every figure of an offer; nothing is kept."""
    return json_response(desk().figures(if_known(), schemas.load(contract.OFFER, json_body())))


@blueprint.post("/v1/offers/suggest")
def post_offers_suggest() -> Response:
    """Base and variable at a chosen position."""
    here = desk()
    return json_response(several.suggest(here.model, schemas.load(contract.SUGGEST, json_body()), here.today, here.policies(if_known())))


@blueprint.post("/v1/offers/compare")
def post_offers_compare() -> Response:
    """Several offers side by side."""
    here = desk()
    return json_response(several.compare(here.model, schemas.load(contract.COMPARE, json_body()), here.today, here.policies(if_known())))


# --- kept offers -------------------------------------------------------------------


@blueprint.post("/v1/offers")
def post_offers() -> Response:
    """Keep an offer as a draft."""
    raw = json_bytes(request.environ, serving().max_body_bytes)
    kept, again = desk().keep(required(), parsed(raw), request.headers.get("Idempotency-Key"), raw)
    headers = {"Location": f"/v1/offers/{kept['id']}"} | ({"Idempotency-Replayed": "true"} if again else {})
    return _versioned(kept, 201, headers)


@blueprint.get("/v1/offers")
def get_offers() -> Response:
    """Kept offers, last changed first, without their pay."""
    asked = schemas.load(contract.LIST, request.args.to_dict())
    serving().store.audit.read(required(), "offer.list", "")
    rows = serving().store.offers.listed(required(), asked.get("state"), asked.get("after"), asked["limit"])
    return json_response({"offers": rows, "next_after": rows[-1]["id"] if len(rows) == asked["limit"] else None})


@blueprint.get("/v1/offers/<offer_id>")
def get_offer(offer_id: str) -> Response:
    """A kept offer as it stands, or one of its versions."""
    asked = schemas.load(contract.VERSION, request.args.to_dict())
    return _versioned(desk().read(required(), offer_id, asked.get("version")))


@blueprint.patch("/v1/offers/<offer_id>")
def patch_offer(offer_id: str) -> Response:
    """Change a draft."""
    return _versioned(desk().change(required(), offer_id, _made_from(), json_body()))


@blueprint.post("/v1/offers/<offer_id>/state")
def post_offer_state(offer_id: str) -> Response:
    """Move an offer to its next state."""
    return _versioned(desk().step(required(), offer_id, _made_from(), json_body()))


@blueprint.get("/v1/offers/<offer_id>/versions")
def get_offer_versions(offer_id: str) -> Response:
    """The history of an offer: who changed it, when and why."""
    versions = desk().history(required(), offer_id)
    serving().store.audit.read(required(), "offer.history", offer_id)
    return json_response({"versions": versions})


@blueprint.get("/v1/offers/<offer_id>/export")
def get_offer_export(offer_id: str) -> Response:
    """An offer as a file, or in the fields of an applicant tracking system."""
    asked = schemas.load(contract.EXPORT, request.args.to_dict())
    return exported(desk().read(required(), offer_id, asked.get("version"), "offer.export", asked["form"]), asked["form"])


def exported(kept: dict[str, Any], form: str) -> Response:
    """A kept offer as a download."""
    data, content_type, ending = exports.of(kept, form)
    name = f"offer-{kept['id'].removeprefix('ofr_')[:8]}-v{kept['version']}.{ending}"
    return Response(data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# --- policy and people -------------------------------------------------------------


@blueprint.get("/v1/band-policies")
def get_band_policies() -> Response:
    """Every version of the Band policy, oldest first."""
    serving().store.audit.read(required(), "policy.read", "")
    return json_response({"policies": list(desk().policies(required()))})


@blueprint.post("/v1/band-policies")
def post_band_policies() -> Response:
    """A new version of the Band policy."""
    return json_response(desk().add_policy(required(), json_body()), 201)


@blueprint.get("/v1/pay-records")
def get_pay_records() -> Response:
    """Pay records of the workspace."""
    who, store = required(), serving().store
    store.audit.read(who, "records.read", "")
    return json_response({"records": store.policies.records(who)})


@blueprint.post("/v1/pay-records")
def post_pay_records() -> Response:
    """Enter pay records, all or none."""
    return json_response({"records": desk().add_records(required(), json_body())}, 201)


@blueprint.delete("/v1/pay-records/<reference>")
def delete_pay_record(reference: str) -> Response:
    """Take one pay record out."""
    serving().store.policies.remove_record(required(), reference)
    return Response(status=204)


# --- the account -------------------------------------------------------------------


@blueprint.get("/v1/account")
def get_account() -> Response:
    """Who asks, and what they may do."""
    who = required()
    return json_response(
        {"workspace": serving().store.accounts.workspace_name(who.workspace_id), "name": who.name, "role": who.role, "scopes": sorted(who.scopes)}
    )


@blueprint.get("/v1/audit")
def get_audit() -> Response:
    """The audit log of the workspace, and whether it is whole."""
    asked = schemas.load(contract.AUDIT, request.args.to_dict())
    who, log = required(), serving().store.audit
    log.read(who, "audit.read", "")
    wrong = log.verify(who.workspace_id)
    return json_response({"whole": not wrong, "wrong": wrong, "entries": [e._asdict() for e in log.entries(who.workspace_id, asked["after"], asked["limit"])]})
