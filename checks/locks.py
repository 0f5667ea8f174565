"""Lock files must name packages and hashes, never the place they were downloaded from."""

import re
import subprocess
import sys
from pathlib import Path

LOCKS = (
    "requirements/*.txt",
    "requirements/*.in",
    "**/package-lock.json",
    "**/.npmrc",
    "**/pyproject.toml",
    "Makefile",
)
FORBIDDEN = re.compile(
    r'"resolved"|--(extra-)?index-url|--find-links|registry\s*=\s*"?https?://|https?://\S+\.(whl|tar\.gz|tgz)'
)


def find_addresses(files: list[Path]) -> list[str]:
    """Each line that records an address, as `file:line: text`."""
    return [
        f"{file}:{number}: {line.strip()[:100]}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if FORBIDDEN.search(line)
    ]


def main() -> int:
    """Look at every lock file that git knows."""
    listed = subprocess.run(["git", "ls-files", *LOCKS], capture_output=True, text=True, check=True).stdout
    found = find_addresses([Path(line) for line in listed.splitlines()])
    print("\n".join(found) or "lock files: no download addresses")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
