#!/usr/bin/env bash
# Checks the job protocol in Tests/Model over every interleaving, then that breaking any of its guards is noticed.
#
# usage: model.sh [NAME...]    only these scenarios, or mutations by number
#
# Prints a table. Fails when a property fails, when a search was cut short, or when a broken guard stays unnoticed.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
model=$PWD/Tests/Model
only=" $* "
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# scenario NAME -> the options that bound it; each is searched to the end.
scenario() {
  case $1 in
  pods) echo -DFAULTS=2 ;;
  jobs) echo -DENQUEUES=2 -DFAULTS=1 ;;
  returns) echo -DRETURNS=1 ;;
  earlier) echo -DEARLIER=true ;;
  samepod) echo -DSAME_POD=true -DRETURNS=1 ;;
  cancel) echo -DCANCELS=1 ;;
  retry) echo -DENQUEUES=2 -DRETRIES=1 -DFAULTS=0 ;;
  live) echo -DLIVE ;;
  poison) echo -DLIVE -DPOISON -DFAULTS=0 ;;
  esac
}
scenarios='pods jobs returns earlier samepod cancel retry live poison'

# build SCENARIO intact|broken: makes pan in a folder of its own, because spin and pan write files where they are.
build() {
  local folder=$work/$1.$2 options compile=(-O2 -w -DCOLLAPSE -DMEMLIM=3000)
  read -ra options <<<"$(scenario "$1")"
  if [ "$2" = intact ]; then options+=(-DINTACT); else compile[0]=-O0; fi
  case $1 in live | poison) compile+=(-DNFAIR=3) ;; *) compile+=(-DSAFETY) ;; esac
  mkdir -p "$folder"
  cp "$model"/*.pml "$folder"
  (cd "$folder" && spin "${options[@]}" -a lease.pml >spin.log && gcc "${compile[@]}" -o pan pan.c) ||
    { cat "$folder/spin.log" >&2; return 1; }
}

# run SCENARIO MUTATION EXPECTED: one row of the table. MUTATION 0: intact, nothing may fail.
run() {
  local kind=broken flags=(-m1000000) folder out states seconds found verdict=ok began
  [ "$2" = 0 ] && kind=intact
  case $1 in live | poison) flags+=(-a -f -A) ;; esac
  folder=$work/$1.$kind
  out=$folder/out.$2
  mkdir -p "$folder/run.$2"
  began=$(date +%s%N)
  (cd "$folder/run.$2" && BREAK=$2 nice ../pan "${flags[@]}") >"$out" 2>&1 || true
  seconds=$((($(date +%s%N) - began) / 100000000))
  states=$(sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' "$out")
  if grep -q 'acceptance cycle' "$out"; then
    found=everyJobEnds
  elif grep -q 'assertion violated' "$out"; then
    found=$(sed -nE 's/.*assertion violated \(\(?([A-Za-z]+)\|\|.*/\1/p' "$out" | head -1)
    found=${found:-an-assertion}
  elif grep -qE 'errors: [1-9]' "$out"; then
    found=$(grep -m1 '^pan:1:' "$out" | cut -c8-40)
  elif ! grep -q 'errors: 0' "$out" || grep -qE 'max search depth too small|Search not completed|out of memory' "$out"
  then
    found=cut-short
  else
    found=nothing
  fi
  [ "$found" = "$3" ] || verdict=FAILS
  printf '%-8s %4s  %-20s %-20s %9s %5s.%s  %-5s %s\n' "$1" "$2" "$3" "$found" "${states:-?}" \
    $((seconds / 10)) $((seconds % 10)) "$verdict" "$4"
  [ "$verdict" = ok ]
}

chosen() { [ "$only" = '  ' ] || [[ $only = *" $1 "* ]]; }

wanted=()
builds=()
for name in $scenarios; do
  chosen "$name" && { wanted+=("$name 0 nothing the protocol as it is"); builds+=("$name intact"); }
done
while read -r number name property what; do
  chosen "$number" && { wanted+=("$name $number $property $what"); builds+=("$name broken"); }
done < <(grep -v '^#' "$model/mutations.txt")
[ ${#wanted[@]} -gt 0 ] || { echo "model.sh: nothing is called$only" >&2; exit 64; }

export -f scenario build run
export work model
printf '%s\n' "${builds[@]}" | sort -u | xargs -P 2 -L 1 bash -euo pipefail -c 'build "$@"' build
printf '%-8s %4s  %-20s %-20s %9s %7s\n' scenario no. expected found states seconds
failed=0
printf '%s\n' "${wanted[@]}" | tr '"' "'" |
  xargs -P 2 -d '\n' -I{} bash -uo pipefail -c 'read -r a b c d <<<"$1"; run "$a" "$b" "$c" "$d"' run {} || failed=1
[ "$failed" = 0 ] || { echo 'model: a property fails, or a broken guard stays unnoticed' >&2; exit 1; }
echo "model: ${#wanted[@]} searches, all as expected"
