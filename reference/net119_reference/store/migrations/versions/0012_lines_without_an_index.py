"""Lines have one index less: that of their authors' ids, which cost more than the lines.

Each row of a commit belongs to another call and dirties a page of every index.  A writer's repeat
is recognised by what is in memory of the call, and that is complete: whoever did not know all lines
of a call would give the next one a number that the table has already.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAME = "uq_lines_call_id_author_client_id"


def upgrade() -> None:
    with op.batch_alter_table("lines") as lines:
        lines.drop_constraint(op.f(_NAME), type_="unique")


def downgrade() -> None:
    with op.batch_alter_table("lines") as lines:
        lines.create_unique_constraint(op.f(_NAME), ["call_id", "author", "client_id"])
