#!/usr/bin/env bash
# Resolves requirements.lock from the pyproject files. The lock holds versions and hashes, no download address.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${1:-.venv/tools/bin/uv}
own=()
for folder in libs/* services/*; do own+=(--no-emit-package "atiende-$(basename "$folder")"); done
"$uv" pip compile -q --universal --generate-hashes --python-version 3.11 "${own[@]}" --group dev \
  libs/*/pyproject.toml services/*/pyproject.toml -o requirements.lock
