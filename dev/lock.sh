#!/usr/bin/env bash
# Resolves the locks from the pyproject files: requirements.lock for development, and what images
# carry, in the same versions. Locks hold versions and hashes, no download address.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${1:-.venv/tools/bin/uv}
own=()
for folder in libs/* services/* deploy/setup; do own+=(--no-emit-package "atiende-$(basename "$folder")"); done
compile=("$uv" pip compile -q --generate-hashes --python-version 3.11 "${own[@]}")
"${compile[@]}" --universal --group dev libs/*/pyproject.toml services/*/pyproject.toml deploy/setup/pyproject.toml -o requirements.lock
"${compile[@]}" -c requirements.lock libs/*/pyproject.toml services/*/pyproject.toml -o deploy/images/requirements.lock
"${compile[@]}" -c requirements.lock libs/*/pyproject.toml services/*/pyproject.toml deploy/setup/pyproject.toml \
  -o deploy/images/requirements-setup.lock
