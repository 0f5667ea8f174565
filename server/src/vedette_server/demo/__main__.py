"""The demo's programs, sending to a server that runs already: `VEDETTE_HOST` and `VEDETTE_TOKEN` say which."""

import signal
import sys
import threading
from datetime import UTC, datetime

from rich.console import Console

from vedette import Client
from vedette_server.demo.run import run_demo

if __name__ == "__main__":
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Client() as client:
        run_demo(
            client,
            console=Console(highlight=False),
            predictions_per_deployment=int(sys.argv[1]),
            now=datetime.now(UTC),
            stop=stop,
        )
