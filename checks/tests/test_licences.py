import json
from email.message import Message
from pathlib import Path

import pytest
from checks import licences


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND Zlib", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only AND MIT", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("(MIT OR CC0-1.0)", True),
        ("GPL-3.0-only AND MIT OR Zlib", True),
        ("GPL-3.0-only AND (MIT OR Zlib)", False),
        ("(MIT OR GPL-3.0-only) AND (Zlib OR GPL-2.0-only)", True),
        ("MIT WITH some-exception", False),
        ("Limited, by permission", False),
        ("MIT AND", False),
        ("(MIT", False),
        ("MIT)", False),
        ("()", False),
        ("", False),
    ],
)
def test_expression(expression: str, answer: bool) -> None:
    assert licences.is_allowed(expression, licences.PERMISSIVE) is answer


def test_a_copyleft_library_may_be_linked_and_not_bundled() -> None:
    assert licences.is_allowed("LGPL-3.0-only", licences.LINKED)
    assert not licences.is_allowed("LGPL-3.0-only", licences.PERMISSIVE)
    assert not licences.is_allowed("AGPL-3.0-only", licences.TOOLS)


def a_package(*lines: tuple[str, str]) -> Message:
    package = Message()
    for name, value in lines:
        package[name] = value
    return package


APACHE = ("Classifier", "License :: OSI Approved :: Apache Software License")
GPL = ("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")


@pytest.mark.parametrize(
    ("package", "licence", "answer"),
    [
        (a_package(("License-Expression", "MIT OR Apache-2.0"), GPL), "MIT OR Apache-2.0", True),
        (a_package(("Classifier", "Topic :: Software"), APACHE), "Apache-2.0", True),
        (a_package(APACHE, GPL), "Apache-2.0 AND (GNU General Public License v3 (GPLv3))", False),
        (a_package(("License", "BSD 2-Clause License")), "BSD-2-Clause", True),
        (a_package(("License", "Files: *\nnot  MIT")), "Files: * not MIT", False),
        (a_package(), "not stated", False),
    ],
)
def test_what_a_package_says(package: Message, licence: str, answer: bool) -> None:
    assert licences.read_licence(package) == licence
    assert licences.is_allowed(licence, licences.PERMISSIVE) is answer


def test_python_packages_are_looked_up_where_they_are_wanted(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "pytest==9.2.0 \\\n    --hash=sha256:00\n    # via -r a.in\n"
        "no-such-package==1.0 ; python_version < '3' \\\n    --hash=sha256:00\n"
        "no-such-thing==1.0 \\\n    --hash=sha256:00\n"
    )
    assert licences.find_python(lock, licences.TOOLS) == (2, ["no-such-thing: not installed, so nothing is known"])
    assert licences.find_python(lock, frozenset())[1][0] == "pytest: MIT"


def test_npm_packages_are_told_from_tools(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"name": "ours"},
        "node_modules/react": {"license": "MIT"},
        "node_modules/a/node_modules/odd": {},
        "node_modules/data": {"license": "CC-BY-4.0", "dev": True},
    }
    lock.write_text(json.dumps({"packages": packages}))
    assert licences.find_npm(lock, licences.PERMISSIVE, tools=False) == (2, ["odd: not stated"])
    assert licences.find_npm(lock, licences.TOOLS, tools=True) == (1, [])


def test_the_report_counts_or_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.report([("that run", (3, [])), ("tools", (2, []))]) == 0
    assert capsys.readouterr().out == "licences: all allowed of 3 that run, 2 tools\n"
    assert licences.report([("that run", (3, ["a: GPL-3.0-only"]))]) == 1
    assert capsys.readouterr().out == "that run: a: GPL-3.0-only\n"
