"""What the demo watches: two deployments, as data.

Which pictures they take is `photographs`' matter, which objects they find is
`segmentation`'s; here stands who does it and under which names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from vedette_server.demo import photographs, segmentation
from vedette_server.demo.light import Frame
from vedette_server.demo.outlines import Outline


class Camera(Protocol):
    """What takes a deployment's frames."""

    def __call__(
        self, rng: np.random.Generator, source: str, captured_at: datetime, *, lens_dirty: bool = False
    ) -> Frame:
        """The frame that `rng` chooses, as `source` sees it at that time."""


@dataclass(frozen=True)
class Method:
    """A model version of the demo: its name, and the function that is the model."""

    version: str
    find: Callable[[Frame], list[Outline]]


@dataclass(frozen=True)
class DemoDeployment:
    """One deployment: labels by class id from 0, two sources, and two methods that see every frame."""

    name: str
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    camera: Camera
    champion: Method
    shadow: Method
    source_with_dirty_lens: str | None = None


LENS_DIRTY_FROM_DAY = 9
"""On this day of the history, counted from 1, a lens gets dirty; nobody cleans it."""

COIN_INSPECTION = DemoDeployment(
    name="coin-inspection",
    labels=("small coin", "large coin"),
    sources=("camera-1", "camera-2"),
    camera=photographs.coin_frame,
    champion=Method("v1", segmentation.find_coins_by_watershed),
    shadow=Method("v2", segmentation.find_coins_by_local_threshold),
    source_with_dirty_lens="camera-2",
)

TISSUE_NUCLEI = DemoDeployment(
    name="tissue-nuclei",
    labels=("unstained nucleus", "stained nucleus"),
    sources=("scanner-a", "scanner-b"),
    camera=photographs.tissue_frame,
    champion=Method("v1", segmentation.find_nuclei_by_watershed),
    shadow=Method("v2", segmentation.find_nuclei_by_local_threshold),
)

DEMO_DEPLOYMENTS = (COIN_INSPECTION, TISSUE_NUCLEI)
