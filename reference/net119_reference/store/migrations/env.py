"""Alembic's entry point: runs the migrations against the URL it was given."""

import sqlalchemy as sa
from alembic import context

from net119_reference.store.schema import metadata

url = context.config.get_main_option("sqlalchemy.url") or ""
engine = sa.create_engine(url)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
