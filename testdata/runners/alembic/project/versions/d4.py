"""another branch"""

from alembic import op

revision = "d4"
down_revision = "b2"


def upgrade():
    op.execute("COMMENT ON TABLE users IS 'COMMIT;\n-- Running upgrade x -> y'")
    op.execute("SELECT public.seen('d4')")
    op.execute("DO $$\nBEGIN\n  PERFORM public.seen('d4 in a block');\nEND\n$$")


def downgrade():
    op.execute("SELECT public.seen('d4')")
