"""The time that orders a prediction."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import NOON
from vedette_server.domain.predictions import file_under

TOLERANCE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "captured_at",
    [NOON, NOON - INSTANT, NOON - timedelta(days=365), YEAR_2000, NOON + INSTANT, NOON + TOLERANCE],
)
def test_the_callers_time_is_believed(captured_at: datetime) -> None:
    assert file_under(captured_at, NOON, TOLERANCE) == captured_at


@pytest.mark.parametrize(
    "captured_at",
    [
        NOON + TOLERANCE + INSTANT,
        datetime(9999, 12, 31, tzinfo=UTC),
        YEAR_2000 - INSTANT,
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_a_time_no_clock_can_have_meant_is_filed_under_the_time_it_was_received(captured_at: datetime) -> None:
    assert file_under(captured_at, NOON, TOLERANCE) == NOON
