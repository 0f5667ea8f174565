"""The tables of the records, for SQLite and PostgreSQL alike.

Every key and foreign key begins with `org_id`, so that no join can cross from
one organization to another. Times are microseconds since 1970, UTC. A change
here needs a migration in `migrations/versions/`.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A UTC datetime kept as whole microseconds since 1970: exact, sortable, the same in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Datetime to microseconds."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Microseconds to datetime."""
        return None if value is None else EPOCH + value * MICROSECOND


# SQLite numbers rows by itself only in a column of the exact type INTEGER.
Sequence = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _belongs_to(table: str, *columns: str, to: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["org_id", *columns],
        [f"{table}.org_id", *(f"{table}.{column}" for column in to)],
    )


organizations = Table(
    "organizations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("datalake_id", Uuid, nullable=False),
    Column("created_at", Moment, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organizations.id"]),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("id"),
    _belongs_to("users", "user_id"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("org_id", Uuid, nullable=False),
    Column("at", Moment, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("target_id", Uuid),
    Column("user_id", Uuid),
    Column("token_id", Uuid),
    Column("details", Text, nullable=False),
    ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    Index(None, "org_id", "seq"),
)

datalakes = Table(
    "datalakes",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("connector_id", Uuid, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "name"),
    ForeignKeyConstraint(["org_id"], ["organizations.id"]),
)

sources = Table(
    "sources",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "name"),
    ForeignKeyConstraint(["org_id"], ["organizations.id"]),
)

tags = Table(
    "tags",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "name"),
    ForeignKeyConstraint(["org_id"], ["organizations.id"]),
)

models = Table(
    "models",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organizations.id"]),
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("model_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "model_id", "name"),
    UniqueConstraint("org_id", "model_id", "number"),
    _belongs_to("models", "model_id"),
)

labels = Table(
    "labels",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("model_version_id", Uuid, nullable=False),
    Column("class_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "model_version_id", "class_id"),
    _belongs_to("model_versions", "model_version_id"),
)

deployments = Table(
    "deployments",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("model_id", Uuid, nullable=False),
    Column("datalake_id", Uuid, nullable=False),
    Column("min_threshold", Float, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "name"),
    _belongs_to("models", "model_id"),
    _belongs_to("datalakes", "datalake_id"),
)

model_changes = Table(
    "model_changes",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("org_id", Uuid, nullable=False),
    Column("deployment_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
    Column("model_version_id", Uuid),
    Column("valid_from", Moment, nullable=False),
    _belongs_to("deployments", "deployment_id"),
    _belongs_to("model_versions", "model_version_id"),
    Index(None, "org_id", "deployment_id", "valid_from"),
)

data = Table(
    "data",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("org_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("datalake_id", Uuid, nullable=False),
    Column("object_key", Text, nullable=False, unique=True),
    Column("checksum_sha256", LargeBinary, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("displayable", Boolean, nullable=False),
    Column("image_state", Text, nullable=False),
    Column("source_id", Uuid),
    Column("metadata", Text, nullable=False),
    Column("custom_metadata", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    # Why a picture may not go yet: how long its class is kept, and a hold that overrides it.
    Column("retention_class", Text, nullable=False, server_default="standard"),
    Column("is_held", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("org_id", "id"),
    _belongs_to("datalakes", "datalake_id"),
    _belongs_to("sources", "source_id"),
    Index(None, "org_id", "datalake_id", "seq"),
    Index(None, "org_id", "datalake_id", "source_id", "seq"),
    Index(None, "org_id", "filename"),
)

data_tags = Table(
    "data_tags",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("tag_id", Uuid, nullable=False),
    Column("data_id", Uuid, nullable=False),
    PrimaryKeyConstraint("org_id", "tag_id", "data_id"),
    _belongs_to("data", "data_id"),
    _belongs_to("tags", "tag_id"),
    Index(None, "org_id", "data_id"),
    sqlite_with_rowid=False,
)

predicted_assets = Table(
    "predicted_assets",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("org_id", Uuid, nullable=False),
    Column("deployment_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("prediction_id", Uuid, nullable=False),
    Column("data_id", Uuid, nullable=False),
    Column("source_id", Uuid),
    Column("token_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("measured_at", Moment),
    Column("leased_until", Moment),
    Column("measurements", Text),
    Column("custom_metrics", Text, nullable=False),
    UniqueConstraint("org_id", "deployment_id", "prediction_id"),
    UniqueConstraint("org_id", "id"),
    _belongs_to("deployments", "deployment_id"),
    _belongs_to("data", "data_id"),
    _belongs_to("sources", "source_id"),
    Index(None, "org_id", "deployment_id", "filed_at", "seq"),
    Index(None, "org_id", "deployment_id", "source_id", "filed_at", "seq"),
    Index(None, "org_id", "deployment_id", "digest"),
    Index(None, "org_id", "data_id"),
    Index(
        "ix_predicted_assets_unmeasured",
        "seq",
        sqlite_where=text("measured_at IS NULL"),
        postgresql_where=text("measured_at IS NULL"),
    ),
)

predictions = Table(
    "predictions",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("predicted_asset_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
    Column("model_version_id", Uuid),
    Column("latency_seconds", Float),
    Column("object_count", Integer, nullable=False),
    Column("lowest_score", Float),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("org_id", "predicted_asset_id", "role"),
    _belongs_to("predicted_assets", "predicted_asset_id"),
    _belongs_to("model_versions", "model_version_id"),
)

prediction_flags = Table(
    "prediction_flags",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("org_id", Uuid, nullable=False),
    Column("deployment_id", Uuid, nullable=False),
    Column("predicted_asset_id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("objects", Text, nullable=False),
    _belongs_to("predicted_assets", "predicted_asset_id"),
    Index(None, "org_id", "predicted_asset_id"),
    Index(None, "org_id", "deployment_id", "code"),
)

deployment_activity = Table(
    "deployment_activity",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("deployment_id", Uuid, nullable=False),
    Column("prediction_count", BigInteger, nullable=False),
    Column("flagged_count", BigInteger, nullable=False),
    Column("latency_count", BigInteger, nullable=False),
    Column("latency_seconds_total", Float, nullable=False),
    Column("last_filed_at", Moment),
    Column("last_received_at", Moment),
    PrimaryKeyConstraint("org_id", "deployment_id"),
    _belongs_to("deployments", "deployment_id"),
)

deployment_counts = Table(
    "deployment_counts",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("deployment_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("org_id", "deployment_id", "kind", "name"),
    _belongs_to("deployments", "deployment_id"),
)
