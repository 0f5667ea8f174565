"""The demo's run: make the deployments, send two weeks of history, then one frame after the other.

`vedette demo` starts a server and calls `run_demo`; any server that the client
reaches will do.
"""

import itertools
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import cv2
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from vedette import Client, Deployment, NotFound
from vedette.ids import uuid7
from vedette_server.demo.deployments import DEMO_DEPLOYMENTS, DemoDeployment
from vedette_server.demo.sending import Patience, send
from vedette_server.demo.shots import Developed, Shot, live_shot, plan_history

SENDERS = 3
"""Threads that take, segment and send the history; the server commits together what arrives together."""

SENT_AGAIN = 4 * SENDERS
"""Taking up a broken-off history starts so many shots before the break, to leave no gap."""


@dataclass(frozen=True)
class _Watched:
    """A deployment of the demo as the server knows it."""

    demo: DemoDeployment
    deployment: Deployment


def run_demo(
    client: Client,
    *,
    console: Console,
    predictions_per_deployment: int = 1500,
    days: int = 14,
    now: datetime,
    stop: threading.Event,
    live_interval_seconds: float = 1.0,
) -> None:
    """Run the demo's deployments until `stop` is set or Ctrl-C is pressed.

    `now` (aware) is when the history ends; where an earlier run was broken off,
    its history is continued, and where it is complete, none is sent. A server
    that is away is waited for; what it refuses is raised.
    """
    # The senders share the processors; OpenCV's own threads on top of them
    # would only make every measured latency longer.
    cv2.setNumThreads(1)
    patience = Patience(console, stop)
    run = _Run(console, patience, stop)
    try:
        watched = patience.insist(lambda: [_find_or_create(client, demo) for demo in DEMO_DEPLOYMENTS])
        if watched is None:
            return
        kept = [each.deployment.prediction_count for each in watched]
        run.send_live(watched, count=len(watched), interval_seconds=0.0)
        plans = [
            _missing_history(each, already, now.astimezone(), days, predictions_per_deployment)
            for each, already in zip(watched, kept, strict=True)
        ]
        if any(plans):
            run.send_history(watched, plans)
        run.send_live(watched, count=None, interval_seconds=live_interval_seconds)
    except KeyboardInterrupt:
        stop.set()


def _find_or_create(client: Client, demo: DemoDeployment) -> _Watched:
    try:
        deployment = client.get_deployment(demo.name)
    except NotFound:
        deployment = client.create_deployment(demo.name, type="SEGMENTATION", labels=list(demo.labels))
    if deployment.shadow is None:
        deployment.set_shadow(demo.shadow.version)
    return _Watched(demo, deployment)


def _missing_history(watched: _Watched, already_kept: int, now: datetime, days: int, count: int) -> list[Shot]:
    """What the server does not have yet of the history, in the order in which to send it."""
    if already_kept >= count:
        return []
    # Begun by an earlier run: end where that one did, or the days would shift
    # under what is already kept.
    ends_at = min(now, watched.deployment.created_at.astimezone()) if already_kept else now
    plan = plan_history(watched.demo, watched.deployment.id, ends_at, days, count)
    return plan[max(already_kept - SENT_AGAIN, 0) :]


class _RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "", style="progress.data.speed")


@dataclass(frozen=True)
class _Run:
    """What every sending of one run shares."""

    console: Console
    patience: Patience
    stop: threading.Event

    def send_live(self, watched: list[_Watched], count: int | None, interval_seconds: float) -> None:
        """`count` frames of now, or frames without end; deployments and their sources take turns."""
        due = time.monotonic()
        with self.console.status("") as status:
            for number in itertools.count() if count is None else range(count):
                if self.stop.wait(max(due - time.monotonic(), 0)):
                    return
                # A server that was away is not flooded with what it missed.
                due = max(due, time.monotonic() - interval_seconds) + interval_seconds
                each = watched[number % len(watched)]
                shot = live_shot(each.demo, uuid7(), number // len(watched), datetime.now().astimezone())
                developed = send(shot, each.deployment, self.patience)
                if developed is not None:
                    status.update(_in_one_line(number + 1, shot, developed))

    def send_history(self, watched: list[_Watched], plans: list[list[Shot]]) -> None:
        """Send the plans side by side, from several threads, under a progress bar each."""
        waiting: queue.SimpleQueue[tuple[_Watched, TaskID, Shot]] = queue.SimpleQueue()
        with _progress(self.console) as progress:
            bars = [
                progress.add_task(f"{each.demo.name}, the last days", total=len(plan))
                for each, plan in zip(watched, plans, strict=True)
            ]
            for row in itertools.zip_longest(*plans):
                for each, bar, shot in zip(watched, bars, row, strict=True):
                    if shot is not None:
                        waiting.put((each, bar, shot))
            broken = threading.Event()
            with ThreadPoolExecutor(SENDERS, thread_name_prefix="demo-sender") as pool:
                senders = [pool.submit(self._empty, waiting, progress, broken) for _ in range(SENDERS)]
                try:
                    for sender in senders:
                        sender.result()
                except BaseException:
                    broken.set()
                    raise

    def _empty(
        self,
        waiting: "queue.SimpleQueue[tuple[_Watched, TaskID, Shot]]",
        progress: Progress,
        broken: threading.Event,
    ) -> None:
        """Send what waits until nothing does, the demo is to end, or another sender has failed."""
        while not (self.stop.is_set() or broken.is_set()):
            try:
                each, bar, shot = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                sent = send(shot, each.deployment, self.patience)
            except BaseException:
                broken.set()
                raise
            if sent is not None:
                progress.advance(bar)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _in_one_line(number: int, shot: Shot, developed: Developed) -> str:
    found, seconds = len(developed.champion.outlines), developed.champion.latency_seconds
    return (
        f"Live {number}: {shot.demo.name}, {shot.source}: {found} objects in {seconds * 1000:.0f} ms."
        " Ctrl-C ends the demo."
    )
