"""URLs of callback mails, and the sessions that they opened."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callback_urls",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.call_id"], name=op.f("fk_callback_urls_call_id")
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_callback_urls")),
    )
    op.create_index(op.f("ix_callback_urls_call_id"), "callback_urls", ["call_id"])
    op.create_table(
        "callback_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.call_id"], name=op.f("fk_callback_sessions_call_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_callback_sessions")),
    )
    op.create_index(op.f("ix_callback_sessions_call_id"), "callback_sessions", ["call_id"])


def downgrade() -> None:
    op.drop_table("callback_sessions")
    op.drop_table("callback_urls")
