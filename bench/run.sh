#!/usr/bin/env bash
# Builds Release and measures. Usage: bash bench/run.sh [all | scenario [number]]... [--rounds N] [--seconds N]
#                                  or: bash bench/run.sh micro [arguments of BenchmarkDotNet]
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in "wrk wrk" "nginx nginx-light"; do
  command -v "${tool% *}" >/dev/null && continue
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq && $sudo apt-get install -y -qq "${tool#* }"
done
log=$(dotnet build bench/Bench.csproj -c Release --nologo -v quiet) || { echo "$log"; exit 1; }
if [ "${1:-}" = micro ]; then
  # Garbage is collected as in the program; methods are compiled in full at once, since the background compiler lags on a busy machine.
  export DOTNET_gcServer=0 DOTNET_gcConcurrent=0 DOTNET_TieredCompilation=0
else
  set -- run "$@"
fi
exec dotnet bench/bin/Release/net10.0/Framegate.Bench.dll "$@"
