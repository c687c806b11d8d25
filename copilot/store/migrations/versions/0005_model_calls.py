"""Calls of language models"""

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "model_calls",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.String(length=40)),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer()),
        sa.Column("completion_tokens", sa.Integer()),
        sa.Column("counted", sa.String(length=10)),
        sa.Column("outcome", sa.String(length=20)),
        sa.Column("took_ms", sa.Integer()),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_model_calls")),
    )
    op.create_index("ix_model_calls_day", "model_calls", ["day", "caller", "tokens", "cost"])
    op.create_index("ix_model_calls_suggestion_id", "model_calls", ["suggestion_id"])
