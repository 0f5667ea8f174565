"""One shot becomes one `deployment.monitor(...)`, and a server that is away for a moment is waited for."""

import threading
from collections.abc import Callable
from typing import TypeVar

from rich.console import Console

from vedette import Conflict, Deployment, Part, SegmentationPrediction, SegmentedObject, Unavailable
from vedette_server.demo.outlines import Outline
from vedette_server.demo.shots import Developed, Shot, develop

Answer = TypeVar("Answer")

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 8.0


class Patience:
    """Repeats a call while the server is away, until it succeeds or the demo is to end.

    Several senders share one, so that an outage is told once and not by each.
    """

    def __init__(self, console: Console, stop: threading.Event) -> None:
        self._console = console
        self._stop = stop
        self._lock = threading.Lock()
        self._is_away = False

    def insist(self, call: Callable[[], Answer]) -> Answer | None:
        """The call's answer; None when the demo was to end before there was one."""
        wait_seconds = _FIRST_WAIT_SECONDS
        while not self._stop.is_set():
            try:
                answer = call()
            except Unavailable as error:
                self._tell(f"[yellow]The server is away ({error}). Waiting for it.[/yellow]", is_away=True)
                self._stop.wait(wait_seconds)
                wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)
            else:
                self._tell("[green]The server is back.[/green]", is_away=False)
                return answer
        return None

    def _tell(self, message: str, *, is_away: bool) -> None:
        with self._lock:
            if is_away != self._is_away:
                self._is_away = is_away
                self._console.print(message)


def send(shot: Shot, deployment: Deployment, patience: Patience) -> Developed | None:
    """Take a shot and keep it; None when the demo was to end first.

    A shot that an earlier run has sent is left as that run sent it.
    """
    developed = develop(shot)
    kept = patience.insist(lambda: _monitor(shot, developed, deployment))
    return None if kept is None else developed


def _monitor(shot: Shot, developed: Developed, deployment: Deployment) -> bool:
    try:
        deployment.monitor(
            developed.jpeg,
            developed.champion.latency_seconds,
            developed.height,
            developed.width,
            as_prediction(developed.champion.outlines),
            source=shot.source,
            tags=shot.tags,
            timestamp=shot.captured_at.timestamp(),
            shadow_latency=developed.shadow.latency_seconds,
            shadow_raw_predictions=as_prediction(developed.shadow.outlines),
            id=shot.id,
            filename=shot.filename,
        )
    except Conflict:
        # The same shot, whose segmentation took another time in an earlier run.
        return False
    return True


def as_prediction(outlines: list[Outline]) -> SegmentationPrediction:
    """What a method found, as Vedette takes it, with the holes."""
    return SegmentationPrediction.from_objects(
        SegmentedObject(
            outline.class_id,
            [Part(outline.outer.tolist(), [hole.tolist() for hole in outline.holes])],
            outline.score,
        )
        for outline in outlines
    )
