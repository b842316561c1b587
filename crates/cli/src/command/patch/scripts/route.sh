#!/bin/sh
# @(#) cmp-bridge patch: who answers, legacy or Rust
# shellcheck disable=SC2094,SC2153 # files are only read; names in capitals stand in patch.conf
set -u

own=$(readlink -f -- "$0" 2>/dev/null) || own=$0
here=$(cd -P -- "$(dirname -- "$own")/.." && pwd) || exit 1
# shellcheck source=/dev/null
. "$here/patch.conf"
# shellcheck source=common.sh
. "$here/lib/common.sh"

usage() {
    cat <<END
usage: bin/route status                 running programs with the patch, and who answers each routine
       bin/route legacy [ROUTINE ...]   roll back: the legacy code answers, from the next call on
       bin/route rust   [ROUTINE ...]   apply again
Without a routine: all of them, as the patch was delivered. Programs that run are switched at once, those started later begin so; one that
was started while all routines were switched off runs without the patch until it is started again. Programs that run an earlier
release of the patch are switched as well. Programs of other users are switched by them, or by root.
Exit status: 0 done; 1 not for programs started from now on; 2 usage; 3 some that run could not be switched.
END
    exit 2
}

# Reads numbers of a control page: how many bytes each, where, how many bytes in all.
numbers() {
    od -An -v -t "u$2" -j "$3" -N "$4" -- "$1" | tr -s '\n' ' '
}

# Where a session's page keeps what, and in which order: one of an earlier release has its own.
layout_of() {
    routes_at='' allowed_at='' counters_at=''
    {
        read -r _
        IFS=' ' read -r routes_at allowed_at counters_at
    } 2>/dev/null <"$1/patch"
    case $routes_at$allowed_at$counters_at in *[!0-9]*) return 1 ;; esac
    [ -n "$counters_at" ] && [ -f "$1/routes" ]
}

# The offset of a routine's byte, by its line in a file of routines.
index_of() {
    index=0
    while IFS= read -r known; do
        [ "$known" != "$2" ] || return 0
        index=$((index + 1))
    done <"$1"
    return 1
}

# Changes one byte of a session: effective from the next call.
set_byte() {
    # Bit 3: the routine has a candidate, and its module is loaded.
    allowed=$(numbers "$1/control" 1 $((allowed_at + $2)) 1)
    if [ "$3" = rust ] && [ $((allowed & 8)) -eq 0 ]; then return 1; fi
    case $3 in rust) byte='\003' ;; *) byte='\000' ;; esac
    # shellcheck disable=SC2059 # the format is the byte
    printf "$byte" | dd of="$1/control" bs=1 seek=$((routes_at + $2)) count=1 conv=notrunc 2>/dev/null
}

# Switches routines of one session of this user's, in a folder that nobody else could put something into.
switch() {
    from=$1
    to=$2
    shift 2
    own=$(id -u)
    case $(owner_of "${from%/*}"),$(owner_of "$from"),$(owner_of "$from/control") in
    drwx------*" $own,drwx------"*" $own,-rw-------"*" $own") ;;
    *) return 1 ;;
    esac
    layout_of "$from" || return 1
    # Without a routine: every one that it has, or of those that the patch was delivered with in Rust.
    if [ $# -eq 0 ]; then
        while IFS= read -r name; do
            if [ "$to" = rust ] && ! is_delivered "$name"; then continue; fi
            index_of "$from/routes" "$name" && set_byte "$from" "$index" "$to" || return 1
        done <"$from/routes"
    fi
    for name in "$@"; do
        index_of "$from/routes" "$name" && set_byte "$from" "$index" "$to" || return 1
    done
}

# Another user's session is switched as that user: root writes to no file of theirs.
switch_as_owner() {
    [ "$(id -u)" -eq 0 ] || return 1
    # shellcheck disable=SC2012 # the first words of ls are those that POSIX defines
    owner=$(ls -ld -- "$1/control" 2>/dev/null | while read -r _ _ name _; do printf '%s' "$name"; done)
    # shellcheck disable=SC2016 # the words are that shell's own
    [ -n "$owner" ] && su -s /bin/sh "$owner" -c '"$0" "$@"' -- "$here/bin/route" --session "$@" </dev/null
}

# The reason that the agent gave, if any.
reason() {
    dd if="$1" bs=1 skip=24 count=480 2>/dev/null | tr -d '\000'
}

