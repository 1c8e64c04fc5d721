#!/usr/bin/env bash
# Takes a picture of a program that runs in a real terminal: xterm on a virtual X server.
#
# usage: screenshot.sh PICTURE.png COLUMNSxROWS COMMAND [KEY...]
#   COMMAND  one shell command, started in the terminal
#   KEY      xdotool's names, pressed one after the other: Down Return slash question
#   WAIT_FOR a shell command that succeeds when the picture may be taken (environment; asked for a minute at most),
#            instead of SETTLE seconds after the start and after the keys (default 1.5)
#
# Wide characters, box drawing, 256 and 24-bit colours come out right; colour emoji do not.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

if [ $# -lt 3 ]; then
  sed -n '4,8s/^# \{0,1\}//p' "$0" >&2
  exit 64
fi
picture=$1 size=$2 command=$3
shift 3

"$here/deps.sh" screenshot

title=screenshot-$$
display_file=$(mktemp)
server='' terminal=''
cleanup() {
  [ -z "$terminal" ] || kill "$terminal" 2>/dev/null || true
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait
  rm -f "$display_file"
}
trap cleanup EXIT

# until_true SECONDS WHAT COMMAND...
until_true() {
  local rounds=$(($1 * 20)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$rounds" -le 0 ]; then
      echo "screenshot.sh: $what" >&2
      exit 1
    fi
    rounds=$((rounds - 1))
    sleep 0.05
  done
}

# The server picks a free display itself and tells its number when it is ready.
Xvfb -displayfd 3 -screen 0 2400x1600x24 -nolisten tcp >/dev/null 2>&1 3>"$display_file" &
server=$!
until_true 20 'the X server does not start' test -s "$display_file"
DISPLAY=:$(tr -d '[:space:]' <"$display_file")
export DISPLAY LC_ALL=C.UTF-8

xterm -u8 -T "$title" -geometry "$size+0+0" +sb -b 6 -bw 0 \
  -fa 'DejaVu Sans Mono' -fs 11 -bg '#11151a' -fg '#d5dbe3' \
  -xrm 'XTerm*termName: xterm-256color' -xrm 'XTerm*directColor: true' -xrm 'XTerm*cursorBlink: false' \
  -xrm 'XTerm*disallowedWindowOps:' -xrm 'XTerm*faceNameDoublesize: Noto Sans Mono CJK JP' \
  -e /bin/bash -c "$command" >/dev/null 2>&1 &
terminal=$!
until_true 20 'the terminal does not appear' xdotool search --name "^$title\$"
window=$(xdotool search --name "^$title\$" | tail -n 1)

settle() {
  if [ -n "${WAIT_FOR:-}" ]; then
    until_true 60 'WAIT_FOR never succeeded' bash -c "$WAIT_FOR"
  else
    sleep "${SETTLE:-1.5}"
  fi
}

settle
# Without a window manager the keyboard belongs to the window below the pointer; keys *sent* to a window are ignored
# by xterm.
xdotool mousemove --window "$window" 20 20
for key in "$@"; do
  xdotool key "$key"
  sleep 0.15
done
[ $# -eq 0 ] || sleep "${SETTLE:-1.5}"
import -window "$window" "$picture"
