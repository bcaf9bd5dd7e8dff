"""A mark of the latest transaction, by which PostgreSQL's commits are told from lost ones."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_commit",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_last_commit")),
    )


def downgrade() -> None:
    op.drop_table("last_commit")
