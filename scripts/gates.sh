#!/usr/bin/env bash
# House rules that a compiler does not know. Prints every offence; silent when there is none.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
failed=0

# forbid WHY PATTERN PLACE...: no line of a source file may match.
forbid() {
  local why=$1 pattern=$2
  shift 2
  if grep -rnE --include='*.swift' --include='*.c' --include='*.h' --include='*.sql' -- "$pattern" "$@"; then
    echo "gate: $why" >&2
    failed=1
  fi
}

forbid 'no full Foundation: FoundationEssentials at most' 'import +(class |struct |func )?Foundation( |$|\.)' Sources Tests
forbid 'no unfinished work' 'TODO|FIXME|XXX|unimplemented' Sources Tests
forbid 'tests wait for a condition, never for time' '\bu?sleep\(' Tests
forbid 'no call may block a thread of the pool' '(^|[^.[:alnum:]_])u?sleep\(' Sources
forbid 'no skipped test' '\.disabled\(|\.disabled\b' Tests
forbid 'only CatalogPod speaks HTTP: no server library elsewhere' \
  'import +(class |struct |func )?(Hummingbird|HTTPTypes|NIO|_NIO|ServiceLifecycle)' \
  $(ls -d Sources/* | grep -v '^Sources/CatalogPod$') Tests
forbid 'nobody outside imports us: package, not public' '^ *public ' Sources Tests/TestSupport

while read -r lines file; do
  [ "$file" = total ] && continue
  if [ "$lines" -gt 400 ]; then
    echo "$file: $lines lines"
    echo 'gate: one idea a file, at most 400 lines' >&2
    failed=1
  fi
done < <(git ls-files -z Sources Tests Benchmarks scripts | grep -zE '\.(swift|c|h|sql|py|sh)$' | xargs -0 wc -l)

# A check by name would prove nothing: the compiler lists every unchecked promise, each must say why.
while IFS=: read -r file line _; do
  if ! sed -n "$((line - 1)),${line}p" "$file" | grep -q '//'; then
    echo "$file:$line"
    echo 'gate: @unchecked Sendable and nonisolated(unsafe) need a reason beside them' >&2
    failed=1
  fi
done < <(grep -rnE --include='*.swift' '@unchecked Sendable|nonisolated\(unsafe\)' Sources Tests || true)

# A target that nobody described is a room without a door plate.
for target in Sources/*/; do
  name=$(basename "$target")
  if ! grep -qE "^\\| ([A-Za-z0-9, ]*, )?$name(,[A-Za-z0-9, ]*)? \\|" docs/architecture.md; then
    echo "gate: docs/architecture.md says nothing about target $name" >&2
    failed=1
  fi
done

exit "$failed"
