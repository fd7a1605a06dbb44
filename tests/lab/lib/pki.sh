# SPDX-License-Identifier: GPL-3.0-or-later
# Authorities, certificates, kubeconfigs and tokens of a lab, under $dir/pki and $dir/kubeconfig. As with kubeadm there
# are two authorities: `ca` for the API and `etcd-ca` for etcd.

readonly cert_days=365
readonly issuer=https://kubernetes.default.svc

new_key() { # file ec|rsa
  if [[ ${2:-ec} == rsa ]]; then
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1" 2>/dev/null
  else
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
  fi
}

new_ca() { # name subject
  new_key "$dir/pki/$1.key"
  openssl req -x509 -new -key "$dir/pki/$1.key" -out "$dir/pki/$1.crt" -days "$cert_days" -subj "$2"
}

# Signs a fresh key; the file name is the certificate's name.
new_cert() { # authority name subject alternative-names [ec|rsa] [days]
  local at=$dir/pki/$2
  new_key "$at.key" "${5:-ec}"
  openssl req -new -key "$at.key" -subj "$3" -out "$at.csr"
  openssl x509 -req -in "$at.csr" -CA "$dir/pki/$1.crt" -CAkey "$dir/pki/$1.key" -days "${6:-$cert_days}" \
    -set_serial "0x$(openssl rand -hex 8)" -out "$at.crt" -extfile <(printf '%s\n' "subjectAltName=$4" \
      'keyUsage=digitalSignature,keyEncipherment' 'extendedKeyUsage=serverAuth,clientAuth') 2>/dev/null
  rm "$at.csr"
}

# Certificates that the API's authority signs; made again when it is replaced.
node_api_certs() { # node
  local san
  new_cert ca "kubelet-$1" "/O=system:nodes/CN=system:node:$(name_of "$1")" "DNS:$(name_of "$1")"
  is_control_plane "$1" || return 0
  san="DNS:$(name_of "$1"),DNS:kubernetes,DNS:kubernetes.default,DNS:localhost,IP:127.0.0.1,IP:10.43.0.1"
  new_cert ca "api-$1" /CN=kube-apiserver "$san,DNS:balancer,IP:$(ip_of "$1"),IP:$(ip_of lb)"
}
api_certs() {
  local i
  new_cert ca kcm /CN=system:kube-controller-manager DNS:kcm
  new_cert ca sched /CN=system:kube-scheduler DNS:sched
  new_cert ca kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client DNS:client
  new_cert ca admin /O=system:masters/CN=kubernetes-admin DNS:admin
  new_cert ca admin-rsa /O=system:masters/CN=kubernetes-admin DNS:admin rsa
  for i in $(all_nodes); do node_api_certs "$i"; done
}

node_etcd_certs() { # node
  new_cert etcd-ca "etcd-$1" "/CN=$(name_of "$1")" "DNS:$(name_of "$1"),DNS:localhost,IP:127.0.0.1,IP:$(ip_of "$1")"
}
etcd_certs() {
  local i
  new_cert etcd-ca etcd-client /CN=kube-etcd-healthcheck-client DNS:client
  for i in $(control_plane); do node_etcd_certs "$i"; done
}

make_pki() {
  mkdir -p "$dir/pki"
  new_ca ca /CN=kubernetes
  new_ca etcd-ca /CN=etcd-ca
  new_key "$dir/pki/sa.key" rsa
  openssl rsa -in "$dir/pki/sa.key" -pubout -out "$dir/pki/sa.pub" 2>/dev/null
  local name
  for name in static-admin static-viewer; do
    openssl rand -hex 16 >"$dir/pki/$name.token"
  done
  printf '%s,%s,%s,"%s"\n' "$(<"$dir/pki/static-admin.token")" static-admin uid-1 system:masters \
    "$(<"$dir/pki/static-viewer.token")" static-viewer uid-2 quorate:viewers >"$dir/pki/tokens.csv"
  api_certs
  etcd_certs
}

encoded() { base64 -w0 "$1"; }
as_certificate() { # name
  echo "client-certificate-data: $(encoded "$dir/pki/$1.crt"), client-key-data: $(encoded "$dir/pki/$1.key")"
}

# One context, called lab.
write_kubeconfig() { # name address user credentials
  mkdir -p "$dir/kubeconfig"
  cat >"$dir/kubeconfig/$1.new" <<KUBECONFIG
apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster: {server: "https://$2:6443", certificate-authority-data: $(encoded "$dir/pki/ca.crt")}
users:
- name: $3
  user: {$4}
contexts:
- name: lab
  context: {cluster: lab, user: $3}
current-context: lab
KUBECONFIG
  chmod 600 "$dir/kubeconfig/$1.new"
  mv "$dir/kubeconfig/$1.new" "$dir/kubeconfig/$1"
}

write_kubeconfigs() {
  local i first balancer
  first=$(ip_of 1)
  balancer=$(ip_of lb)
  write_kubeconfig admin "$first" admin "$(as_certificate admin)"
  write_kubeconfig admin-rsa "$first" admin "$(as_certificate admin-rsa)"
  write_kubeconfig admin-balancer "$balancer" admin "$(as_certificate admin)"
  write_kubeconfig admin-token "$first" admin "token: $(<"$dir/pki/static-admin.token")"
  write_kubeconfig admin-token-file "$first" admin "tokenFile: ../pki/static-admin.token"
  write_kubeconfig viewer "$first" viewer "token: $(<"$dir/pki/static-viewer.token")"
  for i in $(control_plane); do
    write_kubeconfig "admin-$i" "$(ip_of "$i")" admin "$(as_certificate admin)"
    write_kubeconfig "kcm-$i" "$(ip_of "$i")" kcm "$(as_certificate kcm)"
    write_kubeconfig "sched-$i" "$(ip_of "$i")" sched "$(as_certificate sched)"
  done
  for i in $(all_nodes); do
    write_kubeconfig "kubelet-$i" "$balancer" kubelet "$(as_certificate "kubelet-$i")"
  done
}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# A token of a service account, signed as the API server would, that stops being accepted in so many seconds. The server
# grants 60 s more than the token says and remembers a good one for up to 10 s: the first is taken off here, the second
# is the server's.
sign_token() { # namespace account uid seconds
  local now expires head claims account subject=system:serviceaccount:$1:$2
  now=$(date +%s)
  expires=$((now + $4 - 60))
  head=$(printf '{"alg":"RS256"}' | base64url)
  account=$(printf '{"namespace":"%s","serviceaccount":{"name":"%s","uid":"%s"}}' "$1" "$2" "$3")
  claims=$(printf '{"iss":"%s","aud":["%s"],"iat":%d,"nbf":%d,"exp":%d,"sub":"%s","kubernetes.io":%s}' \
    "$issuer" "$issuer" "$((now - 120))" "$((now - 120))" "$expires" "$subject" "$account" | base64url)
  printf '%s.%s.%s\n' "$head" "$claims" \
    "$(printf '%s.%s' "$head" "$claims" | openssl dgst -sha256 -sign "$dir/pki/sa.key" | base64url)"
}
