"""Pages of headcount plans: paste or upload a table, say what its columns are, mend its rows in place, compare a scenario, take the figures along; large plans run in the background.

The rows live in one field as a table, so that everything works without a script: columns and mended cells come
beside it, each for the table that was shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request

from compsvc import headcount, schemas, vocabulary
from compsvc.api import model, serving, today
from compsvc.api import plans as api
from compsvc.api.identity import check_form, required
from compsvc.api.offers import desk
from compsvc.errors import FieldProblem, RequestError, RequestInvalid, StateConflict
from compsvc.headcount import picture, rows
from compsvc.headcount.cost import COMPONENTS
from compsvc.incentives import DISTRIBUTIONS
from compsvc.schemas import headcount as contract
from compsvc.sealing import new_token
from compsvc.store import KeptPlan
from compsvc.web.form import typed

blueprint = Blueprint("plan_page", __name__)
ASSUMED = {
    "market_percentile": "Market percentile of openings",
    "merit_rate": "Merit raise, % a year",
    "attrition": "Attrition, % a year",
    "hire_slip_months": "Hires start later by, months",
    "recruiting_usd": "Recruiting a hire, USD",
    "overhead_usd_per_month": "Overhead, USD a month",
    "promotion_share": "Promoted, % a year",
    "promotion_raise": "Raise of a promotion, %",
    "benefits_load": "Benefits, % of cash pay",
    "state_unemployment_rate": "State unemployment, %",
    "state_unemployment_base_usd": "State unemployment base, USD",
    "merit_month": "Month of the merit cycle, 1 to 12",
    "attainment": "Attainment of quota",
    "hires_in": "Openings in other places",
    "rates": "Exchange rates, USD for one",
    "merit_limits": "Merit matrix: compa-ratio limits",
    "merit_raises": "Merit matrix: raises",
    "merit_budget": "Merit matrix: budget, % of payroll",
}
HINTS = {
    "hires_in": "Austin, TX: 60%; Denver, CO: 20%",
    "rates": "EUR: 1.08; GBP: 1.27",
    "attainment": " or ".join(DISTRIBUTIONS),
    "merit_limits": "0.9, 1.1",
    "merit_raises": "strong: 5%, 4%, 3%; solid: 3.5%, 3%, 2%",
}
USUAL = tuple(ASSUMED)[:6]
PERCENT = frozenset({"merit_rate", "attrition", "state_unemployment_rate", "promotion_share", "promotion_raise", "benefits_load", "merit_budget"})
MATRIX = {"merit_limits": "compa_ratio_limits", "merit_raises": "raises", "merit_budget": "budget"}
FIELDS = frozenset({"rows", "seal", "notes", "name", "from", "months", "scenario", *ASSUMED, *(f"{name}_b" for name in ASSUMED)})
FORMS = tuple(form for form in contract.PLAN_FORMS if form != "json")
MOST_PROBLEMS, MOST_REPAIRED, MOST_SHOWN = 20, 40, 300
EXAMPLE = 'title,location,team,start_on,count,base_usd,variable_usd\nAccount Director,"Austin, TX",Client services,2027-03-15,2,,\nAccount Manager,"Austin, TX",Client services,,6,82000,28000\nSoftware Engineer,"Denver, CO",Product,2027-06-01,3,,\n'
_FIX = re.compile(r"fix-(\d{1,6})-([a-z_]{2,30})")
_COLUMN = re.compile(r"column-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Repair:
    """A cell to mend: its field on the form, what it holds, what is wrong with it, and what it may be."""

    name: str
    field: str
    value: str
    problem: FieldProblem


@dataclass(frozen=True, slots=True)
class RepairRow:
    """A row with cells to mend: its number, and what it is, in words."""

    number: int
    words: str
    cells: list[Repair]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows: the form, then columns to name, cells to mend, or what the plan costs."""

    form: Mapping[str, str]
    problems: tuple[FieldProblem, ...] = ()
    notes: tuple[str, ...] = ()
    columns: Sequence[tuple[int, str, str]] = ()
    repairs: Sequence[RepairRow] = ()
    found: Mapping[str, Any] | None = None
    kept: KeptPlan | None = None


def carries(name: str) -> bool:
    """Whether a field belongs to the form."""
    return name in FIELDS or bool(_FIX.fullmatch(name) or _COLUMN.fullmatch(name))


# --- the form and the body it says ---------------------------------------------------------


def _seal(table: str) -> str:
    """What shows that mended cells belong to the table they came with."""
    return sha256("\n".join(table.splitlines()).encode()).hexdigest()[:16]


