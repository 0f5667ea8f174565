"""Lock files: names, versions and hashes, never an address; and in step with what the distributions ask for."""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent

# All that a compiled requirements file may hold. Options, addresses and paths are none of it.
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
ORIGIN = re.compile(r"    #( +via)?( +(-[rc] requirements/[a-z]+\.(in|txt)|[A-Za-z0-9._-]+))?")


def find_foreign_lines(lines: Iterable[str]) -> list[str]:
    """Lines of a compiled requirements file that hold something else than a pin, a hash or where a pin comes from."""
    return [line for line in lines if not any(form.fullmatch(line) for form in (PIN, HASH, ORIGIN))]


def find_addresses(lock: str) -> list[str]:
    """What a package-lock.json says of where its packages lie, and packages without a checksum."""
    packages = {path: entry for path, entry in json.loads(lock)["packages"].items() if path}
    wrong = [f"{path}: resolved to {entry['resolved']}" for path, entry in packages.items() if "resolved" in entry]
    wrong += [f"{path}: version {entry['version']}" for path, entry in packages.items() if ":" in entry["version"]]
    return wrong + [f"{path}: no checksum" for path, entry in packages.items() if "integrity" not in entry]


def read_requirements(lines: Iterable[str]) -> Iterator[Requirement]:
    """The requirements in the lines of an .in or a compiled file; comments, options and hashes are passed over."""
    return (Requirement(line.removesuffix(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line))


def find_differences(
    asked: Iterable[Requirement], named: Iterable[Requirement], pins: Iterable[Requirement]
) -> list[str]:
    """Where distributions' requirements, the list to compile and the compiled pins disagree.

    Args:
        asked: what the distributions' `pyproject.toml` ask for, with ranges.
        named: what stands in `runtime.in`.
        pins: what stands in `runtime.txt`.
    """
    ranges = {canonicalize_name(requirement.name): requirement.specifier for requirement in asked}
    listed = {canonicalize_name(requirement.name) for requirement in named}
    # More than one of a name where platforms or Pythons differ.
    versions = [(canonicalize_name(pin.name), next(iter(pin.specifier)).version) for pin in pins]
    compiled = {name for name, _ in versions}
    wrong = [f"{name}: asked for, and not in runtime.in" for name in sorted(ranges.keys() - listed)]
    wrong += [f"{name}: in runtime.in, and nobody asks for it" for name in sorted(listed - ranges.keys())]
    wrong += [f"{name}: in runtime.in, and not compiled: make lock" for name in sorted(listed - compiled)]
    return wrong + [
        f"{name}: {version} is locked, and {ranges[name]} asked for"
        for name, version in versions
        if name in ranges and not ranges[name].contains(version, prereleases=True)
    ]


def read_asked(project: Path) -> list[Requirement]:
    """What a pyproject.toml asks for at run time and at build time, but for our own distributions."""
    stated = tomllib.loads(project.read_text())
    lines = stated["project"]["dependencies"] + stated["build-system"]["requires"]
    return [requirement for line in lines if (requirement := Requirement(line)).name != "vedette"]


def main() -> int:
    """Print what is wrong, or that nothing is; return the exit code."""
    folder = ROOT / "requirements"
    asked = [
        # An editable installation is made by hatchling with this; no distribution names it.
        Requirement("editables"),
        *(requirement for name in ("sdk", "server") for requirement in read_asked(ROOT / name / "pyproject.toml")),
    ]
    named = read_requirements((folder / "runtime.in").read_text().splitlines())
    pins = read_requirements((folder / "runtime.txt").read_text().splitlines())
    wrong = find_differences(asked, named, pins)
    locks = sorted(folder.glob("*.txt"))
    for lock in locks:
        wrong += [f"{lock.name}: {line}" for line in find_foreign_lines(lock.read_text().splitlines())]
    wrong += find_addresses((ROOT / "dashboard" / "package-lock.json").read_text())
    print("\n".join(wrong) or f"locks: {len(locks) + 1} files, no address in any, in step with both distributions")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
