"""What a model said about one picture, checked before it is sent.

Coordinates are pixels of the picture, `[x, y]` from the top left. Anything with
`.tolist()` (a NumPy array, a torch tensor) is taken where a list is, so neither
library is needed here.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import msgspec

from vedette.contract import Point, Ring, WireObject, WirePart, WirePrediction
from vedette.errors import InvalidPrediction


class Part(msgspec.Struct, frozen=True):
    """One connected piece of an object: an outer ring of `[x, y]` points, and the holes in it."""

    outer: Ring
    holes: list[Ring] = []


class SegmentedObject(msgspec.Struct, frozen=True):
    """One object. `class_id` is a key of the model's label map; `score` is None where the model gives none."""

    class_id: int
    parts: list[Part]
    score: float | None = None
    text: str | None = None


class SegmentationPrediction:
    """Objects with outlines.

    Args:
        detection_classes: one class id an object.
        detection_masks: one outline an object: `[[x, y], …]`, or flat `[x1, y1, x2, y2, …]`.
        detection_scores: one confidence from 0 to 1 an object; None where the model gives none.
        detection_texts: one text an object, if there are any.
        detection_boxes: taken for the sake of programs that have them; outlines say it all.

    Raises:
        InvalidPrediction: names the field, what came and what was wanted.

    An empty prediction (no objects) is a prediction. Holes and several parts: `from_objects`.
    """

    def __init__(
        self,
        detection_classes: Sequence[int],
        detection_scores: Sequence[float] | None = None,
        detection_masks: Sequence[Any] = (),
        detection_boxes: Sequence[Any] | None = None,
        detection_texts: Sequence[str] | None = None,
    ) -> None:
        classes = [_class_id(n, value) for n, value in enumerate(_listed(detection_classes))]
        masks = _listed(detection_masks)
        scores = None if detection_scores is None else _listed(detection_scores)
        texts = None if detection_texts is None else list(detection_texts)
        for name, values in (
            ("detection_masks", masks),
            ("detection_scores", scores),
            ("detection_texts", texts),
            ("detection_boxes", None if detection_boxes is None else _listed(detection_boxes)),
        ):
            if values is not None and len(values) != len(classes):
                raise InvalidPrediction(
                    name, f"{len(values)} items", f"{len(classes)}, one for each of detection_classes"
                )
        self._objects = [
            SegmentedObject(
                class_id,
                [Part(_ring(f"detection_masks[{n}]", masks[n]))],
                None if scores is None else _score(f"detection_scores[{n}]", scores[n]),
                None if texts is None else texts[n],
            )
            for n, class_id in enumerate(classes)
        ]

    @classmethod
    def from_objects(cls, objects: Iterable[SegmentedObject]) -> "SegmentationPrediction":
        """A prediction of objects that may have several parts, and holes in them."""
        prediction = cls([])
        prediction._objects = [
            SegmentedObject(
                _class_id(n, item.class_id),
                [
                    Part(
                        _ring(f"objects[{n}].parts[{p}].outer", part.outer),
                        [_ring(f"objects[{n}].parts[{p}].holes[{h}]", ring) for h, ring in enumerate(part.holes)],
                    )
                    for p, part in enumerate(item.parts)
                ],
                None if item.score is None else _score(f"objects[{n}].score", item.score),
                item.text,
            )
            for n, item in enumerate(objects)
        ]
        return prediction

    @property
    def objects(self) -> Sequence[SegmentedObject]:
        """The objects, in the order they were given."""
        return tuple(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    def __repr__(self) -> str:
        return f"SegmentationPrediction({len(self._objects)} objects)"

    def to_wire(self) -> WirePrediction:
        """As the server reads it."""
        return WirePrediction(
            [
                WireObject(
                    item.class_id, [WirePart(part.outer, part.holes) for part in item.parts], item.score, item.text
                )
                for item in self._objects
            ]
        )


def _listed(values: Any) -> list[Any]:
    values = values.tolist() if hasattr(values, "tolist") else values
    return list(values)


def _class_id(position: int, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or not 0 <= int(value) < 2**31:
        raise InvalidPrediction(f"detection_classes[{position}]", repr(value), "a class id from 0 on")
    return int(value)


def _score(field: str, value: Any) -> float:
    score = _number(field, value)
    if not 0.0 <= score <= 1.0:
        raise InvalidPrediction(field, repr(value), "a score from 0 to 1")
    return score


def _number(field: str, value: Any) -> float:
    if isinstance(value, str | bytes | bool) or not hasattr(value, "__float__"):
        raise InvalidPrediction(field, repr(value), "a number")
    number = float(value)
    if not math.isfinite(number):
        raise InvalidPrediction(field, repr(value), "a finite number")
    return number


def _ring(field: str, value: Any) -> Ring:
    points = _listed(value)
    try:
        # In C, and right for nearly every caller; what it refuses is looked at point by point below.
        ring = msgspec.convert(points, Ring)
    except msgspec.ValidationError:
        pass
    else:
        if math.isfinite(sum(chain.from_iterable(ring))):
            return ring
    if points and not _is_listlike(points[0]):
        if len(points) % 2:
            raise InvalidPrediction(field, f"{len(points)} numbers", "an even number: x1, y1, x2, y2, …")
        points = list(zip(points[::2], points[1::2], strict=True))
    return [_point(f"{field}[{n}]", point) for n, point in enumerate(points)]


def _is_listlike(value: Any) -> bool:
    return (hasattr(value, "tolist") and getattr(value, "ndim", 0) > 0) or isinstance(value, list | tuple)


def _point(field: str, value: Any) -> Point:
    pair = _listed(value) if _is_listlike(value) else [value]
    if len(pair) != 2:
        raise InvalidPrediction(field, f"{len(pair)} coordinates", "two: [x, y]")
    return _number(field, pair[0]), _number(field, pair[1])
