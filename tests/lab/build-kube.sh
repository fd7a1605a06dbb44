#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds kube-apiserver, kube-controller-manager, kube-scheduler and kubemark (hollow kubelets) from Debian's source
# package into a cache outside the tree and prints the folder; kubectl of the same version, for benchmarks, is unpacked
# beside them and not installed. About 5 minutes on 2 cores; a second call has nothing to do. Needs root on Debian 12
# with the packages that ./dev calls lab_packages. Apt's own configuration is not touched: lists and sources of its own
# live below the cache while it builds.
#   build-kube.sh            build what is missing, print the folder
#   build-kube.sh --check    print the folder and succeed only if everything is there
set -euo pipefail

readonly kube_version=1.20.2
# Counts up when this recipe changes, so that an old cache is not taken for a new one.
readonly recipe=3
readonly programs=(kube-apiserver kube-controller-manager kube-scheduler kubemark)

cache=${QUORATE_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/quorate-lab}
bin=$cache/kube-$kube_version-r$recipe

say() { printf 'build-kube: %s\n' "$*" >&2; }

complete() {
  local name
  for name in "${programs[@]}" kubectl; do
    [[ -x $bin/$name ]] || return 1
  done
}

# The repositories of Debian itself that apt uses here, whatever the format they are written in, as deb-src lines.
source_lines() {
  local uri release component origin key
  apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(SIGNED_BY)' 'Created-By: Packages' |
    sort -u | while IFS='|' read -r uri release component origin key; do
    [[ $origin == Debian* && $component == main ]] || continue
    [[ $key == '$('* ]] && key= # not set
    printf 'deb-src %s%s %s %s\n' "${key:+[signed-by=$key] }" "$uri" "$release" "$component"
  done
}

# apt-get with sources and lists of its own, and the machine's settings for everything else.
own_apt() {
  apt-get -q -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/apt/lists" -o APT::Sandbox::User=root "$@"
}

fetch_source() {
  mkdir -p "$work/apt/lists/partial" "$work/source"
  source_lines >"$work/apt/sources.list"
  if [[ ! -s $work/apt/sources.list ]]; then
    apt-get -q update
    source_lines >"$work/apt/sources.list"
  fi
  [[ -s $work/apt/sources.list ]] || { say "apt knows no repository of Debian"; return 1; }
  own_apt update
  (cd "$work/source" && own_apt source kubernetes)
}

# Downloads a binary package and unpacks it into $work/NAME without installing it.
unpack() {
  mkdir "$work/$1"
  (cd "$work/$1" && apt-get -q -o APT::Sandbox::User=root download "$1" && dpkg-deb --extract ./*.deb .)
}

# The reflect2 that Kubernetes 1.20 brings iterates over maps as Go did before 1.18; with a later Go it overwrites
# memory that is not its own, and API servers fall at random. Debian has the release that knows both.
mend_reflect2() { # source tree
  local package=golang-github-modern-go-reflect2-dev place=github.com/modern-go/reflect2
  unpack "$package"
  rm -r "$1/vendor/$place"
  cp -r "$work/$package/usr/share/gocode/src/$place" "$1/vendor/$place"
  rm -f "$1/vendor/$place"/*_test.go
}

# All hollow kubelets of a machine name the socket of their noted-down runtime alike, below /tmp. One that starts while
# another replaces that socket finds none and ends, or speaks to the other's runtime. Each gets its own, in its TMPDIR.
part_sockets() { # source tree
  local file=$1/pkg/kubelet/cri/remote/fake/endpoint.go
  grep -q '^package fake$' "$file" || { say "the fake runtime's endpoint is not where it was: $file"; return 1; }
  cat >"$file" <<'GO'
package fake

import (
	"os"
	"path/filepath"
)

// GenerateEndpoint returns the socket of this process's own runtime.
func GenerateEndpoint() (string, error) {
	return "unix://" + filepath.Join(os.TempDir(), "runtime.sock"), nil
}
GO
}

compile() {
  local tree=$work/src/k8s.io/kubernetes
  mkdir -p "$work/src/k8s.io"
  mv "$work"/source/kubernetes-1.20* "$tree"
  mend_reflect2 "$tree"
  part_sockets "$tree"
  cat >"$work/version" <<VERSION
KUBE_GIT_COMMIT=0000000000000000000000000000000000000000
KUBE_GIT_TREE_STATE=clean
KUBE_GIT_VERSION=v$kube_version
KUBE_GIT_MAJOR=1
KUBE_GIT_MINOR=20
VERSION
  # Nothing of the caller's Go settings, home or build flags may leak in. The override puts kubemark into the same Go
  # build as the others, which halves the time.
  (cd "$tree" && env -i PATH="/usr/lib/go-1.19/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME="$work" GOPATH="$work" LANG=C \
    TMPDIR="$work" CGO_ENABLED=0 KUBE_STATIC_OVERRIDES=kubemark KUBE_GIT_VERSION_FILE="$work/version" \
    nice -n 19 make WHAT="${programs[*]/#/cmd/}")
  local arch name
  arch=$(dpkg --print-architecture)
  mkdir -p "$work/bin"
  for name in "${programs[@]}"; do
    cp "$tree/_output/local/bin/linux/$arch/$name" "$work/bin/"
  done
  "$work/bin/kube-apiserver" --version
}

# Debian's own, which must not be installed where another kubectl is.
unpack_client() {
  unpack kubernetes-client
  cp "$work/kubernetes-client/usr/bin/kubectl" "$work/bin/"
}

if complete; then
  echo "$bin"
  exit 0
fi
[[ ${1:-} != --check ]] || { say "not built yet: $bin"; exit 1; }
((EUID == 0)) || { say "needs root"; exit 1; }

mkdir -p "$cache"
exec 8>"$cache/lock"
flock 8
if ! complete; then
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "building Kubernetes $kube_version from Debian's source package, log in $cache/build.log"
  # In the background, because `set -e` does not hold on the left of `||`.
  (fetch_source; compile; unpack_client) >"$cache/build.log" 2>&1 &
  wait $! || { tail -n 15 "$cache/build.log" >&2; exit 1; }
  rm -rf "$bin"
  mv "$work/bin" "$bin"
fi
echo "$bin"