def _shares(text: str, pointer: str) -> dict[str, Any]:
    """{"Austin, TX": "60%"} of "Austin, TX: 60%; Denver, CO: 20%"."""
    found = {}
    for part in filter(None, (p.strip() for p in re.split(r"[;\n]", text))):
        name, colon, value = part.rpartition(":")
        if not colon:
            raise RequestInvalid("Some fields were refused.", (FieldProblem(pointer, f"'{part[:60]}' has no colon", "name: value, with ; between them"),))
        found[name.strip()] = value.strip()
    return found


def _assumed(form: Mapping[str, str], suffix: str, at: str) -> dict[str, Any]:
    """The assumptions that the form says; fields ending in `suffix`."""
    given = {name: form.get(name + suffix, "").strip() for name in ASSUMED}
    given = {name: f"{v}%" if name in PERCENT and not v.endswith("%") else v for name, v in given.items() if v}
    body: dict[str, Any] = {name: v for name, v in given.items() if name not in MATRIX and name not in ("hires_in", "rates")}
    for name in ("hires_in", "rates"):
        if name in given:
            body[name] = _shares(given[name], f"{at}/{name}")
    matrix: dict[str, Any] = {MATRIX[name]: given[name] for name in MATRIX if name in given}
    if "compa_ratio_limits" in matrix:
        matrix["compa_ratio_limits"] = [v.strip() for v in matrix["compa_ratio_limits"].split(",")]
    if "raises" in matrix:
        matrix["raises"] = {name: [v.strip() for v in row.split(",")] for name, row in _shares(matrix["raises"], f"{at}/merit_matrix/raises").items()}
    return body | ({"merit_matrix": matrix} if matrix else {})


