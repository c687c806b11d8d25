"""The first tables"""

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import Key, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_keys_sha256")),
    )
    op.create_table(
        "audiences",
        sa.Column("audience_key", Key, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audience_key", name=op.f("pk_audiences")),
        sa.UniqueConstraint("definition", name=op.f("uq_audiences_definition")),
    )
    op.create_table(
        "changes",
        sa.Column("seq", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("version_key", Key, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("preferred_channel", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
    )
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_source"), ["source"], unique=False)

    op.create_table(
        "identity",
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("instance", name=op.f("pk_identity")),
    )
    op.create_table(
        "interactions",
        sa.Column("interaction_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_interactions")),
    )
    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_interactions_customer", ["customer_id", "started_at"], unique=False
        )

    op.create_table(
        "suggestions",
        sa.Column("suggestion_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestions")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_suggestions_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "vectors",
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("spans", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("model", "text_sha256", name=op.f("pk_vectors")),
    )
    op.create_table(
        "interaction_chunks",
        sa.Column("chunk_key", Key, nullable=False),
        sa.Column("interaction_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.interaction_id"],
            name=op.f("fk_interaction_chunks_interaction_id"),
        ),
        sa.PrimaryKeyConstraint("chunk_key", name=op.f("pk_interaction_chunks")),
    )
    with op.batch_alter_table("interaction_chunks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interaction_chunks_interaction_id"), ["interaction_id"], unique=False
        )

    op.create_table(
        "versions",
        sa.Column("version_key", Key, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("audience_key", Key, nullable=False),
        sa.Column("effective_from", UtcDateTime(), nullable=True),
        sa.Column("effective_to", UtcDateTime(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("indexed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_key"], ["audiences.audience_key"], name=op.f("fk_versions_audience_key")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name=op.f("fk_versions_document_id")
        ),
        sa.PrimaryKeyConstraint("version_key", name=op.f("pk_versions")),
        sa.UniqueConstraint("document_id", "version", name=op.f("uq_versions_document_id_version")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index("ix_versions_indexed", ["indexed"], unique=False)

    op.create_table(
        "chunks",
        sa.Column("chunk_key", Key, nullable=False),
        sa.Column("version_key", Key, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.version_key"], name=op.f("fk_chunks_version_key")
        ),
        sa.PrimaryKeyConstraint("chunk_key", name=op.f("pk_chunks")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chunks_version_key"), ["version_key"], unique=False)

    op.create_table(
        "supersessions",
        sa.Column("version_key", Key, nullable=False),
        sa.Column("superseded_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.version_key"], name=op.f("fk_supersessions_version_key")
        ),
        sa.PrimaryKeyConstraint("version_key", "superseded_id", name=op.f("pk_supersessions")),
    )
    with op.batch_alter_table("supersessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_supersessions_superseded_id"), ["superseded_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("supersessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supersessions_superseded_id"))

    op.drop_table("supersessions")
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chunks_version_key"))

    op.drop_table("chunks")
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.drop_index("ix_versions_indexed")

    op.drop_table("versions")
    with op.batch_alter_table("interaction_chunks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interaction_chunks_interaction_id"))

    op.drop_table("interaction_chunks")
    op.drop_table("vectors")
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestions_customer_id"))

    op.drop_table("suggestions")
    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.drop_index("ix_interactions_customer")

    op.drop_table("interactions")
    op.drop_table("identity")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_source"))

    op.drop_table("documents")
    op.drop_table("customers")
    op.drop_table("changes")
    op.drop_table("audiences")
    op.drop_table("api_keys")
