#!/usr/bin/env bash
# Builds with warnings as errors and runs every test. Needs the .NET 10 SDK; installs what else is missing. The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
# Most programs here live for seconds: what they would learn from a profile costs a fifth of their start and comes too late.
export DOTNET_TieredPGO=0
unset BFL_API_KEY OPENAI_API_KEY FRAMEGATE_CLIENT_KEY ASPNETCORE_URLS

install() { # install PACKAGE...
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get install -y -q "$@" >/dev/null
}
# Without the first row nothing can be tested; without another of the second the tests that need it fail.
must=("ffprobe ffmpeg" "node nodejs" "npm npm" "redis-server redis-server" "chromium chromium")
also=("python3 python3" "prometheus prometheus" "pg_ctlcluster postgresql" "pgbouncer pgbouncer" "swift-proxy-server swift-proxy" "swift-account-server swift-account"
  "swift-container-server swift-container" "swift-object-server swift-object")
missing=()
for tool in "${must[@]}" "${also[@]}"; do
  command -v "${tool% *}" >/dev/null || missing+=("${tool#* }")
done
if [ ${#missing[@]} -gt 0 ]; then
  { [ "$(id -u)" = 0 ] && apt-get update -q || sudo apt-get update -q; } >/dev/null
  install "${missing[@]}" || for package in "${missing[@]}"; do install "$package" || echo "$package could not be installed"; done
fi
for tool in "${must[@]}"; do
  command -v "${tool% *}" >/dev/null || { echo "${tool% *} is needed and could not be installed"; echo "0 passed, 1 failed"; exit 1; }
done

# One compiler for all projects takes a third of the time of one for each; it ends with the build.
if ! dotnet build Proxy.sln -warnaserror -v quiet -clp:NoSummary -p:UseSharedCompilation=true; then
  echo "The build failed."
  echo "0 passed, 1 failed"
  exit 1
fi

passed=0 failed=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# The programs that the tests start hundreds of times are those that users install: compiled ahead, they start in half of the processor time.
if dotnet publish src/Proxy/Proxy.csproj -c Release -v quiet -clp:NoSummary -p:WithSandbox=true -p:RunAnalyzers=false -p:UseSharedCompilation=true -o "$results/programs"; then
  export PROGRAMS_UNDER_TEST="$results/programs"
else
  echo "Nothing could be compiled ahead; the tests start what was built."
fi
dotnet build-server shutdown --vbcscompiler >/dev/null

count() { sed -E "s/.*[[:space:]]$1=\"([0-9]+)\".*/\1/" <<<"$2"; }
dotnet_tests() { # dotnet_tests PROJECT [FILTER NAME]
  local name=${3:-$(basename "$1" .csproj)}
  dotnet test "$1" ${2:+--filter "$2"} --no-build --nologo -v quiet --blame-hang-timeout 5m \
    --results-directory "$results/$name" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" >"$results/$name.log" 2>&1
}
dotnet_results() { # dotnet_results NAME: counts what its tests have left
  local name=$1 counters
  echo "== $name"
  counters=$(grep -o '<Counters [^>]*>' "$results/$name/$name.trx" 2>/dev/null | head -1)
  if [ -z "$counters" ]; then
    tail -40 "$results/$name.log"
    echo "== $name left no results"
    failed=$((failed + 1))
    return
  fi
  grep -v "^Test run for\|matched the specified pattern\|^Results File" "$results/$name.log"
  passed=$((passed + $(count passed "$counters")))
  failed=$((failed + $(count total "$counters") - $(count passed "$counters")))
}
node_tests() { # node_tests NAME: counts what NAME.tap says
  local tap="$results/$1.tap" ok not_ok
  grep -E -A 12 '^ *not ok' "$tap" | cut -c1-300
  ok=$(grep -oE "^# pass [0-9]+" "$tap" | grep -oE '[0-9]+')
  not_ok=$(grep -oE "^# fail [0-9]+" "$tap" | grep -oE '[0-9]+')
  if [ -n "$ok" ]; then
    passed=$((passed + ok))
    failed=$((failed + not_ok))
  else
    tail -20 "$tap"
    failed=$((failed + 1))
  fi
}

# The programs' tests mostly wait, and so do the vendors' clients and then the console in a browser; the other tests run beside them. The heavy ones come last, in two halves
# of about equal length.
programs=tests/EndToEnd.Tests/EndToEnd.Tests.csproj
(
  (cd tests/sdk && npm ci --loglevel=error && node --test --test-concurrency=1 --test-reporter=tap) >"$results/sdk.tap" 2>&1
  (cd clients/console && npm ci --loglevel=error && npx tsc && npx vite build --outDir "$results/console" --logLevel error && diff -r "$results/console" dist \
    && cd ../../tests/console && npm ci --loglevel=error && node --test --test-concurrency=1 --test-reporter=tap) >"$results/console.tap" 2>&1
) &
(
  for project in tests/*.Tests/*.csproj; do
    [[ $project == *EndToEnd* ]] || dotnet_tests "$project"
  done
  dotnet_tests "$programs" 'Category=heavy&FullyQualifiedName!~.Restart.' EndToEnd.Heavy
) &
dotnet_tests "$programs" 'Category!=heavy' EndToEnd.Tests
dotnet_tests "$programs" 'Category=heavy&FullyQualifiedName~.Restart.' EndToEnd.Restart
wait

for project in tests/*.Tests/*.csproj; do
  dotnet_results "$(basename "$project" .csproj)"
done
dotnet_results EndToEnd.Heavy
dotnet_results EndToEnd.Restart

echo "== The vendors' own clients (npm)"
node_tests sdk

echo "== The console in Chromium (npm)"
node_tests console

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
