"""What `vedette doctor` looks at: the data directory, the stores, the versions."""

import shutil
import stat
import sys
from importlib.metadata import version
from typing import Literal

import msgspec

from vedette_server.bootstrap import open_stores
from vedette_server.data_directory import DataDirectory, DataDirectoryInUse
from vedette_server.domain.errors import VedetteError
from vedette_server.settings import Settings

GIBIBYTE = 1024**3
LITTLE_ROOM_BYTES = 5 * GIBIBYTE


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at, how it is, and in words."""

    state: Literal["ok", "warning", "wrong"]
    subject: str
    words: str


def examine(settings: Settings) -> list[Finding]:
    """Look at an installation, running or not, without changing what it keeps."""
    findings = [
        Finding("ok", "versions", f"vedette-server {version('vedette-server')}, Python {sys.version.split()[0]}")
    ]
    if not settings.data_dir.exists():
        words = f"{settings.data_dir} does not exist yet: `vedette up` makes it"
        return [*findings, Finding("warning", "data directory", words)]
    try:
        directory = DataDirectory(settings.data_dir)
        stores = open_stores(settings)
    except VedetteError as error:
        return [*findings, Finding("wrong", "data directory", str(error))]
    findings.append(Finding("ok", "data directory", str(settings.data_dir.resolve())))
    findings.extend(_processes(directory))
    findings.extend(_secrets(directory))
    try:
        stores.accounts.ping()
        where = "given by VEDETTE_DATABASE_URL" if settings.database_url else "embedded"
        findings.append(Finding("ok", "records", f"answer ({where})"))
        usage = stores.objects.usage()
        size = usage.size_bytes / GIBIBYTE
        findings.append(Finding("ok", "objects", f"{usage.objects} objects, {size:.2f} GiB"))
    finally:
        stores.close()
    free = shutil.disk_usage(settings.data_dir).free
    state: Literal["ok", "warning"] = "ok" if free > LITTLE_ROOM_BYTES else "warning"
    findings.append(Finding(state, "disk", f"{free / GIBIBYTE:.1f} GiB free"))
    return findings


def _processes(directory: DataDirectory) -> list[Finding]:
    findings = []
    for kind in ("api", "worker"):
        try:
            directory.lock(kind).close()
        except DataDirectoryInUse:
            findings.append(Finding("ok", kind, "running"))
        else:
            findings.append(Finding("warning", kind, "not running"))
    return findings


def _secrets(directory: DataDirectory) -> list[Finding]:
    findings = []
    for name in ("admin-token", "signing-keys.json"):
        file = directory.path / name
        if file.exists():
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & 0o077:
                findings.append(Finding("wrong", name, f"readable by others (mode {mode:o}): chmod 600 {file}"))
            else:
                findings.append(Finding("ok", name, "readable by its owner only"))
    return findings
