import os
from logging.config import fileConfig

from alembic import context

fileConfig(context.config.config_file_name)
context.configure(
    url="postgresql://",
    literal_binds=True,
    transaction_per_migration="PER_MIGRATION" in os.environ,
    version_table=os.environ.get("TABLE", "alembic_version"),
    version_table_schema=os.environ.get("SCHEMA"),
    transactional_ddl="NO_TRANSACTION" not in os.environ,
)
with context.begin_transaction():
    context.run_migrations()
