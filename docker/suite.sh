#!/bin/sh
# What the suite's image does: test, bench, parity, generate, swarm or kubernetes, each followed by settings such as
# PROFILE=quick, as make takes them. Any other word is a command of shootout.
set -u
shootout=/suite/bin/shootout
program=/suite/bin/framework-shootoutPackageTests.xctest
checkout=/host/compose.yaml
shared=/run/shootout
# What measures, verifies and decides. Their other tests need the sources, Python or a file system of the host.
units='^(Text|Histogram|Statistics|WireFormats|LoadEngine|Machine|Results|Gate|Reports)Tests[.]'
needing_more='ImportTests|LoadOutputTests/unwritable'

refuse() {
  printf 'shootout: %s\n' "$1" >&2
  exit 2
}

# As a service of compose.yaml: results belong to whoever the checkout belongs to, and so does this process. Where the engine
# had to make the folder for them, it is root's.
if [ "$(id -u)" = 0 ] && [ -e $checkout ] && [ "$(stat -c %u $checkout)" != 0 ]; then
  owner=$(stat -c %u:%g $checkout)
  [ "$(stat -c %u /results)" != 0 ] || chown "$owner" /results
  exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --clear-groups "$0" "$@"
fi

word=${1:-bench}
[ $# = 0 ] || shift

# Settings after one of our own words, as make takes them.
settings() {
  for setting in "$@"; do
    case $setting in
    PROFILE=* | FRAMEWORKS=* | SCENARIOS=* | CONNECTIONS=* | STRICT=* | URLS=* | COORDINATOR=*)
      # As make hands them on, so that a message says the name that was typed.
      export "SHOOTOUT_$setting" "${setting?}" MAKELEVEL=1
      [ "${setting%%=*}" != URLS ] || export SHOOTOUT_DEPLOYMENT=external
      ;;
    SHOOTOUT_[A-Z]*=*) export "${setting?}" ;;
    *) refuse "'$setting' is no setting of $word; right would be PROFILE=quick FRAMEWORKS=a,b SCENARIOS=a,b CONNECTIONS=50" ;;
    esac
  done
}

# Something has to be there to be measured, and nobody else may measure it.
servers() {
  if [ "${SHOOTOUT_DEPLOYMENT-}" = compose ] && [ -r $shared/password ]; then
    exec 9<$shared/password
    flock --nonblock 9 || refuse 'another run measures these servers; wait until it has ended'
  elif [ -z "${SHOOTOUT_URLS-}" ]; then
    refuse "this container has no servers to measure; right would be, in a clone of the repository: \
docker compose run --rm suite $word (or URLS=NAME=http://host:port after $word)"
  fi
}

# Results have a place.
new_run() {
  folder=${SHOOTOUT_RESULTS_ON_HOST:-${SHOOTOUT_RESULTS:-results}}
  [ -w "${SHOOTOUT_RESULTS:-/results}" ] ||
    refuse "the folder $folder cannot be written by $(id -u):$(id -g); right would be one that belongs to the owner of the clone"
  run=$($shootout new-run) || exit
}

# What is left for the user to do. Compose does not stop what it has started for this container.
farewell() {
  [ "${SHOOTOUT_DEPLOYMENT-}" != compose ] || echo 'the servers stay up for the next run; to stop them: docker compose down'
}

# Runs the tests whose names match, with further options of the test program. A signal to this shell is one to the tests:
# what was measured until then is kept.
tests() {
  filter=$1
  shift
  $program --testing-library swift-testing --quiet --filter "$filter" "$@" &
  tests=$!
  trap 'kill -TERM $tests 2>/dev/null' HUP INT TERM
  wait $tests
  ended=$?
  # Interrupted before they had ended.
  while [ $ended -gt 128 ] && kill -0 $tests 2>/dev/null; do
    wait $tests
    ended=$?
  done
  trap '' HUP INT TERM
  return $ended
}

case $word in
bench) # compare the answers, measure, and report
  settings "$@"
  servers
  export SHOOTOUT_PROFILE="${SHOOTOUT_PROFILE:-quick}"
  new_run
  tests 'Parity|Counts|Perf' --skip 'ParityTests/[A-Z]' --attachments-path "$run/attachments"
  measured=$?
  $shootout report "$run" && (exit $measured)
  measured=$?
  farewell
  exit $measured
  ;;
generate) # measure as one of several; the coordinator has the report
  settings "$@"
  servers
  export SHOOTOUT_PROFILE="${SHOOTOUT_PROFILE:-quick}"
  : "${SHOOTOUT_COORDINATOR:?names no coordinator; right would be host:port}"
  new_run
  tests Perf --attachments-path "$run/attachments"
  # Who had a part in the run is done: the coordinator rules on it. Who could not begin may be started again.
  [ -s "$run/attachments/manifest.json" ]
  ;;
parity)
  settings "$@"
  servers
  tests Parity --skip 'ParityTests/[A-Z]'
  ended=$?
  farewell
  exit $ended
  ;;
test) # the unit tests that need no more than the image, then those that need servers, at PROFILE=smoke
  settings "$@"
  servers
  tests "$units" --skip "$needing_more" && tests 'Parity|Counts|Perf' --skip 'ParityTests/[A-Z]'
  ended=$?
  farewell
  exit $ended
  ;;
swarm | kubernetes) # print the file for docker stack deploy, or the manifests for kubectl
  SHOOTOUT_DEPLOYMENT=docker exec $shootout compose "--$word"
  ;;
compare | baseline | count)
  refuse "$word is for a suite that starts the servers, as this container cannot; right would be, with Swift: make $word"
  ;;
-* | help)
  exec $shootout "$word" "$@"
  ;;
*)
  $shootout help "$word" >/dev/null 2>&1 ||
    refuse "'$word' is neither bench, test or parity nor a command of shootout, which are listed by: help"
  exec $shootout "$word" "$@"
  ;;
esac
