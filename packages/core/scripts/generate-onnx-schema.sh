#!/usr/bin/env bash
# Generates src/backends/onnx/schema/onnx_pb.{js,d.ts}: the messages of onnx.proto for @bufbuild/protobuf.
#
#   python -m venv .venv && .venv/bin/pip install onnx==1.23.1
#   PYTHON=.venv/bin/python packages/core/scripts/generate-onnx-schema.sh
#
# Source: the descriptor of onnx/onnx-ml.proto as the Python package onnx 1.23.1 carries it (Apache-2.0,
# https://github.com/onnx/onnx). It holds names, numbers and types of fields, and no comments.
set -euo pipefail
schema=$(cd "$(dirname "${BASH_SOURCE[0]}")/../src/backends/onnx/schema" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"${PYTHON:-python3}" - <<'PY'
import onnx
from google.protobuf import descriptor_pb2
from onnx import onnx_ml_pb2

assert onnx.__version__ == "1.23.1", f"expected onnx 1.23.1, got {onnx.__version__}"
files = descriptor_pb2.FileDescriptorSet()
onnx_ml_pb2.DESCRIPTOR.CopyToProto(files.file.add())
with open("onnx.binpb", "wb") as file:
    file.write(files.SerializeToString())
PY

cat >buf.gen.yaml <<'YAML'
version: v2
plugins:
  - local: protoc-gen-es
    out: out
    opt: [target=js+dts, import_extension=js]
YAML
npx -y -p @bufbuild/buf@1.75.0 -p @bufbuild/protoc-gen-es@2.17.0 -p @bufbuild/protobuf@2.17.0 \
  buf generate onnx.binpb
cp out/onnx/onnx-ml_pb.js "$schema/onnx_pb.js"
cp out/onnx/onnx-ml_pb.d.ts "$schema/onnx_pb.d.ts"
echo "generated; format with pnpm format"
