"""Predictions recorded a second, durably, beside two floors in the same run.

Each body holds a JPEG of 105 kB and five polygons of 40 points, every one of
them different. In turn, and several times over, each at 1, 8 and 32 clients:

    A     a bare application on the same HTTP server: it parses the body and stores nothing
    B     our whole request path, over stores that do nothing
    full  our server, durable: 201 survives a power cut

in both forms of body: `multipart` (the native dialect) and `json` (base64, the
existing clients'). Wanted: at 8 clients full is 0.4 of B or more.

    make bench NAME=ingest            SHORT=1 for under two minutes
"""

import base64
import hashlib
import json
import os
import platform
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np

from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.ports.objects import NewObject

HERE = Path(__file__).parent
SHORT = bool(os.environ.get("SHORT"))
ROUNDS = 3 if SHORT else 5
SECONDS = 1 if SHORT else 3
CLIENTS = (1, 8, 32)
FORMS = ("multipart", "json")
WANTED = 0.4
JPEG_BYTES = 105_000


def make_jpeg() -> bytes:
    """A JPEG of about 105 kB with a comment of twelve digits, where a base64 group begins."""
    noise = np.random.default_rng(7).normal(128, 40, (480, 640, 3)).clip(0, 255).astype(np.uint8)
    picture = cv2.GaussianBlur(noise, (3, 3), 0)
    quality = 95
    while len(body := cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()) > JPEG_BYTES:
        quality -= 1
    comment = b"\xff\xfe\x00\x0e" + b"000000000000"
    return body[:2] + comment + body[2:]


def make_polygons() -> list[list[list[int]]]:
    """Five rings of 40 points."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    rings = []
    for n in range(5):
        points = np.stack([100 + 100 * n + 40 * np.cos(angles), 240 + 40 * np.sin(angles)], axis=1)
        rings.append(points.round().astype(int).tolist())
    return rings


def make_body(form: str, jpeg: bytes) -> bytes:
    """A body with `@NAME@` where the file's name has its number."""
    facts = {"height": 480, "width": 640}
    rings = make_polygons()
    if form == "json":
        raw = {"detection_classes": [0, 1, 0, 1, 0], "detection_scores": [0.9] * 5, "detection_masks": rings}
        image = base64.b64encode(jpeg).decode()
        document = {"filename": "@NAME@.jpg", "content_type": "IMAGE/JPEG", **facts, "raw_predictions": raw}
        return json.dumps({**document, "latency": 0.02, "image": image}, separators=(",", ":")).encode()
    objects = [{"class_id": n % 2, "score": 0.9, "parts": [{"outer": ring}]} for n, ring in enumerate(rings)]
    document = {"filename": "@NAME@.jpg", "latency_seconds": 0.02, **facts, "prediction": {"objects": objects}}
    part = '--benchmark\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    return b"".join(
        (
            part.format("prediction", "").encode() + json.dumps(document, separators=(",", ":")).encode(),
            b"\r\n" + part.format("image", '; filename="a.jpg"').encode() + jpeg,
            b"\r\n--benchmark--\r\n",
        )
    )


