"""One shot becomes one `deployment.monitor(...)`, and a server that is away for a moment is waited for."""

import threading
from collections.abc import Callable

from rich.console import Console
from vedette import Conflict, Deployment, SegmentationPrediction, Unavailable

from vedette_server.demo.outlines import Outline
from vedette_server.demo.shots import Developed, Shot, develop

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 8.0


class Patience:
    """Repeats a call while the server is away, until it succeeds or the demo is to end.

    Several senders share one, so that an outage is told once and not by each.
    """

    def __init__(self, console: Console, stop: threading.Event) -> None:
        self._console = console
        self._stop = stop
        self._lock = threading.Lock()
        self._away = False

    def insist[Answer](self, call: Callable[[], Answer]) -> Answer | None:
        """The call's answer; None when the demo was to end before there was one."""
        wait_seconds = _FIRST_WAIT_SECONDS
        while not self._stop.is_set():
            try:
                answer = call()
            except Unavailable as error:
                self._tell(away=True, reason=str(error))
                self._stop.wait(wait_seconds)
                wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)
            else:
                self._tell(away=False)
                return answer
        return None
