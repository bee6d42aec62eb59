"""Headcount plans that are costed in the background and kept with their result."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table, which is also the queue."""
    op.create_table(
        "plans",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("workspace_id", sa.String(40), sa.ForeignKey("workspaces.id"), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("asked", sa.LargeBinary, nullable=False),
        sa.Column("result", sa.LargeBinary),
        sa.Column("problem", sa.Text),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("runner", sa.String(80)),
        sa.Column("lease_until", sa.String(32)),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("created_by", sa.String(240), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.Column("request_key", sa.String(128)),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("workspace_id", "request_key"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("plans")
