#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A real Kubernetes cluster on this machine for tests: etcd, API server, controller manager and scheduler per
# control-plane node, hollow kubelets, one network namespace a node. `lab.sh help` lists the verbs, README.md the rest.
set -euo pipefail

self=$(readlink -f "$0")
here=$(dirname "$self")
source "$here/lib/common.sh"
source "$here/lib/net.sh"
source "$here/lib/slot.sh"
source "$here/lib/pki.sh"
source "$here/lib/process.sh"
source "$here/lib/cluster.sh"

usage() {
  cat <<'HELP'
lab.sh check                      succeeds if a lab can run here, or says why not
lab.sh up DIR [OPTIONS]           start; returns when every node is Ready
  --nodes N (3)  --workers N (0)  control-plane nodes; further nodes with a kubelet only
  --owner PID                     take the lab down when this process is gone
  --api-flags|kcm-flags|sched-flags|etcd-flags|kubelet-flags "FLAGS"
  --fast                          kcm notices after 20 s instead of 40 s and evicts after 10 s instead of 5 min
lab.sh down DIR                   end everything; keeps DIR with its logs
lab.sh off|on DIR NODE            power
lab.sh cut|mend DIR NODE [all|peers|console|lb|OTHER-NODE]
lab.sh stop|start|freeze|thaw|restart DIR NODE PROCESS     etcd, api, kcm, sched, kubelet
lab.sh flags DIR PROCESS ["FLAGS"] further flags, from the next start of such a process; without: prints them
lab.sh learner DIR                add a node whose etcd is a learner; prints its number
lab.sh promote DIR NODE           make that learner a voter
lab.sh api DIR METHOD PATH [BODY] as administrator at the first API server that is ready; BODY is JSON or @FILE
lab.sh etcd DIR NODE PATH [BODY]  etcd's JSON gateway or /health, with the client certificate
lab.sh user DIR NAME [GROUP…]     kubeconfig with a client certificate of that user; prints its path
lab.sh token DIR NAMESPACE ACCOUNT [SECONDS=3600]   token of a service account, which is made if missing
lab.sh token-config DIR NAME TOKEN                  kubeconfig with that token; prints its path
lab.sh revoke DIR static-admin|static-viewer        a static token is not accepted any more (API servers restart)
lab.sh new-cert DIR NODE          new certificate for one API server, same authority
lab.sh new-ca DIR                 new authority, new certificates, everything restarted; kubeconfigs written anew,
                                  the former ones are in DIR/kubeconfig.old
lab.sh janitor                    clear what dead labs left behind
lab.sh status DIR                 processes and cuts, for people
HELP
}

verb=${1:-help}
case $verb in
  help | -h | --help) usage; exit 0 ;;
  check) check; exit 0 ;;
  janitor) ((EUID == 0)) || die "needs root"; janitor; exit 0 ;;
esac
[[ -n ${2:-} ]] || { usage >&2; exit 2; }
dir=$(readlink -m "$2")
shift 2
if [[ $verb != up ]]; then
  recall
fi
bin=$("$here/build-kube.sh" --check)

case $verb in
  up) verb_up "$@" ;;
  down) release_slot ;;
  off | on) require_node "$1"; "verb_$verb" "$1" ;;
  cut | mend) require_node "$1"; set_cut "$1" "${2:-all}" "$verb" ;;
  stop | start) require_node "$1"; require_process "$1" "$2"; "${verb}_process" "$1" "$2" ;;
  restart) require_node "$1"; require_process "$1" "$2"; stop_process "$1" "$2"; start_process "$1" "$2" ;;
  freeze) require_node "$1"; signal_process "$1" "$2" STOP ;;
  thaw) require_node "$1"; signal_process "$1" "$2" CONT ;;
  flags) if (($# > 1)); then remember "flags_$1" "$2"; else extra_flags "$1"; fi ;;
  learner) verb_learner ;;
  promote) require_node "$1"; verb_promote "$1" ;;
  api) verb_api "$@" ;;
  etcd) verb_etcd "$@" ;;
  user) verb_user "$@" ;;
  token) verb_token "$@" ;;
  token-config) write_kubeconfig "$1" "$(ip_of 1)" "$1" "token: $2"; echo "$dir/kubeconfig/$1" ;;
  revoke) verb_revoke "$1" ;;
  new-cert) require_node "$1"; node_api_certs "$1"; verb_restart_api "$1" ;;
  new-ca) verb_new_ca ;;
  status) verb_status ;;
  *) usage >&2; exit 2 ;;
esac
