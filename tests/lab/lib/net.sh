# SPDX-License-Identifier: GPL-3.0-or-later
# The network of a lab: one bridge, one namespace a node, this machine (the console) on the bridge as well.
#
# Cuts are made with neighbour entries that lead nowhere: packets are lost without an answer, as on a broken wire, and
# open connections hang. That needs no packet filter, and who is cut from whom can be chosen pair by pair.

readonly nowhere=02:00:00:00:00:fe

# Hexadecimal, so that each lab and node has a hardware address of its own.
mac_of() { # lb or node
  local last=$1
  [[ $last != lb ]] || last=255
  printf '02:71:00:%02x:00:%02x' "$slot" "$last"
}

network_up() {
  local bridge
  bridge=$(prefix)
  ip link add "$bridge" type bridge
  ip address add "$(ip_of console)/24" dev "$bridge"
  ip link set "$bridge" up
}

# Names of the lab resolve on each node, and nothing else does: no way leads out of a lab.
write_names() { # node or lb
  local etc=/etc/netns/$(ns_of "$1") i
  mkdir -p "$etc"
  : >"$etc/resolv.conf"
  {
    echo "127.0.0.1 localhost"
    echo "$(ip_of lb) balancer"
    for i in $(all_nodes); do echo "$(ip_of "$i") $(name_of "$i")"; done
  } >"$etc/hosts"
}

node_network_up() { # node or lb
  local ns link
  ns=$(ns_of "$1")
  link=$(prefix)v$1
  ip netns add "$ns"
  ip link add "$link" type veth peer name eth0 address "$(mac_of "$1")" netns "$ns"
  ip link set "$link" master "$(prefix)" up
  ip -n "$ns" link set lo up
  ip -n "$ns" address add "$(ip_of "$1")/24" dev eth0
  link_on "$1"
  write_names "$1"
}

# A kubelet takes its address from the interface of the default route; the gateway does not exist.
link_on() {
  local ns
  ns=$(ns_of "$1")
  ip -n "$ns" link set eth0 up
  ip -n "$ns" route replace default via "10.77.$slot.254"
}
link_off() { ip -n "$(ns_of "$1")" link set eth0 down; }

neighbour() { # who whom cut|mend
  local where=(ip -n "$(ns_of "$1")") link=eth0
  if [[ $1 == console ]]; then
    where=(ip) link=$(prefix)
  fi
  if [[ $3 == cut ]]; then
    "${where[@]}" neigh replace "$(ip_of "$2")" lladdr "$nowhere" dev "$link" nud permanent
  else
    "${where[@]}" neigh del "$(ip_of "$2")" dev "$link" 2>/dev/null || true
  fi
}

# Both directions, as a broken wire.
cut_pair() { neighbour "$1" "$2" "$3"; neighbour "$2" "$1" "$3"; }

# whom: all, peers (other nodes and the balancer), console, or one node's number.
set_cut() { # node whom cut|mend
  local peer
  case $2 in
    all) set_cut "$1" peers "$3"; set_cut "$1" console "$3" ;;
    peers)
      for peer in lb $(all_nodes); do
        [[ $peer == "$1" ]] || cut_pair "$1" "$peer" "$3"
      done ;;
    console) cut_pair "$1" console "$3" ;;
    lb) cut_pair "$1" lb "$3" ;;
    *) require_node "$2"; cut_pair "$1" "$2" "$3" ;;
  esac
}

# Takes everything away that slot $1 has on this machine, whatever state it is in.
sweep_slot() {
  local ns link pids
  for ns in $(ip netns list | awk -v p="ql$1-" 'index($1, p) == 1 { print $1 }'); do
    pids=$(ip netns pids "$ns" 2>/dev/null || true)
    # shellcheck disable=SC2086
    [[ -z $pids ]] || kill -9 $pids 2>/dev/null || true
    ip netns del "$ns" 2>/dev/null || true
    rm -rf "/etc/netns/$ns"
  done
  for link in $(ip -o link show type veth | awk -F'[ @:]+' -v p="ql$1v" 'index($2, p) == 1 { print $2 }'); do
    ip link del "$link" 2>/dev/null || true
  done
  ip link del "ql$1" 2>/dev/null || true
  rm -rf "${slots_dir:?}/$1"
}
