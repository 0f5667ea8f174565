"""Every setting is documented, and the documentation says nothing else."""

import re
from pathlib import Path

from vedette_server.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_every_setting_is_documented_as_it_is() -> None:
    documented = dict(re.findall(r"^\| `(VEDETTE_\w+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE))
    expected = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        expected[f"VEDETTE_{name.upper()}"] = f"{default} | {field.description}"
    assert documented == expected
