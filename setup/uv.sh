#!/usr/bin/env bash
# Puts uv, as a wheel, into .uv/, and writes the path of the Python that Vedette shall run on to .uv/python.
set -euo pipefail
cd "$(dirname "$0")/.."

# uv itself comes with any Python 3 of the last years. Debian's has no ensurepip, so it makes no whole environment,
# but may have pip.
way=
for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || continue
    "$python" -c 'import ensurepip, venv' 2>/dev/null && way=venv && break
    "$python" -m pip --version >/dev/null 2>&1 && way=pip && break
done
[ -n "$way" ] || ! command -v uv >/dev/null || way=link

rm -rf .uv
mkdir -p .uv/bin
export PIP_ROOT_USER_ACTION=ignore
locked=(--quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt)
case "$way" in
    venv) "$python" -m venv .uv && .uv/bin/python -m pip install "${locked[@]}" ;;
    pip) "$python" -m pip install --target .uv/lib "${locked[@]}" && ln -s ../lib/bin/uv .uv/bin/uv ;;
    link) ln -s "$(command -v uv)" .uv/bin/uv ;;
    *)
        echo "Vedette needs Python 3.11 to 3.14 with venv or pip. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
        ;;
esac

# Newer ones have no wheels of some libraries yet.
if ! found=$(.uv/bin/uv python find --system --no-project '>=3.11,<3.15'); then
    echo "Vedette needs Python 3.11 to 3.14 and none is here; \`.uv/bin/uv python install 3.14\` brings one." >&2
    exit 1
fi
echo "$found" > .uv/python
