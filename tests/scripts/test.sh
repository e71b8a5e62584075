#!/usr/bin/env bash
# Runs everything and says what it is doing: units, the API contract, and behaviour on a real cluster.
# CHATCLI_TEST_KUBECONFIG names a cluster to use; else the tests start their own, which is stopped at the end (KEEP=1: left running).
# SOAK=1 adds the long tests, those marked as ignored. usage: test.sh [argument of cargo test]...
set -euo pipefail
cd "$(dirname "$0")/../.."

begin=$SECONDS
say() { printf '\033[1m==> %s\033[0m  (%d min %02d s)\n' "$1" $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60)); }

cluster() { tests/cluster/cluster "$@"; }
was_running=false
if [ -z "${CHATCLI_TEST_KUBECONFIG:-}" ] && cluster status >/dev/null 2>&1; then was_running=true; fi

stop_own_cluster() {
  [ -z "${CHATCLI_TEST_KUBECONFIG:-}" ] && [ "$was_running" = false ] && [ -z "${KEEP:-}" ] || return 0
  say "stopping the cluster"
  cluster down
}
# also after Ctrl-C: bash runs the EXIT trap when it dies of a signal it traps
trap stop_own_cluster EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# makes the repositories that chatcli-source reads, and serves them
command -v git >/dev/null || tests/scripts/need.sh git

say "building the programs and the tests"
cargo build --workspace --bins --quiet
cargo test --workspace --no-run --quiet

say "testing; the first test that needs a cluster starts one"
# behaviour tests wait for the cluster more than they compute, so more of them than cores run at once; with many more, the API servers of the
# contract tests starve each other
long=()
[ -z "${SOAK:-}" ] || long=(-- --include-ignored)
RUST_TEST_THREADS="${RUST_TEST_THREADS:-4}" cargo test --workspace --no-fail-fast "$@" "${long[@]}"
