"""The tables as they stand after every migration; a test compares them with a migrated database."""

from typing import Any

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()


def _workspace(**kwargs: Any) -> "Column[str]":
    return Column("workspace_id", String(40), ForeignKey("workspaces.id"), nullable=False, **kwargs)


served = Table(
    "served",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("from_at", String(32), nullable=False),
    Column("model_id", String(64), nullable=False),
    Column("model_sha256", String(64), nullable=False),
    Column("code", String(64), nullable=False),
)
workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("created_at", String(32), nullable=False),
)
people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    _workspace(),
    Column("email", String(200), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(300), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", String(32), nullable=False),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(40), primary_key=True),
    _workspace(),
    Column("name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scopes", String(400), nullable=False),
    Column("key_seal", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
)
sessions = Table(
    "sessions",
    metadata,
    Column("seal", String(64), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("expires_at", String(32), nullable=False),
)
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("since", String(32), nullable=False),
    Column("n", Integer, nullable=False),
)
offers = Table(
    "offers",
    metadata,
    Column("id", String(40), primary_key=True),
    _workspace(index=True),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reference", String(120), nullable=False),
    Column("title", String(200), nullable=False),
    Column("expires_on", String(10)),
    Column("created_at", String(32), nullable=False),
    Column("created_by", String(240), nullable=False),
    Column("submitted_by", String(240)),
    Column("updated_at", String(32), nullable=False),
)
offer_versions = Table(
    "offer_versions",
    metadata,
    Column("offer_id", String(40), ForeignKey("offers.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", String(240), nullable=False),
    Column("why", String(500), nullable=False),
    Column("state", String(20), nullable=False),
    Column("terms", Text, nullable=False),
    Column("figures", Text, nullable=False),
)
idempotency = Table(
    "idempotency",
    metadata,
    _workspace(primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("offer_id", String(40), ForeignKey("offers.id"), nullable=False),
    Column("at", String(32), nullable=False),
)
band_policies = Table(
    "band_policies",
    metadata,
    _workspace(primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("effective_on", String(10), nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", String(240), nullable=False),
    Column("body", Text, nullable=False),
)
pay_records = Table(
    "pay_records",
    metadata,
    _workspace(primary_key=True),
    Column("reference", String(60), primary_key=True),
    Column("family", String(60), nullable=False),
    Column("level", String(2), nullable=False),
    Column("area", String(10), nullable=False),
    Column("base_usd", Float, nullable=False),
    Column("variable_usd", Float, nullable=False),
    Column("paid_on", String(10), nullable=False),
)
audit = Table(
    "audit",
    metadata,
    _workspace(primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", String(240), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("detail", String(400), nullable=False),
    Column("seal", String(64), nullable=False),
)
audit_heads = Table(
    "audit_heads",
    metadata,
    _workspace(primary_key=True),
    Column("n", Integer, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("head_seal", String(64), nullable=False),
)
plans = Table(
    "plans",
    metadata,
    Column("id", String(40), primary_key=True),
    _workspace(index=True),
    Column("name", String(80), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("people", Integer, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Column("result", LargeBinary),
    Column("problem", Text),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("runner", String(80)),
    Column("lease_until", String(32)),
    Column("created_at", String(32), nullable=False),
    Column("created_by", String(240), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Column("request_key", String(128)),
    Column("request_sha256", String(64), nullable=False),
    UniqueConstraint("workspace_id", "request_key"),
)
