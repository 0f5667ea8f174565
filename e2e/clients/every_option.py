"""Every optional argument of `monitor` that a version of the existing client has, then what was kept.

    python every_option.py HOST TOKEN ORGANIZATION DEPLOYMENT IMAGE

Prints one JSON object: the answers by step, and the listings.
"""

import inspect
import json
import sys
from importlib.metadata import version

from picsellia import Client
from picsellia.types.schemas_prediction import SegmentationPredictionFormat

host, api_token, organization_name, deployment_name, image_path = sys.argv[1:]

client = Client(api_token=api_token, organization_name=organization_name, host=host)
deployment = client.get_deployment(deployment_name)
major, minor = (int(number) for number in version("picsellia").split(".")[:2])


def outline(*corners):
    boxes = {"detection_boxes": [[0, 0, 50, 50]]} if (major, minor) <= (6, 20) else {}
    return SegmentationPredictionFormat(
        detection_classes=[0], detection_scores=[0.75], detection_masks=[[list(c) for c in corners]], **boxes
    )


champion = outline((10, 10), (60, 10), (60, 60), (10, 60))
shadow = outline((12, 12), (58, 12), (58, 58), (12, 58))
accepted = inspect.signature(deployment.monitor).parameters
answers = {}

answers["source and tags"] = deployment.monitor(
    image_path, 0.1, 800, 600, champion, source="camera-7", tags=["night", "line-3"]
)
answers["timestamp"] = deployment.monitor(image_path, 0.1, 800, 600, champion, timestamp=1700000000.5)
# The parameter was renamed: every name that this version has.
shadow_names = [name for name in ("shadow_raw_predictions", "shadow_prediction") if name in accepted]
for number, name in enumerate(shadow_names):
    answers[name] = deployment.monitor(
        image_path, 0.1, 800, 600, champion, shadow_latency=0.2 + number, **{name: shadow}
    )
if "model_version" in accepted:
    answers["model version"] = deployment.monitor(
        image_path,
        0.11,
        800,
        600,
        champion,
        model_version=deployment.get_model_version(),
        shadow_model_version=deployment.get_shadow_model(),
        shadow_latency=0.21,
        **{shadow_names[0]: shadow},
    )

datalake = client.get_datalake()
listed = {
    "all": datalake.list_data(),
    "both tags": datalake.list_data(tags=["night", "line-3"], intersect_tags=True),
    "either tag": datalake.list_data(tags=["night", "absent"]),
    "source": datalake.list_data(q='source.name = "camera-7"'),
    "default source": datalake.list_data(q='source.name = "serving"'),
    "newest first": datalake.list_data(limit=2, order_by=["-created_at"]),
}
first = listed["source"][0]
first.sync()
listed = {name: [str(data.id) for data in found] for name, found in listed.items()}
tags = sorted(tag.name for tag in first.get_tags())
first.download(target_path=sys.argv[5] + ".downloads")

print(json.dumps({"answers": answers, "listed": listed, "tags": tags, "source": first.get_datasource().name}))
