"""The page of a job posting: paste or upload it, see what was read and from which words, mend fields, and take what to post."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import Blueprint, Response, make_response, render_template, request

from compsvc import papers, schemas, vocabulary
from compsvc.api import model, today
from compsvc.errors import FieldProblem, RequestError
from compsvc.postings.answer import answer
from compsvc.schemas import postings as contract
from compsvc.web.form import LABELS, ROLE_FIELDS, Refused, last_part, told_of
from compsvc.web.pictures import WIDTH, RangePicture, range_picture

blueprint = Blueprint("posting_page", __name__)

READ = {
    "titles": "Title",
    "family": "Family",
    "level": "Level",
    "locations": "Place",
    "work_mode": "Work mode",
    "industry": "Industry",
    "employees": "Company size",
    "years": "Years asked for",
    "manages": "People to lead",
    "employment_type": "Employment type",
    "bonus_percent": "Bonus, % of base",
    "base_share": "Base share of on-target earnings",
}
POSTING_LABELS = LABELS | {"text": "Posting", "file": "File"}
BASIS = {"base": "base", "variable": "variable", "ote": "on-target earnings", "total": "total", "unstated": "not said what it counts"}


class Piece(NamedTuple):
    """A stretch of the posting; `kind` is what was read from it, empty where nothing was."""

    text: str
    kind: str


class ReadField(NamedTuple):
    """One value that was read, for people."""

    label: str
    value: str
    words: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows: the form as filled in, then an answer or problems."""

    form: Mapping[str, str]
    answer: dict[str, Any] | None = None
    fields: list[ReadField] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    picture: RangePicture | None = None
    call: str = ""
    problems: tuple[Refused, ...] = ()
    problem_by_field: dict[str, FieldProblem] = field(default_factory=dict)


@blueprint.get("/posting")
def get_posting() -> Response:
    """The form."""
    return _shown(Page({}))


@blueprint.post("/posting")
def post_posting() -> Response:
    """Read the posting; with `priced`, by the fields as they stand in the form instead of those read."""
    form = {k: v.replace("\0", "") for k, v in request.form.to_dict().items()}
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    try:
        text = papers.read_paper(data) if data else form.get("text", "")
        sent: dict[str, Any] = {"text": text}
        if "priced" in form:
            sent["role"] = {name: form.get(name, "").strip() or None for name in ROLE_FIELDS}
        found = answer(model(), schemas.load(contract.POSTING, sent), today())
    except RequestError as problem:
        return _shown(_refused({**form, "text": form.get("text", "")}, problem), 422)
    return _shown(_read({"text": text}, sent, found))


def _read(form: dict[str, str], sent: Mapping[str, Any], found: dict[str, Any]) -> Page:
    """The page of an answer: the form holds the fields of the role that was priced."""
    role = {("remote" if name == "work_mode" else name): f"{value:g}" if isinstance(value, float) else str(value) for name, value in found["role"].items()}
    problems = tuple(FieldProblem(**{**e, "did_you_mean": tuple(e.get("did_you_mean", ()))}) for e in (found["not_priced"] or {}).get("errors", ()))
    market = found["range"]
    return Page(
        {**form, **role},
        found,
        list(_fields(found)),
        _pieces(found),
        range_picture(market["pay"]) if market else None,
        json.dumps({**sent, "text": f"{sent['text'][:60]}…"} if len(sent["text"]) > 60 else sent, indent=2, ensure_ascii=False),
        problem_by_field={p.pointer.rsplit("/", 1)[-1]: p for p in problems},
    )


def _refused(form: Mapping[str, str], problem: RequestError) -> Page:
    shown, by_field = told_of(problem, POSTING_LABELS, lambda pointer: last_part(pointer) or "text", {"text", "file", *ROLE_FIELDS})
    return Page(form, problems=shown, problem_by_field=by_field)


def _fields(found: Mapping[str, Any]) -> Iterable[ReadField]:
    for name, label in READ.items():
        value = found["read"][name]
        for one in value if isinstance(value, list) else [value] if value else []:
            yield ReadField(label, said(name, one["value"]), " ".join(one["words"].split()), one["confidence"], one["why"])


def said(name: str, value: Any) -> str:
    """A value that was read, in words."""
    if isinstance(value, list):
        low, high = value
        scale = 100 if name == "base_share" else 1
        shown = ["" if v is None else f"{v * scale:,g}" for v in (low, high)]
        return f"up to {shown[1]}" if low is None else f"{shown[0]} or more" if high is None else shown[0] if low == high else " to ".join(shown)
    if name == "family":
        return vocabulary.families()[value].name if value in vocabulary.families() else str(value)
    if name == "level":
        return f"{value} {vocabulary.levels()[value].name}"
    return str(value)


def _pieces(found: Mapping[str, Any]) -> list[Piece]:
    """The text in stretches, those that something was read from marked; where two overlap the first one counts."""
    text, marks = found["text"], []
    for name in READ:
        value = found["read"][name]
        for one in value if isinstance(value, list) else [value] if value else []:
            if one["span"] and name not in ("family", "level"):
                marks.append((*one["span"], name))
    marks += [(*one["span"], "pay") for one in found["pay"] if one["span"]]
    pieces, at = [], 0
    for start, end, kind in sorted(marks):
        if start < at:
            continue
        pieces += [Piece(text[at:start], ""), Piece(text[start:end], kind)]
        at = end
    return [piece for piece in [*pieces, Piece(text[at:], "")] if piece.text]


def _shown(page: Page, status: int = 200) -> Response:
    return make_response(
        render_template(
            "posting.html",
            page=page,
            width=WIDTH,
            labels=READ | {"pay": "Pay"},
            basis=BASIS,
            levels_options=[(v.code, f"{v.code} {v.name}") for v in vocabulary.levels().values()],
            mode_options=[(mode, mode) for mode in vocabulary.WORK_MODES],
        ),
        status,
    )
