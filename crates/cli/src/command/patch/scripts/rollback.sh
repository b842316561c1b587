#!/bin/sh
# @(#) cmp-bridge patch: rolls it back
set -u

unset CDPATH
here=$(cd -P -- "$(dirname -- "$0")" && pwd) || exit 1
# shellcheck source=/dev/null
. "$here/patch.conf"
# shellcheck source=common.sh
. "$here/lib/common.sh"

usage() {
    cat <<END
usage: rollback.sh [--dry-run] [--remove [--anyway]]

Running programs are switched to the legacy code at once, programs started later are not patched, and what stood
where people start the program is put back. With --remove the patch's files go as well, all releases of them; not while
a program runs with it that could not be switched, since bin/route is still needed then, unless --anyway: it counts as done.
Doing it twice changes nothing the second time.
Exit status: 0 rolled back; 1 something is left to do, and is said; 2 usage.
END
    exit "$1"
}

dry=
remove=
anyway=
while [ $# -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --remove) remove=yes ;;
    --anyway) anyway=yes ;;
    --help) usage 0 ;;
    *) usage 2 >&2 ;;
    esac
    shift
done

# Puts back what stood where people start the program, if it is still this patch that stands there, and nothing but what
# is there to be put back.
restore_link() {
    [ -n "$link" ] || return 0
    to=
    if [ -L "$link" ]; then
        to=$(readlink -- "$link") || {
            say "error: $link cannot be read"
            return 1
        }
    fi
    if [ "$to" != "$target/bin/$PROGRAM" ]; then
        # An installation that was interrupted: nothing but a second name of what is still there.
        # shellcheck disable=SC3013
        if [ -n "$kept" ] && [ -e "$kept" ] && [ "$kept" -ef "$link" ]; then
            act rm -f -- "$kept"
        else
            say "$link does not lead to this patch: left as it is${kept:+, and so is $kept, which stood there before: remove it if nobody needs it}"
        fi
    elif [ -z "$kept" ]; then
        act rm -f -- "$link"
    elif [ -e "$kept" ]; then
        act mv -f -T -- "$kept" "$link"
    elif [ "$executable" != "$link" ] && [ -f "$executable" ]; then
        say "$kept is gone: $link becomes a link to $executable"
        act rm -f -- "$link+new-$ANOMALY"
        act ln -s -- "$executable" "$link+new-$ANOMALY" && act mv -f -T -- "$link+new-$ANOMALY" "$link"
    else
        say "error: $kept is gone: there is nothing to put back at $link"
        return 1
    fi
}

# The folder has another name before anything in it is removed: half of it is never in operation.
remove_files() {
    act rm -f -- "$target" "$target+new-$ANOMALY" || return 1
    for folder in "$target"+[0-9]*; do
        [ -d "$folder" ] || continue
        # What a removal left that was interrupted goes first.
        act rm -rf -- "$target+gone"
        act mv -T -- "$folder" "$target+gone" && act rm -rf -- "$target+gone" || return 1
    done
    if [ -z "$dry" ]; then rmdir -- "${target%/*}" 2>/dev/null || :; fi
}

roll_back() {
    left=0
    running=0
    act "$here/bin/route" legacy || left=$?
    # Those that nobody can switch need bin/route for as long as they run.
    if [ "$left" -eq 3 ]; then running=1; fi
    if [ -n "$link" ]; then act rm -f -- "$link+new-$ANOMALY"; fi
    restore_link || fail 'not rolled back; nothing was removed'
    if [ -n "$remove" ]; then
        if [ "$running" -eq 0 ] || [ -n "$anyway" ]; then
            remove_files || fail "$target could not be removed"
            # There is nothing left that could be started.
            left=$running
        else
            say "$target stays: it is needed to switch the programs that run"
        fi
    fi
    say "${dry:+would be }rolled back"
    if [ "$left" -ne 0 ] && [ -z "$anyway" ]; then exit 1; fi
    exit 0
}

target=${here%+[0-9]*}
if [ "$target" = "$here" ] || ! read_installed "$here"; then
    fail "it is not installed in $here: call the rollback.sh of the installed patch"
fi
present=$here
if [ -L "$target" ]; then present=$(readlink -f -- "$target") || fail "$target cannot be read"; fi
if [ "$present" != "$here" ]; then fail "$target is another installation of it: call $target/rollback.sh"; fi
roll_back
