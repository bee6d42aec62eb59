"""The form of an offer and the JSON body it says: each field has its place in the body, percentages are typed as percentages."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from compsvc import schemas
from compsvc.errors import FieldProblem, RequestError, RequestInvalid, StateConflict
from compsvc.schemas import offers as contract

ROLE_FIELDS = ("title", "location", "industry", "employees", "level", "experience_years", "remote")
FORM_FIELDS: dict[str, str] = {
    **{name: f"/role/{name}" for name in ROLE_FIELDS},
    **{name: f"/{name}" for name in ("base_usd", "variable_usd", "sign_on_usd", "benefits_usd", "merit_rate", "equity_growth")},
    "equity_usd": "/equity/usd",
    "vest_years": "/equity/vest_years",
    "cliff_months": "/equity/cliff_months",
    "every": "/equity/every",
    "refresher_usd": "/refreshers/0/usd",
    "refresher_after": "/refreshers/0/after_months",
    "quota_usd": "/plan/quota_usd",
    "threshold": "/plan/threshold",
    "accelerator_above": "/plan/tiers/0/above",
    "accelerator": "/plan/tiers/0/multiplier",
    "tier_type": "/plan/tier_type",
    "cap": "/plan/cap",
    "ramp": "/plan/ramp_quota_shares",
    "draw_usd": "/plan/draw_usd",
    "draw_months": "/plan/draw_months",
    "distribution": "/plan/attainment/distribution",
    **{name: f"/{name}" for name in ("reference", "starts_on", "expires_on", "note", "why")},
}
RATIO_UP_TO = {"threshold": 1.0, "accelerator_above": 5.0, "cap": 5.0, "mix": 1.0, "default_spread": 3.0}
RATE_FIELDS = frozenset({"merit_rate", "equity_growth"})
PERCENT_FIELDS = frozenset({"threshold", "accelerator_above", "cap"}) | RATE_FIELDS
LABELS = {
    "title": "Job title",
    "location": "Place",
    "industry": "Industry",
    "employees": "Company size",
    "level": "Level",
    "experience_years": "Years in the field",
    "remote": "Work mode",
    "base_usd": "Base",
    "variable_usd": "Target variable",
    "sign_on_usd": "Sign-on",
    "benefits_usd": "Benefits",
    "equity_usd": "Equity grant",
    "refresher_usd": "Refresher",
    "refresher_after": "Refresher after",
    "quota_usd": "Quota",
    "accelerator_above": "Accelerator above",
    "tier_type": "Accelerated sales",
    "at": "At",
    "mix": "Base share to keep",
    "ramp": "Ramp",
    "draw_usd": "Draw",
    "draw_months": "Draw for",
    "reference": "Your reference",
    "expires_on": "Expires on",
    "starts_on": "Starts on",
}
KEEPING = frozenset({"reference", "starts_on", "expires_on", "note", "why"})
PLAN_FIELDS = tuple(name for name, pointer in FORM_FIELDS.items() if pointer.startswith("/plan/"))
CONTROLS = frozenset({"position", "at", "version", "editing", "csrf", "mix", "once"})
POSITIONS = {
    "ote_percentile": "percentile of on-target earnings",
    "base_percentile": "percentile of base",
    "band": "middle of the Band",
    "budget_usd": "budget for on-target earnings",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused field: its name on the form, empty when it has none, and the problem."""

    name: str
    problem: FieldProblem


def told_of(
    problem: RequestError, labels: Mapping[str, str], name_of: Callable[[str], str], known: Collection[str]
) -> tuple[tuple[Refused, ...], dict[str, FieldProblem]]:
    """(what was refused, in words that name the field and link to it where the form has it; the problems by field)."""
    shown, by_field = [], {}
    for p in problem.problems or (FieldProblem("", problem.message.rstrip(".")),):
        name = name_of(p.pointer)
        by_field[name] = p
        label = labels.get(name, name.replace("_", " ").capitalize())
        detail = _OF_THE_API.sub("", p.detail)
        shown.append(Refused(name if name in known else "", replace(p, detail=f"{label}: {detail}" if p.pointer else detail)))
    return tuple(shown), by_field


_OF_THE_API = re.compile(r" \((?:\w+_usd(?:, | or )?)+\)")
_OF_A_CAMPAIGN = re.compile(r"utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|ref")


def linked(args: Mapping[str, str]) -> dict[str, str]:
    """What a link says of the form, without what a mail or an advertisement adds to it to be counted."""
    return {name: value for name, value in args.items() if not _OF_A_CAMPAIGN.fullmatch(name)}


def last_part(pointer: str) -> str:
    """The name a pointer ends with."""
    return pointer.rsplit("/", 1)[-1]


