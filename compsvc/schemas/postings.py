"""What a posting to read may hold."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema

from compsvc.postings.documents import LONGEST
from compsvc.schemas import RoleSchema
from compsvc.schemas.offers import Strict


class PostingRoleSchema(RoleSchema):
    """What takes the place of a field that was read; null takes one away."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE
        exclude = ("id", "population")


class FileBytes(fields.Field[bytes]):
    """A file as base64 text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        if not isinstance(value, str):
            raise ValidationError("a file is sent as base64 text")
        try:
            return base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError("this is not base64") from None


class PostingSchema(Strict):
    """A job posting: its text or a file, and fields that take the place of what is read."""

    text = fields.String(
        validate=validate.Length(min=1, max=LONGEST),
        metadata={
            "description": "plain text, Markdown with front matter, HTML, schema.org JobPosting, or the JSON of Greenhouse, Lever or Ashby",
            "unit": "text",
            "example": "Senior Account Manager\nDenver, CO\nBase salary $85,000-$105,000",
        },
    )
    file = FileBytes(metadata={"description": "in place of text: a PDF, DOCX, HTML, JSON or text file, as base64", "unit": "base64", "example": "JVBERi0xLjQK"})
    role = fields.Nested(
        PostingRoleSchema,
        metadata={"description": "fields in place of those read; null takes one away", "unit": "object", "example": {"location": "Denver, CO"}},
    )

    @validates_schema
    def one_source(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Exactly one of text and file."""
        if ("text" in data) == ("file" in data):
            raise ValidationError("say exactly one of text and file", "text")


POSTING = PostingSchema()
