"""How a picture looks: brightness, contrast, saturation, sharpness. Pure functions on pixels."""

import cv2
import numpy as np
import numpy.typing as npt

from vedette_server.vision.image_decoding import Image

Plane = npt.NDArray[np.float32]


def luma(image: Image) -> Plane:
    """(H, W) from 0 to 1: ITU-R BT.601 luma of a BGR picture, or the grey values themselves."""
    top = float(np.iinfo(image.dtype).max)
    grey = image if image.ndim == 2 else cv2.cvtColor(image[..., :3], cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, dtype=np.float32) / np.float32(top)


def brightness(plane: Plane) -> float:
    """Mean luma, 0 (black) to 1 (white)."""
    return _mean_and_deviation(plane)[0]


def contrast(plane: Plane) -> float:
    """RMS contrast: the standard deviation of luma, 0 to 0.5 (Peli 1990)."""
    return _mean_and_deviation(plane)[1]


def sharpness(plane: Plane) -> float:
    """Variance of the Laplacian of luma on a scale of 0 to 255 (Pech-Pacheco et al. 2000); lower is blurrier."""
    laplacian = cv2.Laplacian(plane * np.float32(255), cv2.CV_32F)
    return _mean_and_deviation(np.asarray(laplacian, dtype=np.float32))[1] ** 2


def saturation(image: Image) -> float:
    """Mean of HSV's saturation, (max - min) / max over the channels, 0 to 1; 0 for grey pictures."""
    if image.ndim == 2:
        return 0.0
    blue, green, red = cv2.split(image)[:3]
    highest = cv2.max(cv2.max(blue, green), red)
    lowest = cv2.min(cv2.min(blue, green), red)
    # Black has no saturation: nothing divided by one.
    divisor = cv2.max(highest, 1)
    return float(cv2.mean(cv2.divide(cv2.subtract(highest, lowest), divisor, dtype=cv2.CV_32F))[0])


def measure_image(image: Image) -> dict[str, float]:
    """All of the above by name."""
    plane = luma(image)
    return {
        "image_brightness": brightness(plane),
        "image_contrast": contrast(plane),
        "image_sharpness": sharpness(plane),
        "image_saturation": saturation(image),
    }


def _mean_and_deviation(plane: Plane) -> tuple[float, float]:
    mean, deviation = cv2.meanStdDev(plane)
    return float(mean[0, 0]), float(deviation[0, 0])