state() {
    case $(numbers "$1" 4 16 4) in
    *1*) printf 'hooks are in place' ;;
    *2*) printf 'NOT APPLIED, the legacy code answers' ;;
    *) printf 'not started yet, or started without the loader' ;;
    esac
    text=$(reason "$1")
    printf '%s\n' "${text:+: $text}"
}

tell() {
    if [ ! -r "$1/control" ] || ! in_use "$1" || ! layout_of "$1"; then return 0; fi
    any=yes
    printf 'process %s: %s\n' "$(numbers "$1/control" 4 12 4 | tr -d ' ')" "$(state "$1/control")"
    case $id in "$PATCH") ;; *) printf '  (of another delivery: %s)\n' "${id#"$PROGRAM "}" ;; esac
    index=0
    while IFS= read -r name; do
        # shellcheck disable=SC2046 # words are meant to be split
        set -- "$1" $(numbers "$1/control" 1 $((routes_at + index)) 1) \
            $(numbers "$1/control" 8 $((counters_at + 64 * index + 16)) 24)
        case $2 in 3) route=rust ;; *) route=legacy ;; esac
        printf '  %-24s %-7s %s answered by Rust, %s declined, %s panicked\n' "$name" "$route" "$3" "$4" "$5"
        index=$((index + 1))
    done <"$1/routes"
}

status() {
    any=
    each_session tell
    [ -n "$any" ] || printf 'no program runs with this patch (or none that this user may look at)\n'
    if [ -s "$here/etc/route" ]; then
        printf 'programs to come begin otherwise than delivered: %s\n' "$(tr '\n' ';' <"$here/etc/route")"
    fi
}

# Whether the patch was delivered with a routine in Rust.
is_delivered() (
    index_of "$here/routes" "$1" && [ "$(numbers "$here/control" 1 $((ROUTES_AT + index)) 1)" -eq 3 ]
)

# What was remembered, less what is spoken of now; `* legacy` as a line for each routine.
remembered() {
    [ -f "$here/etc/route" ] || return 0
    while IFS=' ' read -r name to; do
        if [ "$name" = '*' ]; then
            while IFS= read -r name; do printf '%s legacy\n' "$name"; done <"$here/routes"
        else
            printf '%s %s\n' "$name" "$to"
        fi
    done <"$here/etc/route" | while IFS= read -r line; do
        for name in "$@"; do [ "${line%% *}" != "$name" ] || continue 2; done
        printf '%s\n' "$line"
    done
}

# What programs to come begin with: nothing but what was delivered, nothing at all, or single routines otherwise.
remember() {
    to=$1
    shift
    {
        case $to,$# in
        rust,0) ;;
        legacy,0) printf '* legacy\n' ;;
        *)
            remembered "$@"
            for name in "$@"; do printf '%s %s\n' "$name" "$to"; done
            ;;
        esac
    } 2>/dev/null >"$here/etc/route.new" && mv -f -- "$here/etc/route.new" "$here/etc/route"
}

# Switches a session. One that no program uses does not count: it is left over, or just being made, and then sees what is
# remembered.
switch_one() {
    session=$1
    # shellcheck disable=SC2086 # names of routines have no spaces
    set -- $wanted
    if switch "$session" "$route" "$@" 2>/dev/null || switch_as_owner "$session" "$route" "$@" 2>/dev/null; then
        if in_use "$session"; then done=$((done + 1)); fi
    elif in_use "$session"; then
        running=$((running + 1))
        say "not switched: $session; it is another user's, or has no candidate of it"
    fi
}

only=
if [ "${1:-}" = --session ]; then
    [ $# -ge 3 ] || usage
    only=$2
    shift 2
fi
case ${1:-} in
status)
    [ $# -eq 1 ] || usage
    status
    exit 0
    ;;
legacy | rust) ;;
*) usage ;;
esac
route=$1
shift
if [ -n "$only" ]; then
    switch "$only" "$route" "$@"
    exit
fi
for name in "$@"; do
    index_of "$here/routes" "$name" || {
        say "error: no routine $name in this patch; it has: $(tr '\n' ' ' <"$here/routes")"
        exit 2
    }
done
# First, so that a program that is being started now is not missed.
lasting=yes
remember "$route" "$@" 2>/dev/null || lasting=
done=0
running=0
wanted=$*
each_session switch_one
if [ -n "$lasting" ]; then
    kept='and those started from now on'
else
    kept='but not those started from now on: this user may not write to '"$here/etc"
fi
printf '%s answers now: %s running, %s\n' "$route" "$done" "$kept"
if [ "$running" -gt 0 ]; then
    printf '%s running could not be switched\n' "$running"
    exit 3
fi
[ -n "$lasting" ]
