"""The checks themselves."""

from pathlib import Path

import pytest
from checks.licences import is_allowed
from checks.locks import find_addresses


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0", False),
        ("AGPL-3.0 OR MIT", False),
        ("unknown", False),
    ],
)
def test_licences(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) is allowed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("numpy==2.0 --hash=sha256:abc", 0),
        ("--index-url https://example.org/simple", 1),
        ('  "resolved": "x",', 1),
        ("a @ https://example.org/a-1.0-py3-none-any.whl", 1),
    ],
)
def test_addresses(tmp_path: Path, line: str, found: int) -> None:
    file = tmp_path / "lock.txt"
    file.write_text(line)
    assert len(find_addresses([file])) == found
