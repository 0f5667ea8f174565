/** The first prediction, in three ways, ready to paste. */

import type { Deployment } from "./api/client";

export interface Snippet {
  name: string;
  code: string;
}

const quoted = (text: string): string => JSON.stringify(text);

export function createDeploymentSnippet(host: string, token: string): string {
  return `from vedette import Client

client = Client(api_token=${quoted(token)}, host=${quoted(host)})
client.create_deployment("my-model", type="SEGMENTATION", labels=["cat", "dog"])`;
}

const OUTLINE = "[[200, 200], [250, 200], [250, 250], [200, 250]]";

export function firstPredictionSnippets(
  deployment: Pick<Deployment, "name" | "id">,
  host: string,
  token: string,
  organization: string,
): Snippet[] {
  const name = quoted(deployment.name);
  return [
    {
      name: "Python",
      code: `from vedette import Client, SegmentationPrediction

client = Client(api_token=${quoted(token)}, host=${quoted(host)})
prediction = SegmentationPrediction(
    detection_classes=[0], detection_scores=[0.9],
    detection_masks=[${OUTLINE}])
client.get_deployment(${name}).monitor("image.png", latency=0.257, prediction=prediction)`,
    },
    {
      name: "curl",
      code: `curl ${host}/v1/deployments/${deployment.id}/predictions \\
  -H "Authorization: Bearer ${token}" \\
  -F image=@image.png \\
  -F 'prediction={"latency_seconds": 0.257, "prediction": {"objects": [
        {"class_id": 0, "score": 0.9, "parts": [
          {"outer": ${OUTLINE}}]}]}};type=application/json'`,
    },
    {
      name: "picsellia client",
      code: `from picsellia import Client
from picsellia.types.schemas_prediction import SegmentationPredictionFormat

client = Client(api_token=${quoted(token)},
                organization_name=${quoted(organization)}, host=${quoted(host)})
prediction = SegmentationPredictionFormat(
    detection_classes=[0],
    detection_scores=[0.9],
    detection_masks=[${OUTLINE}],
)
height, width = 800, 600  # of image.png, in pixels
client.get_deployment(${name}).monitor("image.png", 0.257, height, width, prediction)`,
    },
  ];
}