@contextmanager
def serving(*command: str, ready: str, **environment: str) -> Iterator[None]:
    """A server process for the length of the block."""
    process = subprocess.Popen(
        [sys.executable, *command], env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit((process.stderr.read() if process.stderr else b"").decode())
            try:
                httpx.get(ready, timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def load(url: str, form: str, body: Path, token: str, mark: str, clients: int) -> dict[str, float]:
    """One run of wrk. `mark`: four characters that no other run has."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{SECONDS}s", "-s", str(HERE / "ingest.lua"), url]
    output = subprocess.run([*command, "--", form, str(body), token, mark], capture_output=True, text=True, check=True)
    line = next(line for line in output.stdout.splitlines() if line.startswith("RUN "))
    run: dict[str, float] = json.loads(line.removeprefix("RUN "))
    if run["failed"]:
        raise SystemExit(f"{run['failed']} requests to {url} failed\n{output.stdout}")
    return {**run, "rate": run["requests"] / run["seconds"]}


def measure_disk(directory: Path) -> dict[str, float]:
    """What the disk itself takes: 105 kB appended and synced, one by one and eight at a time; and our object store."""
    body = os.urandom(JPEG_BYTES)
    figures: dict[str, float] = {}
    for group in (1, 8):
        descriptor = os.open(directory / "raw", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        store = SegmentObjectStore(directory / f"objects-{group}")
        raw, ours = [], []
        for n in range(60 if SHORT else 200):
            start = time.perf_counter()
            for _ in range(group):
                os.write(descriptor, body)
            os.fdatasync(descriptor)
            raw.append(time.perf_counter() - start)
            objects = [NewObject(f"{n}/{m}", body, hashlib.sha256(body).digest()) for m in range(group)]
            start = time.perf_counter()
            store.put_many(objects)
            ours.append(time.perf_counter() - start)
        os.close(descriptor)
        store.close()
        figures[f"disk_append_and_sync_{group}_per_second"] = group / statistics.median(raw)
        figures[f"object_store_put_{group}_per_second"] = group / statistics.median(ours)
    return figures


def settled(address: str) -> str:
    """The metrics once what was on its way has been recorded."""
    before = ""
    while (now := httpx.get(address).text.partition("vedette_record_seconds")[0]) != before:
        before = now
        time.sleep(1)
    return now


def check_kept(data: Path, deployment: str, runs: list[dict[str, float]], metrics: str) -> dict[str, Any]:
    """Rows, objects and answers of 201 are equal in number, and sampled pictures are whole."""
    records = sqlite3.connect(data / "records.sqlite")
    rows = records.execute("SELECT count(*) FROM predicted_assets").fetchone()[0]
    distinct = records.execute("SELECT count(DISTINCT checksum_sha256) FROM data").fetchone()[0]
    lines = [line for line in metrics.splitlines() if line.startswith("vedette_predictions_total")]
    answered = sum(int(float(line.rpartition(" ")[2])) for line in lines)
    seen = int(sum(run["requests"] for run in runs))
    store = SegmentObjectStore(data / "objects")
    objects = store.usage().objects
    sample = records.execute(
        "SELECT object_key, checksum_sha256, filename FROM data ORDER BY random() LIMIT 200"
    ).fetchall()
    whole = 0
    for key, checksum, filename in sample:
        body = store.get(key)
        whole += hashlib.sha256(body).digest() == checksum and body[6:18].decode() == filename.removesuffix(".jpg")
    store.close()
    records.close()
    # What was on its way when a run ended was recorded and answered, but not seen by the generator.
    unseen = int(sum(run["clients"] for run in runs))
    kept = {
        "rows": rows,
        "objects": objects,
        "recorded_by_metrics": answered,
        "seen_by_generator": seen,
        "sampled_whole": whole,
    }
    if not (rows == objects == answered == distinct and seen <= rows <= seen + unseen and whole == len(sample)):
        raise SystemExit(f"what was kept does not match what was answered: {kept}, distinct {distinct}")
    return kept


def run_all(work: Path) -> tuple[dict[tuple[str, str, int], list[dict[str, float]]], dict[str, Any]]:
    """Every system in turn, round by round."""
    bodies = {}
    jpeg = make_jpeg()
    for form in FORMS:
        bodies[form] = work / f"body.{form}"
        bodies[form].write_bytes(make_body(form, jpeg))
    data = work / "data"
    results: dict[tuple[str, str, int], list[dict[str, float]]] = {}
    ports = {"A": 8731, "B": 8732, "full": 8733}
    floor = str(HERE / "ingest_floors.py")
    health = "http://127.0.0.1:{}/healthz"
    full = ("-c", "from vedette_server.cli import main; main()", "api", "--port", str(ports["full"]))
    with (
        serving(floor, "A", str(ports["A"]), ready=health.format(ports["A"])),
        serving(floor, "B", str(ports["B"]), str(work / "floor"), ready=health.format(ports["B"])),
        serving(*full, ready=health.format(ports["full"]), VEDETTE_DATA_DIR=str(data)),
    ):
        targets = {}
        for system in ("B", "full"):
            directory = data if system == "full" else work / "floor"
            targets[system] = make_targets(f"http://127.0.0.1:{ports[system]}", directory)
        targets["A"] = {form: (f"http://127.0.0.1:{ports['A']}/{form}", "none") for form in FORMS}
        number = 0
        for round_number in range(ROUNDS + 1):
            for form in FORMS:
                for clients in CLIENTS:
                    for system in ("A", "B", "full"):
                        url, token = targets[system][form]
                        number += 1
                        run = load(url, form, bodies[form], token, f"{number:04d}", clients)
                        run["clients"] = clients
                        # The first round warms up; what it stores is counted all the same.
                        key = (system, form, clients) if round_number else ("warm-up", system, clients)
                        results.setdefault(key, []).append(run)
        metrics = settled(f"http://127.0.0.1:{ports['full']}/metrics")
        full_runs = [
            r for (s, f, _), runs in results.items() for r in runs if s == "full" or (s, f) == ("warm-up", "full")
        ]
        kept = check_kept(data, "bench", full_runs, metrics)
    return results, kept


def make_targets(host: str, data: Path) -> dict[str, tuple[str, str]]:
    """Address and token for each form of body."""
    token = (data / "admin-token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    request = {"name": "bench", "labels": ["a", "b"]}
    deployment = httpx.post(f"{host}/v1/deployments", json=request, headers=headers).json()["id"]
    login = {"api_token": token, "deployment_id": deployment}
    jwt = httpx.post(f"{host}/api/auth/login", json=login).json()["jwt"]
    return {
        "multipart": (f"{host}/v1/deployments/{deployment}/predictions", token),
        "json": (f"{host}/api/deployment/{deployment}/predictions", jwt),
    }


def main() -> None:
    """Run, print a table and one line `RESULT {json}`."""
    if shutil.which("wrk") is None:
        raise SystemExit("the load comes from wrk, which is not installed; on Debian: apt-get install wrk")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", HERE.parent)) as directory:
        work = Path(directory)
        disk = measure_disk(work)
        results, kept = run_all(work)
    figures: dict[str, Any] = {}
    print(
        f"{'body':10} {'clients':>7} {'A /s':>8} {'B /s':>8} {'full /s':>8} {'full/B':>7} {'p50 ms':>8} {'p99 ms':>8}"
    )
    met = True
    for form in FORMS:
        for clients in CLIENTS:
            rate = {s: statistics.median(r["rate"] for r in results[s, form, clients]) for s in ("A", "B", "full")}
            pairs = zip(results["full", form, clients], results["B", form, clients], strict=True)
            ratio = statistics.median(ours["rate"] / floor["rate"] for ours, floor in pairs)
            p50, p99 = (
                statistics.median(run[name] for run in results["full", form, clients]) for name in ("p50_ms", "p99_ms")
            )
            print(
                f"{form:10} {clients:7} {rate['A']:8.0f} {rate['B']:8.0f} {rate['full']:8.0f} {ratio:7.2f} "
                f"{p50:8.2f} {p99:8.2f}"
            )
            figures[f"{form}_{clients}"] = {
                "A_per_second": round(rate["A"]),
                "B_per_second": round(rate["B"]),
                "full_per_second": round(rate["full"]),
                "full_to_B": round(ratio, 3),
                "p50_ms": round(p50, 2),
                "p99_ms": round(p99, 2),
            }
            if clients == 8:
                met = met and ratio >= WANTED
    print(json.dumps({**{name: round(value) for name, value in disk.items()}, **kept}))
    result = {
        "name": "ingest",
        "figures": figures,
        "disk": {name: round(value) for name, value in disk.items()},
        "kept": kept,
        "wanted": f"full_to_B at 8 clients at least {WANTED}, both bodies",
        "met": met,
        "rounds": ROUNDS,
        "versions": {name: version(name) for name in ("vedette-server", "granian", "fastapi", "msgspec", "sqlalchemy")},
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
    }
    print("RESULT " + json.dumps(result))


if __name__ == "__main__":
    main()
