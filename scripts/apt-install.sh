#!/usr/bin/env bash
# Installs Debian packages without starting, stopping or creating any service. Run as root by deps.sh.
#
# usage: apt-install.sh PACKAGE...
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
policy=/usr/sbin/policy-rc.d
settings=/etc/postgresql-common/createcluster.conf
install=(apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 -qq)

# Package scripts ask this program before they start a service (invoke-rc.d(8)); an administrator's own one stays.
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

apt-get update -qq
for package in "$@"; do
  [ "$package" = postgresql ] || continue
  # The server's package makes and starts a cluster of its own unless this file, which comes with
  # postgresql-common, says no.
  "${install[@]}" postgresql-common
  sed -i '/^[# ]*create_main_cluster *=/d' "$settings"
  echo 'create_main_cluster = false' >>"$settings"
done
"${install[@]}" "$@"
