
# This process becomes the program: its process id, signals and exit status are the program's own. Where anything is not as
# it should be, the program is started without the patch, and standard error says why. That needs nothing but this
# shell: no tool, no other file, no other process. Work is done in sub-shells: a variable that is set here might be one of
# the program's own environment, unless its name begins as these do.
set -u

# Starts the program from where it is: rolling back may just have moved it.
cmp_bridge_start() {
    trap - EXIT HUP INT QUIT TERM
    if [ -n "$cmp_bridge_kept" ] && [ -f "$cmp_bridge_kept" ]; then cmp_bridge_program=$cmp_bridge_kept; fi
    # shellcheck disable=SC3013 # dash, bash, ksh and busybox know -ef, and POSIX of 2024 does
    if [ "$cmp_bridge_program" -ef "$cmp_bridge_here/$cmp_bridge_script" ]; then
        printf 'patch: error: the program is gone: %s leads to the patch itself\n' "$cmp_bridge_program" >&2
        exit 127
    fi
    # shellcheck disable=SC3038 # asked for below
    if [ -n "$cmp_bridge_named" ]; then exec -a "$0" "$cmp_bridge_program" "$@"; fi
    exec "$cmp_bridge_program" "$@"
}

# Whatever ends this shell, such as no process to be had, the program is started; a signal ends it as it would end the program.
cmp_bridge_named=
trap 'cmp_bridge_start "$@"' EXIT
trap 'trap - EXIT HUP; kill -HUP $$' HUP
trap 'trap - EXIT INT; kill -INT $$' INT
trap 'trap - EXIT QUIT; kill -QUIT $$' QUIT
trap 'trap - EXIT TERM; kill -TERM $$' TERM

# The program is to be started without the patch.
refuse() {
    [ -z "${session:-}" ] || rm -rf -- "$session"
    say "not applied: $1. Starting the program without it."
    exit 1
}

# Removes what programs left behind that are gone, unless a child of theirs still uses it.
remove_stale() {
    for old in "$1"/[0-9]*-[0-9]*; do
        [ -f "$old/patch" ] || continue
        pid=${old##*/}
        pid=${pid%%-*}
        [ -d "/proc/$pid" ] && continue
        in_use "$old" && continue
        rm -rf -- "$old"
    done
}

# The folder of this user's sessions, which nobody else may enter.
find_parent() {
    uid=$(id -u)
    for parent in "$SESSIONS/$uid" "/tmp/cmp-bridge-$uid"; do
        [ -d "${parent%/*}" ] || continue
        mkdir -m 700 -- "$parent" 2>/dev/null
        case $(owner_of "$parent") in drwx------*" $uid") return ;; esac
    done
    refuse "neither $SESSIONS/$uid nor /tmp/cmp-bridge-$uid is a folder of this user alone"
}

# Copied byte by byte: a hole in the page would need disk space later, when there may be none.
write_session() {
    cat -- "$here/plan" >"$session/plan" && cat -- "$here/control" >"$session/control" &&
        cat -- "$here/routes" >"$session/routes" && chmod 600 "$session/plan" "$session/control" &&
        printf '%s\n' "$PATCH" "$ROUTES_AT $ALLOWED_AT $COUNTERS_AT" >"$session/patch"
}

# Makes the private folder through which the patch can be switched off while the program runs.
make_session() {
    find_parent
    remove_stale "$parent"
    number=0
    while ! mkdir -m 700 -- "$parent/$$-$number" 2>/dev/null; do
        number=$((number + 1))
        [ "$number" -lt 100 ] || refuse "no folder can be made in $parent"
    done
    session=$parent/$$-$number
    write_session 2>/dev/null || refuse "the session cannot be written in $parent"
}

# What bin/route has decided. Read when the session is there: bin/route writes first, and looks for sessions then.
switch_as_decided() {
    if is_off "$here"; then refuse 'it was switched off by bin/route'; fi
    [ -s "$here/etc/route" ] || return 0
    while IFS=' ' read -r name route; do
        "$here/bin/route" --session "$session" "$route" "$name" >/dev/null && continue
        refuse "$name cannot have the route that bin/route decided for it"
    done <"$here/etc/route"
}

# Prints the session's folder, if everything is as it must be. Tools are where they are on every system, whatever PATH is.
cmp_bridge_prepare() (
    trap - EXIT HUP INT QUIT TERM
    PATH=/usr/bin:/bin
    here=$cmp_bridge_here
    for file in patch.conf lib/common.sh; do
        [ -r "$here/$file" ] && continue
        printf 'patch: not applied: %s is not there, or cannot be read. Starting the program without it.\n' "$here/$file" >&2
        exit 1
    done
    # shellcheck source=/dev/null
    . "$here/patch.conf"
    # shellcheck source=/dev/null
    . "$here/lib/common.sh"
    executable=$cmp_bridge_program
    if [ -n "$cmp_bridge_kept" ] && [ -f "$cmp_bridge_kept" ]; then executable=$cmp_bridge_kept; fi
    why=$(why_not "$executable")
    [ -z "$why" ] || refuse "$why"
    for file in lib/libcmp_bridge_agent.so $MODULES plan control routes bin/route; do
        if [ ! -f "$here/$file" ] || [ ! -r "$here/$file" ]; then
            refuse "$here/$file is not there, or cannot be read"
        fi
    done
    umask 077
    make_session
    switch_as_decided
    printf '%s' "$session"
)

# By a link, the program has the name that it was called by, where the shell can give it (bash, ksh and busybox can).
# shellcheck disable=SC3038
if [ -L "$0" ] && (exec -a sh sh -c :) 2>/dev/null; then cmp_bridge_named=yes; fi
if CMP_BRIDGE_SESSION=$(cmp_bridge_prepare); then
    # The agent takes both variables away again before the program's first line.
    LD_PRELOAD=$cmp_bridge_here/lib/libcmp_bridge_agent.so${LD_PRELOAD:+:$LD_PRELOAD}
    export CMP_BRIDGE_SESSION LD_PRELOAD
else
    unset CMP_BRIDGE_SESSION
fi
cmp_bridge_start "$@"
