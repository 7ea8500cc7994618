#!/bin/sh
# What the suite's image does: bench, generate, parity, swarm or kubernetes; any other word is a command of shootout.
set -u
shootout=/suite/bin/shootout

tests() { # becomes the tests whose names match, with further options of the test program
  filter=$1
  shift
  exec /suite/bin/*PackageTests.xctest --testing-library swift-testing --filter "$filter" "$@"
}

# Measures into a run. A signal to this shell is one to the tests: what was measured until then is kept.
measure() {
  tests Perf --attachments-path "$1/attachments" &
  tests=$!
  trap 'kill -TERM $tests' HUP INT TERM
  wait $tests
  measured=$?
  # Interrupted before they had ended.
  [ $measured -le 128 ] || wait $tests
  trap '' HUP INT TERM
}

case ${1:-bench} in
bench) # measure, and report
  export SHOOTOUT_PROFILE="${SHOOTOUT_PROFILE:-quick}"
  run=$($shootout new-run) || exit
  measure "$run"
  $shootout report "$run" && exit $measured
  ;;
generate) # measure as one of several; the coordinator has the report
  export SHOOTOUT_PROFILE="${SHOOTOUT_PROFILE:-quick}"
  : "${SHOOTOUT_COORDINATOR:?names no coordinator; right would be host:port}"
  run=$($shootout new-run) || exit
  measure "$run"
  # Who had a part in the run is done: the coordinator rules on it. Who could not begin may be started again.
  [ -s "$run/attachments/manifest.json" ]
  ;;
parity)
  tests Parity
  ;;
swarm | kubernetes) # print the file for docker stack deploy, or the manifests for kubectl
  SHOOTOUT_DEPLOYMENT=docker exec $shootout compose "--$1"
  ;;
*)
  exec $shootout "$@"
  ;;
esac
