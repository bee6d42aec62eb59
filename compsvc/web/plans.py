"""The page of a headcount plan: paste or upload rows, compare two scenarios, see the cost by month as a band, take the workbook along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from compsvc import headcount, schemas
from compsvc.api import model, today
from compsvc.api.identity import required
from compsvc.api.plans import check_size
from compsvc.errors import FieldProblem, RequestError
from compsvc.headcount import COMPONENTS
from compsvc.headcount.rows import rows_of_table, text_of
from compsvc.headcount.workbook import CONTENT_TYPE, workbook
from compsvc.schemas import headcount as contract
from compsvc.web.form import typed
from compsvc.web.pictures import WIDTH, cost_picture, waterfall_of

blueprint = Blueprint("plan_page", __name__)
ASSUMED = {
    "market_percentile": "Market percentile of openings",
    "merit_rate": "Merit raise, % a year",
    "attrition": "Attrition, % a year",
    "hire_slip_months": "Hires start later by, months",
    "recruiting_usd": "Recruiting a hire, USD",
    "overhead_usd_per_month": "Overhead, USD a month",
    "state_unemployment_rate": "State unemployment, %",
    "state_unemployment_base_usd": "State unemployment base, USD",
}
PERCENT = frozenset({"merit_rate", "attrition", "state_unemployment_rate"})
FIELDS = ("rows", "from", "months", "scenario", *ASSUMED, *(f"{name}_b" for name in ASSUMED))
MOST_PROBLEMS = 20
EXAMPLE = 'title,location,team,start_on,count,base_usd,variable_usd\nAccount Director,"Austin, TX",Client services,2027-03-15,2,,\nAccount Manager,"Austin, TX",Client services,,6,82000,28000\nSoftware Engineer,"Denver, CO",Product,2027-06-01,3,,'


def body_of(form: Mapping[str, str], table: str) -> dict[str, Any]:
    """The plan that the form says, as `POST /v1/plans` reads it; fields ending in `_b` are the scenario's."""

    def assumed(suffix: str) -> dict[str, str]:
        given = {name: form.get(name + suffix, "").strip() for name in ASSUMED}
        return {name: f"{v}%" if name in PERCENT and not v.endswith("%") else v for name, v in given.items() if v}

    body: dict[str, Any] = {"from": form.get("from", "").strip(), "rows": rows_of_table(table, contract.COLUMNS), "assumptions": assumed("")}
    if form.get("months", "").strip():
        body["months"] = form["months"].strip()
    other = assumed("_b")
    named = form.get("scenario", "").strip()
    return body | ({"scenarios": [{"name": named or "scenario", **other}]} if other or named else {})


@blueprint.get("/plan")
def get_plan() -> Response:
    """The form."""
    return _page({}, ())


@blueprint.post("/plan")
def post_plan() -> Response:
    """What the plan costs; the workbook when that was asked for."""
    required()
    form = typed()
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        form["rows"] = text_of(upload.read())
    try:
        asked = schemas.load(contract.PLAN, body_of(form, form.get("rows", "")))
        check_size(asked)
        found = headcount.cost_plan(model(), asked, today())
    except RequestError as problem:
        said = tuple(replace(p, detail=f"{_where(p.pointer)}: {p.detail}" if p.pointer else p.detail) for p in problem.problems)
        said = said[:MOST_PROBLEMS] + ((FieldProblem("", f"and {len(said) - MOST_PROBLEMS:,} more"),) if len(said) > MOST_PROBLEMS else ())
        return _page(form, said or (FieldProblem("", problem.message.rstrip(".")),), status=422)
    if form.get("as") == "xlsx":
        return Response(workbook(found), content_type=CONTENT_TYPE, headers={"Content-Disposition": 'attachment; filename="headcount-plan.xlsx"'})
    return _page(form, (), found)


def render_plan(form: Mapping[str, str]) -> Response:
    """The page with a form filled in."""
    return _page(form, ())


def _where(pointer: str) -> str:
    """Where in the form a problem is, in words."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "rows" and len(parts) > 1:
        return f"Row {int(parts[1]) + 1}" + (f", {parts[2].replace('_', ' ')}" if len(parts) > 2 else "")
    name = parts[-1]
    return ASSUMED.get(name, {"from": "First month", "rows": "Rows"}.get(name, name.replace("_", " ").capitalize())) + (
        ", scenario" if parts[0] == "scenarios" else ""
    )


def _page(form: Mapping[str, str], problems: tuple[FieldProblem, ...], found: dict[str, Any] | None = None, status: int = 200) -> Response:
    return make_response(
        render_template(
            "plan.html",
            form=form,
            problems=problems,
            found=found,
            picture=cost_picture(found["scenarios"][0]["by_month"], COMPONENTS) if found else None,
            steps=[waterfall_of(found["scenarios"][0]["total"]["expected_usd"], d["components"], COMPONENTS) for d in found["differences"]] if found else [],
            assumed=ASSUMED,
            components=COMPONENTS,
            example=EXAMPLE,
            width=WIDTH,
        ),
        status,
    )
