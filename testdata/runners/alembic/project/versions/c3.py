"""a branch"""

import sqlalchemy as sa
from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    op.add_column("users", sa.Column("name", sa.Text))
    op.execute("SELECT public.seen('c3')")


def downgrade():
    op.execute("SELECT public.seen('c3')")
    op.drop_column("users", "name")
