# SPDX-License-Identifier: GPL-3.0-or-later
# The programs of a node: how each is started, stopped, frozen.

# Flags that a test adds with `up --PROC-flags` or `flags`.
extra_flags() { local name=flags_$1; echo "${!name:-}"; }

run() { # node process command…
  local node=$1 process=$2
  shift 2
  # shellcheck disable=SC2046
  TMPDIR=$dir/tmp/$node setsid ip netns exec "$(ns_of "$node")" "$@" $(extra_flags "$process") \
    >>"$dir/log/$process-$node.log" 2>&1 </dev/null &
  echo $! >"$dir/pid/$process-$node"
  disown
}

etcd_members() { # node that starts: the control plane, and itself when it joined later
  local i list=
  for i in $(control_plane); do list+=,$(name_of "$i")=https://$(ip_of "$i"):2380; done
  is_control_plane "$1" || list+=,$(name_of "$1")=https://$(ip_of "$1"):2380
  echo "${list#,}"
}

start_etcd() { # node
  local at pki=$dir/pki state=new
  at=$(ip_of "$1")
  is_control_plane "$1" || state=existing
  run "$1" etcd etcd --name "$(name_of "$1")" --data-dir "$dir/etcd/$1" --logger=zap \
    --listen-client-urls="https://$at:2379,https://127.0.0.1:2379" --advertise-client-urls="https://$at:2379" \
    --listen-peer-urls="https://$at:2380" --initial-advertise-peer-urls="https://$at:2380" \
    --listen-metrics-urls=http://127.0.0.1:2381 --initial-cluster="$(etcd_members "$1")" \
    --initial-cluster-state="$state" --client-cert-auth --peer-client-cert-auth \
    --trusted-ca-file="$pki/etcd-ca.crt" --cert-file="$pki/etcd-$1.crt" --key-file="$pki/etcd-$1.key" \
    --peer-trusted-ca-file="$pki/etcd-ca.crt" --peer-cert-file="$pki/etcd-$1.crt" --peer-key-file="$pki/etcd-$1.key"
}

# As with kubeadm, an API server asks the etcd of its own node only.
start_api() { # node
  local pki=$dir/pki
  run "$1" api "$bin/kube-apiserver" --secure-port=6443 --advertise-address="$(ip_of "$1")" --cert-dir="$dir/tmp/$1" \
    --etcd-servers=https://127.0.0.1:2379 --etcd-cafile="$pki/etcd-ca.crt" --etcd-certfile="$pki/etcd-client.crt" \
    --etcd-keyfile="$pki/etcd-client.key" --tls-cert-file="$pki/api-$1.crt" --tls-private-key-file="$pki/api-$1.key" \
    --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
    --kubelet-client-certificate="$pki/kubelet-client.crt" --kubelet-client-key="$pki/kubelet-client.key" \
    --service-account-issuer="$issuer" --service-account-key-file="$pki/sa.pub" \
    --service-account-signing-key-file="$pki/sa.key" --service-cluster-ip-range=10.43.0.0/16 \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction
}

start_kcm() { # node
  run "$1" kcm "$bin/kube-controller-manager" --kubeconfig="$dir/kubeconfig/kcm-$1" --leader-elect=true \
    --bind-address=127.0.0.1 --cert-dir="$dir/tmp/$1" --use-service-account-credentials=true \
    --service-account-private-key-file="$dir/pki/sa.key" --root-ca-file="$dir/pki/ca.crt"
}

start_sched() { # node
  run "$1" sched "$bin/kube-scheduler" --kubeconfig="$dir/kubeconfig/sched-$1" --leader-elect=true \
    --bind-address=127.0.0.1 --cert-dir="$dir/tmp/$1"
}

# The kubelet's own code with containers that are only noted down.
start_kubelet() { # node
  run "$1" kubelet "$bin/kubemark" --morph=kubelet --name="$(name_of "$1")" --kubeconfig="$dir/kubeconfig/kubelet-$1" \
    --kubelet-port=10250 --kubelet-read-only-port=10255
}

# Layer 4, asks each API server whether it is ready, and hangs up on those that are not any more.
balancer_settings() {
  cat <<SETTINGS
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 5s
  retries 1
  option redispatch
frontend api
  bind $(ip_of lb):6443
  default_backend nodes
backend nodes
  option httpchk GET /readyz
  http-check expect status 200
  default-server check check-ssl verify none inter 2s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
SETTINGS
  local i
  for i in $(control_plane); do echo "  server $(name_of "$i") $(ip_of "$i"):6443"; done
}

start_balancer() {
  balancer_settings >"$dir/balancer.cfg"
  run lb balancer haproxy -db -f "$dir/balancer.cfg"
}

is_running() { # node process
  local pid state
  pid=$(cat "$dir/pid/$2-$1" 2>/dev/null) || return 1
  state=$(awk '{ sub(/.*\) /, ""); print $1 }' "/proc/$pid/stat" 2>/dev/null) || return 1
  [[ -n $state && $state != Z ]]
}

start_process() { # node process
  is_running "$1" "$2" || "start_$2" "$1"
}

# As kill -9: the process has no chance to say goodbye.
stop_process() { # node process
  local file=$dir/pid/$2-$1
  [[ -e $file ]] || return 0
  kill -9 "$(<"$file")" 2>/dev/null || true
  while is_running "$1" "$2"; do sleep 0.02; done
  rm -f "$file"
}

signal_process() { # node process signal
  is_running "$1" "$2" || die "$2 of node $1 does not run"
  kill "-$3" "$(<"$dir/pid/$2-$1")"
}
