"""Requests that arrive together share one commit."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future

import pytest

from vedette_server.actions.group_commit import GroupCommitter
from vedette_server.domain.errors import Unavailable

PATIENCE = 10


class GatedCommit:
    """A commit that waits at a gate, so that a test decides what gathers meanwhile."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Semaphore(0)

    def __call__(self, group: Sequence[str]) -> list[str]:
        self.groups.append(list(group))
        self.entered.release()
        assert self.gate.acquire(timeout=PATIENCE)
        if "bad" in group:
            raise ValueError("bad")
        return [item.upper() for item in group]

    def open_for_ever(self) -> None:
        self.gate.release(1000)

    def wait_until_entered(self) -> None:
        assert self.entered.acquire(timeout=PATIENCE)


@pytest.fixture
def commit() -> GatedCommit:
    return GatedCommit()


@pytest.fixture
def committer(commit: GatedCommit) -> Iterator[GroupCommitter[str, str]]:
    committer: GroupCommitter[str, str] = GroupCommitter(commit, len, max_waiting_bytes=10)
    committer.start()
    yield committer
    commit.open_for_ever()
    committer.close()


def submit_behind(committer: GroupCommitter[str, str], commit: GatedCommit, *items: str) -> list[Future[str]]:
    """Submit `items` while the commit of one before them is under way."""
    committer.submit("first")
    commit.wait_until_entered()
    return [committer.submit(item) for item in items]


def test_alone_a_request_waits_for_nobody(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    commit.open_for_ever()
    assert committer.submit("a").result(PATIENCE) == "A"
    assert commit.groups == [["a"]]


def test_what_gathers_during_a_commit_shares_the_next(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    futures = submit_behind(committer, commit, "a", "b", "c")
    assert not any(future.done() for future in futures)
    commit.open_for_ever()
    assert [future.result(PATIENCE) for future in futures] == ["A", "B", "C"]
    assert commit.groups == [["first"], ["a", "b", "c"]]


def test_a_group_has_a_greatest_size(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    futures = submit_behind(committer, commit, *[""] * (committer.MAX_GROUP + 1))
    commit.open_for_ever()
    for future in futures:
        future.result(PATIENCE)
    assert [len(group) for group in commit.groups] == [1, committer.MAX_GROUP, 1]


def test_one_bad_item_fails_alone(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    good, bad, also_good = submit_behind(committer, commit, "a", "bad", "b")
    commit.open_for_ever()
    assert good.result(PATIENCE) == "A"
    assert also_good.result(PATIENCE) == "B"
    with pytest.raises(ValueError, match="bad"):
        bad.result(PATIENCE)
    assert committer.submit("after").result(PATIENCE) == "AFTER"


def test_a_caller_who_left_takes_nobody_down(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    stays, leaves, also_stays = submit_behind(committer, commit, "a", "gone", "b")
    assert leaves.cancel()
    commit.open_for_ever()
    assert stays.result(PATIENCE) == "A"
    assert also_stays.result(PATIENCE) == "B"
    with pytest.raises(CancelledError):
        leaves.result(PATIENCE)
    assert committer.submit("after").result(PATIENCE) == "AFTER"


def test_a_caller_who_leaves_during_the_commit_takes_nobody_down(
    committer: GroupCommitter[str, str], commit: GatedCommit
) -> None:
    leaves = committer.submit("a")
    commit.wait_until_entered()
    leaves.cancel()
    commit.open_for_ever()
    assert committer.submit("after").result(PATIENCE) == "AFTER"


def test_closing_commits_what_was_accepted(commit: GatedCommit) -> None:
    committer: GroupCommitter[str, str] = GroupCommitter(commit, len, max_waiting_bytes=10)
    committer.start()
    futures = submit_behind(committer, commit, "a", "b")
    commit.open_for_ever()
    committer.close()
    assert [future.result(0) for future in futures] == ["A", "B"]


def test_after_closing_nothing_is_accepted(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    commit.open_for_ever()
    committer.close()
    committer.close()
    with pytest.raises(Unavailable) as refused:
        committer.submit("late")
    assert refused.value.retry_after_seconds == 5
    assert commit.groups == []


def test_what_waits_is_bounded_by_its_bytes(committer: GroupCommitter[str, str], commit: GatedCommit) -> None:
    futures = submit_behind(committer, commit, "123456", "7890")
    with pytest.raises(Unavailable):
        committer.submit("x")
    commit.open_for_ever()
    assert [future.result(PATIENCE) for future in futures] == ["123456", "7890"]
    assert committer.submit("again").result(PATIENCE) == "AGAIN"


def test_what_alone_is_over_the_bound_is_taken_when_nothing_waits(
    committer: GroupCommitter[str, str], commit: GatedCommit
) -> None:
    [large] = submit_behind(committer, commit, "x" * 1000)
    with pytest.raises(Unavailable):
        committer.submit("y")
    commit.open_for_ever()
    assert large.result(PATIENCE) == "X" * 1000
