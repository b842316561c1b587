#!/bin/sh
# @(#) cmp-bridge patch: starts the untouched program with the patch in it
#
# Called in place of the program, with its arguments. Nothing of the program's file is changed, and this process
# becomes the program: its process id, signals and exit status are its own. Where anything is not as it should be, the
# program is started without the patch, and standard error says why.
#
# All work is done in sub-shells: a variable that is set here might be one of the program's own environment.
set -u

# Reads what the patch is: for sub-shells only.
read_patch() {
    own=$(readlink -f -- "$0" 2>/dev/null) || own=$0
    here=$(cd -P -- "$(dirname -- "$own")/.." && pwd) || exit 127
    # shellcheck source=/dev/null
    . "$here/patch.conf"
    # shellcheck source=common.sh
    . "$here/lib/common.sh"
    find_executable
}

program() (
    read_patch
    printf '%s' "$executable"
)

agent() (
    read_patch
    printf '%s' "$here/lib/libcmp_bridge_agent.so"
)

# The program is to be started without the patch.
refuse() {
    say "not applied: $1. Starting $executable without it."
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
    # Copied byte by byte: a hole in the page would need disk space later, when there may be none.
    if ! cat -- "$here/plan" >"$session/plan" || ! cat -- "$here/control" >"$session/control" ||
        ! printf '%s\n' "$PATCH" >"$session/patch" || ! chmod 600 "$session/plan" "$session/control"; then
        rm -rf -- "$session"
        refuse "the session cannot be written in $parent"
    fi 2>/dev/null
}

# What bin/route has decided about single routines, for good.
switch_single() {
    [ -s "$here/etc/route" ] || return 0
    while IFS=' ' read -r name route; do
        "$here/bin/route" --session "$session" "$route" "$name" >/dev/null && continue
        rm -rf -- "$session"
        refuse "$name cannot have the route that bin/route decided for it"
    done <"$here/etc/route"
}

# Prints the session's folder, if everything is as it must be.
prepare() (
    read_patch
    why=$(why_not)
    [ -z "$why" ] || refuse "$why"
    for file in lib/libcmp_bridge_agent.so $MODULES plan control routes bin/route; do
        if [ ! -f "$here/$file" ] || [ ! -r "$here/$file" ]; then
            refuse "$here/$file is not there, or cannot be read"
        fi
    done
    case $here in
    *[\ :]*) refuse "the loader splits names at spaces and colons, and the patch is in $here" ;;
    esac
    if [ -f "$here/etc/route" ] && grep -q -x -F '* legacy' "$here/etc/route"; then
        refuse 'it was switched off by bin/route'
    fi
    umask 077
    make_session
    switch_single
    printf '%s' "$session"
)

set -- "$(program)" "$@"
if CMP_BRIDGE_SESSION=$(prepare); then
    # The agent takes both variables away again before the program's first line.
    LD_PRELOAD=$(agent)${LD_PRELOAD:+:$LD_PRELOAD}
    export CMP_BRIDGE_SESSION LD_PRELOAD
else
    unset CMP_BRIDGE_SESSION
fi
exec "$@"
