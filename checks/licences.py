"""Licences of everything that runs, is linked or is bundled, against the lists of those that may be.

Reads what packages say of themselves: the installed metadata of Python's, the
lock file of the dashboard's. What a wheel carries inside (FFmpeg in OpenCV's,
GEOS in shapely's, both LGPL) is not looked into.
"""

import json
import re
import sys
from collections.abc import Iterable, Set
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent

# Ask for no more than their notice. May be compiled into the dashboard's files.
PERMISSIVE = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU"}
PERMISSIVE |= {"PSF-2.0", "Python-2.0", "Unlicense", "Zlib"}
# Ask for changes to themselves to be published: met by linking to the untouched library.
LINKED = PERMISSIVE | {"MPL-2.0", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later"}
# Nothing of them is shipped.
TOOLS = LINKED | {"BlueOak-1.0.0", "CC-BY-4.0"}

# What packages write that state no SPDX expression.
NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def is_allowed(expression: str, allowed: Set[str]) -> bool:
    """Whether `allowed` alone satisfies an SPDX expression.

    AND wants both sides and binds tighter than OR, which wants one. Exceptions
    (WITH), unknown names and what is no expression at all are not allowed.
    """
    tokens = re.findall(r"[()]|[^\s()]+", expression)

    def either() -> bool:
        answer = both()
        while tokens[:1] == ["OR"]:
            tokens.pop(0)
            # On the left, or the right side would stay unread where the left suffices.
            answer = both() or answer
        return answer

    def both() -> bool:
        answer = one()
        while tokens[:1] == ["AND"]:
            tokens.pop(0)
            answer = one() and answer
        return answer

    def one() -> bool:
        if not tokens:
            return False
        token = tokens.pop(0)
        if token != "(":
            return token in allowed
        answer = either()
        return bool(tokens) and tokens.pop(0) == ")" and answer

    return either() and not tokens


def read_licence(package: PackageMetadata) -> str:
    """The SPDX expression that a Python package's metadata amounts to, else its own words.

    Several classifiers may mean a choice or a sum; they are read as a sum, the stricter.
    """
    if expressions := package.get_all("License-Expression"):
        return str(expressions[0])
    classifiers = [
        line.rpartition(" :: ")[2] for line in package.get_all("Classifier") or [] if " OSI Approved :: " in line
    ]
    if classifiers:
        return " AND ".join(NAMES.get(name, f"({name})") for name in classifiers)
    words = " ".join(" ".join(package.get_all("License") or ["not stated"]).split())
    return NAMES.get(words, words)


def find_python(lock: Path, allowed: Set[str]) -> tuple[int, list[str]]:
    """How many packages of a compiled requirements file are for this machine, and what is wrong with which."""
    lines = [line.removesuffix(" \\") for line in lock.read_text().splitlines() if re.match(r"\w", line)]
    wanted = [requirement for line in lines if applies(requirement := Requirement(line))]
    wrong = []
    for requirement in wanted:
        try:
            licence = read_licence(metadata(requirement.name))
        except PackageNotFoundError:
            wrong.append(f"{requirement.name}: not installed, so nothing is known")
            continue
        if not is_allowed(licence, allowed):
            wrong.append(f"{requirement.name}: {licence[:80]}")
    return len(wanted), wrong


def applies(requirement: Requirement) -> bool:
    """Whether a requirement is for this machine's Python and platform."""
    return requirement.marker is None or requirement.marker.evaluate()


def find_npm(lock: Path, allowed: Set[str], *, tools: bool) -> tuple[int, list[str]]:
    """The same of a package-lock.json: of what is bundled, or of the `tools` that bundle."""
    packages = {
        path.rpartition("node_modules/")[2]: entry
        for path, entry in json.loads(lock.read_text())["packages"].items()
        if path and bool(entry.get("dev") or entry.get("devOptional")) is tools
    }
    licences = {name: str(entry.get("license", "not stated")) for name, entry in packages.items()}
    return len(licences), [f"{name}: {text}" for name, text in licences.items() if not is_allowed(text, allowed)]


def report(findings: Iterable[tuple[str, tuple[int, list[str]]]]) -> int:
    """Print one line of numbers, or every package that may not stay; return the exit code."""
    findings = list(findings)
    wrong = [f"{kind}: {line}" for kind, (_, lines) in findings for line in lines]
    print(
        "\n".join(wrong) or "licences: all allowed of " + ", ".join(f"{count} {kind}" for kind, (count, _) in findings)
    )
    return 1 if wrong else 0


def main() -> int:
    """Look at all that `make dev` installs and the dashboard's lock names."""
    npm = ROOT / "dashboard" / "package-lock.json"
    return report(
        [
            ("Python packages that run", find_python(ROOT / "requirements" / "runtime.txt", LINKED)),
            ("Python tools", find_python(ROOT / "requirements" / "dev.txt", TOOLS)),
            ("npm packages in the dashboard", find_npm(npm, PERMISSIVE, tools=False)),
            ("npm tools", find_npm(npm, TOOLS, tools=True)),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
