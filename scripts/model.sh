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
began=$SECONDS

# scenario NAME -> what bounds it, for the model's choose_scenario; each is searched to the end.
scenario() {
  case $1 in
  pods) echo FAULTS=2 ;;
  jobs) echo ENQUEUES=2 FAULTS=1 ;;
  returns) echo RETURNS=1 ;;
  earlier) echo EARLIER=1 ;;
  samepod) echo SAME_POD=1 RETURNS=1 ;;
  cancel) echo CANCELS=1 RETURNS=1 ;;
  retry) echo ENQUEUES=2 RETRIERS=1 FAULTS=0 ;;
  retriers) echo RETRIERS=2 FAULTS=0 ;;
  live) echo FAULTS=1 ;;
  poison) echo POISON=1 FAULTS=0 ;;
  esac
}
scenarios='pods jobs returns earlier samepod cancel retry retriers live poison'

# build safety|live intact|broken: makes pan in a folder of its own, because spin and pan write files where they are.
build() {
  local folder=$work/$1.$2 options=() compile=(-O1 -w -DCOLLAPSE -DMEMLIM=3000)
  [ "$2" = broken ] || options+=(-DINTACT)
  if [ "$1" = live ]; then options+=(-DLIVE) compile+=(-DNFAIR=3); else compile+=(-DSAFETY); fi
  mkdir -p "$folder"
  cp "$model"/*.pml "$folder"
  (cd "$folder" && spin "${options[@]}" -a lease.pml >spin.log 2>&1 && gcc "${compile[@]}" -o pan pan.c) ||
    { cat "$folder/spin.log" >&2; return 1; }
}

# run SCENARIO MUTATION EXPECTED: one row of the table. MUTATION 0: intact, nothing may fail.
run() {
  local what=${4//\`/\"}
  local kind=broken search=safety flags=(-m1000000) folder out states seconds found verdict=ok began
  [ "$2" = 0 ] && kind=intact
  case $1 in live | poison) search=live flags+=(-a -f -A) ;; esac
  folder=$work/$search.$kind
  out=$folder/out.$1.$2
  mkdir -p "$folder/run.$1.$2"
  began=$(date +%s%N)
  # shellcheck disable=SC2046  # several settings
  (cd "$folder/run.$1.$2" && env BREAK="$2" $(scenario "$1") nice ../pan "${flags[@]}") >"$out" 2>&1 || true
  seconds=$((($(date +%s%N) - began) / 100000000))
  states=$(sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' "$out")
  if grep -q 'acceptance cycle' "$out"; then
    found=everyJobEnds
  elif grep -q 'assertion violated' "$out"; then
    found=$(sed -nE 's/.*assertion violated \(?\(?([A-Za-z]+)(\|\||[ )]).*/\1/p' "$out" | head -1)
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
    $((seconds / 10)) $((seconds % 10)) "$verdict" "$what"
  [ "$verdict" = ok ]
}

search_of() { case $1 in live | poison) echo live ;; *) echo safety ;; esac; }
chosen() { [ "$only" = '  ' ] || [[ $only = *" $1 "* ]]; }

wanted=()
builds=()
for name in $scenarios; do
  chosen "$name" && { wanted+=("$name 0 nothing the protocol as it is"); builds+=("$(search_of "$name") intact"); }
done
while read -r number name property what; do
  chosen "$number" && { wanted+=("$name $number $property $what"); builds+=("$(search_of "$name") broken"); }
done < <(grep -v '^#' "$model/mutations.txt")
[ ${#wanted[@]} -gt 0 ] || { echo "model.sh: nothing is called$only" >&2; exit 64; }

export -f scenario build run
export work model
printf '%s\n' "${builds[@]}" | sort -u | xargs -P 2 -L 1 bash -euo pipefail -c 'build "$@"' build
printf '%-8s %4s  %-20s %-20s %9s %7s\n' scenario no. expected found states seconds
failed=0
printf '%s\n' "${wanted[@]}" | tr '"' '`' |
  xargs -P 2 -d '\n' -I{} bash -uo pipefail -c 'read -r a b c d <<<"$1"; run "$a" "$b" "$c" "$d"' run {} || failed=1
[ "$failed" = 0 ] || { echo 'model: a property fails, or a broken guard stays unnoticed' >&2; exit 1; }
echo "model: ${#wanted[@]} searches, all as expected, $((SECONDS - began)) s"
