"""Alembic runs this inside the connection that `copilot.store.database.migrate` gives it."""

from alembic import context

from copilot.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
