#!/bin/sh
# Builds another commit beside this one and measures both by turns.
# Usage: deploy/bench/compare.sh COMMIT [flags of bench compare]
set -eu

base=${1:?"usage: $0 COMMIT [flags of bench compare]"}
shift
dir=$(mktemp -d)
cleanup() {
	git worktree remove --force "$dir/base" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
git worktree add --quiet --detach "$dir/base" "$base"
(cd "$dir/base" && go build -o "$dir/hotline-base" ./cmd/hotline)
go build -o "$dir/" ./cmd/hotline ./cmd/phones ./deploy/bench
"$dir/bench" --phones "$dir/phones" compare "$dir/hotline-base" "$dir/hotline" "$@"
