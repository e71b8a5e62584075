#!/usr/bin/env bash
# Makes what a release consists of, in target/dist: an archive per platform, their checksums, and the krew manifest, which krew's own
# validator judges. usage: dist.sh [PLATFORM...], such as linux_amd64; without one, this machine's.
# A platform's binary is taken from target/<triple>/release where it was built there (cross builds, CI), else built here.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${CARGO_TARGET_DIR:-target}
dist=$target/dist
version=v$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
base=${BASE_URL:-https://github.com/kubectl-chatcli/kubectl-chatcli/releases/download/$version}
krew=sigs.k8s.io/krew/cmd/validate-krew-manifest@v0.4.3

triple() {
  case $1 in
  linux_amd64) echo x86_64-unknown-linux-gnu ;;
  linux_arm64) echo aarch64-unknown-linux-gnu ;;
  darwin_amd64) echo x86_64-apple-darwin ;;
  darwin_arm64) echo aarch64-apple-darwin ;;
  windows_amd64) echo x86_64-pc-windows-msvc ;;
  *) echo "dist.sh: no platform $1; one of linux_amd64 linux_arm64 darwin_amd64 darwin_arm64 windows_amd64" >&2 && return 1 ;;
  esac
}

own() {
  case $(uname -s)_$(uname -m) in
  Linux_x86_64) echo linux_amd64 ;;
  Linux_aarch64) echo linux_arm64 ;;
  Darwin_x86_64) echo darwin_amd64 ;;
  Darwin_arm64) echo darwin_arm64 ;;
  *) echo "dist.sh: name the platform" >&2 && return 1 ;;
  esac
}

# The folder an archive is made of.
stage() {
  local platform=$1 name=kubectl-chatcli built folder=$dist/stage/$1
  [[ $platform != windows_* ]] || name=kubectl-chatcli.exe
  built=$target/$(triple "$platform")/release/$name
  if [[ ! -f $built && $platform == "$(own)" ]]; then
    built=$target/release/$name
    [[ -f $built ]] || cargo build --release -p kubectl-chatcli
  fi
  [[ -f $built ]] || { echo "dist.sh: $built is missing; build it: cargo build --release -p kubectl-chatcli --target $(triple "$platform")" >&2 && return 1; }
  rm -rf "$folder" && mkdir -p "$folder/completions" "$folder/man"
  cp "$built" LICENSE "$folder/"
  cp completions/kubectl_complete-chatcli "$folder/"
  cp completions/_kubectl-chatcli completions/_kubectl-chatcli.ps1 completions/kubectl-chatcli.bash completions/kubectl-chatcli.fish "$folder/completions/"
  cp docs/man/*.1 "$folder/man/"
  echo "$folder"
}

# Same content, same bytes: names sorted, one time, no owner.
pack() {
  local platform=$1 folder=$2 archive
  if [[ $platform == windows_* ]]; then
    archive=kubectl-chatcli_$platform.zip
    (cd "$folder" && find . -exec touch -d @0 {} + && find . -type f | LC_ALL=C sort | zip -X -q "../../$archive" -@)
  else
    archive=kubectl-chatcli_$platform.tar.gz
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$folder" -cf - . | gzip -n -9 >"$dist/$archive"
  fi
  echo "$archive"
}

# The manifest with checksums; platforms without an archive are left out.
manifest() {
  awk -v version="$version" -v base="$base" -v sums="$dist/checksums.txt" '
    BEGIN { while ((getline line < sums) > 0) { split(line, part, "  "); name = part[2]; sub(/^kubectl-chatcli_/, "", name); sub(/\..*/, "", name); sum[name] = part[1] } }
    /^ *- selector:/ { if (block != "") flush(); block = "" }
    { gsub(/\{\{version\}\}/, version); gsub(/\{\{base\}\}/, base) }
    /\{\{sha256 / { name = $0; sub(/.*\{\{sha256 /, "", name); sub(/\}\}.*/, "", name); known = (name in sum); gsub(/\{\{sha256 [a-z0-9_]*\}\}/, sum[name]) }
    started || /^ *- selector:/ { started = 1; block = block $0 "\n"; next }
    { print }
    END { flush() }
    function flush() { if (known) printf "%s", block; known = 0 }
  ' manifests/krew/chatcli.yaml
}

mkdir -p "$dist"
rm -f "$dist"/kubectl-chatcli_* "$dist/checksums.txt"
platforms=("$@")
[[ ${#platforms[@]} -gt 0 ]] || platforms=("$(own)")
for platform in "${platforms[@]}"; do
  archive=$(pack "$platform" "$(stage "$platform")")
  (cd "$dist" && sha256sum "$archive" >>checksums.txt)
done
manifest >"$dist/chatcli.yaml"
go run "$krew" -manifest "$dist/chatcli.yaml" -skip-install
cat "$dist/checksums.txt"
