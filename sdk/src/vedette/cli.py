"""The `vedette` command. It belongs to the SDK's wheel; what it runs belongs to the server's."""

import importlib
import importlib.util
import sys
from importlib.metadata import version

NEEDS_SERVER = """\
vedette {version}, the SDK alone.

`vedette {command}` needs the server, which is not installed here:

    pip install vedette-server
"""


def main() -> None:
    """Hand over to the server's commands, or say what to install and exit with 2."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"vedette {version('vedette')}")
        return
    if importlib.util.find_spec("vedette_server") is None:
        command = sys.argv[1] if len(sys.argv) > 1 else "up"
        print(NEEDS_SERVER.format(version=version("vedette"), command=command), end="", file=sys.stderr)
        raise SystemExit(2)
    # By name: the SDK's sources never import the server's.
    importlib.import_module("vedette_server.cli").main()
