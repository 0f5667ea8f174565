import json

import pytest
from checks import locks
from packaging.requirements import Requirement

COMPILED = f"""\
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{"0" * 64} \\
    --hash=sha256:{"f" * 64}
    # via
    #   -c requirements/runtime.txt
    #   click
idna==3.20 \\
    --hash=sha256:{"0" * 64}
    # via -r requirements/dev.in
""".splitlines()


def test_a_compiled_file_holds_pins_hashes_and_origins() -> None:
    assert locks.find_foreign_lines(COMPILED) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "--find-links /opt/wheels",
        "-e file:///home/somebody/sdk",
        "idna @ https://packages.example/idna-3.20-py3-none-any.whl \\",
        "idna==3.20",
        "idna>=3.20 \\",
        "    --hash=md5:00",
        "    # from https://packages.example/simple",
        "    # via -r /home/somebody/requirements/dev.in",
    ],
)
def test_anything_else_is_foreign(line: str) -> None:
    assert locks.find_foreign_lines([*COMPILED, line]) == [line]


def test_npm_lock() -> None:
    packages = {
        "": {"name": "ours"},
        "node_modules/good": {"version": "1.0.0", "integrity": "sha512-x"},
        "node_modules/placed": {
            "version": "1.0.0",
            "integrity": "sha512-x",
            "resolved": "https://packages.example/p.tgz",
        },
        "node_modules/fetched": {"version": "git+ssh://example/p.git", "integrity": "sha512-x"},
        "node_modules/bare": {"version": "1.0.0"},
    }
    assert locks.find_addresses(json.dumps({"packages": packages})) == [
        "node_modules/placed: resolved to https://packages.example/p.tgz",
        "node_modules/fetched: version git+ssh://example/p.git",
        "node_modules/bare: no checksum",
    ]


def test_differences_between_what_is_asked_for_named_and_locked() -> None:
    asked = [Requirement(line) for line in ("a>=1", "B_b>=2", "forgotten")]
    named = locks.read_requirements(["# words", "-c other.txt", "a", "b-b", "left-over", "not-compiled"])
    pins = locks.read_requirements(
        ["a==1.5 \\", "    --hash=sha256:00", "b-b==1.9 ; python_version < '4' \\", "b-b==2.0 \\", "left-over==1 \\"]
    )
    assert locks.find_differences(asked, named, pins) == [
        "forgotten: asked for, and not in runtime.in",
        "left-over: in runtime.in, and nobody asks for it",
        "not-compiled: in runtime.in, and nobody asks for it",
        "not-compiled: in runtime.in, and not compiled: make lock",
        "b-b: 1.9 is locked, and >=2 asked for",
    ]
