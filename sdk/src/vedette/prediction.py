"""What a model said about one picture, checked before it is sent.

Coordinates are pixels of the picture, `[x, y]` from the top left. Anything with
`.tolist()` (a NumPy array, a torch tensor) is taken where a list is, so neither
library is needed here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import index
from typing import Any

import msgspec

from vedette.arguments import check_text
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
        classes = _listed("detection_classes", detection_classes, "a list of class ids")
        masks = _listed("detection_masks", detection_masks, "a list of outlines")
        scores = _listed_if_any("detection_scores", detection_scores, "a list of scores")
        texts = _listed_if_any("detection_texts", detection_texts, "a list of texts")
        boxes = _listed_if_any("detection_boxes", detection_boxes, "a list of boxes")
        for name, values in (
            ("detection_masks", masks),
            ("detection_scores", scores),
            ("detection_texts", texts),
            ("detection_boxes", boxes),
        ):
            if values is not None and len(values) != len(classes):
                raise InvalidPrediction(
                    name, f"{len(values)} items", f"{len(classes)}, one for each of detection_classes"
                )
        self._objects = [
            SegmentedObject(
                _class_id(f"detection_classes[{n}]", class_id),
                [Part(_ring(f"detection_masks[{n}]", masks[n]))],
                None if scores is None else _score(f"detection_scores[{n}]", scores[n]),
                None if texts is None else check_text(f"detection_texts[{n}]", texts[n]),
            )
            for n, class_id in enumerate(classes)
        ]

    @classmethod
    def from_objects(cls, objects: Iterable[SegmentedObject]) -> "SegmentationPrediction":
        """A prediction of objects that may have several parts, and holes in them."""
        prediction = cls([])
        prediction._objects = [_checked(f"objects[{n}]", item) for n, item in enumerate(objects)]
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


def _checked(field: str, item: SegmentedObject) -> SegmentedObject:
    if not isinstance(item, SegmentedObject):
        raise InvalidPrediction(field, type(item).__name__, "a SegmentedObject")
    return SegmentedObject(
        _class_id(f"{field}.class_id", item.class_id),
        [
            _part(f"{field}.parts[{n}]", part)
            for n, part in enumerate(_listed(f"{field}.parts", item.parts, "a list of Part"))
        ],
        None if item.score is None else _score(f"{field}.score", item.score),
        check_text(f"{field}.text", item.text),
    )


def _part(field: str, part: Part) -> Part:
    if not isinstance(part, Part):
        raise InvalidPrediction(field, type(part).__name__, "a Part")
    holes = _listed(f"{field}.holes", part.holes, "a list of rings")
    return Part(
        _ring(f"{field}.outer", part.outer),
        [_ring(f"{field}.holes[{n}]", hole) for n, hole in enumerate(holes)],
    )


def _listed(field: str, values: Any, wanted: str) -> list[Any]:
    plain = values.tolist() if hasattr(values, "tolist") else values
    if isinstance(plain, str | bytes | Mapping) or not isinstance(plain, Iterable):
        raise InvalidPrediction(field, repr(values), wanted)
    return list(plain)


def _listed_if_any(field: str, values: Any, wanted: str) -> list[Any] | None:
    return None if values is None else _listed(field, values, wanted)


def _class_id(field: str, value: Any) -> int:
    try:
        class_id = -1 if isinstance(value, bool) else index(value)
    except TypeError:
        class_id = -1
    if not 0 <= class_id < 2**31:
        raise InvalidPrediction(field, repr(value), "a class id: a whole number from 0 on")
    return class_id


def _score(field: str, value: Any) -> float:
    score = _number(field, value)
    if not 0.0 <= score <= 1.0:
        raise InvalidPrediction(field, repr(value), "a score from 0 to 1")
    return score


def _number(field: str, value: Any) -> float:
    # float() would take text, and a bool is a slip.
    if isinstance(value, str | bytes | bool) or not hasattr(value, "__float__"):
        raise InvalidPrediction(field, repr(value), "a number")
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidPrediction(field, repr(value), "a finite number")
    return number


def _ring(field: str, value: Any) -> Ring:
    points = _listed(field, value, "an outline: [[x, y], …]")
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
    if not _is_listlike(value):
        raise InvalidPrediction(field, repr(value), "a point: [x, y]")
    pair = _listed(field, value, "a point: [x, y]")
    if len(pair) == 1 and _is_listlike(pair[0]):
        # OpenCV's own form.
        raise InvalidPrediction(
            field, "a point in a list of its own", "[x, y]; of an OpenCV contour take contour[:, 0]"
        )
    if len(pair) != 2:
        raise InvalidPrediction(field, f"{len(pair)} coordinates", "two: [x, y]")
    return _number(field, pair[0]), _number(field, pair[1])
