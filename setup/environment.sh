#!/usr/bin/env bash
# Makes .venv with what running needs, and both distributions from this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.uv/bin/uv

# One virtual environment, kept between runs; a broken one is made anew.
.venv/bin/python -c '' 2>/dev/null || "$uv" venv --quiet --clear --python "$(cat .uv/python)" .venv
# Compiled now, every start after this one is quick.
"$uv" pip install --quiet --compile-bytecode --require-hashes -r requirements/runtime.txt
"$uv" pip install --quiet --no-deps --no-build-isolation -e sdk -e server
