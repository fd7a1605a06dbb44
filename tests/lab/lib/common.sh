# SPDX-License-Identifier: GPL-3.0-or-later
# Names, addresses and remembered settings of one lab. Sourced by lab.sh; $dir is the lab's folder.

# A lab has a slot: a number on this machine that makes its namespaces, links and addresses its own.
readonly slots_dir=/run/quorate-lab
readonly slot_max=40

say() { printf 'lab: %s\n' "$*" >&2; }
die() { printf 'lab: %s\n' "$*" >&2; exit 1; }

# Settings are plain shell assignments in $dir/settings: slot, nodes, workers, learners, flags_PROC, …
remember() { # name value
  {
    [[ ! -e $dir/settings ]] || grep -v "^$1=" "$dir/settings" || true
    printf '%s=%q\n' "$1" "$2"
  } >"$dir/settings.new"
  mv "$dir/settings.new" "$dir/settings"
  printf -v "$1" '%s' "$2"
}
recall() {
  [[ -e $dir/settings ]] || die "there is no lab in $dir"
  # shellcheck source=/dev/null
  source "$dir/settings"
}

prefix() { echo "ql$slot"; }
# Node N, or lb (the balancer in front of the API servers), or console (this machine's own network).
ns_of() { echo "ql$slot-$1"; }
ip_of() {
  case $1 in
    lb) echo "10.77.$slot.5" ;;
    console) echo "10.77.$slot.1" ;;
    *) echo "10.77.$slot.$((10 + $1))" ;;
  esac
}
name_of() { echo "node-$1"; }

control_plane() { seq "$nodes"; }
# Control plane, then workers, then nodes that have joined as learners.
all_nodes() { seq $((nodes + workers + learners)); }
is_control_plane() { (($1 <= nodes)); }
is_learner() { (($1 > nodes + workers)); }

require_node() {
  [[ $1 =~ ^[0-9]+$ ]] && (($1 >= 1 && $1 <= nodes + workers + learners)) || die "there is no node $1"
}

# What runs on node N, in the order in which it starts.
processes_of() {
  if is_control_plane "$1"; then
    echo etcd api kcm sched kubelet
  elif is_learner "$1"; then
    echo etcd kubelet
  else
    echo kubelet
  fi
}
require_process() { # node process
  [[ " $(processes_of "$1") " == *" $2 "* ]] || die "node $1 runs no '$2' (it runs: $(processes_of "$1"))"
}
