#!/bin/sh
# @(#) cmp-bridge patch: what its scripts share. Read by them, with the patch's folder in $here.
# shellcheck disable=SC2153,SC2154 # here is theirs, names in capitals stand in patch.conf

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

# Makes a file of one line.
set_line() {
    if [ -n "$dry" ]; then printf 'would: write %s: %s\n' "$1" "$2"; else printf '%s\n' "$2" >"$1"; fi
}

# Puts into $executable the program that the patch is for, as it was installed.
find_executable() {
    executable=$EXECUTABLE
    if [ -f "$here/etc/executable" ]; then
        IFS= read -r executable <"$here/etc/executable" || executable=$EXECUTABLE
    fi
}

# Whether a file holds the build-id that the patch was made for, where the linker put it.
is_our_build() {
    case $(dd if="$1" bs=4096 count="$BUILD_ID_BLOCKS" 2>/dev/null | od -An -v -tx1 | tr -d ' \n') in
    *"$BUILD_ID_NOTE"*) return 0 ;;
    esac
    return 1
}

# Why the patch cannot be used for $executable; nothing if it can.
why_not() {
    for tool in dd od tr; do
        command -v "$tool" >/dev/null 2>&1 || {
            printf '%s is not installed: the build of the program cannot be checked' "$tool"
            return
        }
    done
    if [ ! -f "$executable" ]; then
        printf '%s is not there' "$executable"
    elif [ ! -r "$executable" ]; then
        printf '%s cannot be read: its build cannot be checked' "$executable"
    elif ! is_our_build "$executable"; then
        printf '%s is another build than the patch was made for (build-id %s)' "$executable" "$BUILD_ID"
    fi
}

# The user and the permissions of a file, as `drwx------ 0`.
owner_of() {
    # shellcheck disable=SC2012 # the first words of ls are those that POSIX defines
    LC_ALL=C ls -ldn -- "$1" 2>/dev/null | while read -r mode _ uid _; do printf '%s %s' "$mode" "$uid"; done
}

# Whether a process uses a session, as far as this user may look: the program itself, or a child of it.
in_use() {
    real=$(cd -P -- "$1" 2>/dev/null && pwd) || return 1
    grep -q -F -- "$real/control" /proc/[0-9]*/maps 2>/dev/null
}

# Every session of this patch, one a line: all users have their folders below $SESSIONS, or else in /tmp.
our_sessions() {
    for session in "$SESSIONS"/*/*-* /tmp/cmp-bridge-*/*-*; do
        if [ ! -f "$session/patch" ] || [ ! -f "$session/control" ] || [ -L "$session/control" ]; then continue; fi
        id=
        IFS= read -r id <"$session/patch"
        if [ "$id" = "$PATCH" ]; then printf '%s\n' "$session"; fi
    done
}

# Where an earlier patch, or this one, took the program's place, $executable becomes the program behind it.
look_behind_patches() {
    left=8
    while [ "$left" -gt 0 ] && [ -L "$executable" ]; do
        script=$(readlink -f -- "$executable") || return 0
        behind=${script%/bin/*}/etc/executable
        [ "$behind" != "$script/etc/executable" ] && [ -f "$behind" ] || return 0
        IFS= read -r executable <"$behind" || return 0
        left=$((left - 1))
    done
}
