#!/usr/bin/env bash
# Makes the operator's container image from the release binaries: the operator, and the program that reads repositories for it. usage: image.sh NAME:TAG
# With a container engine the image lands there; without one it goes to the registry of the tests' cluster, which has to run.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=$1
release=${CARGO_TARGET_DIR:-target}/release

for engine in docker podman; do
  if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cp "$release/chatcli-operator" "$release/chatcli-source" "$folder/"
    # a base with glibc and nothing else; the binaries bring their own TLS
    printf '%s\n' 'FROM gcr.io/distroless/cc-debian12:nonroot' 'COPY chatcli-operator chatcli-source /' 'ENTRYPOINT ["/chatcli-operator"]' >"$folder/Dockerfile"
    exec "$engine" build --tag "$name" "$folder"
  fi
done
tests/cluster/cluster image build --from "$release/chatcli-operator" --from "$release/chatcli-source" --name "$name"
