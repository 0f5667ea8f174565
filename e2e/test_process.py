"""Servers as processes: killed, stopped, started twice, upgraded, and told what they cannot do."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from conftest import VEDETTE, Server, running
from vedette import Client, SegmentationPrediction, Unavailable
from vedette.ids import uuid7

NOTHING = SegmentationPrediction([])


def send_until_stopped(server: Server, picture: bytes, acknowledged: set[UUID], stop: threading.Event) -> None:
    """Predictions, one after the other; what was answered is noted."""
    with Client(api_token=server.token, host=server.url, timeout=5) as client:
        deployment = client.get_deployment("kills")
        while not stop.is_set():
            own = uuid7()
            try:
                deployment.monitor(picture + own.bytes, 0.1, prediction=NOTHING, id=own)
            except Unavailable:
                return
            acknowledged.add(own)


def kill_in_mid_load(data_dir: Path, picture: Path, kills: int, seed: int) -> None:
    """After each kill, whatever was acknowledged is there once, with its picture whole."""
    chance = random.Random(seed)
    acknowledged: set[UUID] = set()
    with running(data_dir, "api") as server:
        server.client.create_deployment("kills", labels=["cat"])
    for _ in range(kills):
        stop = threading.Event()
        with running(data_dir, "api") as server:
            arguments = (server, picture.read_bytes(), acknowledged, stop)
            senders = [threading.Thread(target=send_until_stopped, args=arguments) for _ in range(4)]
            before = len(acknowledged)
            for sender in senders:
                sender.start()
            while len(acknowledged) < before + 5:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
            server.kill()
            stop.set()
            for sender in senders:
                sender.join()
    with running(data_dir, "api") as server:
        kept = list(server.client.get_deployment("kills").list_predictions())
        ids = [item.id for item in kept]
        assert len(ids) == len(set(ids))
        assert acknowledged <= set(ids)
        for item in kept:
            assert httpx.get(server.url + str(item.image_url)).content == picture.read_bytes() + item.id.bytes


def test_what_was_acknowledged_survives_kills(tmp_path: Path, small_picture: Path) -> None:
    kill_in_mid_load(tmp_path / "data", small_picture, kills=3, seed=1)


@pytest.mark.long
def test_what_was_acknowledged_survives_many_kills(tmp_path: Path, small_picture: Path) -> None:
    kill_in_mid_load(tmp_path / "data", small_picture, kills=25, seed=2)


def test_a_stop_finishes_what_was_accepted(tmp_path: Path, small_picture: Path) -> None:
    acknowledged: set[UUID] = set()
    with running(tmp_path / "data") as server:
        server.client.create_deployment("kills", labels=["cat"])
        arguments = (server, small_picture.read_bytes(), acknowledged, threading.Event())
        senders = [threading.Thread(target=send_until_stopped, args=arguments) for _ in range(4)]
        for sender in senders:
            sender.start()
        while len(acknowledged) < 20:
            time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        arguments[3].set()
        for sender in senders:
            sender.join()
    with running(tmp_path / "data", "api") as server:
        assert acknowledged <= {item.id for item in server.client.get_deployment("kills").list_predictions()}


def vedette(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [VEDETTE, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def test_one_server_a_data_directory(server: Server) -> None:
    second = vedette("api", "--port", "0", "--data-dir", server.data_dir)
    assert second.returncode == 1
    assert "in use by another api" in second.stderr
    assert str(server.process.pid) in second.stderr


def test_a_newer_data_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text(json.dumps({"format": 99}))
    refused = vedette("up", "--port", "0", "--data-dir", tmp_path)
    assert refused.returncode == 1
    assert "format 99" in refused.stderr
    assert "newer" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_tokens_from_the_command_line(server: Server) -> None:
    made = vedette("token", "create", "--name", "camera", "--scope", "predict", "--data-dir", server.data_dir)
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert httpx.get(f"{server.url}/v1/me", headers={"Authorization": f"Bearer {token}"}).json()["token"]["scopes"] == [
        "predict"
    ]
    listed = vedette("token", "list", "--data-dir", server.data_dir, COLUMNS="200")
    line = next(line for line in listed.stdout.splitlines() if "camera" in line)
    assert token not in listed.stdout
    assert vedette("token", "revoke", line.split()[0], "--data-dir", server.data_dir).returncode == 0
    time.sleep(1.1)
    assert httpx.get(f"{server.url}/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    wrong = vedette("token", "create", "--name", "x", "--scope", "root", "--data-dir", server.data_dir)
    assert (wrong.returncode, "admin, read, predict" in wrong.stderr) == (1, True)


def test_the_doctor(server: Server, tmp_path: Path) -> None:
    healthy = vedette("doctor", "--data-dir", server.data_dir, COLUMNS="200")
    assert healthy.returncode == 0, healthy.stdout
    assert "records" in healthy.stdout
    assert "GiB free" in healthy.stdout
    (tmp_path / "FORMAT").write_text(json.dumps({"format": 99}))
    assert vedette("doctor", "--data-dir", tmp_path).returncode == 1


def test_settings_from_environment_and_file(tmp_path: Path) -> None:
    token = "vdt_" + "a" * 43
    file = tmp_path / "vedette.toml"
    file.write_text('organization = "acme"\nmax_tags = 1\nlog_format = "json"\n')
    with running(tmp_path / "data", VEDETTE_CONFIG=str(file), VEDETTE_ADMIN_TOKEN=token) as server:
        assert not (tmp_path / "data" / "admin-token").exists()
        me = httpx.get(f"{server.url}/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
        assert me["organization"]["name"] == "acme"
    wrong = vedette("up", "--data-dir", tmp_path / "data", VEDETTE_MAX_TAGS="many")
    assert wrong.returncode == 2
    assert "VEDETTE_MAX_TAGS" in wrong.stderr


def test_probes_and_metrics(server: Server) -> None:
    assert httpx.get(f"{server.url}/healthz").text == "ok\n"
    assert httpx.get(f"{server.url}/readyz").text == "ready\n"
    assert "vedette_record_seconds_bucket" in httpx.get(f"{server.url}/metrics").text


def test_a_page_that_nobody_has(server: Server) -> None:
    assert httpx.get(f"{server.url}/v1/nothing").json()["status"] == 404
    assert "message" in httpx.get(f"{server.url}/api/nothing").json()
    for path in ("/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd.txt", "/assets/%00.js"):
        assert (
            httpx.get(server.url + path).status_code in {400, 404} or "root:" not in httpx.get(server.url + path).text
        )
