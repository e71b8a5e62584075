#!/usr/bin/env bash
# Makes the operator's container image from the release binary. usage: image.sh NAME:TAG
# With a container engine the image lands there; without one it goes to the registry of the tests' cluster, which has to run.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=$1
binary=${CARGO_TARGET_DIR:-target}/release/chatcli-operator

for engine in docker podman; do
  if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cp "$binary" "$folder/"
    # a base with glibc and nothing else; the binary brings its own TLS
    printf '%s\n' 'FROM gcr.io/distroless/cc-debian12:nonroot' 'COPY chatcli-operator /chatcli-operator' 'ENTRYPOINT ["/chatcli-operator"]' >"$folder/Dockerfile"
    exec "$engine" build --tag "$name" "$folder"
  fi
done
tests/cluster/cluster image build --from "$binary" --name "$name"
