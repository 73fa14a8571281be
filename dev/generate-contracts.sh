#!/usr/bin/env bash
# Generates libs/contracts from proto/ (messages, stubs and their types). The output is committed; a test compares.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-libs/contracts/src}
bin=${VENV:-.venv}/bin
mkdir -p "$out"
find "$out" -name '*_pb2*.py*' -delete
mapfile -t protos < <(find proto/atiende -name '*.proto' | sort)
PATH="$bin:$PATH" "$bin/python" -m grpc_tools.protoc -Iproto --python_out="$out" --mypy_out="$out" --grpc_python_out="$out" --mypy_grpc_out="$out" "${protos[@]}"
find "$out/atiende" -type d -exec touch {}/__init__.py \;
touch "$out/atiende/py.typed"
