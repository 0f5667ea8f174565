"""The clocks: the machine's, and one that stands still until it is moved."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)


class StoppedClock:
    """A clock for tests: it shows what it is set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self.at += by
