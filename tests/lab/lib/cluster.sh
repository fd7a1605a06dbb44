# SPDX-License-Identifier: GPL-3.0-or-later
# The verbs of lab.sh that are about the cluster as a whole.

readonly up_limit=120     # seconds until every node must be Ready
readonly path_max=70      # of the folder: a socket path has at most 107 characters (unix(7)), and 37 may be ours
readonly answer_limit=60  # seconds until a restarted API server must be ready

check() {
  local name
  ((EUID == 0)) || die "a lab needs root, for network namespaces"
  [[ -r /etc/debian_version ]] || die "this is not Debian, from whose source package the lab's Kubernetes is built"
  for name in etcd haproxy ip curl openssl; do
    command -v "$name" >/dev/null || die "'$name' is not installed"
  done
  "$here/build-kube.sh" --check >/dev/null 2>&1 ||
    die "Kubernetes is not built yet: ./dev lab builds it (tests/lab/build-kube.sh)"
  ip netns add "ql-check-$$" 2>/dev/null || die "this machine does not let us make network namespaces"
  ip netns del "ql-check-$$"
}

# ------------------------------------------------------------------------------------------- speaking to the cluster

ask() { # node path [curl arguments…]
  local node=$1 path=$2
  shift 2
  curl -sS --max-time 5 --cacert "$dir/pki/ca.crt" --cert "$dir/pki/admin.crt" --key "$dir/pki/admin.key" "$@" \
    "https://$(ip_of "$node"):6443$path"
}
is_ready() { [[ $(ask "$1" /readyz --max-time 2 2>/dev/null) == ok ]]; }

# Programs that were started and have ended by themselves, with their last words that tell of something fatal.
tell_fallen() {
  local i process
  for i in $(all_nodes); do
    for process in $(processes_of "$i"); do
      [[ -e $dir/pid/$process-$i ]] && ! is_running "$i" "$process" || continue
      say "$process of node $i has ended: $(grep -a '^F\|panic\|fatal' "$dir/log/$process-$i.log" | tail -n 1 | cut -c 1-300)"
    done
  done
}

wait_until() { # seconds what command…
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if ((SECONDS >= limit)); then
      tell_fallen
      die "$what: not within the limit; logs are in $dir/log"
    fi
    sleep 0.5
  done
}
wait_api() { wait_until "$answer_limit" "API server of node $1 ready" is_ready "$1"; }

first_ready() {
  local i
  for i in $(control_plane); do
    is_ready "$i" && { echo "$i"; return; }
  done
  die "no API server is ready"
}

verb_api() { # method path [body]
  local body=() type=application/json
  [[ $1 != PATCH ]] || type=application/strategic-merge-patch+json
  [[ -z ${3:-} ]] || body=(-H "Content-Type: $type" --data-binary "$3")
  ask "$(first_ready)" "$2" -X "$1" --fail-with-body "${body[@]}"
}

verb_etcd() { # node path [body]
  curl -sS --max-time 10 --fail-with-body --cacert "$dir/pki/etcd-ca.crt" --cert "$dir/pki/etcd-client.crt" \
    --key "$dir/pki/etcd-client.key" "https://$(ip_of "$1"):2379$2" ${3:+--data-binary "$3"}
}

# ------------------------------------------------------------------------------------------------------- up and down

read_options() {
  owner=
  nodes=3 workers=0 learners=0
  while (($# > 0)); do
    case $1 in
      --nodes) nodes=$2; shift 2 ;;
      --workers) workers=$2; shift 2 ;;
      --owner) owner=$2; shift 2 ;;
      --fast)
        flags_kcm="--node-monitor-grace-period=20s --pod-eviction-timeout=10s --leader-elect-lease-duration=6s"
        flags_kcm+=" --leader-elect-renew-deadline=4s --leader-elect-retry-period=1s"
        flags_api="--default-not-ready-toleration-seconds=10 --default-unreachable-toleration-seconds=10"
        shift ;;
      --*-flags) local name=${1#--}; printf -v "flags_${name%-flags}" '%s' "$2"; shift 2 ;;
      *) die "unknown option: $1" ;;
    esac
  done
  [[ $nodes =~ ^[1-9]$ && $workers =~ ^[0-9]+$ ]] || die "that many nodes cannot be made"
}