def put(body: dict[str, Any], pointer: str, value: Any) -> None:
    """Set a value in a JSON body by its pointer; objects and lists on the way are made."""
    *path, last = pointer.strip("/").split("/")
    here: Any = body
    for i, step in enumerate(path):
        following = path[i + 1] if i + 1 < len(path) else last
        if isinstance(here, list):
            while len(here) <= int(step):
                here.append({})
            here = here[int(step)]
        else:
            here = here.setdefault(step, [] if following == "0" else {})
    here[last] = value


def _shares(text: str) -> list[str]:
    """`0, 50%, 75%` as shares; a bare number above 1 is a percentage."""
    parts = [p.strip() for p in text.replace(";", ",").split(",") if p.strip()]
    return [p if p.endswith("%") or number_in(p) is None or (number_in(p) or 0) <= 1 else f"{p}%" for p in parts]


def number_in(text: str) -> float | None:
    """The plain number that a text is, commas apart; None when it is none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def as_percent(name: str, text: str) -> str:
    """A typed percentage as one: 40 is 40 %, and so is .4 where shares of quota or mix are meant. A rate a year below 1 could mean either and is refused."""
    number = number_in(text)
    if text.endswith("%") or number is None:
        return text
    if name in RATE_FIELDS and 0 < abs(number) < 1:
        raise RequestInvalid(
            "A rate could mean two things.",
            (FieldProblem(FORM_FIELDS[name], f"{text} could mean {text}% or {100 * number:g}%", f"{100 * number:g}% or {text}%, with the sign"),),
        )
    return f"{100 * number:.12g}%" if number <= RATIO_UP_TO.get(name, 0.0) else f"{text}%"


def body_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The JSON body that the form says, as `POST /v1/offers/model` reads it; blank fields are left out.

    Attainments, caps and rates are typed as percentages. Raises RequestInvalid for a field the form does not have.
    """
    body: dict[str, Any] = {}
    for name, text in form.items():
        if name in CONTROLS or not text.strip():
            continue
        if name == "draw_kept":
            put(body, "/plan/draw_recoverable", False)
        elif name == "ramp":
            put(body, FORM_FIELDS[name], _shares(text))
        elif name not in FORM_FIELDS:
            raise RequestInvalid(
                "Some fields were refused.", (FieldProblem(f"/{name}", "there is no such field", ", ".join(FORM_FIELDS), schemas.near(name, FORM_FIELDS)),)
            )
        else:
            value = text.strip()
            if name in PERCENT_FIELDS:
                value = as_percent(name, value)
            put(body, FORM_FIELDS[name], value)
    body.setdefault("role", {})
    plan = body.get("plan")
    if plan is not None and set(plan) <= {"attainment", "tier_type"}:
        del body["plan"]
    elif plan is not None and not plan.get("tiers"):
        plan.pop("tier_type", None)
    if set(body.get("equity", {})) <= {"every"}:
        body.pop("equity", None)
    return body


def form_of(terms: Mapping[str, Any]) -> dict[str, str]:
    """The form that says kept terms; what the form has no field for makes StateConflict, so that editing never loses it."""
    found: dict[str, str] = {}

    def fill(value: Any, pointer: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                fill(inner, f"{pointer}/{key}")
        elif pointer == "/plan/ramp_quota_shares":
            found["ramp"] = ", ".join(str(v) for v in value)
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                fill(inner, f"{pointer}/{i}")
        elif pointer == "/plan/draw_recoverable":
            if value is False or str(value).lower() == "false":
                found["draw_kept"] = "yes"
        elif pointer in _NAME_AT:
            name = _NAME_AT[pointer]
            found[name] = f"{100 * contract.number(value):.12g}%" if name in PERCENT_FIELDS else str(value)
        elif _DEFAULTS.get(pointer, _UNKNOWN) != value and value is not None:
            raise StateConflict(
                "This offer holds terms the form has no field for.", (FieldProblem(pointer, "the form has no field for it", "change it by the API"),)
            )

    fill({k: v for k, v in terms.items() if k not in ("why", "currency")}, "")
    return found


_UNKNOWN = object()
_DEFAULTS: dict[str, Any] = {"/plan/from_first_dollar": True, "/plan/ramp_full_target": False, "/plan/draw_recoverable": True}
_NAME_AT = {pointer: name for name, pointer in FORM_FIELDS.items()}


def is_blank(form: Mapping[str, str]) -> bool:
    """Whether nothing was filled in."""
    return not any(v.strip() for k, v in form.items() if k not in CONTROLS)


def field_of(pointer: str) -> str:
    """The form's field that a pointer into the body is about."""
    if pointer in _NAME_AT:
        return _NAME_AT[pointer]
    parts = pointer.strip("/").split("/")
    if pointer.startswith("/plan/ramp"):
        return "ramp"
    return {"ote_percentile": "at", "base_percentile": "at", "budget_usd": "at", "base_share": "mix", "plan": "accelerator"}.get(parts[0], parts[-1])


def typed() -> dict[str, str]:
    """What this request's form holds, but for what shows where it came from."""
    return {k: v for k, v in request.form.to_dict().items() if k != "csrf"}
