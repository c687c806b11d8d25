"""The situations of past conversations"""

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import Key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "situations",
        sa.Column("seq", Key, nullable=False),
        sa.Column("interaction_id", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.interaction_id"],
            name=op.f("fk_situations_interaction_id"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_situations")),
        sa.UniqueConstraint("interaction_id", name=op.f("uq_situations_interaction_id")),
        sqlite_autoincrement=True,
    )
