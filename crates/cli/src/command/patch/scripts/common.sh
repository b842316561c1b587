#!/bin/sh
# @(#) cmp-bridge patch: what its scripts share. Read by them.
# shellcheck disable=SC2034,SC2153,SC2154 # names in capitals stand in patch.conf, the others are theirs

unset CDPATH
LC_ALL=C
export LC_ALL

say() {
    printf 'patch %s: %s\n' "$ANOMALY" "$*" >&2
}

fail() {
    say "error: $*"
    exit 1
}

# Does something; with $dry, only says that it would.
act() {
    if [ -n "$dry" ]; then
        printf 'would:'
        printf ' %s' "$@"
        printf '\n'
    else
        "$@"
    fi
}

# Whether a file holds the build-id that the patch was made for, where the linker put it.
is_our_build() {
    case $(dd if="$1" bs=4096 count="$BUILD_ID_BLOCKS" 2>/dev/null | od -An -v -tx1 | tr -d ' \n') in
    *"$BUILD_ID_NOTE"*) return 0 ;;
    esac
    return 1
}

# Whether a program has the rights of another user or of its own: the system's loader lets no other library into it then,
# without a word. (Capabilities are seen where getcap is installed.)
is_privileged() {
    if [ -u "$1" ] || [ -g "$1" ]; then return 0; fi
    for getcap in getcap /usr/sbin/getcap /sbin/getcap; do
        command -v "$getcap" >/dev/null 2>&1 || continue
        [ -n "$("$getcap" -- "$1" 2>/dev/null)" ]
        return
    done
    return 1
}

# Why the patch cannot be used for a program; nothing if it can.
why_not() {
    for tool in dd od tr; do
        command -v "$tool" >/dev/null 2>&1 || {
            printf '%s is not installed: the build of the program cannot be checked' "$tool"
            return
        }
    done
    if [ ! -f "$1" ]; then
        printf '%s is not there' "$1"
    elif [ ! -r "$1" ]; then
        printf '%s cannot be read: its build cannot be checked' "$1"
    elif ! is_our_build "$1"; then
        printf '%s is another build than the patch was made for (build-id %s)' "$1" "$BUILD_ID"
    elif is_privileged "$1"; then
        printf '%s is setuid or setgid, or has capabilities: the loader lets no patch into such a program' "$1"
    fi
}

# The user and the permissions of a file, as `drwx------ 0`.
owner_of() {
    # shellcheck disable=SC2012 # the first words of ls are those that POSIX defines
    ls -ldn -- "$1" 2>/dev/null | while read -r mode _ uid _; do printf '%s %s' "$mode" "$uid"; done
}

# Whether a process uses a session, as far as this user may look: the program itself, or a child of it.
in_use() {
    real=$(cd -P -- "$1" 2>/dev/null && pwd) || return 1
    grep -q -F -- "$real/control" /proc/[0-9]*/maps 2>/dev/null
}

# Calls something with each session of this patch, whatever its release: all users have their folders below $SESSIONS, or
# else in /tmp. Anybody may make folders there: names are looked at before they are used.
each_session() {
    for session in "$SESSIONS"/[0-9]*/[0-9]*-[0-9]* /tmp/cmp-bridge-[0-9]*/[0-9]*-[0-9]*; do
        parent=${session%/*}
        parent=${parent##*/}
        case ${parent#cmp-bridge-}${session##*/} in *[!0-9-]*) continue ;; esac
        if [ ! -f "$session/patch" ] || [ ! -f "$session/control" ] || [ -L "$session/control" ]; then continue; fi
        id=
        IFS= read -r id <"$session/patch" || continue
        case $id in "$PROGRAM $ANOMALY "*) "$@" "$session" ;; esac
    done
}

# The folder of the installed patch that a link leads to, such as PREFIX/PROGRAM/ANOMALY+1; nothing if to none.
patch_behind() {
    [ -e "$1" ] || return 0
    real=$(readlink -f -- "$1") || fail "$1 cannot be read"
    folder=${real%/bin/*}
    if [ "$folder" != "$real" ] && [ -f "$folder/etc/installed" ] && [ -f "$folder/patch.conf" ]; then printf '%s' "$folder"; fi
}

# What stands in an installed patch about its place.
read_installed() {
    executable='' link='' kept=''
    {
        IFS= read -r executable
        IFS= read -r link
        IFS= read -r kept
    } 2>/dev/null <"$1/etc/installed"
}

# Whether programs to come are started without an installed patch.
is_off() {
    [ -f "$1/etc/route" ] || return 1
    while IFS= read -r line; do
        [ "$line" != '* legacy' ] || return 0
    done <"$1/etc/route"
    return 1
}
