"""The one contract of API, form and command line: what may be asked, what is answered.

Schemas never touch a store or a model; bounds come from the vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid

BATCH_LIMIT = 10_000
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TEXT_LIMIT = 200


@lru_cache(maxsize=4096)
def iso_date(text: str) -> str:
    """A calendar date in the form YYYY-MM-DD; ValueError for anything else."""
    return date.fromisoformat(text).isoformat()


class Scalar(fields.Field[Any]):
    """A field whose `_deserialize` holds all its rules, so that a present value may skip marshmallow's generic steps."""


class WorkMode(Scalar):
    """true or false, or on-site, hybrid, remote."""

    _WORDS = {
        "true": "remote",
        "yes": "remote",
        "1": "remote",
        "fully remote": "remote",
        "false": "on-site",
        "no": "on-site",
        "0": "on-site",
        "onsite": "on-site",
        "office": "on-site",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool):
            return "remote" if value else "on-site"
        word = str(value).strip().lower()
        word = self._WORDS.get(word, word)
        if word not in vocabulary.WORK_MODES:
            meant = near(word, (*vocabulary.WORK_MODES, *self._WORDS))
            raise ValidationError(f"must be true, false, on-site, hybrid or remote{f'; did you mean {meant[0]}?' if meant else ''}")
        return word


class Employees(Scalar):
    """A headcount or a range of headcounts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip() or len(str(value)) > 40:
            raise ValidationError("must be a headcount such as 200 or a range such as 100-499")
        return str(value).strip()


class IsoDate(Scalar):
    """An ISO 8601 calendar date, kept as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return iso_date(value)
            except ValueError:
                pass
        raise ValidationError("must be a date such as 2026-11-22")


class Text(Scalar):
    """Text of bounded length with something in it."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        if not value.strip() or len(value) > self.longest or "\0" in value:
            raise ValidationError(f"must hold 1 to {self.longest} characters" if "\0" not in value else "must not hold NUL")
        return value


class Years(Scalar):
    """Years of experience, a number within bounds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        highest = vocabulary.EXPERIENCE_YEARS_MAX
        try:
            number = float(value) if not isinstance(value, bool) else float("nan")
        except (TypeError, ValueError):
            raise ValidationError("must be a number") from None
        if not 0 <= number <= highest:
            raise ValidationError(f"must be from 0 to {highest:g}")
        return number


class CurrencyCode(Scalar):
    """An ISO 4217 code."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not (isinstance(value, str) and len(value.strip()) == 3 and value.isascii() and value.strip().isalpha()):
            raise ValidationError("must be an ISO 4217 code such as USD")
        return value.strip().upper()


def _text(description: str, example: str) -> Text:
    return Text(TEXT_LIMIT, allow_none=True, metadata={"description": description, "example": example, "unit": "text"})


class RoleSchema(Schema):
    """One role to price. Say the job by title, occupation or family; every other field may be left out and is then averaged over."""

    class Meta:
        """Unknown fields are refused, never dropped."""

        unknown = RAISE

    id = Text(TEXT_LIMIT, allow_none=True, metadata={"description": "the caller's own id, echoed", "example": "req-1", "unit": "text"})
    title = _text("job title in words", "Account Director")
    occupation = Text(10, allow_none=True, metadata={"description": "SOC 2018 code", "example": "11-2022", "unit": "SOC"})
    family = Text(60, allow_none=True, metadata={"description": "job family code", "example": "account-management", "unit": "code"})
    level = Text(40, allow_none=True, metadata={"description": "level code; else read from the title", "example": "M5", "unit": "code"})
    location = _text("city and state, county, CBSA code, state, or United States", "Austin, TX")
    industry = _text("NAICS code or everyday name", "ad agency")
    employees = Employees(allow_none=True, metadata={"description": "company headcount or a range", "example": 200, "unit": "employees"})
    experience_years = Years(allow_none=True, metadata={"description": "years in the field", "example": 8, "unit": "years"})
    work_mode = WorkMode(
        data_key="remote", allow_none=True, metadata={"description": "true, false, on-site, hybrid or remote", "example": True, "unit": "code"}
    )
    as_of = IsoDate(allow_none=True, metadata={"description": "date pay is aged to; today by default", "example": "2026-11-22", "unit": "ISO 8601 date"})
    currency = CurrencyCode(allow_none=True, metadata={"description": "ISO 4217; the place decides it when left out", "example": "USD", "unit": "ISO 4217"})
    population = Text(
        40,
        allow_none=True,
        metadata={"description": "price as one source's people instead of the market", "example": "survey-2023", "unit": "code"},
    )


class TextQuerySchema(Schema):
    """A typed beginning for autocomplete."""

    class Meta:
        """Unknown fields are refused, never dropped."""

        unknown = RAISE

    q = fields.String(
        required=True, validate=validate.Length(min=1, max=TEXT_LIMIT), metadata={"description": "what was typed so far", "example": "acc", "unit": "text"}
    )
    limit = fields.Integer(
        load_default=8, validate=validate.Range(min=1, max=50), metadata={"description": "most suggestions to return", "example": 8, "unit": "count"}
    )


class FormSchema(RoleSchema):
    """The page's form: blank fields are left out before the same rules apply."""

    @pre_load
    def drop_blank(self, data: Any, **kwargs: Any) -> dict[str, Any]:
        """The fields somebody filled in."""
        return {k: v for k, v in data.items() if str(v).strip()}


