"""The home alarm service: ledgers, units, incidents and opinions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_ledgers",
        sa.Column("registration", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_alarm_ledgers")),
    )
    op.create_table(
        "alarm_units",
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_alarm_units")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_alarm_units_token_hash")),
    )
    op.create_table(
        "alarm_incidents",
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("raised_at", sa.String(length=32), nullable=False),
        sa.Column("closed_at", sa.String(length=32), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_alarm_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_alarm_incidents_number")),
    )
    op.create_table(
        "alarm_opinions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("sent_at", sa.String(length=32), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alarm_opinions")),
    )


def downgrade() -> None:
    for table in ("alarm_opinions", "alarm_incidents", "alarm_units", "alarm_ledgers"):
        op.drop_table(table)
