"""create users: it's the first"""

import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("email", sa.Text))
    op.execute("SELECT public.seen('a1')")


def downgrade():
    op.execute("SELECT public.seen('a1')")
    op.drop_table("users")
