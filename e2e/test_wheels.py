"""The two wheels alone, as from a package index: no checkout, no Node, and the demo runs."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import ROOT, find_uv
from vedette import Client, NotFound, PredictionItem


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment that holds what the wheels hold."""
    place = tmp_path_factory.mktemp("wheels")
    uv, environment = find_uv(), place / "venv"
    for distribution in ("sdk", "server"):
        build = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
        subprocess.run([*build, "--out-dir", place / "dist", ROOT / distribution], check=True)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", environment / "bin" / "python"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt"], check=True)
    subprocess.run([*install, "--no-deps", *sorted((place / "dist").glob("*.whl"))], check=True)
    yield environment / "bin"


@pytest.mark.long
def test_the_demo_runs_from_the_wheels(installed: Path, tmp_path: Path) -> None:
    # A PATH without Node.
    environment = {**os.environ, "PATH": str(installed)}
    process = subprocess.Popen(
        [installed / "vedette", "demo", "--port", "0", "--predictions", "20", "--no-browser"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[str] = []
    signed_in = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "Sign in" in line:
                signed_in.set()
        signed_in.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert signed_in.wait(60)
        link = re.search(r"(http://\S+)/#token=(\S+)", "".join(lines))
        assert link, lines
        url, token = link.groups()
        page = httpx.get(url)
        assert page.headers["content-type"].startswith("text/html")
        for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
            assert httpx.get(url + asset).status_code == 200
        with Client(api_token=token, host=url) as client:
            for name, source in (("coin-inspection", "camera-"), ("tissue-nuclei", "scanner-")):
                for _ in range(600):
                    items = newest(client, name)
                    if len(items) >= 20:
                        break
                    time.sleep(0.1)
                assert len(items) >= 20
                assert all((item.source or "").startswith(source) and item.shadow for item in items)
                assert sum(item.champion.object_count for item in items) > 100
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, "".join(lines)
        reader.join()
        process.stdout.close()


def newest(client: Client, name: str) -> list[PredictionItem]:
    """The newest predictions of a deployment, which may not be there yet."""
    try:
        return list(client.get_deployment(name).list_predictions(limit=30))
    except NotFound:
        return []
