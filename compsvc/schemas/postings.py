"""What a posting to read may hold."""

from __future__ import annotations

from marshmallow import RAISE, fields, validate

from compsvc.postings.documents import LONGEST
from compsvc.schemas import RoleSchema
from compsvc.schemas.offers import Strict


class PostingRoleSchema(RoleSchema):
    """What takes the place of a field that was read."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE
        exclude = ("id", "population")


class PostingSchema(Strict):
    """A job posting: its text, and fields that take the place of what is read."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST),
        metadata={
            "description": "plain text, Markdown with front matter, HTML, schema.org JobPosting, or the JSON of Greenhouse, Lever or Ashby",
            "unit": "text",
            "example": "Senior Account Manager\nDenver, CO\nBase salary $85,000-$105,000",
        },
    )
    role = fields.Nested(PostingRoleSchema, metadata={"description": "fields in place of those read", "unit": "object", "example": {"location": "Denver, CO"}})


POSTING = PostingSchema()
