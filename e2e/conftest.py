"""Real servers in processes of their own, environments with real clients, a real browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from vedette import Client

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = ROOT / ".e2e"
VEDETTE = Path(sys.executable).parent / "vedette"
START_SECONDS = 60


@dataclass
class Server:
    """A running `vedette up` or `vedette api`."""

    url: str
    token: str
    data_dir: Path
    process: "subprocess.Popen[str]"
    client: Client

    def kill(self) -> None:
        """As a power cut would end the process."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running(data_dir: Path, command: str = "up", **environment: str) -> Iterator[Server]:
    """A server on a free port for the length of the block."""
    process = subprocess.Popen(
        [VEDETTE, command, "--port", "0", "--data-dir", data_dir],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: list[str] = []
    answered = threading.Event()

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if "listens on" in line:
                answered.set()
        answered.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        answered.wait(START_SECONDS)
        found = re.search(r"listens on (http://\S+)", "".join(lines))
        assert found, f"no server:\n{''.join(lines)}"
        url = found.group(1)
        wait_until_ready(url)
        token = environment.get("VEDETTE_ADMIN_TOKEN") or (data_dir / "admin-token").read_text().strip()
        with Client(api_token=token, host=url) as client:
            yield Server(url, token, data_dir, process, client)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        reader.join(10)
        assert process.stderr is not None
        process.stderr.close()


def wait_until_ready(url: str) -> None:
    """Until `/readyz` says so."""
    for _ in range(START_SECONDS * 20):
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{url} is not ready")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not break it."""
    with running(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture 600 wide and 800 high."""
    path = tmp_path_factory.mktemp("picture") / "image.png"
    pixels = np.random.default_rng(0).integers(0, 255, (800, 600, 3), dtype=np.uint8)
    cv2.imwrite(str(path), pixels)
    return path


@pytest.fixture(scope="session")
def small_picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG of a few kilobytes."""
    path = tmp_path_factory.mktemp("picture") / "small.jpg"
    pixels = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    cv2.imwrite(str(path), pixels)
    return path


def find_uv() -> str:
    """The uv of this checkout, or the machine's."""
    local = ROOT / ".uv" / "bin" / "uv"
    found = str(local) if local.exists() else shutil.which("uv")
    assert found, "run `make setup` first"
    return found


# The oldest clients depend on a misspelt package that must not be installed: they get their real ones by name.
REAL_DEPENDENCIES = {
    "6.7.0": (
        "pydantic>=1.9.1,<2",
        "Pillow>=9.2,<10",
        "beartype>=0.11,<0.12",
        "requests>=2.28.1,<3",
        "orjson>=3.7.11,<4",
        "picsellia-annotations>=0.6,<0.7",
        "picsellia-connexion-services>=0.2,<0.3",
        "deprecation",
        "pyyaml",
        "tqdm",
    )
}


@pytest.fixture(scope="session")
def client_python() -> Callable[[str], Path]:
    """The Python of an environment that holds one version of the existing client, made when first asked for."""

    def find(version: str) -> Path:
        uv = find_uv()
        place = ENVIRONMENTS / f"picsellia-{version}-{sys.version_info.major}.{sys.version_info.minor}"
        python = place / "bin" / "python"
        if not (place / "complete").exists():
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, place], check=True)
            install = [uv, "pip", "install", "--quiet", "--python", python]
            dependencies = REAL_DEPENDENCIES.get(version)
            if dependencies is None:
                subprocess.run([*install, f"picsellia=={version}"], check=True)
            else:
                subprocess.run([*install, "--no-deps", f"picsellia=={version}"], check=True)
                subprocess.run([*install, *dependencies], check=True)
            (place / "complete").touch()
        return python

    return find
