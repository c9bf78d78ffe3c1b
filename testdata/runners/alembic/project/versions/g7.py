"""as before autocommit_block"""

from alembic import op

revision = "g7"
down_revision = "f6"


def upgrade():
    op.execute("SELECT public.seen('g7')")
    op.execute("COMMIT")
    op.create_index("users_name", "users", ["name"], postgresql_concurrently=True)
    op.execute("SELECT public.seen('g7 alone')")


def downgrade():
    op.drop_index("users_name", "users")
    op.execute("SELECT public.seen('g7')")
