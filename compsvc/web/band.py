"""The company's Band policy, by a form: the version in force, what was before, and the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from compsvc import vocabulary
from compsvc.api.identity import check_form, required
from compsvc.api.offers import desk
from compsvc.bands import in_force
from compsvc.errors import FieldProblem, Forbidden, RequestInvalid
from compsvc.web.form import as_percent, typed

blueprint = Blueprint("band_page", __name__)
BAND_FIELDS = ("name", "effective_on", "default_market_percentile", "default_spread", "round_to_usd", "why", "geography", "rules", "zones")


def render_band(form: Mapping[str, str]) -> Response:
    """The page of the Band policy with a form filled in."""
    return _band(form, ())


@blueprint.get("/band")
def get_band() -> Response:
    """The Band policy in force and its versions."""
    return _band({}, ())


def _band(form: Mapping[str, str], problems: tuple[FieldProblem, ...], status: int = 200) -> Response:
    here, who = desk(), required()
    versions = list(here.policies(who))
    now = in_force(versions, here.today)
    filled = form or (_policy_form(versions[-1]) if versions else {})
    families = [(code, family.name) for code, family in vocabulary.families().items()]
    return make_response(
        render_template(
            "band.html",
            versions=versions[::-1],
            now=now,
            may_write="bands:write" in who.scopes,
            form=filled,
            problems=problems,
            families=families,
            kept="kept" in request.args,
        ),
        status,
    )


@blueprint.post("/band")
def post_band() -> Response:
    """A new version of the Band policy from the form."""
    form = {k: v.strip() for k, v in typed().items() if v.strip()}
    try:
        check_form()
        desk().add_policy(required(), _policy_of(form))
    except (RequestInvalid, Forbidden) as problem:
        said = tuple(replace(p, detail=f"{_policy_field(p.pointer)}: {p.detail}" if p.pointer else p.detail) for p in problem.problems)
        return _band(form, said or (FieldProblem("", problem.message.rstrip(".")),), 403 if isinstance(problem, Forbidden) else 422)
    return make_response(redirect(url_for("band_page.get_band", kept="yes"), 303))


def _policy_field(pointer: str) -> str:
    """What a pointer into a policy is about, in words; rules and zones by their line."""
    parts = pointer.strip("/").split("/")
    if parts[0] in ("rules", "zones") and len(parts) > 1:
        return f"{parts[0].capitalize()}, line {int(parts[1]) + 1}" + (f", {parts[2].replace('_', ' ')}" if len(parts) > 2 else "")
    return parts[-1].replace("_", " ").capitalize()


def _policy_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The policy a form says: rules one a line as `family, level, percentile, spread`, zones as `name, factor, states or areas...`."""
    body: dict[str, Any] = {k: form[k] for k in ("name", "effective_on", "geography", "why", "round_to_usd") if k in form}
    default = {"market_percentile": form.get("default_market_percentile", "").removesuffix("%"), "spread": form.get("default_spread", "")}
    body["default"] = {k: as_percent("default_spread", v) if k == "spread" else v for k, v in default.items() if v}
    return body | {
        "rules": [_rule_of(i, line) for i, line in enumerate(_lines(form, "rules"))],
        "zones": [_zone_of(line) for line in _lines(form, "zones")],
    }


def _lines(form: Mapping[str, str], name: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split(",")] for line in form.get(name, "").splitlines() if line.strip()]


def _rule_of(i: int, cells: list[str]) -> dict[str, str]:
    names = ("family", "level", "market_percentile", "spread")
    if len(cells) > len(names):
        raise RequestInvalid(
            "A rule has too many cells.", (FieldProblem(f"/rules/{i}", f"'{cells[len(names)]}' is one cell too many", "family, level, percentile, spread"),)
        )
    rule = {k: v for k, v in zip(names, cells, strict=False) if v and v != "*"}
    return {k: as_percent("default_spread", v) if k == "spread" else v.removesuffix("%") if k == "market_percentile" else v for k, v in rule.items()}


def _zone_of(cells: list[str]) -> dict[str, Any]:
    """A zone of a line; a place that is no area code and not `else` counts as a state, and is refused there when it is none."""
    name, factor, *places = [*cells, "", ""]
    named = [p for p in places if p and p.lower() not in ("else", "everywhere else")]
    return {
        "name": name,
        "factor": factor,
        "areas": [p for p in named if p.isdigit()],
        "states": [p.upper() if len(p) == 2 else p for p in named if not p.isdigit()],
        "everywhere_else": any(p.lower() in ("else", "everywhere else") for p in places),
    }


def _policy_form(policy: Mapping[str, Any]) -> dict[str, str]:
    """The form that says a policy, to change and keep as the next version."""
    rules = [
        ", ".join(
            [
                r.get("family") or "*",
                r.get("level") or "*",
                f"{r['market_percentile']:g}" if r.get("market_percentile") else "",
                f"{r['spread']:g}" if r.get("spread") else "",
            ]
        )
        for r in policy["rules"]
    ]
    zones = [", ".join([z["name"], f"{z['factor']:g}", *z["states"], *z["areas"], *(["else"] if z["everywhere_else"] else [])]) for z in policy["zones"]]
    return {
        "name": policy["name"],
        "default_market_percentile": f"{policy['default']['market_percentile']:g}",
        "default_spread": f"{policy['default']['spread']:g}",
        "round_to_usd": str(policy["round_to_usd"]),
        "geography": policy["geography"],
        "rules": "\n".join(rules),
        "zones": "\n".join(zones),
    }
