# Waits until the JVM of a test or benchmark closes its end of stdin, by dying or by asking, and removes what
# it left: processes marked with the run directory, mounts under it, and the directory itself.
# A JVM that asked may start more until it is dead: then that goes too.
# Usage: sh -c "$(cat reaper.sh)" reaper RUN_DIRECTORY PID_OF_JVM
dir=$1 jvm=$2
trap '' HUP INT TERM
cat >/dev/null

marked() {
  for environ in /proc/[0-9]*/environ; do
    # Other users' processes and those that just ended cannot be read; they are not ours.
    if tr '\0' '\n' 2>/dev/null <"$environ" | grep -qxF "CAIRN_RUN_DIRECTORY=$dir"; then
      pid=${environ#/proc/}
      echo "${pid%/environ}"
    fi
  done 2>/dev/null
}

reap() {
  # Killing may race with a fork: look again until nothing is left, for a bounded time.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    pids=$(marked)
    [ -n "$pids" ] || break
    kill -9 $pids 2>/dev/null
    sleep 0.1
  done

  # The deepest first; mountinfo writes a blank as \040, which no run directory contains.
  awk -v dir="$dir/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r mount; do
      mount=$(printf '%b' "$mount")
      umount -l "$mount" 2>/dev/null || fusermount3 -uz "$mount"
    done
  rm -rf --one-file-system "$dir"
}

# One that is dead may stay a zombie where nobody waits for it.
is_jvm_alive() {
  case $(cat "/proc/$jvm/stat" 2>/dev/null) in
    '' | *') Z '*) false ;;
  esac
}

reap
while is_jvm_alive; do
  sleep 0.2
done
reap
