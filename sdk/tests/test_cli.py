"""The command as the SDK's wheel installs it, with and without a server beside it."""

import os
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from vedette import cli


@pytest.fixture
def without_server(monkeypatch: pytest.MonkeyPatch) -> None:
    # None stands for "cannot be imported", whatever is installed.
    monkeypatch.setitem(sys.modules, "vedette_server", None)


def test_the_executable_is_this_one() -> None:
    (script,) = entry_points(group="console_scripts", name="vedette")
    assert script.load() is cli.main


@pytest.mark.usefixtures("without_server")
@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_needs_no_server(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["vedette", option])
    cli.main()
    assert capsys.readouterr().out == f"vedette {version('vedette')}\n"


@pytest.mark.usefixtures("without_server")
@pytest.mark.parametrize(("arguments", "named"), [(["demo", "--port", "1"], "vedette demo"), ([], "vedette up")])
def test_other_commands_say_what_to_install(
    arguments: list[str], named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["vedette", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    assert stop.value.code == 2
    assert f"`{named}` needs the server" in printed.err
    assert "pip install vedette-server" in printed.err
    assert printed.out == ""


def test_a_server_beside_it_takes_over(tmp_path: Path) -> None:
    server = tmp_path / "vedette_server"
    server.mkdir()
    (server / "__init__.py").touch()
    (server / "cli.py").write_text("import sys\ndef main(): print('taken over:', *sys.argv[1:]); sys.exit(7)\n")
    done = subprocess.run(
        [sys.executable, "-c", "from vedette.cli import main; main()", "token", "--help"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("taken over: token --help\n", "", 7)
