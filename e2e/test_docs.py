"""What the documentation tells people to type, typed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT, Server


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_page(server: Server, picture: Path) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "docs" / "curl.md").read_text(), re.DOTALL)
    assert len(blocks) == 5
    script = "set -euo pipefail\n" + "\necho\n".join(blocks)
    environment = {"HOST": server.url, "TOKEN": server.token, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], cwd=picture.parent, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    deployment = server.client.get_deployment("curl-example")
    kept = list(deployment.list_predictions())
    assert len(kept) == 3
    assert sorted(item.champion.object_count for item in kept) == [0, 1, 1]
    assert {item.size_bytes for item in kept} == {picture.stat().st_size}
    assert [item.source for item in kept].count("camera-1") == 1
