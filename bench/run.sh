#!/usr/bin/env bash
# Builds Release and measures. Usage: bash bench/run.sh [all | scenario [number]]... [--rounds N] [--seconds N]
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in "wrk wrk" "nginx nginx-light"; do
  command -v "${tool% *}" >/dev/null && continue
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq && $sudo apt-get install -y -qq "${tool#* }"
done
log=$(dotnet build bench/Bench.csproj -c Release --nologo -v quiet) || { echo "$log"; exit 1; }
exec dotnet bench/bin/Release/net10.0/Framegate.Bench.dll run "$@"
