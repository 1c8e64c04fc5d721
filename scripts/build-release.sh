#!/usr/bin/env bash
# Builds programs into .build/release: optimised, stripped by the linker, Swift's library linked in.
#
# usage: build-release.sh [PROGRAM...]; without any, the two that are shipped
#
# SwiftPM would take the commit for --version from its cache of an earlier run; so it is told to have none.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

# The linker remarks that Swift's own static library uses mktemp(3). Nothing else is dropped.
without_remark() {
  awk '
    /: in function .*:$/ { held = held $0 "\n"; next }
    /warning: the use of .mktemp. is dangerous, better use .mkstemp. or .mkdtemp./ { held = ""; next }
    { printf "%s", held; held = ""; print; fflush() }
    END { printf "%s", held }'
}

[ $# -gt 0 ] || set -- bundletop bundlepod
for program in "$@"; do
  swift build --manifest-cache none -c release --static-swift-stdlib -Xlinker -s --product "$program" 2>&1 | without_remark
done
