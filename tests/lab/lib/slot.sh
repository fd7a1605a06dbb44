# SPDX-License-Identifier: GPL-3.0-or-later
# Slots: which lab owns which names and addresses of this machine, and who owns the lab.

# The start time makes a process id unmistakable.
started_at() { awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null || true; }

# A lab whose folder or owner is gone was left behind by a test that died.
is_left_behind() { # slot
  local record=$slots_dir/$1 owner started
  [[ -e $record/dir && -d $(<"$record/dir") ]] || return 0
  [[ -s $record/owner ]] || return 1
  read -r owner started <"$record/owner"
  [[ $(started_at "$owner") != "$started" ]]
}

janitor() {
  local record number
  for record in "$slots_dir"/[0-9]*; do
    [[ -d $record ]] || continue
    number=${record##*/}
    if is_left_behind "$number"; then
      say "clearing what a lab left behind in slot $number"
      sweep_slot "$number"
    fi
  done
}

take_slot() { # owner's process id or nothing
  mkdir -p "$slots_dir"
  exec 9>"$slots_dir/lock"
  flock 9
  janitor
  local number
  for ((number = 1; number <= slot_max; ++number)); do
    if [[ ! -e $slots_dir/$number ]] && ! ip link show "ql$number" >/dev/null 2>&1; then
      mkdir "$slots_dir/$number"
      echo "$dir" >"$slots_dir/$number/dir"
      [[ -z $1 ]] || echo "$1 $(started_at "$1")" >"$slots_dir/$number/owner"
      exec 9>&-
      slot=$number
      return
    fi
  done
  die "all $slot_max slots are taken: see $slots_dir"
}

# Takes the lab down as soon as its owner is gone, so that a crashed test costs nobody else time.
watch_owner() { # owner
  setsid bash -c 'tail --pid="$1" -f /dev/null; exec "$2" down "$3"' reaper "$1" "$self" "$dir" \
    </dev/null >/dev/null 2>&1 &
  echo $! >"$slots_dir/$slot/reaper"
}

# Nothing to do when the slot went to another lab in the meantime.
release_slot() {
  [[ $(cat "$slots_dir/$slot/dir" 2>/dev/null) == "$dir" ]] || return 0
  local reaper
  reaper=$(cat "$slots_dir/$slot/reaper" 2>/dev/null || true)
  sweep_slot "$slot"
  # It became this very process when it was the one that took the lab down.
  if [[ -n $reaper && $reaper != "$$" ]]; then
    kill -- "-$reaper" 2>/dev/null || true
  fi
}
