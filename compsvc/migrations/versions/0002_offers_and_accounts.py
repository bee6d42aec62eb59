"""Workspaces, people, keys, sessions; offers with versions; Band policies; pay records; the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("audit", "offer_versions", "band_policies")


def _workspace(**kwargs: Any) -> "sa.Column[str]":
    return sa.Column("workspace_id", sa.String(40), sa.ForeignKey("workspaces.id"), nullable=False, **kwargs)


def upgrade() -> None:
    """Create the tables, and refuse changes to what is only ever added to."""
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(40), primary_key=True),
        _workspace(),
        sa.Column("email", sa.String(200), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(300), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(40), primary_key=True),
        _workspace(),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scopes", sa.String(400), nullable=False),
        sa.Column("key_seal", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_table(
        "sessions",
        sa.Column("seal", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(40), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.String(40), primary_key=True),
        _workspace(index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("expires_on", sa.String(10)),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("created_by", sa.String(240), nullable=False),
        sa.Column("submitted_by", sa.String(240)),
        sa.Column("updated_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "offer_versions",
        sa.Column("offer_id", sa.String(40), sa.ForeignKey("offers.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(240), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
    )
    op.create_table(
        "idempotency",
        _workspace(primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("offer_id", sa.String(40), sa.ForeignKey("offers.id"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "band_policies",
        _workspace(primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("effective_on", sa.String(10), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(240), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "pay_records",
        _workspace(primary_key=True),
        sa.Column("reference", sa.String(60), primary_key=True),
        sa.Column("family", sa.String(60), nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("area", sa.String(10), nullable=False),
        sa.Column("base_usd", sa.Float, nullable=False),
        sa.Column("variable_usd", sa.Float, nullable=False),
        sa.Column("paid_on", sa.String(10), nullable=False),
    )
    op.create_table(
        "audit",
        _workspace(primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(240), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("detail", sa.String(400), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_heads",
        _workspace(primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("head_seal", sa.String(64), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
    else:
        op.execute("CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$")
        for table in APPEND_ONLY:
            op.execute(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()")
            op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only()")


def downgrade() -> None:
    """Drop them."""
    for table in (
        "audit_heads", "audit", "pay_records", "band_policies", "idempotency", "offer_versions", "offers", "sign_in_failures", "sessions", "api_keys", "people", "workspaces",
    ):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION append_only()")
