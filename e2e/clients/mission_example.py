"""The described system's segmentation example, completed with the figures of its own text.

Run in an environment that holds one version of the existing client:

    python mission_example.py HOST TOKEN ORGANIZATION DEPLOYMENT IMAGE

Prints one JSON object: what `monitor` gave back.
"""

import json
import sys
from importlib.metadata import version

from picsellia import Client
from picsellia.types.schemas_prediction import SegmentationPredictionFormat

host, api_token, organization_name, deployment_name, image_path = sys.argv[1:]

client = Client(api_token=api_token, organization_name=organization_name, host=host)
deployment = client.get_deployment(deployment_name)

# Clients up to 6.20 want boxes beside the outlines.
major, minor = (int(number) for number in version("picsellia").split(".")[:2])
boxes = {"detection_boxes": [[200, 200, 250, 250]]} if (major, minor) <= (6, 20) else {}

# One shape of five points, class 1, score 0.9.
prediction = SegmentationPredictionFormat(
    detection_classes=[1],
    detection_scores=[0.9],
    detection_masks=[[[200, 200], [225, 200], [250, 250], [250, 225], [220, 220]]],
    **boxes,
)

# 0.257 seconds on a picture 600 wide and 800 high, in the order of the page's signature.
data = deployment.monitor(image_path, 0.257, 800, 600, prediction)

print(json.dumps(data))
