"""Action cards and their confirmations"""

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("card_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("declared_sha256", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("suggestion_id", sa.String(length=40), nullable=True),
        sa.Column("step_id", sa.Text(), nullable=True),
        sa.Column("declined_by", sa.Text(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_cards")),
    )
    op.create_index(op.f("ix_cards_conversation_id"), "cards", ["conversation_id"])
    op.create_index(op.f("ix_cards_customer_id"), "cards", ["customer_id"])
    op.create_table(
        "confirmations",
        sa.Column("card_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("parameters_sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("answer_by", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.card_id"], name=op.f("fk_confirmations_card_id")
        ),
        sa.PrimaryKeyConstraint("card_id", "number", name=op.f("pk_confirmations")),
    )