def body_of(form: Mapping[str, str], table: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The plan that the form says, as `POST /v1/plans` reads it; fields ending in `_b` are the scenario's."""
    body: dict[str, Any] = {"from": form.get("from", "").strip(), "rows": list(table), "assumptions": _assumed(form, "", "/assumptions")}
    for name in ("months", "name"):
        if form.get(name, "").strip():
            body[name] = form[name].strip()
    other = _assumed(form, "_b", "/scenarios/0")
    named = form.get("scenario", "").strip()
    return body | ({"scenarios": [{"name": named or "scenario", **other}]} if other or named else {})


def form_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """The form that says a kept plan; StateConflict where it holds what the form has no field for."""
    fields = [name for name in contract.COLUMNS if any(row.get(name) is not None for row in sent["rows"])]
    form = {"rows": rows.as_csv(fields, [{k: str(v) for k, v in row.items() if v is not None} for row in sent["rows"]])}
    form |= {name: str(sent[name]) for name in ("from", "months", "name") if name in sent}
    scenarios = sent.get("scenarios", [])
    unknown = sorted({*sent} - {"rows", "from", "months", "name", "assumptions", "scenarios"}) + [f"scenarios/{i}" for i in range(1, len(scenarios))]
    for suffix, given in (("", sent.get("assumptions", {})), ("_b", scenarios[0] if scenarios else {})):
        for name, value in given.items():
            if name == "name":
                form["scenario"] = str(value)
            elif name in ("hires_in", "rates"):
                form[name + suffix] = "; ".join(f"{k}: {v}" for k, v in value.items())
            elif name == "merit_matrix":
                texts = {
                    "merit_limits": ", ".join(map(str, value.get("compa_ratio_limits", []))),
                    "merit_raises": "; ".join(f"{k}: {', '.join(map(str, row))}" for k, row in value.get("raises", {}).items()),
                    "merit_budget": _percent(value["budget"]) if "budget" in value else "",
                }
                form |= {key + suffix: text for key, text in texts.items() if text}
            elif name in ASSUMED:
                form[name + suffix] = _percent(value) if name in PERCENT else str(value)
            else:
                unknown.append(name)
    if unknown:
        at = FieldProblem("", f"the form has no field for {', '.join(unknown)}", "change it by the API")
        raise StateConflict("This plan holds what the form has no field for.", (at,))
    return form


def _can_edit(kept: KeptPlan) -> bool:
    """Whether the form can show a kept plan."""
    try:
        form_of(serving().store.plans.asked(required(), kept.id))
    except StateConflict:
        return False
    return True


def _percent(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{100 * value:.12g}%"


# --- reading the table ---------------------------------------------------------------------


def _read(form: dict[str, str], upload: bytes | None) -> tuple[rows.Reading, tuple[str, ...]]:
    """(the table read by field with mended cells in place, notes); `form` then holds it as it was read."""
    notes: tuple[str, ...] = ()
    if upload is not None:
        table = rows.table_of(upload)
        form["rows"] = _raw(table)
    else:
        table = rows.table_of_text(form.get("rows", ""))
    same = upload is None and form.get("seal") == _seal(form.get("rows", ""))
    chosen = {int(m[1]): v for k, v in form.items() if (m := _COLUMN.fullmatch(k)) and (v in contract.COLUMNS or v == rows.LEFT_OUT)}
    reading = rows.read(table, chosen if same else None)
    if reading.unknown:
        form["notes"] = "\n".join(table.notes)
        return reading, tuple(reading.notes)
    for name, text in form.items():
        match = _FIX.fullmatch(name)
        if match is None or upload is not None:
            continue
        if not same:
            notes = ("the rows were edited, so that the cells mended below were not taken over",)
            break
        i, field = int(match[1]), match[2]
        if i < len(reading.rows) and field in contract.COLUMNS:
            reading.rows[i].pop(field, None)
            if text.strip():
                reading.rows[i].update(rows.mended(field, text.strip()))
    fields = [name for name in contract.COLUMNS if any(name in row for row in reading.rows)]
    form["rows"] = rows.as_csv(fields, reading.rows)
    form["seal"] = _seal(form["rows"])
    before = tuple(form.get("notes", "").split("\n")) if same and form.get("notes") else ()
    form["notes"] = "\n".join(dict.fromkeys((*before, *reading.notes)))
    return reading, (*filter(None, form["notes"].split("\n")), *notes)


def _raw(table: rows.Table) -> str:
    """The cells of an upload as the form's table, for columns to be named."""
    width = max((len(row) for row in table.cells), default=0)
    names = [str(j) for j in range(width)]
    return rows.as_csv(names, [dict(zip(names, row, strict=False)) for row in table.cells]).split("\n", 1)[1]


# --- pages ---------------------------------------------------------------------------------


@blueprint.get("/plan")
def get_plan() -> Response:
    """The form."""
    return _page(Page({}))


@blueprint.post("/plan")
def post_plan() -> Response:
    """What the plan costs, as a page or a file; kept and costed in the background when it is large or that was asked for."""
    required()
    form = typed()
    wanted = form.pop("as", "")
    upload = request.files.get("file")
    notes: tuple[str, ...] = ()
    reading = None
    try:
        reading, notes = _read(form, upload.read() if upload is not None and upload.filename else None)
        if reading.unknown:
            asked_about = rows.asked_about(reading)
            columns = [(j, reading.columns[j].heading, reading.columns[j].example) for j in reading.unknown]
            return _page(Page(form, asked_about.problems, notes, columns=columns), 422)
        body = body_of(form, reading.rows)
        asked = _loaded(body)
        if wanted == "keep" or api.waits(asked):
            check_form()
            if len(asked["rows"]) <= api.MOST_ROWS_AT_ONCE:
                headcount.check(model(), asked, today(), desk().policies(required()))
            raw = json.dumps([form.get("once", ""), body]).encode()
            kept, _again = api.keep(body, asked, sha256(raw).hexdigest() if form.get("once") else None, raw)
            return make_response(redirect(f"/plans/{kept.id}", 303))
        found = api.costed(asked)
    except RequestError as problem:
        return _page(_refused(form, problem, reading, notes), 422)
    if wanted in FORMS:
        return api.download(found, wanted)
    return _page(Page(form, notes=notes, found=found))


def _loaded(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body's loaded fields; where cells of rows are refused, with what the market says of the other cells, so that all are mended at once."""
    try:
        return schemas.load(contract.PLAN, body)
    except RequestInvalid as problem:
        if len(body["rows"]) > api.MOST_ROWS_AT_ONCE:
            raise
        wrong = {match.groups() for p in problem.problems if (match := re.fullmatch(r"/rows/(\d+)/([a-z_]+)", p.pointer))}
        rest = {**body, "rows": [{k: v for k, v in row.items() if (str(i), k) not in wrong} for i, row in enumerate(body["rows"])]}
        try:
            headcount.check(model(), schemas.load(contract.PLAN, rest), today(), desk().policies(required()))
        except RequestError as other:
            known = {p.pointer for p in problem.problems}
            raise RequestInvalid(problem.message, (*problem.problems, *(p for p in other.problems if p.pointer not in known))) from None
        raise


@blueprint.get("/plans")
def get_plans() -> Response:
    """Kept plans."""
    return make_response(render_template("plans.html", plans=serving().store.plans.listed(required())))


@blueprint.get("/plans/<plan_id>")
def get_kept_plan(plan_id: str) -> Response:
    """A kept plan: how it is doing, or what it costs."""
    kept = api.standing_of(plan_id)
    found = serving().store.plans.result(required(), plan_id) if kept.state == "done" else None
    response = _page(Page({}, found=found, kept=kept), template="kept_plan.html")
    if kept.is_open:
        response.headers["Refresh"] = f"{api.ASK_AGAIN_SECONDS}; url=/plans/{plan_id}"
    return response


@blueprint.get("/plans/<plan_id>/edit")
def get_kept_plan_edit(plan_id: str) -> Response:
    """The form of a kept plan, to be costed anew; with its problems where it failed."""
    store, who = serving().store.plans, required()
    form = form_of(store.asked(who, plan_id))
    problem = store.get(who, plan_id).problem
    if not problem:
        return _page(Page(form))
    problems = tuple(FieldProblem(p["pointer"], p["detail"], p.get("allowed", ""), tuple(p.get("did_you_mean", ()))) for p in problem["errors"])
    return _page(_refused(form, RequestInvalid(problem["message"], problems), rows.read(rows.table_of_text(form["rows"])), ()))


@blueprint.post("/plans/<plan_id>/cancel")
def post_kept_plan_cancel(plan_id: str) -> Response:
    """Stop a plan that is not done."""
    check_form()
    serving().store.plans.cancel(required(), plan_id)
    return make_response(redirect(f"/plans/{plan_id}", 303))


@blueprint.get("/plans/<plan_id>/<form>")
def get_kept_plan_file(plan_id: str, form: str) -> Response:
    """A costed plan as a download."""
    asked = schemas.load(contract.RESULT, {"as": form})
    return api.download(serving().store.plans.result(required(), plan_id), asked["form"])


def render_plan(form: Mapping[str, str]) -> Response:
    """The page with a form filled in."""
    return _page(Page(form))


# --- what was refused ------------------------------------------------------------------------


def _refused(form: Mapping[str, str], problem: RequestError, reading: rows.Reading | None, notes: tuple[str, ...]) -> Page:
    """The form with its problems in words, and the cells of rows to mend in place."""
    given = problem.problems or (FieldProblem("", problem.message.rstrip(".")),)
    repairs = _repairs(given, reading.rows) if reading is not None and not reading.unknown else []
    cells = [c for row in repairs for c in row.cells]
    said = tuple(replace(p, detail=f"{_where(p.pointer)}: {p.detail}" if p.pointer else p.detail) for p in given if p not in [c.problem for c in cells])
    if cells:
        said = (
            FieldProblem("", f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'} of {len(repairs)} {'row' if len(repairs) == 1 else 'rows'} to mend below"),
            *said,
        )
    more = (FieldProblem("", f"and {len(said) - MOST_PROBLEMS:,} more"),) if len(said) > MOST_PROBLEMS else ()
    return Page(form, said[:MOST_PROBLEMS] + more, notes, repairs=repairs)


def _repairs(problems: Sequence[FieldProblem], table: Sequence[Mapping[str, str]]) -> list[RepairRow]:
    """Cells of rows to mend, the first MOST_REPAIRED rows."""
    cells: dict[int, list[Repair]] = {}
    for p in problems:
        match = re.fullmatch(r"/rows/(\d+)/([a-z_]+)", p.pointer)
        if match and int(match[1]) < len(table) and match[2] in contract.COLUMNS:
            i, field = int(match[1]), match[2]
            cells.setdefault(i, []).append(Repair(f"fix-{i}-{field}", field, table[i].get(field, ""), p))
    return [RepairRow(i + 1, _row_words(table[i]), found) for i, found in list(cells.items())[:MOST_REPAIRED]]


def _row_words(row: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (row.get("title") or row.get("occupation") or row.get("family"), row.get("location"), row.get("team"), row.get("start_on"))))


def _where(pointer: str) -> str:
    """Where in the form a problem is, in words."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "rows" and len(parts) > 1:
        return f"Row {int(parts[1]) + 1}" + (f", {parts[2].replace('_', ' ')}" if len(parts) > 2 else "")
    parts_of_matrix = {v: k for k, v in MATRIX.items()}
    name = next((n for n in (*(parts_of_matrix.get(p, "") for p in parts), *parts) if n in ASSUMED), parts[-1])
    words = ASSUMED.get(name, {"from": "First month", "rows": "Rows"}.get(name, name.replace("_", " ").capitalize()))
    return words + (", scenario" if parts[0] == "scenarios" else "")


def _page(page: Page, status: int = 200, template: str = "plan.html") -> Response:
    found, drawn = page.found, []
    if found is not None:
        drawn.append(picture.svg(picture.costs(found), "Cost by month; the table below holds the same figures"))
        for i, d in enumerate(found["differences"]):
            drawn.append(picture.svg(picture.difference(found, i), f"What makes the difference of {d['name']}; the list below holds the same figures"))
    return make_response(
        render_template(
            template,
            page=page,
            form=page.form,
            found=found,
            drawn=drawn,
            seal=_seal(page.form.get("rows", "")),
            assumed=ASSUMED,
            hints=HINTS,
            usual=USUAL,
            components=COMPONENTS,
            fields=contract.COLUMNS,
            levels=vocabulary.levels().values(),
            left_out=rows.LEFT_OUT,
            forms=FORMS,
            where=_where,
            once=new_token(),
            editable=page.kept is not None and _can_edit(page.kept),
            most_shown=MOST_SHOWN,
            most_repaired=MOST_REPAIRED,
            example=EXAMPLE,
        ),
        status,
    )