verb_up() {
  ((EUID == 0)) || die "needs root"
  ((${#dir} <= path_max)) || die "the path of $dir is too long for sockets below it: at most $path_max characters"
  [[ ! -e $dir/settings ]] || die "there was a lab in $dir already: choose an empty folder"
  mkdir -p "$dir"/{log,pid,etcd,tmp}
  chmod 700 "$dir"
  read_options "$@"
  take_slot "$owner"
  trap 'status=$?; ((status == 0)) || release_slot' EXIT
  trap 'exit 143' TERM INT
  local name i process
  for name in slot nodes workers learners flags_etcd flags_api flags_kcm flags_sched flags_kubelet; do
    remember "$name" "${!name:-}"
  done
  [[ -z $owner ]] || watch_owner "$owner"
  make_pki
  write_kubeconfigs
  network_up
  for i in lb $(all_nodes); do
    mkdir -p "$dir/tmp/$i"
    node_network_up "$i"
  done
  for i in $(all_nodes); do ip_of "$i"; done >"$dir/addresses"
  for process in etcd api; do
    for i in $(control_plane); do start_process "$i" "$process"; done
  done
  start_balancer
  wait_api 1
  for i in $(all_nodes); do start_process "$i" kubelet; done
  for i in $(control_plane); do start_process "$i" kcm; start_process "$i" sched; done
  for i in $(control_plane); do wait_api "$i"; done
  for i in $(all_nodes); do mark_node "$i"; done
  for i in $(all_nodes); do wait_until "$up_limit" "node $i Ready" is_node_ready "$i"; done
  wait_until "$up_limit" "default service account" has_account default default
  make_viewer
}

has_node() { ask 1 "/api/v1/nodes/$(name_of "$1")" -o /dev/null --fail 2>/dev/null; }
has_account() { ask 1 "/api/v1/namespaces/$1/serviceaccounts/$2" -o /dev/null --fail 2>/dev/null; }
is_node_ready() {
  ask 1 "/api/v1/nodes/$(name_of "$1")" --fail 2>/dev/null | tr -d ' \n' |
    grep -q '"type":"Ready","status":"True"'
}

# What kubeadm does after a join: role labels with an administrator's rights, and no workload on the control plane when
# there are workers for it.
mark_node() { # node
  is_control_plane "$1" || return 0
  wait_until "$up_limit" "node $1 registered" has_node "$1"
  local patch='{"metadata":{"labels":{"node-role.kubernetes.io/master":"","node-role.kubernetes.io/control-plane":""}}'
  if ((workers > 0)); then
    patch+=',"spec":{"taints":[{"key":"node-role.kubernetes.io/master","effect":"NoSchedule"}]}'
  fi
  wait_until "$answer_limit" "role of node $1 written" label_node "$1" "$patch}"
}
# Sent again when it fails, which does no harm: a young cluster may be too busy, or etcd between two leaders.
label_node() { verb_api PATCH "/api/v1/nodes/$(name_of "$1")" "$2" >/dev/null; }

# The group of the static viewer may look at everything but secrets, and change nothing.
make_viewer() {
  verb_api POST /apis/rbac.authorization.k8s.io/v1/clusterroles '{"metadata":{"name":"quorate:viewer"},"rules":[
    {"apiGroups":["","apps","policy","coordination.k8s.io"],"verbs":["get","list","watch"],"resources":[
    "nodes","pods","events","namespaces","services","deployments","statefulsets","daemonsets","replicasets",
    "poddisruptionbudgets","leases"]}]}' >/dev/null
  verb_api POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings '{"metadata":{"name":"quorate:viewer"},
    "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"quorate:viewer"},
    "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"quorate:viewers"}]}' >/dev/null
}

# ------------------------------------------------------------------------------------------------------- power, status

# The link goes first: a machine that loses power sends no farewell.
verb_off() {
  local process
  link_off "$1"
  for process in $(processes_of "$1"); do stop_process "$1" "$process"; done
}
verb_on() {
  local process
  link_on "$1"
  for process in $(processes_of "$1"); do start_process "$1" "$process"; done
}

verb_status() {
  local i process line
  echo "slot $slot, $nodes control-plane nodes, $workers workers, $learners learners"
  for i in $(all_nodes); do
    line="node $i $(ip_of "$i"):"
    for process in $(processes_of "$i"); do
      is_running "$i" "$process" && line+=" $process" || line+=" ($process)"
    done
    echo "$line, cut from: $(ip -n "$(ns_of "$i")" neigh | awk -v n="$nowhere" '$0 ~ n { printf "%s ", $1 }')"
  done
}

# ------------------------------------------------------------------------------------------------------ etcd's members

verb_learner() {
  local number=$((nodes + workers + learners + 1))
  remember learners $((learners + 1))
  mkdir -p "$dir/tmp/$number"
  ip_of "$number" >>"$dir/addresses"
  node_etcd_certs "$number"
  node_api_certs "$number"
  write_kubeconfig "kubelet-$number" "$(ip_of lb)" kubelet "$(as_certificate "kubelet-$number")"
  node_network_up "$number"
  local peer
  peer=https://$(ip_of "$number"):2380
  # etcd takes a member only when its voters have been connected to each other for 5 s.
  wait_until "$up_limit" "etcd taking a learner" add_learner "$peer"
  start_process "$number" etcd
  start_process "$number" kubelet
  wait_until "$up_limit" "node $number Ready" is_node_ready "$number"
  echo "$number"
}

add_learner() { verb_etcd 1 /v3/cluster/member/add "{\"peerURLs\":[\"$1\"],\"isLearner\":true}" >/dev/null 2>&1; }

verb_promote() { # node
  local id
  id=$(verb_etcd 1 /v3/cluster/member/list '{}' | tr '{' '\n' | grep "\"name\":\"$(name_of "$1")\"" |
    grep -o '"ID":"[0-9]*"' | grep -o '[0-9]*')
  [[ -n $id ]] || die "etcd does not know node $1"
  wait_until "$answer_limit" "learner of node $1 caught up" promote_member "$id"
}
promote_member() { verb_etcd 1 /v3/cluster/member/promote "{\"ID\":\"$1\"}" >/dev/null 2>&1; }

# ------------------------------------------------------------------------------------------- users and certificates

verb_user() { # name [group…]
  local name=$1 subject= group
  shift
  for group in "$@"; do subject+="/O=$group"; done
  new_cert ca "user-$name" "$subject/CN=$name" DNS:user
  write_kubeconfig "user-$name" "$(ip_of 1)" "$name" "$(as_certificate "user-$name")"
  echo "$dir/kubeconfig/user-$name"
}

verb_token() { # namespace account [seconds]
  local path=/api/v1/namespaces/$1/serviceaccounts uid
  verb_api GET "$path/$2" >/dev/null 2>&1 ||
    verb_api POST "$path" "{\"metadata\":{\"name\":\"$2\"}}" >/dev/null
  uid=$(verb_api GET "$path/$2" | grep -o '"uid": *"[^"]*"' | head -n 1 | cut -d'"' -f4)
  sign_token "$1" "$2" "$uid" "${3:-3600}"
}

verb_restart_api() { stop_process "$1" api; start_process "$1" api; wait_api "$1"; }

verb_revoke() { # static-admin or static-viewer
  grep -v ",$1," "$dir/pki/tokens.csv" >"$dir/pki/tokens.new" || true
  mv "$dir/pki/tokens.new" "$dir/pki/tokens.csv"
  local i
  for i in $(control_plane); do verb_restart_api "$i"; done
}

verb_new_ca() {
  local i process
  rm -rf "$dir/kubeconfig.old"
  cp -r "$dir/kubeconfig" "$dir/kubeconfig.old"
  new_ca ca /CN=kubernetes
  api_certs
  write_kubeconfigs
  for process in api kcm sched kubelet; do
    for i in $(all_nodes); do
      [[ " $(processes_of "$i") " == *" $process "* ]] || continue
      is_running "$i" "$process" || continue
      stop_process "$i" "$process"
      start_process "$i" "$process"
    done
  done
  for i in $(control_plane); do
    if is_running "$i" api; then wait_api "$i"; fi
  done
}
