#!/usr/bin/env bash
# Makes .venv with what running needs, and both distributions from this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
# Named, or uv would install into whatever environment the caller has activated.
install=(.uv/bin/uv pip install --quiet --python .venv/bin/python)

# One virtual environment, kept between runs; a broken one is made anew.
.venv/bin/python -c '' 2>/dev/null || .uv/bin/uv venv --quiet --clear --no-project --python "$(cat .uv/python)" .venv
# Compiled now, every start after this one is quick.
"${install[@]}" --compile-bytecode --require-hashes -r requirements/runtime.txt
"${install[@]}" --no-deps --no-build-isolation -e sdk -e server
