#!/usr/bin/env bash
# Puts uv, as a wheel, into .uv/ with whatever Python 3.11 or newer the machine has.
set -euo pipefail
cd "$(dirname "$0")/.."

for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "Vedette needs Python 3.11 or newer; none was found on the PATH." >&2
    exit 1
fi

rm -rf .uv
# Debian's python3 may come without ensurepip, and then makes no environments but may have pip.
if "$python" -m venv .uv >/dev/null 2>&1; then
    .uv/bin/python -m pip install --quiet --disable-pip-version-check uv
elif "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m pip install --quiet --disable-pip-version-check --target .uv/lib uv
    mkdir -p .uv/bin
    ln -s ../lib/bin/uv .uv/bin/uv
else
    echo "This Python has neither venv nor pip; on Debian: apt-get install python3-venv" >&2
    exit 1
fi
"$python" -c 'import sys; print(sys.executable)' > .uv/python
