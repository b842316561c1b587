#!/bin/sh
# @(#) cmp-bridge patch: who answers, legacy or Rust
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
was started while all routines were switched off runs without the patch until it is started again.
Programs of other users are switched by them, or by root. Exit status: 0 done; 1 something was not; 2 usage.
END
    exit 2
}

# Reads numbers of a control page: how many bytes each, where, how many bytes in all.
numbers() {
    od -An -v -t "u$2" -j "$3" -N "$4" -- "$1" | tr -s '\n' ' '
}

# The offset of a routine's byte in the page's region of routes, by its line in the file `routes`.
index_of() {
    index=0
    while IFS= read -r known; do
        [ "$known" != "$1" ] || return 0
        index=$((index + 1))
    done <"$here/routes"
    return 1
}

# Changes one byte of a session: effective from the next call.
set_byte() {
    case $(owner_of "$1/control") in -rw-------*" $(id -u)") ;; *) return 1 ;; esac
    # Bit 3: the routine has a candidate, and its module is loaded.
    allowed=$(numbers "$1/control" 1 $((ALLOWED_AT + $2)) 1)
    if [ "$3" = rust ] && [ $((allowed & 8)) -eq 0 ]; then return 1; fi
    case $3 in rust) byte='\003' ;; *) byte='\000' ;; esac
    # shellcheck disable=SC2059 # the format is the byte
    printf "$byte" | dd of="$1/control" bs=1 seek=$((ROUTES_AT + $2)) count=1 conv=notrunc 2>/dev/null
}

# Switches routines of one session.
switch() {
    to=$2
    from=$1
    shift 2
    for name in "$@"; do
        index_of "$name" && set_byte "$from" "$index" "$to" || return 1
    done
}

# Another user's session is switched as that user: root writes to no file of theirs.
switch_as_owner() {
    [ "$(id -u)" -eq 0 ] || return 1
    # shellcheck disable=SC2012 # the first words of ls are those that POSIX defines
    owner=$(LC_ALL=C ls -ld -- "$1/control" 2>/dev/null | while read -r _ _ name _; do printf '%s' "$name"; done)
    # shellcheck disable=SC2016 # the words are that shell's own
    [ -n "$owner" ] && su -s /bin/sh "$owner" -c '"$0" "$@"' -- "$here/bin/route" --session "$@"
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

status() {
    any=
    for session in $(our_sessions); do
        [ -r "$session/control" ] || continue
        # shellcheck disable=SC2046 # words are meant to be split
        set -- $(numbers "$session/control" 4 12 4)
        pid=${1:-0}
        in_use "$session" || continue
        any=yes
        printf 'process %s: %s\n' "$pid" "$(state "$session/control")"
        index=0
        while IFS= read -r name; do
            # shellcheck disable=SC2046
            set -- $(numbers "$session/control" 1 $((ROUTES_AT + index)) 1) \
                $(numbers "$session/control" 8 $((COUNTERS_AT + 64 * index + 16)) 24)
            case $1 in 3) route=rust ;; *) route=legacy ;; esac
            printf '  %-24s %-7s %s answered by Rust, %s declined, %s panicked\n' "$name" "$route" "$2" "$3" "$4"
            index=$((index + 1))
        done <"$here/routes"
    done
    [ -n "$any" ] || printf 'no program runs with this patch (or none that this user may look at)\n'
    if [ -s "$here/etc/route" ]; then
        printf 'programs to come begin otherwise than delivered: %s\n' "$(tr '\n' ';' <"$here/etc/route")"
    fi
}

# The routines that the patch was delivered with in Rust.
delivered() {
    index=0
    while IFS= read -r name; do
        [ "$(numbers "$here/control" 1 $((ROUTES_AT + index)) 1)" -ne 3 ] || printf '%s\n' "$name"
        index=$((index + 1))
    done <"$here/routes"
}

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
for name in "$@"; do
    index_of "$name" || {
        say "error: no routine $name in this patch; it has: $(tr '\n' ' ' <"$here/routes")"
        exit 2
    }
done
if [ $# -eq 0 ]; then
    everything=yes
    # shellcheck disable=SC2046 # names of routines have no spaces
    case $route in legacy) set -- $(cat "$here/routes") ;; *) set -- $(delivered) ;; esac
else
    everything=
fi
if [ -n "$only" ]; then
    switch "$only" "$route" "$@"
    exit
fi
done=0
left=0
for session in $(our_sessions); do
    if switch "$session" "$route" "$@" 2>/dev/null || switch_as_owner "$session" "$route" "$@" 2>/dev/null; then
        # One that is just being started uses it soon; one that is gone does not count.
        if in_use "$session"; then done=$((done + 1)); fi
    else
        left=$((left + 1))
        say "not switched: $session; it is another user's, or has no candidate of it"
    fi
done
[ -z "$everything" ] || set --
if remember "$route" "$@" 2>/dev/null; then
    kept='and those started from now on'
else
    kept='but not those started from now on: this user may not write to '"$here/etc"
    left=$((left + 1))
fi
printf '%s answers now: %s running, %s\n' "$route" "$done" "$kept"
[ "$left" -eq 0 ]
