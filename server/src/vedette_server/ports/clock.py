"""The time of day, injected so that tests and simulations can set it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where every timestamp of ours comes from."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...
