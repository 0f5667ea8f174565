"""Vedette: monitoring for vision models in production, one call after each inference.

from vedette import Client, SegmentationPrediction

deployment = Client().get_deployment("coin-inspection")
data = deployment.monitor("image.png", latency=0.257, height=800, width=600, prediction=…)
"""

import importlib
import logging
from typing import TYPE_CHECKING, Any

from vedette.contract import Data, Flag, ModelVersion, PredictionItem
from vedette.errors import (
    Conflict,
    Forbidden,
    InvalidHost,
    InvalidPrediction,
    InvalidRequest,
    NotFound,
    RequestRefused,
    TooLarge,
    Unauthorized,
    Unavailable,
    VedetteError,
)
from vedette.prediction import Part, SegmentationPrediction, SegmentedObject

if TYPE_CHECKING:
    from vedette.client import Client
    from vedette.deployment import Deployment, PredictionHandle

__all__ = [
    "Client",
    "Conflict",
    "Data",
    "Deployment",
    "Flag",
    "Forbidden",
    "InvalidHost",
    "InvalidPrediction",
    "InvalidRequest",
    "ModelVersion",
    "NotFound",
    "Part",
    "PredictionHandle",
    "PredictionItem",
    "RequestRefused",
    "SegmentationPrediction",
    "SegmentedObject",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "VedetteError",
]

logging.getLogger("vedette").addHandler(logging.NullHandler())

# The HTTP library takes most of the time that importing this package would: it comes when first needed.
_LATER = {"Client": "client", "Deployment": "deployment", "PredictionHandle": "deployment"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value
