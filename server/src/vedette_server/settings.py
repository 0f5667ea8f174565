"""Every setting, its meaning and its default. `docs/settings.md` is checked against this list.

A setting is an environment variable `VEDETTE_<NAME>`, or `<name>` in the TOML
file that `VEDETTE_CONFIG` points at; the environment wins.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from vedette_server.domain.limits import MEBIBYTE, Limits

CONFIG_VARIABLE = "VEDETTE_CONFIG"


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(env_prefix="VEDETTE_", extra="ignore", frozen=True)

    listen_host: str = Field("127.0.0.1", description="The address to listen on.")
    listen_port: int = Field(8600, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None, description="The origin by which clients reach the server; else the one each request used."
    )
    data_dir: Path = Field(Path("vedette-data"), description="Where the embedded stores and keys are kept.")
    database_url: str | None = Field(None, description="The records' database; else SQLite in the data directory.")
    objects_url: str | None = Field(None, description="The objects' store; else files in the data directory.")
    log_url: str | None = Field(None, description="The measurement log's place; else a table in the data directory.")
    organization: str = Field("default", description="The organization made on the first start.")
    admin_token: SecretStr | None = Field(
        None, description="The token made on the first start; else one is made and printed once."
    )
    signing_keys: SecretStr | None = Field(
        None,
        description="Keys for monitoring tokens and picture addresses, `id:secret` separated by commas, "
        "the first one signs; else kept in the data directory.",
    )
    image_url_minutes: int = Field(60, ge=1, description="How long a picture's address works, at the least.")
    monitoring_token_minutes: int = Field(720, ge=1, description="How long a monitoring token works.")
    max_body_bytes: int = Field(64 * MEBIBYTE, ge=1024, description="The largest body of a request.")
    max_image_pixels: int = Field(268_435_456, ge=1, description="The most pixels of a picture, by its header.")
    max_objects: int = Field(20_000, ge=1, description="The most objects of one prediction.")
    max_points: int = Field(1_000_000, ge=1, description="The most points of one prediction.")
    max_tags: int = Field(64, ge=0, description="The most tags of one prediction.")
    max_metadata_bytes: int = Field(65_536, ge=2, description="The largest metadata of one prediction, as JSON.")
    replay_window_seconds: float = Field(
        600, ge=0, description="Within this time the same body without an id counts as the same call."
    )
    future_tolerance_seconds: float = Field(
        60, ge=0, description="How far a caller's clock may be ahead before its time is doubted."
    )
    orphan_age_minutes: float = Field(
        60, ge=1, description="How old a stored picture without a record must be before it is removed."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe log line.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said on the command line wins over the environment, that over the file."""
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if file := os.environ.get(CONFIG_VARIABLE):
            if not Path(file).is_file():
                raise FileNotFoundError(f"{CONFIG_VARIABLE} points at {file!r}, which is no file")
            sources += (TomlConfigSettingsSource(settings_cls, Path(file)),)
        return sources

    @property
    def limits(self) -> Limits:
        """The bounds that checking a request needs."""
        return Limits(
            max_body_bytes=self.max_body_bytes,
            max_image_pixels=self.max_image_pixels,
            max_objects=self.max_objects,
            max_points=self.max_points,
            max_tags=self.max_tags,
            max_metadata_bytes=self.max_metadata_bytes,
            replay_window=timedelta(seconds=self.replay_window_seconds),
            future_tolerance=timedelta(seconds=self.future_tolerance_seconds),
        )
