import sqlalchemy as sa
from alembic import op

revision = "f6"
down_revision = "e5"


def upgrade():
    op.execute("SELECT public.seen('f6')")
    users = sa.table("users", sa.column("id", sa.BigInteger), sa.column("name", sa.Text))
    op.bulk_insert(users, [{"id": 1, "name": "a;b"}], multiinsert=False)
    op.execute("SELECT public.seen('f6 behind')")


def downgrade():
    op.execute("DELETE FROM users")
    op.execute("SELECT public.seen('f6')")
