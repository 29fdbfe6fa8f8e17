#!/bin/sh
# Installs the Debian packages that one purpose needs and that are missing: demo (Postgres), test (demo's and the
# peers and tools the tests drive), prompts (the speech synthesiser). As root, or as a user who may use sudo.
# Usage: deploy/debian.sh demo|test|prompts
set -eu

purpose=${1:-demo}
case "$purpose" in
demo) packages="postgresql" ;;
test) packages="postgresql sip-tester baresip-core espeak-ng sox shellcheck chromium fonts-noto-cjk prometheus" ;;
prompts) packages="espeak-ng ffmpeg" ;;
*)
	echo "usage: $0 demo|test|prompts" >&2
	exit 2
	;;
esac

missing=""
for package in $packages; do
	state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
	case "$state" in ii*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "missing packages:$missing; ask an administrator for: apt-get install$missing" >&2
		exit 1
	fi
	as_root="sudo"
fi

echo "installing$missing"
# The program runs a private cluster of its own, so the package need not make and start one.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
	$as_root mkdir -p /etc/postgresql-common
	echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$as_root apt-get update -qq
case "$missing" in *prometheus*) had_none=yes ;; *) had_none="" ;; esac
# shellcheck disable=SC2086 # a list of words is meant
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
# Of Prometheus the tests use the checker only, so its service is not left running.
if [ -n "$had_none" ] && [ -d /run/systemd/system ]; then
	$as_root systemctl disable --now prometheus prometheus-node-exporter >/dev/null 2>&1 || true
fi
