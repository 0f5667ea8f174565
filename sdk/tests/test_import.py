"""Importing the SDK costs little and says nothing."""

import logging
import subprocess
import sys

import pytest

import vedette

LOADED = "import sys; {}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a new interpreter has loaded after a statement."""
    command = [sys.executable, "-W", "error", "-c", LOADED.format(statement)]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_a_client_needs_no_numpy_and_no_server() -> None:
    loaded = modules_after("from vedette import *")
    assert "httpx" in loaded
    assert not loaded & {"numpy", "cv2", "PIL", "torch", "vedette_server", "fastapi", "sqlalchemy"}


@pytest.mark.parametrize("name", vedette.__all__)
def test_every_name_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(vedette, name).__doc__


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Klient'"):
        vedette.Klient  # noqa: B018


def test_logging_is_quiet_by_default() -> None:
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("vedette").handlers)
