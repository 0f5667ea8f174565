"""The first schema: accounts, registry, datalake, predictions, counters."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("datalake_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("name", name=op.f("uq_organizations_name")),
    )
    op.create_table(
        "changes",
        sa.Column("seq", Sequence, autoincrement=True, nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_changes_organizations")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_org_id_seq"), "changes", ["org_id", "seq"], unique=False)
    op.create_table(
        "datalakes",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("connector_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_datalakes_organizations")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_datalakes")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_datalakes_org_id_name")),
    )
    op.create_table(
        "models",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_models_organizations")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_models")),
    )
    op.create_table(
        "sources",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_sources_organizations")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sources")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_sources_org_id_name")),
    )
    op.create_table(
        "tags",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_tags_organizations")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_tags")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_tags_org_id_name")),
    )
    op.create_table(
        "users",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_users_organizations")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_users")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("fk_api_tokens_users")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
        sa.UniqueConstraint("id", name=op.f("uq_api_tokens_id")),
    )
    op.create_table(
        "data",
        sa.Column("seq", Sequence, autoincrement=True, nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("datalake_id", sa.Uuid(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("checksum_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("displayable", sa.Boolean(), nullable=False),
        sa.Column("image_state", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("custom_metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("retention_class", sa.Text(), server_default="standard", nullable=False),
        sa.Column("is_held", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "datalake_id"], ["datalakes.org_id", "datalakes.id"], name=op.f("fk_data_datalakes")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "source_id"], ["sources.org_id", "sources.id"], name=op.f("fk_data_sources")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_data")),
        sa.UniqueConstraint("object_key", name=op.f("uq_data_object_key")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_data_org_id_id")),
    )
    op.create_index(op.f("ix_data_org_id_datalake_id_seq"), "data", ["org_id", "datalake_id", "seq"], unique=False)
    op.create_index(
        op.f("ix_data_org_id_datalake_id_source_id_seq"),
        "data",
        ["org_id", "datalake_id", "source_id", "seq"],
        unique=False,
    )
    op.create_index(op.f("ix_data_org_id_filename"), "data", ["org_id", "filename"], unique=False)
    op.create_table(
        "deployments",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("datalake_id", sa.Uuid(), nullable=False),
        sa.Column("min_threshold", sa.Float(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "datalake_id"], ["datalakes.org_id", "datalakes.id"], name=op.f("fk_deployments_datalakes")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "model_id"], ["models.org_id", "models.id"], name=op.f("fk_deployments_models")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_deployments")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_deployments_org_id_name")),
    )
    op.create_table(
        "model_versions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "model_id"], ["models.org_id", "models.id"], name=op.f("fk_model_versions_models")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("org_id", "model_id", "name", name=op.f("uq_model_versions_org_id_model_id_name")),
        sa.UniqueConstraint("org_id", "model_id", "number", name=op.f("uq_model_versions_org_id_model_id_number")),
    )
    op.create_table(
        "data_tags",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("data_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id", "data_id"], ["data.org_id", "data.id"], name=op.f("fk_data_tags_data")),
        sa.ForeignKeyConstraint(["org_id", "tag_id"], ["tags.org_id", "tags.id"], name=op.f("fk_data_tags_tags")),
        sa.PrimaryKeyConstraint("org_id", "tag_id", "data_id", name=op.f("pk_data_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_data_tags_org_id_data_id"), "data_tags", ["org_id", "data_id"], unique=False)
    op.create_table(
        "deployment_activity",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("prediction_count", sa.BigInteger(), nullable=False),
        sa.Column("flagged_count", sa.BigInteger(), nullable=False),
        sa.Column("latency_count", sa.BigInteger(), nullable=False),
        sa.Column("latency_seconds_total", sa.Float(), nullable=False),
        sa.Column("last_filed_at", sa.BigInteger(), nullable=True),
        sa.Column("last_received_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "deployment_id"],
            ["deployments.org_id", "deployments.id"],
            name=op.f("fk_deployment_activity_deployments"),
        ),
        sa.PrimaryKeyConstraint("org_id", "deployment_id", name=op.f("pk_deployment_activity")),
    )
    op.create_table(
        "deployment_counts",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "deployment_id"],
            ["deployments.org_id", "deployments.id"],
            name=op.f("fk_deployment_counts_deployments"),
        ),
        sa.PrimaryKeyConstraint("org_id", "deployment_id", "kind", "name", name=op.f("pk_deployment_counts")),
    )
    op.create_table(
        "labels",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "model_version_id"],
            ["model_versions.org_id", "model_versions.id"],
            name=op.f("fk_labels_model_versions"),
        ),
        sa.PrimaryKeyConstraint("org_id", "model_version_id", "class_id", name=op.f("pk_labels")),
    )
    op.create_table(
        "model_changes",
        sa.Column("seq", Sequence, autoincrement=True, nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "deployment_id"],
            ["deployments.org_id", "deployments.id"],
            name=op.f("fk_model_changes_deployments"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "model_version_id"],
            ["model_versions.org_id", "model_versions.id"],
            name=op.f("fk_model_changes_model_versions"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_model_changes")),
    )
    op.create_index(
        op.f("ix_model_changes_org_id_deployment_id_valid_from"),
        "model_changes",
        ["org_id", "deployment_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "predicted_assets",
        sa.Column("seq", Sequence, autoincrement=True, nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prediction_id", sa.Uuid(), nullable=False),
        sa.Column("data_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("captured_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("measurements", sa.Text(), nullable=True),
        sa.Column("custom_metrics", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "data_id"], ["data.org_id", "data.id"], name=op.f("fk_predicted_assets_data")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "deployment_id"],
            ["deployments.org_id", "deployments.id"],
            name=op.f("fk_predicted_assets_deployments"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "source_id"], ["sources.org_id", "sources.id"], name=op.f("fk_predicted_assets_sources")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_predicted_assets")),
        sa.UniqueConstraint(
            "org_id",
            "deployment_id",
            "prediction_id",
            name=op.f("uq_predicted_assets_org_id_deployment_id_prediction_id"),
        ),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_predicted_assets_org_id_id")),
    )
    op.create_index(op.f("ix_predicted_assets_org_id_data_id"), "predicted_assets", ["org_id", "data_id"], unique=False)
    op.create_index(
        op.f("ix_predicted_assets_org_id_deployment_id_digest"),
        "predicted_assets",
        ["org_id", "deployment_id", "digest"],
        unique=False,
    )
    op.create_index(
        op.f("ix_predicted_assets_org_id_deployment_id_filed_at_seq"),
        "predicted_assets",
        ["org_id", "deployment_id", "filed_at", "seq"],
        unique=False,
    )
    op.create_index(
        op.f("ix_predicted_assets_org_id_deployment_id_source_id_filed_at_seq"),
        "predicted_assets",
        ["org_id", "deployment_id", "source_id", "filed_at", "seq"],
        unique=False,
    )
    op.create_index(
        "ix_predicted_assets_unmeasured",
        "predicted_assets",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("measured_at IS NULL"),
        postgresql_where=sa.text("measured_at IS NULL"),
    )
    op.create_table(
        "prediction_flags",
        sa.Column("seq", Sequence, autoincrement=True, nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("predicted_asset_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("objects", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "predicted_asset_id"],
            ["predicted_assets.org_id", "predicted_assets.id"],
            name=op.f("fk_prediction_flags_predicted_assets"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_prediction_flags")),
    )
    op.create_index(
        op.f("ix_prediction_flags_org_id_deployment_id_code"),
        "prediction_flags",
        ["org_id", "deployment_id", "code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_prediction_flags_org_id_predicted_asset_id"),
        "prediction_flags",
        ["org_id", "predicted_asset_id"],
        unique=False,
    )
    op.create_table(
        "predictions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("predicted_asset_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("latency_seconds", sa.Float(), nullable=True),
        sa.Column("object_count", sa.Integer(), nullable=False),
        sa.Column("lowest_score", sa.Float(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "model_version_id"],
            ["model_versions.org_id", "model_versions.id"],
            name=op.f("fk_predictions_model_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "predicted_asset_id"],
            ["predicted_assets.org_id", "predicted_assets.id"],
            name=op.f("fk_predictions_predicted_assets"),
        ),
        sa.PrimaryKeyConstraint("org_id", "predicted_asset_id", "role", name=op.f("pk_predictions")),
    )
