"""The package alone: light to import, and enough by itself."""

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"

ALONE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"vedette_server", "numpy", "cv2"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
"""


def run(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)


def test_importing_pulls_neither_numpy_nor_the_server_nor_http() -> None:
    heavy = "{'numpy', 'cv2', 'vedette_server', 'fastapi', 'httpx'}"
    done = run(f"import sys, vedette; print(sorted({heavy} & set(sys.modules)))")
    assert done.stdout.strip() == "[]", done.stderr


def test_it_works_where_nothing_else_is_installed() -> None:
    code = (
        ALONE + "import vedette; vedette.Client(api_token='vdt_x').close(); print(vedette.SegmentationPrediction([]))"
    )
    assert run(code).stdout.strip() == "SegmentationPrediction(0 objects)"
