"""Predictions made from whatever programs have, and refused with the field, what came and what was wanted."""

import re
from typing import Any

import msgspec
import pytest

from vedette import InvalidPrediction, Part, SegmentationPrediction, SegmentedObject
from vedette.contract import PredictionRequest

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]]


class Array:
    """Stands for a NumPy array or a tensor: all that is asked of it is `tolist` and `ndim`."""

    def __init__(self, values: list[Any], ndim: int = 2) -> None:
        self.values, self.ndim = values, ndim

    def tolist(self) -> list[Any]:
        return self.values


@pytest.mark.parametrize(
    "mask",
    [
        SQUARE,
        [tuple(point) for point in SQUARE],
        [float(number) for point in SQUARE for number in point],
        [0, 0, 10, 0, 10, 10, 0, 10],
        Array(SQUARE),
        [Array(point, 1) for point in SQUARE],
    ],
)
def test_outlines_in_every_form(mask: Any) -> None:
    [item] = SegmentationPrediction([3], [0.5], [mask]).objects
    assert item == SegmentedObject(3, [Part([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])], 0.5)


def test_nothing_scores_and_texts() -> None:
    assert len(SegmentationPrediction([])) == 0
    assert SegmentationPrediction([1], detection_masks=[SQUARE]).objects[0].score is None
    assert SegmentationPrediction([1], [1], [SQUARE], detection_texts=["a"]).objects[0].text == "a"
    assert len(SegmentationPrediction([1], [1], [SQUARE], detection_boxes=[[0, 0, 1, 1]])) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"detection_scores": [0.5, 0.6]}, "detection_scores: got 2 items, wanted 1"),
        ({"detection_masks": []}, "detection_masks: got 0 items"),
        ({"detection_texts": []}, "detection_texts"),
        ({"detection_boxes": []}, "detection_boxes"),
        ({"detection_classes": [-1]}, "detection_classes[0]: got -1"),
        ({"detection_classes": [1.5]}, "detection_classes[0]"),
        ({"detection_classes": [True]}, "detection_classes[0]"),
        ({"detection_classes": [2**31]}, "detection_classes[0]"),
        ({"detection_scores": [1.2]}, "detection_scores[0]: got 1.2, wanted a score from 0 to 1"),
        ({"detection_scores": [float("nan")]}, "detection_scores[0]: got nan"),
        ({"detection_scores": ["0.5"]}, "detection_scores[0]: got '0.5', wanted a number"),
        ({"detection_masks": [[[0, 0], [1, 2, 3]]]}, "detection_masks[0][1]: got 3 coordinates, wanted two"),
        ({"detection_masks": [[[0, 0], [1]]]}, "detection_masks[0][1]: got 1 coordinates"),
        ({"detection_masks": [[[0, 0], [1, float("inf")]]]}, "detection_masks[0][1]: got inf, wanted a finite number"),
        ({"detection_masks": [[[0, 0], [1, "2"]]]}, "detection_masks[0][1]: got '2', wanted a number"),
        ({"detection_masks": [[1, 2, 3]]}, "detection_masks[0]: got 3 numbers, wanted an even number"),
    ],
)
def test_refused(changes: dict[str, Any], words: str) -> None:
    given = {"detection_classes": [1], "detection_scores": [0.5], "detection_masks": [SQUARE], **changes}
    with pytest.raises(InvalidPrediction, match=re.escape(words)):
        SegmentationPrediction(**given)


def test_parts_and_holes_are_checked_too() -> None:
    bad = SegmentedObject(0, [Part([(0.0, 0.0)], [[(float("nan"), 0.0)]])])
    with pytest.raises(InvalidPrediction, match=re.escape("objects[0].parts[0].holes[0][0]")):
        SegmentationPrediction.from_objects([bad])


def test_what_is_sent_is_what_is_read() -> None:
    hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.5)]
    item = SegmentedObject(2, [Part([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)], [hole])], None, "a")
    request = PredictionRequest(prediction=SegmentationPrediction.from_objects([item]).to_wire(), latency_seconds=0.5)
    read = msgspec.json.decode(msgspec.json.encode(request), type=PredictionRequest)
    assert read == request
    assert read.prediction.objects[0].parts[0].holes == [hole]