ROLE = RoleSchema()
_ROLE_FIELDS = tuple((field.data_key or name, name, field) for name, field in ROLE.fields.items())
FORM = FormSchema()
QUERY = TextQuerySchema()


def _load_role(data: dict[str, Any]) -> dict[str, Any] | None:
    """A sound role by the schema's own fields, one by one; None sends anything else through the whole schema for its messages."""
    loaded = {}
    try:
        for key, name, field in _ROLE_FIELDS:
            value = data.get(key)
            if value is not None:
                loaded[name] = field._deserialize(value, key, data)
    except ValidationError:
        return None
    return loaded if len(loaded) == len(data) else None


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """Loaded fields; RequestInvalid with one problem per refused field otherwise."""
    if not isinstance(data, dict):
        raise RequestInvalid(
            "The body must be a JSON object.", (FieldProblem("", "the body is not a JSON object", 'an object such as {"title": "Account Director"}'),)
        )
    if schema is ROLE and data:
        quick = _load_role(data)
        if quick is not None:
            return quick
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as problem:
        messages = dict(problem.normalized_messages())  # type: ignore[no-untyped-call]
        raise RequestInvalid("Some fields were refused.", _problems(schema, messages)) from None
    return loaded


def near(value: object, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known codes that look like a value."""
    return tuple(get_close_matches(str(value), list(known), n=3, cutoff=0.5))


def _problems(schema: Schema, messages: dict[Any, Any], at: str = "") -> tuple[FieldProblem, ...]:
    """One problem per refused field, nested ones by their whole pointer."""
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    found: list[FieldProblem] = []
    for name, message in messages.items():
        pointer = f"{at}/{name}"
        field = known.get(name)
        if field is None and name != "_schema":
            nearest = near(name, known)
            found.append(FieldProblem(pointer, "there is no such field", "one of " + ", ".join(known), nearest))
        elif isinstance(message, dict):
            found += _inside(field, message, pointer)
        else:
            detail = "; ".join(str(m) for m in message) if isinstance(message, list) else str(message)
            if name == "_schema" and detail == "Invalid input type.":
                found.append(FieldProblem(at, "this is not an object", "an object with " + ", ".join(known)))
                continue
            found.append(
                FieldProblem(
                    pointer.removesuffix("/_schema"),
                    detail.rstrip(".").replace("Missing data for required field", "is needed"),
                    field.metadata.get("description") if field else None,
                )
            )
    return tuple(found)


def _inside(field: Any, messages: dict[Any, Any], at: str) -> tuple[FieldProblem, ...]:
    """Problems inside a nested object, or inside the items of a list."""
    if isinstance(field, fields.List):
        return tuple(
            problem
            for i, message in messages.items()
            for problem in (
                _inside(field.inner, message, f"{at}/{i}")
                if isinstance(message, dict)
                else (FieldProblem(f"{at}/{i}", "; ".join(map(str, message)).rstrip(".")),)
            )
        )
    if isinstance(field, fields.Dict):
        said = ((key, part) for key, parts in messages.items() for part in (parts.values() if isinstance(parts, dict) else [parts]))
        return tuple(FieldProblem(f"{at}/{key}", _flat(part), field.metadata.get("description")) for key, part in said)
    return _problems(field.schema, messages, at)


def _flat(messages: Any) -> str:
    """Messages however deep, in one line."""
    if isinstance(messages, dict):
        messages = [_flat(inner) for inner in messages.values()]
    return "; ".join(dict.fromkeys(str(m).rstrip(".") for m in messages)) if isinstance(messages, list) else str(messages).rstrip(".")
