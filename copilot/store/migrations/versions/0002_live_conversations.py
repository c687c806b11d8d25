"""Live conversations, decisions and the audit trail"""

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import Key, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("identity", sa.Column("token_secret", sa.String(length=64), nullable=True))
    op.add_column("suggestions", sa.Column("conversation_id", sa.Text(), nullable=True))
    op.add_column("suggestions", sa.Column("superseded_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_suggestions_conversation_id"), "suggestions", ["conversation_id"])
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_customer_id"), "conversations", ["customer_id"])
    op.create_index(op.f("ix_conversations_pending"), "conversations", ["pending"])
    op.create_table(
        "turns",
        sa.Column("turn_key", Key, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("action", sa.JSON(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_turns_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("turn_key", name=op.f("pk_turns")),
        sa.UniqueConstraint(
            "conversation_id", "turn_id", name=op.f("uq_turns_conversation_id_turn_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_events_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "event_id", name=op.f("pk_events")),
    )
    op.create_table(
        "decisions",
        sa.Column("suggestion_id", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("final_text", sa.Text(), nullable=True),
        sa.Column("difference", sa.JSON(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("opened", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestions.suggestion_id"],
            name=op.f("fk_decisions_suggestion_id"),
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_decisions")),
    )
    op.create_table(
        "audit",
        sa.Column("seq", Key, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
