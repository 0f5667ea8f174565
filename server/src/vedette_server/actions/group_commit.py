"""Requests that arrive together share one commit.

A durable commit costs a sync of the disk however much it carries. So a thread
takes whatever has gathered while the last commit ran and commits that as one
group: alone, a request waits for nobody; under load, groups grow by themselves.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from vedette_server.domain.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommitter(Generic[Item, Result]):
    """Runs `commit(group)` on a thread of its own; each item's future gets its own result.

    `weigh` gives an item's size in bytes: what waits is bounded by `max_waiting_bytes`,
    beyond which `submit` raises `Unavailable`. If a group fails, its items are tried
    one by one, so that one bad item cannot take its neighbours down. An item whose
    future is cancelled before its group is taken is left out.
    """

    MAX_GROUP = 64

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Result]],
        weigh: Callable[[Item], int],
        max_waiting_bytes: int,
    ) -> None:
        self._commit = commit
        self._weigh = weigh
        self._max_waiting_bytes = max_waiting_bytes
        self._condition = threading.Condition()
        self._waiting: list[tuple[Item, Future[Result]]] = []
        self._waiting_bytes = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)

    def start(self) -> None:
        """Begin committing."""
        self._thread.start()

    def submit(self, item: Item) -> "Future[Result]":
        """Queue an item; its future is done once the item is durable or refused."""
        future: Future[Result] = Future()
        weight = self._weigh(item)
        with self._condition:
            if self._closing:
                raise Unavailable("the server is shutting down", retry_after_seconds=5)
            if self._waiting and self._waiting_bytes + weight > self._max_waiting_bytes:
                raise Unavailable("too much is waiting to be stored")
            self._waiting.append((item, future))
            self._waiting_bytes += weight
            self._condition.notify()
        return future

    def close(self) -> None:
        """Commit what was accepted, then stop."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._waiting and not self._closing:
                    self._condition.wait()
                if not self._waiting:
                    return
                group, self._waiting = self._waiting[: self.MAX_GROUP], self._waiting[self.MAX_GROUP :]
                self._waiting_bytes = sum(self._weigh(item) for item, _ in self._waiting)
            # From here on nobody can cancel: a result that comes too late would end this thread.
            wanted = [member for member in group if member[1].set_running_or_notify_cancel()]
            if wanted:
                self._commit_group(wanted)

    def _commit_group(self, group: "Sequence[tuple[Item, Future[Result]]]") -> None:
        try:
            results = self._commit([item for item, _ in group])
        except Exception as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for member in group:
                self._commit_group([member])
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)
