"""Processes beside this one: the worker next to the API, and the server next to the demo."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import httpx
import structlog
from rich.console import Console

from vedette_server.data_directory import DataDirectory
from vedette_server.domain.errors import Unavailable
from vedette_server.settings import Settings

STOP_SECONDS = 20
START_SECONDS = 60
RESTART_SECONDS = 2.0

log = structlog.get_logger(__name__)


def command(*arguments: str) -> list[str]:
    """The command line of another `vedette` process."""
    return [sys.executable, "-c", "from vedette_server.cli import main; main()", *arguments]


WORKER = [sys.executable, "-m", "vedette_server.run_worker"]


def become_worker(settings: Settings) -> NoReturn:
    """Replace this process by the worker's, which loads what this one does not need."""
    os.execve(WORKER[0], WORKER, environment(settings))  # noqa: S606  (no shell is wanted)


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which another process sees the very same settings."""
    return {**os.environ, "VEDETTE_DATA_DIR": str(settings.data_dir)}


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """A worker process for the length of the block; started again if it dies."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def watch() -> None:
        while not stopping.is_set():
            # A session of its own: Ctrl-C reaches this process, which then stops the worker in order.
            process = subprocess.Popen(WORKER, env=environment(settings), start_new_session=True)
            running[:] = [process]
            code = process.wait()
            if not stopping.is_set():
                log.error("worker ended; starting another", exit_code=code)
                stopping.wait(RESTART_SECONDS)

    watcher = threading.Thread(target=watch, name="worker-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stopping.set()
        for process in running:
            stop(process)
        watcher.join(STOP_SECONDS)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process in order, and by force if it does not."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_demo(settings: Settings, console: Console, predictions: int, *, open_browser: bool) -> int:
    """Start a server, say where it is as soon as it answers, run the demo's programs until Ctrl-C."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    port = (
        settings.listen_port
        if _is_free(settings.listen_host, settings.listen_port)
        else _free_port(settings.listen_host)
    )
    url = f"http://{settings.listen_host}:{port}"
    log_file = settings.data_dir / "server.log"
    with log_file.open("ab") as sink:
        server = subprocess.Popen(
            command("up", "--host", settings.listen_host, "--port", str(port)),
            env=environment(settings),
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    # Ctrl-C reaches the programs below, which end by themselves; this process then stops the server.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        _wait_until_ready(server, url, str(log_file))
        token = DataDirectory(settings.data_dir).admin_token() or ""
        link = f"{url}/#token={token}"
        console.print(f"\nVedette answers on [bold]{url}[/bold]")
        console.print(f"Sign in:  {link}\n", soft_wrap=True)
        if open_browser and (sys.platform == "darwin" or os.environ.get("DISPLAY")):
            webbrowser.open(link)
        programs = subprocess.Popen(
            [sys.executable, "-m", "vedette_server.demo", str(predictions)],
            env={**os.environ, "VEDETTE_HOST": url, "VEDETTE_TOKEN": token},
        )
        signal.signal(signal.SIGTERM, lambda *_: programs.terminate())
        return programs.wait()
    finally:
        stop(server)


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str, log_file: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Unavailable(f"the server ended with exit code {server.returncode}; see {log_file}")
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.05)
    raise Unavailable(f"the server did not answer within {START_SECONDS} seconds; see {log_file}")


def _is_free(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port)):
            return port != 0
    except OSError:
        return False


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
