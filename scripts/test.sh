#!/usr/bin/env bash
# Runs all tests in a temporary directory of their own, then searches what they and the programs they started wrote
# for secrets. Succeeds when all tests do and no secret is found; the tests' own summary is the last line printed. What
# failed is told once more before it, because of a long log often only the end is kept.
#
# usage: test.sh [ARGUMENT OF swift test]...
#
# Leaves the logs in .build/test-logs.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

logs=$PWD/.build/test-logs
parent=${TMPDIR:-/tmp}
rm -rf "$logs"
mkdir -p "$logs"
# What a run left that was killed with SIGKILL, a day later, when it is certainly nobody's any more.
find "$parent" -maxdepth 1 -name 'bundletop-run-*' -user "$(id -u)" -mtime +1 -exec rm -rf {} + 2>/dev/null
TMPDIR=$(mktemp -d "$parent/bundletop-run-XXXXXX") || exit
export TMPDIR BUNDLETOP_TEST_LOGS=$logs
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# Servers of other users must get to their own directories in it.
chmod 711 "$TMPDIR"

# The last line waits for the search.
swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 4 "$@" 2>&1 |
  tee "$logs/swift-test.log" | sed -u '$d'
status=${PIPESTATUS[0]}
scripts/secret-scan.sh "$logs" "$TMPDIR" || status=$((status == 0 ? 1 : status))
if [ "$status" != 0 ]; then
  # Each issue with the first lines that it was told with, neither of them endless.
  awk '/^✘ .* recorded an issue/ { left = 4 } /^(✔|◇|✘ (Test|Suite) .* failed after)/ { left = 0 } left-- > 0' \
    "$logs/swift-test.log" | cut -c 1-1000 | head -n 50
fi
tail -n 1 "$logs/swift-test.log"
exit "$status"
