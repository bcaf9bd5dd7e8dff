"""What was typed into application forms, readable or not."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entries", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("registration_links", schema=None) as batch_op:
        batch_op.drop_column("entries")
