"""The data directory of an embedded installation: its format marker, its locks, its secrets.

FORMAT              which layout this is, so that an older Vedette refuses a newer one
api.lock            held by the one API process
worker.lock         held by the one worker process
admin-token         the first token's text, readable by its owner only
signing-keys.json   keys for monitoring tokens and picture addresses, likewise
records.sqlite      the records
objects/            the pictures
log/                the measurement log
"""

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from vedette_server.domain.errors import VedetteError

FORMAT = 1
SECRET_BYTES = 48


class DataDirectoryInUse(VedetteError):
    """Another process of the same kind holds the directory."""

    reason = "data_directory_in_use"


class FormatFromTheFuture(VedetteError):
    """The directory was written by a later version of Vedette."""

    reason = "format_from_the_future"


class _Format(msgspec.Struct):
    format: int


class _Key(msgspec.Struct):
    id: str
    secret: str


class DataDirectory:
    """One directory on one machine. Making the object creates the directory or checks its format."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._check_format()

    @property
    def database_url(self) -> str:
        """Where the embedded records are."""
        return f"sqlite:///{self.path / 'records.sqlite'}"

    @property
    def objects(self) -> Path:
        """Where the embedded pictures are."""
        return self.path / "objects"

    @property
    def measurement_log(self) -> Path:
        """Where the embedded measurement log is."""
        return self.path / "log"

    def lock(self, kind: str) -> IO[str]:
        """Hold the directory for one process of `kind` (`api`, `worker`) until it ends or closes the file."""
        file = (self.path / f"{kind}.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise DataDirectoryInUse(
                f"{self.path} is in use by another {kind} (process {holder}): stop that one, "
                "or choose another --data-dir"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def admin_token(self) -> str | None:
        """The first token's text, if it is kept here."""
        with suppress(FileNotFoundError):
            return (self.path / "admin-token").read_text().strip()
        return None

    def keep_admin_token(self, text: str) -> None:
        """Keep the first token's text for its owner."""
        self._write_secret("admin-token", text + "\n")

    def signing_keys(self) -> list[tuple[str, str]]:
        """Id and secret of each key, the one that signs first; made on the first call."""
        file = self.path / "signing-keys.json"
        if not file.exists():
            self.rotate_signing_keys(keep=0)
        return [(key.id, key.secret) for key in msgspec.json.decode(file.read_bytes(), type=list[_Key])]

    def rotate_signing_keys(self, keep: int = 1) -> str:
        """Put a new key in front, keep the newest `keep` of the others to verify with; return its id."""
        file = self.path / "signing-keys.json"
        kept = msgspec.json.decode(file.read_bytes(), type=list[_Key]) if keep and file.exists() else []
        new = _Key(secrets.token_hex(4), secrets.token_urlsafe(SECRET_BYTES))
        self._write_secret("signing-keys.json", msgspec.json.encode([new, *kept[:keep]]).decode() + "\n")
        return new.id

    def _check_format(self) -> None:
        marker = self.path / "FORMAT"
        if not marker.exists():
            marker.write_bytes(msgspec.json.encode(_Format(FORMAT)) + b"\n")
            return
        try:
            found = msgspec.json.decode(marker.read_bytes(), type=_Format).format
        except msgspec.MsgspecError as error:
            raise FormatFromTheFuture(f"{marker} is not a format marker of Vedette") from error
        if found > FORMAT:
            raise FormatFromTheFuture(
                f"{self.path} has format {found}, this version of Vedette knows none later than {FORMAT}: "
                "run the version that wrote it, or a newer one"
            )

    def _write_secret(self, name: str, text: str) -> None:
        # Written beside and renamed: nobody ever reads half a secret.
        temporary = self.path / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path / name)
