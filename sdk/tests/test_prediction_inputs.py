"""What a prediction takes, and what it says of everything else."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from vedette import InvalidPrediction, Part, SegmentationPrediction, SegmentedObject
from vedette.contract import WirePrediction

OUTLINE = [[200, 200], [225, 200], [250, 250], [250, 225], [220, 220]]
POINTS = [(200.0, 200.0), (225.0, 200.0), (250.0, 250.0), (250.0, 225.0), (220.0, 220.0)]


def a_prediction(**changes: Any) -> SegmentationPrediction:
    given = {"detection_classes": [1], "detection_scores": [0.9], "detection_masks": [OUTLINE], **changes}
    return SegmentationPrediction(**given)


@pytest.mark.parametrize(
    "mask",
    [
        OUTLINE,
        tuple(tuple(point) for point in OUTLINE),
        [number for point in OUTLINE for number in point],
        np.array(OUTLINE),
        np.array(OUTLINE, np.float32),
        np.array(OUTLINE).ravel(),
        [np.array(point) for point in OUTLINE],
        [(np.float64(x), np.int32(y)) for x, y in OUTLINE],
    ],
    ids=["lists", "tuples", "flat", "array", "floats", "flat array", "arrays of points", "numpy numbers"],
)
def test_an_outline_in_any_form(mask: Any) -> None:
    [item] = a_prediction(detection_masks=[mask]).objects
    assert item == SegmentedObject(1, [Part(POINTS)], 0.9)
    assert all(type(number) is float for point in item.parts[0].outer for number in point)


def test_arrays_for_everything() -> None:
    prediction = SegmentationPrediction(np.array([0, 7]), np.array([0.5, 1.0]), np.zeros((2, 3, 2)), np.zeros((2, 4)))
    assert [(item.class_id, item.score) for item in prediction.objects] == [(0, 0.5), (7, 1.0)]


def test_semantic_masks_have_no_scores() -> None:
    prediction = SegmentationPrediction(detection_classes=[3], detection_masks=[OUTLINE], detection_texts=["road"])
    assert prediction.objects == (SegmentedObject(3, [Part(POINTS)], None, "road"),)


def test_nothing_found_is_a_prediction() -> None:
    assert len(SegmentationPrediction([], [], [])) == len(SegmentationPrediction([])) == 0


def test_boxes_are_taken_and_left() -> None:
    assert a_prediction(detection_boxes=[[1, 2, 3, 4]]).objects == a_prediction().objects


def test_later_changes_of_the_lists_change_nothing() -> None:
    mask = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    prediction = a_prediction(detection_masks=[mask])
    mask[0][0] = 99.0
    assert prediction.objects[0].parts[0].outer[0] == (1.0, 2.0)


@pytest.mark.parametrize(
    ("changes", "field", "got", "wanted"),
    [
        ({"detection_classes": [1, 2]}, "detection_masks", "1 items", "2, one for each"),
        ({"detection_scores": [0.9, 0.8]}, "detection_scores", "2 items", "1, one for each"),
        ({"detection_texts": []}, "detection_texts", "0 items", "1, one for each"),
        ({"detection_boxes": [[1], [2]]}, "detection_boxes", "2 items", "1, one for each"),
        ({"detection_classes": None}, "detection_classes", "None", "class ids"),
        ({"detection_classes": 1}, "detection_classes", "1", "class ids"),
        ({"detection_classes": "1"}, "detection_classes", "'1'", "class ids"),
        ({"detection_classes": [-1]}, "detection_classes[0]", "-1", "from 0 on"),
        ({"detection_classes": [2**31]}, "detection_classes[0]", "2147483648", "from 0 on"),
        ({"detection_classes": [1.0]}, "detection_classes[0]", "1.0", "whole number"),
        ({"detection_classes": [True]}, "detection_classes[0]", "True", "whole number"),
        ({"detection_classes": ["cat"]}, "detection_classes[0]", "'cat'", "whole number"),
        ({"detection_scores": [1.5]}, "detection_scores[0]", "1.5", "from 0 to 1"),
        ({"detection_scores": [-0.1]}, "detection_scores[0]", "-0.1", "from 0 to 1"),
        ({"detection_scores": [math.nan]}, "detection_scores[0]", "nan", "finite"),
        ({"detection_scores": ["0.9"]}, "detection_scores[0]", "'0.9'", "a number"),
        ({"detection_scores": [None]}, "detection_scores[0]", "None", "a number"),
        ({"detection_masks": None}, "detection_masks", "None", "outlines"),
        ({"detection_masks": [1]}, "detection_masks[0]", "1", "outline"),
        ({"detection_masks": [{"x": 1}]}, "detection_masks[0]", "{'x': 1}", "outline"),
        ({"detection_masks": [[1, 2, 3]]}, "detection_masks[0]", "3 numbers", "even"),
        ({"detection_masks": [[[1, 2], [3]]]}, "detection_masks[0][1]", "1 coordinates", "two"),
        ({"detection_masks": [[[1, 2, 3]]]}, "detection_masks[0][0]", "3 coordinates", "two"),
        ({"detection_masks": [[[1, 2], 3]]}, "detection_masks[0][1]", "3", "a point"),
        ({"detection_masks": [[[1, 2], [math.nan, 4]]]}, "detection_masks[0][1]", "nan", "finite"),
        ({"detection_masks": [[[1, 2], [3, -math.inf]]]}, "detection_masks[0][1]", "-inf", "finite"),
        ({"detection_masks": [[[math.inf, 2], [-math.inf, 4]]]}, "detection_masks[0][0]", "inf", "finite"),
        ({"detection_masks": [[[1, 2], [10**400, 4]]]}, "detection_masks[0][1]", "1000", "finite"),
        ({"detection_masks": [[[1, 2], ["3", 4]]]}, "detection_masks[0][1]", "'3'", "a number"),
        ({"detection_masks": [[[1, 2], [True, 4]]]}, "detection_masks[0][1]", "True", "a number"),
        ({"detection_masks": [np.array(OUTLINE)[:, None]]}, "detection_masks[0][0]", "of its own", "contour[:, 0]"),
        ({"detection_texts": [7]}, "detection_texts[0]", "7", "text"),
        ({"detection_texts": "a"}, "detection_texts", "'a'", "a list of texts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changes: dict[str, Any], field: str, got: str, wanted: str) -> None:
    with pytest.raises(InvalidPrediction) as caught:
        a_prediction(**changes)
    error = caught.value
    assert error.field == field
    assert got in str(error.got)
    assert wanted in error.wanted
    assert str(error) == f"{field}: got {error.got}, wanted {error.wanted}"
    assert isinstance(error, ValueError)


def test_what_came_is_shown_in_short() -> None:
    with pytest.raises(InvalidPrediction) as caught:
        a_prediction(detection_classes=["x" * 10_000])
    assert len(str(caught.value)) < 250


def test_holes_and_parts() -> None:
    square, hole = [(0.5, 0.5), (9.25, 0.5), (9.25, 9.5)], [(2.0, 2.0), (4.0, 2.0), (4.0, 4.0)]
    item = SegmentedObject(0, [Part(square, [hole]), Part(square)], text="ring")
    prediction = SegmentationPrediction.from_objects([item])
    assert prediction.objects == (item,)
    wire = msgspec.json.decode(msgspec.json.encode(prediction.to_wire()), type=WirePrediction)
    assert wire.objects[0].parts[0].holes == [hole]
    assert len(wire.objects[0].parts) == 2


def test_objects_take_arrays_too() -> None:
    part = Part(np.array(OUTLINE), [np.array(OUTLINE)])  # type: ignore[arg-type, list-item]
    [item] = SegmentationPrediction.from_objects(iter([SegmentedObject(np.int64(1), [part], np.float32(0.5))])).objects
    assert item == SegmentedObject(1, [Part(POINTS, [POINTS])], 0.5)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (7, "objects[0]"),
        (SegmentedObject(-1, []), "objects[0].class_id"),
        (SegmentedObject(1, [], score=2.0), "objects[0].score"),
        (SegmentedObject(1, [], text=3), "objects[0].text"),  # type: ignore[arg-type]
        (SegmentedObject(1, None), "objects[0].parts"),  # type: ignore[arg-type]
        (SegmentedObject(1, [OUTLINE]), "objects[0].parts[0]"),  # type: ignore[list-item]
        (SegmentedObject(1, [Part([(0.0, math.nan)])]), "objects[0].parts[0].outer[0]"),
        (SegmentedObject(1, [Part(POINTS, None)]), "objects[0].parts[0].holes"),  # type: ignore[arg-type]
        (SegmentedObject(1, [Part(POINTS, [[(1.0,)]])]), "objects[0].parts[0].holes[0][0]"),  # type: ignore[list-item]
    ],
)
def test_what_is_wrong_within_an_object_is_named(item: Any, field: str) -> None:
    with pytest.raises(InvalidPrediction) as caught:
        SegmentationPrediction.from_objects([item])
    assert caught.value.field == field
