"""The tables of the truth. Column types work alike on SQLite and PostgreSQL.

Times are stored in UTC. Text that a person wrote is never stored twice for one version except
in `chunks.text`, which spares a search from reading whole documents.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up by itself only on INTEGER keys; PostgreSQL should not run out of them.
Key = BigInteger().with_variant(Integer, "sqlite")

# One row: the identity of this database, which index folders are checked against.
identity = Table(
    "identity",
    metadata,
    Column("instance", String(32), primary_key=True),
    # Signs the tokens of this database's callers.
    Column("token_secret", String(64)),
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("source", Text, index=True),
    Column("sha256", String(64), nullable=False),
    Column("latest_version", Integer, nullable=False),
    Column("retired_at", UtcDateTime),
)

# Who may see what, one row for each distinct audience and language: few, so that an index can
# filter by a small set of integers.
audiences = Table(
    "audiences",
    metadata,
    Column("audience_key", Key, primary_key=True),
    Column("definition", Text, nullable=False, unique=True),
)

versions = Table(
    "versions",
    metadata,
    Column("version_key", Key, primary_key=True),
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("language", Text),
    Column("owner", Text),
    Column("url", Text),
    Column("audience_key", Key, ForeignKey("audiences.audience_key"), nullable=False),
    Column("effective_from", UtcDateTime),
    Column("effective_to", UtcDateTime),
    Column("details", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("replaced_at", UtcDateTime),
    Column("retired_at", UtcDateTime),
    Column("indexed", Boolean, nullable=False),
    UniqueConstraint("document_id", "version"),
    Index("ix_versions_indexed", "indexed"),
)

supersessions = Table(
    "supersessions",
    metadata,
    Column("version_key", Key, ForeignKey("versions.version_key"), primary_key=True),
    Column("superseded_id", Text, primary_key=True, index=True),
)

chunks = Table(
    "chunks",
    metadata,
    Column("chunk_key", Key, primary_key=True),
    Column("version_key", Key, ForeignKey("versions.version_key"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", JSON, nullable=False),
    Column("text_sha256", String(64), nullable=False),
    sqlite_autoincrement=True,
)

# Vectors by model and by the hash of the text that was embedded; shared by every chunk
# and interaction with that text, and kept when they go, so that nothing is embedded twice.
vectors = Table(
    "vectors",
    metadata,
    Column("model", String(120), primary_key=True),
    Column("text_sha256", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("spans", LargeBinary),
)

# Append-only; written in the transaction that it tells of. `kind` is `index` or `drop`.
changes = Table(
    "changes",
    metadata,
    Column("seq", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("version_key", Key, nullable=False),
    sqlite_autoincrement=True,
)

customers = Table(
    "customers",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("name", Text),
    Column("preferred_channel", Text),
    Column("language", Text),
    Column("attributes", JSON, nullable=False),
)

interactions = Table(
    "interactions",
    metadata,
    Column("interaction_id", Text, primary_key=True),
    Column("customer_id", Text),
    Column("channel", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("subject", Text),
    Column("outcome", Text),
    Column("turns", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_interactions_customer", "customer_id", "started_at"),
)

interaction_chunks = Table(
    "interaction_chunks",
    metadata,
    Column("chunk_key", Key, primary_key=True),
    Column(
        "interaction_id",
        Text,
        ForeignKey("interactions.interaction_id"),
        nullable=False,
        index=True,
    ),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", JSON, nullable=False),
    Column("text_sha256", String(64), nullable=False),
)

# Of each interaction, the situations in which its agent did something: a row for each, empty where
# nothing was done. `vectors` is float16, (situations, 2, d); `told` holds no words of a person.
situations = Table(
    "situations",
    metadata,
    Column("seq", Key, primary_key=True),
    Column(
        "interaction_id",
        Text,
        ForeignKey("interactions.interaction_id"),
        nullable=False,
        unique=True,
    ),
    Column("model", String(120), nullable=False),
    Column("vectors", LargeBinary, nullable=False),
    Column("told", JSON, nullable=False),
    sqlite_autoincrement=True,
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("suggestion_id", String(40), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("customer_id", Text, index=True),
    Column("caller", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("request", JSON, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("conversation_id", Text, index=True),
    Column("superseded_at", UtcDateTime),
)

# `pending` says that final turns were stored which no suggestion has taken into account yet;
# `last_event` is the number of the newest event.
conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("customer_id", Text, index=True),
    Column("channel", Text),
    Column("scope", JSON, nullable=False),
    Column("caller", Text, nullable=False),
    Column("pending", Boolean, nullable=False, index=True),
    Column("last_event", Integer, nullable=False),
)

# Final turns, masked. `turn_key` is the order of arrival.
turns = Table(
    "turns",
    metadata,
    Column("turn_key", Key, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.conversation_id"), nullable=False),
    Column("turn_id", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime),
    Column("channel", Text),
    Column("action", JSON),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "turn_id"),
    sqlite_autoincrement=True,
)

# Append-only; a row stands before it is sent to anybody.
events = Table(
    "events",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.conversation_id"), primary_key=True),
    Column("event_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("data", JSON, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("suggestion_id", String(40), ForeignKey("suggestions.suggestion_id"), primary_key=True),
    Column("decision", String(20), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", String(20)),
    Column("final_text", Text),
    Column("difference", JSON, nullable=False),
    Column("took_ms", Integer),
    Column("opened", JSON, nullable=False),
)

# Append-only. Each line's hash covers the one before it; `entry` is canonical JSON that holds no
# words of a person, so that it can outlive an erasure.
audit = Table(
    "audit",
    metadata,
    Column("seq", Key, primary_key=True),
    Column("entry", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("scope", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

# Actions as they were offered to a person. `parameters` is what was filled, each with its source.
cards = Table(
    "cards",
    metadata,
    Column("card_id", String(40), primary_key=True),
    Column("action", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("effect", String(10), nullable=False),
    Column("declared_sha256", String(64), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("conversation_id", Text, index=True),
    Column("customer_id", Text, index=True),
    Column("suggestion_id", String(40)),
    Column("step_id", Text),
    Column("declined_by", Text),
    Column("declined_at", UtcDateTime),
)

# What a person confirmed; each row is spent by one call, for which `sent_at` is set first.
# Without an answer at `answer_by`, nobody knows what became of it.
confirmations = Table(
    "confirmations",
    metadata,
    Column("card_id", String(40), ForeignKey("cards.card_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("confirmed_by", Text, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("parameters_sha256", String(64), nullable=False),
    Column("sent_at", UtcDateTime),
    Column("answer_by", UtcDateTime),
    Column("answer", JSON),
)

# Calls of language models, for their tokens and their cost; no words, and nothing refers to a row
# that an erasure takes out. Without an outcome, a call is under way, or its process died under it:
# `tokens` and `cost` are then what was set aside for it.
model_calls = Table(
    "model_calls",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("day", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("caller", Text, nullable=False),
    Column("suggestion_id", String(40)),
    Column("purpose", String(20), nullable=False),
    Column("model", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("cost", Float, nullable=False),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("counted", String(10)),
    Column("outcome", String(20)),
    Column("took_ms", Integer),
    # Limits are read from these alone.
    Index("ix_model_calls_day", "day", "caller", "tokens", "cost"),
    Index("ix_model_calls_suggestion_id", "suggestion_id"),
)
