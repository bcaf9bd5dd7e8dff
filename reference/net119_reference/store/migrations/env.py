"""Alembic's entry point: runs the migrations against the URL it was given."""

from alembic import context

from net119_reference.store import postgres_types
from net119_reference.store.engines import POSTGRESQL, engine_for
from net119_reference.store.schema import metadata

engine = engine_for(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == POSTGRESQL:
            postgres_types.plain_text(connection)
engine.dispose()
