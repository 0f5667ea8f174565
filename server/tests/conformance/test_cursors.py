"""No listing takes a cursor that it did not give out."""

import base64
from datetime import timedelta

import pytest

from tests.builders import Records, Tenant, a_new_prediction
from vedette_server.domain.datalake import DataFilter, PredictionFilter
from vedette_server.domain.errors import InvalidInput


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FOREIGN = [
    "",
    "x",
    "1",
    "-1-1",
    "é",
    "\N{ARABIC-INDIC DIGIT ONE}-1",
    "0" * 5000,
    "%00",
    "' OR 1=1 --",
    encoded("[]"),
    encoded("[1,2]"),
    encoded('["1",2,3]'),
    encoded("null"),
    encoded("[1e99,0,0]"),
    encoded(f"[{2**63},0,0]"),
]
# Well-formed, but no clock shows such times.
OUT_OF_TIME = [encoded(f"[1,{sign}{microseconds},1]") for sign in ("", "-") for microseconds in (2**62, 2**63 - 1)]


@pytest.mark.parametrize("cursor", FOREIGN + OUT_OF_TIME)
def test_predictions_refuse_a_cursor_that_is_none_of_theirs(records: Records, acme: Tenant, cursor: str) -> None:
    records.predictions.record([a_new_prediction(acme)], timedelta(minutes=10))
    with pytest.raises(InvalidInput) as refused:
        records.predictions.list_page(acme.org_id, acme.deployment.id, PredictionFilter(), 10, cursor)
    assert refused.value.field == "cursor"


@pytest.mark.parametrize("cursor", [cursor for cursor in FOREIGN if cursor != "1"])
def test_data_refuses_a_cursor_that_is_none_of_its(records: Records, acme: Tenant, cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        records.datalake.list_data(acme.org_id, acme.datalake.id, DataFilter(), 10, cursor=cursor)
    assert refused.value.field == "cursor"
