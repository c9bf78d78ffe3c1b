"""index users.email"""

from alembic import op

revision = "b2"
down_revision = "a1"


def upgrade():
    op.execute("SELECT public.seen('b2')")
    with op.get_context().autocommit_block():
        op.create_index("users_email", "users", ["email"], postgresql_concurrently=True)
        op.execute("SELECT public.seen('b2 alone')")
        op.execute("SELECT public.seen('b2 alone again')")
    op.execute("SELECT public.seen('b2 behind')")


def downgrade():
    op.execute("SELECT public.seen('b2')")
    with op.get_context().autocommit_block():
        op.drop_index("users_email", "users", postgresql_concurrently=True)
