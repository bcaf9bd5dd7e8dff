"""the days that retention is counted from"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registrants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspended_at", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.String(length=32), nullable=True))
    op.execute(
        "UPDATE registrants SET ended_at = since "
        "WHERE state IN ('refused', 'stopped', 'cancelled', 'destroyed')"
    )


def downgrade() -> None:
    with op.batch_alter_table("registrants", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
        batch_op.drop_column("suspended_at")
