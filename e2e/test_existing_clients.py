"""The existing client, unchanged but for host and token: the described system's page, then every option."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Server

CLIENTS = Path(__file__).parent / "clients"
VERSIONS = ("6.37.0", "6.7.0")


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    if found == "6.7.0" and sys.version_info >= (3, 12):
        pytest.skip("client 6.7.0 needs Pillow 9, which has no wheels for Python 3.12 and later")
    return found


def run(python: Path, script: str, server: Server, deployment: str, picture: Path) -> dict[str, Any]:
    arguments = [server.url, server.token, "default", deployment, str(picture)]
    done = subprocess.run([python, CLIENTS / script, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_example_of_the_page(
    version: str, client_python: Callable[[str], Path], server: Server, picture: Path
) -> None:
    deployment = server.client.create_deployment(f"page {version}", labels=["cat", "dog"])
    data = run(client_python(version), "mission_example.py", server, deployment.name, picture)
    kept = deployment.get_prediction(data["id"])
    [item] = kept.champion.objects
    assert (item.class_id, item.label, item.score) == (1, "dog", 0.9)
    assert item.parts[0].outer == [(200, 200), (225, 200), (250, 250), (250, 225), (220, 220)]
    assert (kept.champion.latency_seconds, kept.width, kept.height) == (0.257, 600, 800)
    assert (kept.source, kept.size_bytes) == ("serving", picture.stat().st_size)
    # The page's polygon really crosses itself.
    assert [flag.code for flag in kept.flags] == ["self_crossing"]


def test_every_option(version: str, client_python: Callable[[str], Path], server: Server, picture: Path) -> None:
    deployment = server.client.create_deployment(f"options {version}", labels=["cat", "dog"])
    deployment.set_shadow("v2")
    before = {str(data.id) for data in server.client.get_datalake().list_data()}
    found = run(client_python(version), "every_option.py", server, deployment.name, picture)
    answers, listed = found["answers"], found["listed"]
    ids = {name: answer["data_id"] for name, answer in answers.items()}

    kept = {name: deployment.get_prediction(answer["id"]) for name, answer in answers.items()}
    assert (kept["source and tags"].source, kept["source and tags"].tags) == ("camera-7", ["line-3", "night"])
    assert kept["timestamp"].captured_at.timestamp() == kept["timestamp"].filed_at.timestamp() == 1700000000.5
    shadows = [kept[name].shadow for name in kept if name.startswith("shadow")]
    assert [shadow.model_version for shadow in shadows if shadow] == ["v2"] * len(shadows)
    assert len(shadows) == (2 if version == "6.37.0" else 1)
    assert kept["model version"].champion.model_version == "v1"
    assert kept["model version"].shadow is not None
    assert kept["model version"].shadow.model_version == "v2"

    mine = {name: [data for data in found if data not in before] for name, found in listed.items()}
    assert set(mine["all"]) == set(ids.values())
    assert set(mine["default source"]) == set(ids.values()) - {ids["source and tags"]}
    for name in ("both tags", "either tag", "source"):
        assert mine[name] == [ids["source and tags"]]
    assert listed["newest first"] == listed["all"][:2]
    assert (found["tags"], found["source"]) == (["line-3", "night"], "camera-7")
    downloaded = next(Path(f"{picture}.downloads").rglob("*.png"))
    assert downloaded.read_bytes() == picture.read_bytes()
