"""Third-party licences: everything that is shipped or linked must be permissive or weakly copyleft.

Looks at the installed runtime packages and at the dashboard's lock file.
"""

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent

ALLOWED = (
    "apache", "mit", "bsd", "isc", "psf", "python software foundation", "python-2.0", "mpl", "mozilla public",
    "lgpl", "lesser general public", "0bsd", "unlicense", "cc0", "zlib", "hpnd", "public domain", "blueoak",
)  # fmt: skip
FORBIDDEN = ("agpl", "affero", "sspl", "busl", "business source", "elastic license")

# What these state nowhere in their metadata, read in their own licence files.
KNOWN = {"pure-eval": "MIT"}


def is_allowed(licence: str) -> bool:
    """Whether one of the alternatives of a licence expression may be linked, with all of its parts."""
    lowered = licence.lower()
    if any(word in lowered for word in FORBIDDEN):
        return False
    alternatives = re.split(r"\s+or\s+|/|;", lowered)
    return any(
        all(any(word in part for word in ALLOWED) for part in re.split(r"\s+and\s+|,", alternative))
        for alternative in alternatives
    )


def licence_of(package: Distribution) -> str:
    """A package's licence by its expression, its classifiers, or its licence field."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [
        classifier.rpartition(" :: ")[2]
        for classifier in metadata.get_all("Classifier") or []
        if classifier.startswith("License ::") and not classifier.endswith("OSI Approved")
    ]
    if classifiers:
        return " OR ".join(classifiers)
    stated = (metadata.get("License") or "").strip().splitlines()
    return stated[0] if stated else KNOWN.get(metadata["Name"], "unknown")


def locked_names(file: Path) -> set[str]:
    """The names in a compiled requirements file."""
    lines = file.read_text().splitlines()
    return {line.partition("==")[0].lower() for line in lines if "==" in line and not line.startswith(" ")}


def find_python(names: set[str]) -> list[str]:
    """Runtime packages whose licence is not allowed."""
    found = []
    for package in distributions():
        name = package.metadata["Name"]
        if name.lower().replace("_", "-") in names and not is_allowed(licence := licence_of(package)):
            found.append(f"{name}: {licence}")
    return found


def find_node(lock: Path) -> list[str]:
    """Packages of the dashboard that reach the browser and whose licence is not allowed."""
    packages = json.loads(lock.read_text())["packages"]
    return [
        f"{path.rpartition('node_modules/')[2]}: {entry.get('license', 'unknown')}"
        for path, entry in packages.items()
        if path and not entry.get("dev") and not is_allowed(entry.get("license", "unknown"))
    ]


def main() -> int:
    """Print what is not allowed, or how much was looked at."""
    names = locked_names(ROOT / "requirements" / "runtime.txt")
    found = find_python(names) + find_node(ROOT / "dashboard" / "package-lock.json")
    print("\n".join(found) or f"licences: {len(names)} Python packages and the dashboard's are all permitted")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
