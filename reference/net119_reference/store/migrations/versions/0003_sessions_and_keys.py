"""Sessions of call pages, and keys against announcing twice.

Call pages of before have no session and must be made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call_pages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session_hash", sa.String(length=64), nullable=True))
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_announcements_department_key"), ["department", "key"]
        )


def downgrade() -> None:
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_announcements_department_key"), type_="unique")
        batch_op.drop_column("key")
    with op.batch_alter_table("call_pages", schema=None) as batch_op:
        batch_op.drop_column("session_hash")
