#!/bin/sh
# @(#) cmp-bridge patch: whether it can be installed where it is to go. Read by install.sh, and part of the packages, which
# ask before anything is unpacked.
# shellcheck disable=SC2034,SC2153,SC2154 # names in capitals stand in patch.conf, the others are theirs or lib/common.sh's

absolute() {
    case $1 in *'
'*) fail 'a path has no line end' ;; esac
    case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$(pwd)" "$1" ;; esac
}

# The one name of a file, whatever links its folder is reached by.
canonical() {
    folder=$(cd -P -- "${1%/*}/" 2>/dev/null && pwd) || fail "the folder of $1 is not there; nothing was installed"
    printf '%s/%s' "${folder%/}" "${1##*/}"
}

# Two names of one file would lead the patch to itself.
one_name() {
    [ -n "$LINK" ] || return 0
    LINK=$(absolute "$LINK")
    linked_at=$(canonical "$LINK")
    named=$(canonical "$wanted")
    if [ "$linked_at" = "$named" ]; then wanted=$LINK; fi
}

# Whether two names have the same file behind them; of links, whether they say the same.
same() {
    if [ -L "$1" ] || [ -L "$2" ]; then
        [ -L "$1" ] && [ -L "$2" ] && [ "$(readlink -- "$1")" = "$(readlink -- "$2")" ]
    else
        # shellcheck disable=SC3013 # dash, bash, ksh and busybox know -ef, and POSIX of 2024 does
        [ "$1" -ef "$2" ]
    fi
}

# Whether a file is the link to the start script.
is_linked() {
    if [ -z "$1" ] || [ ! -L "$1" ]; then return 1; fi
    to=$(readlink -- "$1") || fail "$1 cannot be read"
    [ "$to" = "$script" ]
}

# Which earlier state of this patch is there, and what of it stays.
look_at_present() {
    previous='' was_kept=''
    if [ -e "$target" ] && [ ! -L "$target" ]; then fail "$target is in the way"; fi
    [ -L "$target" ] || return 0
    previous=$(readlink -f -- "$target") || fail "$target cannot be read"
    read_installed "$previous" || return 0
    # Rolled back. What bin/route has switched off is still what its link leads to.
    if is_off "$previous" && ! is_linked "$link"; then return 0; fi
    LINK=${LINK:-$link}
    was_kept=$kept
    one_name
    if [ "$wanted" != "$executable" ] || { [ -n "$link" ] && [ "$LINK" != "$link" ]; }; then
        fail "it is in operation for $executable${link:+, linked at $link}: roll it back first with $target/rollback.sh"
    fi
    [ ! -s "$previous/etc/route" ] || say "note: what bin/route decided for single routines no longer holds"
}

# A second patch would put the first one out of operation where it takes its place, and elsewhere would not have it.
refuse_others() {
    for file in "$wanted" "$LINK"; do
        other=$(patch_behind "$file")
        case $other in '' | "$target"+*) continue ;; esac
        refuse_other "$other"
    done
    for other in "$PREFIX/$PROGRAM"/*; do
        case ${other##*/} in *+*) continue ;; esac
        if [ ! -L "$other" ] || [ "$other" = "$target" ] || ! read_installed "$other" || is_off "$other"; then continue; fi
        [ "$executable" != "$wanted" ] || refuse_other "$other"
    done
}

refuse_other() {
    fail "$1 is in operation for this program, and would no longer be: deliver both corrections as one patch, and roll that back first"
}

# What stands where the link goes, and under which name it is kept.
look_at_link() {
    kept=
    [ -n "$LINK" ] || return 0
    aside=$LINK.before-$ANOMALY
    if is_linked "$LINK"; then
        if [ -e "$aside" ] || [ -L "$aside" ]; then kept=$aside; else kept=$was_kept; fi
        return 0
    fi
    [ ! -d "$LINK" ] || fail "$LINK is a folder"
    if [ ! -e "$LINK" ]; then
        [ ! -L "$LINK" ] || fail "$LINK leads nowhere: remove it, or choose another --link"
        return 0
    fi
    if { [ -e "$aside" ] || [ -L "$aside" ]; } && ! same "$LINK" "$aside"; then
        fail "$aside is in the way: an earlier installation kept it, and it is another file than $LINK: move it away if nobody needs it"
    fi
    kept=$aside
    if [ "$wanted" != "$LINK" ] && [ -L "$wanted" ] && [ "$(readlink -f -- "$wanted")" = "$(readlink -f -- "$LINK")" ]; then
        fail "$wanted is a link, perhaps by way of $LINK: name the program itself with --exe $(readlink -f -- "$wanted")"
    fi
}

# Looks at everything that is there before anything is changed: whether $wanted can be patched from below $PREFIX.
look_at_place() {
    one_name
    target=$PREFIX/$PROGRAM/$ANOMALY
    script=$target/bin/$PROGRAM
    case $target in *[!A-Za-z0-9/._+-]*) fail "the folder has letters, digits, and / . _ + - only: choose another --prefix than $PREFIX" ;; esac
    look_at_present
    refuse_others
    look_at_link
    if [ "$wanted" = "$LINK" ] && is_linked "$LINK"; then program=$kept; else program=$wanted; fi
    why=$(why_not "${program:-$wanted}")
    [ -z "$why" ] || fail "$why; nothing was installed"
}
