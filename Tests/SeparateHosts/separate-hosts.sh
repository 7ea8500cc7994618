#!/bin/bash
# Servers and generator on separate hosts, as far as one machine can have them: two network namespaces, first with a plain
# link between them, then with a slow one, then with one that loses packets. Shows whether the results say so. Needs root.
#   DELAY_MS=20 LOSS_PERCENT=2 SCENARIOS=ping,json Tests/SeparateHosts/separate-hosts.sh
set -euo pipefail
unset CDPATH
cd "$(dirname "$0")/../.."
shootout=$PWD/.build/debug/shootout
servers=shootout-servers-$$ generator=shootout-generator-$$
# The yardstick, and what is measured beside it: SERVER, or the first by its name.
reference=$(basename "$(dirname "$(grep -l '"role": *"reference"' docker/frameworks/*/framework.json)")")
server=${SERVER:-$(ls docker/frameworks | grep -vx "$reference" | head -1)}
port() { sed -n 's/.*"port": *\([0-9]*\).*/\1/p' "docker/frameworks/$1/framework.json"; }
delay=${DELAY_MS:-20} loss=${LOSS_PERCENT:-2}
link=''
# Beside a stack that may be up outside of the namespaces.
export SHOOTOUT_STATE=/var/tmp/framework-shootout-hosts-$$

[ "$(id -u)" = 0 ] || { echo 'separate-hosts needs root, to make network namespaces' >&2; exit 2; }
for program in ip iptables python3; do
  command -v $program >/dev/null || { echo "separate-hosts needs $program" >&2; exit 2; }
done

# While there is a way out: in a namespace no requirement can be installed.
SHOOTOUT_DEPLOYMENT=process SHOOTOUT_FRAMEWORKS="$reference,$server" "$shootout" setup

end() {
  [ -z "$link" ] || kill "$link" 2>/dev/null || :
  ip netns exec $servers env SHOOTOUT_DEPLOYMENT=process "$shootout" down || :
  rm -rf "$SHOOTOUT_STATE"
  for name in $servers $generator; do ip netns delete $name 2>/dev/null || :; done
}
trap end EXIT

# Addresses exist in the namespaces only. The servers go on listening on loopback alone; what is for them is led there.
for name in $servers $generator; do ip netns add $name; ip -n $name link set lo up; done
ip -n $servers link add link0 type veth peer name link0 netns $generator
ip -n $servers address add 10.231.0.1/30 dev link0
ip -n $generator address add 10.231.0.2/30 dev link0
for name in $servers $generator; do ip -n $name link set link0 up; done
ip netns exec $servers sysctl -q net.ipv4.conf.all.route_localnet=1
for name in "$reference" "$server"; do
  ip netns exec $servers iptables -t nat -A PREROUTING -p tcp --dport "$(port "$name")" -j DNAT --to-destination 127.0.0.1
done

ip netns exec $servers env SHOOTOUT_DEPLOYMENT=process "$shootout" deploy "$reference" "$server"

measure() { # title, address
  echo
  echo "== $1"
  ip netns exec $generator "$shootout" load --connections 20 --rate 200 --warmup 1s --duration "${DURATION:-5s}" \
    "http://$2:$(port "$reference")/ping" | grep -E 'latency|from send|errors|verified|p50|p99' || :
}

bench() { # address
  local run
  run=$("$shootout" new-run)
  ip netns exec $generator env SHOOTOUT_DEPLOYMENT=external SHOOTOUT_PROFILE=smoke \
    SHOOTOUT_SCENARIOS="${SCENARIOS:-ping}" \
    SHOOTOUT_URLS="$server=http://$1:$(port "$server"),$reference=http://$1:$(port "$reference")" \
    swift test --skip-build --filter Perf --attachments-path "$run/attachments" >"$run/log.txt" 2>&1 || :
  "$shootout" report "$run" | sed -n '1,4p'
}

measure 'a plain link (veth)' 10.231.0.1
bench 10.231.0.1

# netem where the kernel has it; otherwise a link of our own between two tunnels.
slow() { # delay in ms, loss in percent; sets address
  if ip netns exec $generator tc qdisc replace dev link0 root netem delay "${1}ms" loss "$2%" 2>/dev/null; then
    ip netns exec $servers tc qdisc replace dev link0 root netem delay "${1}ms" loss "$2%"
    address=10.231.0.1 how='netem'
    return
  fi
  [ -z "$link" ] || { kill "$link"; wait "$link" 2>/dev/null || :; }
  python3 Tests/SeparateHosts/slow-link.py $servers $generator "$1" "$2" &
  link=$!
  for _ in $(seq 100); do
    ip -n $servers link show slow0 >/dev/null 2>&1 && ip -n $generator link show slow0 >/dev/null 2>&1 && break
    sleep 0.05
  done
  ip -n $servers address add 10.231.0.5/30 dev slow0
  ip -n $generator address add 10.231.0.6/30 dev slow0
  for name in $servers $generator; do ip -n $name link set slow0 up; done
  address=10.231.0.5 how='tunnels, for want of netem'
}

slow "$delay" 0
measure "$delay ms more each way ($how)" $address
bench $address
slow "$delay" "$loss"
measure "$delay ms more and $loss % lost each way ($how)" $address
bench $address
