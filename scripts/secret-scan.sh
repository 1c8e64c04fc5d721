#!/usr/bin/env bash
# Searches what a test run wrote for secrets: 0 when there are none, 1 and the places when there are.
#
# usage: secret-scan.sh FOLDER...
#
# Every secret of a local server or of a test begins with SKcanary; see randomSecret() in Sources/LocalStack. Servers
# of others are searched too: rclone and Postgres do not log requests, and Swift's and moto's request logs, which
# would hold signed URLs, are off. Only the places are printed, since the finds are secrets.
set -uo pipefail

found=$(grep -rlaE \
  -e 'SKcanary' \
  -e 'X-Amz-Signature=[0-9a-f]{64}' \
  -e 'AWS4-HMAC-SHA256 Credential=' \
  -e 'X-Amz-Security-Token=' \
  -- "$@")
case $? in
0)
  echo 'Secrets were written to:'
  sed 's/^/  /' <<<"$found"
  exit 1
  ;;
1)
  echo "No secret in $(find "$@" -type f | wc -l) logs and files of the run."
  ;;
*)
  echo 'The search for secrets failed.'
  exit 1
  ;;
esac
