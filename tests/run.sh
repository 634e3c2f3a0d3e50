#!/usr/bin/env bash
# Builds with warnings as errors and runs every test. Needs the .NET 10 SDK; installs what else is missing. The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
unset BFL_API_KEY OPENAI_API_KEY FRAMEGATE_CLIENT_KEY ASPNETCORE_URLS

need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null && return 0
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -q >/dev/null && $sudo apt-get install -y -q "$2" >/dev/null
}
for tool in "ffprobe ffmpeg" "node nodejs" "npm npm" "redis-server redis-server" "chromium chromium"; do
  # shellcheck disable=SC2086
  need $tool || { echo "${tool% *} is needed and could not be installed"; echo "0 passed, 1 failed"; exit 1; }
done

if ! dotnet build Proxy.sln -warnaserror -v quiet -clp:NoSummary; then
  echo "The build failed."
  echo "0 passed, 1 failed"
  exit 1
fi

passed=0 failed=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  dotnet test "$project" --no-build --nologo -v quiet --blame-hang-timeout 5m \
    --results-directory "$results/$name" --logger "trx;LogFileName=$name.trx" || echo "== $name has failures"
  counters=$(grep -o '<Counters [^>]*>' "$results/$name/$name.trx" 2>/dev/null | head -1)
  if [ -z "$counters" ]; then
    echo "== $name left no results"
    failed=$((failed + 1))
    continue
  fi
  count() { sed -E "s/.*[[:space:]]$1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count total) - $(count passed)))
done

echo "== The vendors' own clients (npm)"
(cd tests/sdk && npm ci --loglevel=error && node --test --test-concurrency=1 --test-reporter=tap) >"$results/sdk.tap" 2>&1
grep -E -A 12 '^ +not ok' "$results/sdk.tap" | cut -c1-300
sdk() { grep -oE "^# $1 [0-9]+" "$results/sdk.tap" | grep -oE '[0-9]+' || true; }
if [ -n "$(sdk pass)" ]; then
  passed=$((passed + $(sdk pass)))
  failed=$((failed + $(sdk fail)))
else
  tail -20 "$results/sdk.tap"
  failed=$((failed + 1))
fi

echo "== The console in Chromium (npm)"
(cd clients/console && npm ci --loglevel=error && npx tsc && npx vite build --outDir "$results/console" --logLevel error && diff -r "$results/console" dist \
  && cd ../../tests/console && npm ci --loglevel=error && node --test --test-concurrency=1 --test-reporter=tap) >"$results/console.tap" 2>&1
grep -E -A 12 '^not ok' "$results/console.tap" | cut -c1-300
console() { grep -oE "^# $1 [0-9]+" "$results/console.tap" | grep -oE '[0-9]+' || true; }
if [ -n "$(console pass)" ]; then
  passed=$((passed + $(console pass)))
  failed=$((failed + $(console fail)))
else
  tail -20 "$results/console.tap"
  failed=$((failed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
