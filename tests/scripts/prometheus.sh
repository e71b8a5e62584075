#!/usr/bin/env bash
# Prints the path of a Prometheus: the installed one, else Debian's, unpacked into the user's cache. Nothing is installed or started.
set -euo pipefail

if command -v prometheus; then exit 0; fi
cache="${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-chatcli/prometheus"
program="$cache/usr/bin/prometheus"
if [ ! -x "$program" ]; then
  command -v apt-get >/dev/null || {
    echo "error: no prometheus in PATH" >&2
    echo "hint: install it: https://prometheus.io/download" >&2
    exit 1
  }
  echo "prometheus: downloading Debian's package (19 MB)" >&2
  making=$(mktemp -d)
  trap 'rm -rf "$making"' EXIT
  (cd "$making" && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; }) >&2 2>"$making/said" || {
    cat "$making/said" >&2
    exit 1
  }
  dpkg -x "$making"/prometheus_*.deb "$making/unpacked"
  mkdir -p "$(dirname "$cache")"
  # another test may have been faster
  mv -T "$making/unpacked" "$cache" 2>/dev/null || [ -x "$program" ]
fi
echo "$program"
