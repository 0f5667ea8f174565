"""What a method found keeps its form on the way to the SDK."""

import numpy as np

from vedette import Part, SegmentedObject
from vedette_server.demo.outlines import Outline
from vedette_server.demo.sending import as_prediction

SQUARE = np.array([[0, 0], [40, 0], [40, 40], [0, 40]], np.int32)
HOLE = np.array([[10, 10], [10, 20], [20, 20]], np.int32)


def test_holes_classes_and_scores_are_sent() -> None:
    prediction = as_prediction([Outline(SQUARE, (HOLE,), 1, 0.75), Outline(SQUARE, (), 0, 0.5)])
    square = [(0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 40.0)]
    hole = [(10.0, 10.0), (10.0, 20.0), (20.0, 20.0)]
    assert list(prediction.objects) == [
        SegmentedObject(1, [Part(square, [hole])], 0.75),
        SegmentedObject(0, [Part(square)], 0.5),
    ]


def test_nothing_found_is_a_prediction_too() -> None:
    assert len(as_prediction([])) == 0
