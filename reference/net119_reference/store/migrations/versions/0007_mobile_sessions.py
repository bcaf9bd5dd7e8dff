"""Log-ins that end by themselves: those of feature phones, whose secret stands in their URLs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("handset_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("handset_tokens", schema=None) as batch_op:
        batch_op.drop_column("expires_at")
