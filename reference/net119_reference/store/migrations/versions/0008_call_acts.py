"""What is done with a call beside its lines: transfers, places of its trail, discrepancies."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_acts",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name=op.f("fk_call_acts_call_id")),
        sa.PrimaryKeyConstraint("call_id", "kind", "number", name=op.f("pk_call_acts")),
    )


def downgrade() -> None:
    op.drop_table("call_acts")
