#!/bin/sh
# @(#) cmp-bridge patch: rolls it back
set -eu

here=$(cd -P -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/patch.conf"
# shellcheck source=common.sh
. "$here/lib/common.sh"

usage() {
    cat <<END
usage: rollback.sh [--dry-run] [--remove]

Running programs are switched to the legacy code at once, programs started later are not patched, and what stood
where people start the program is put back. With --remove the patch's files go as well, and what was kept of an earlier
installation in their place comes back. Doing it twice changes nothing the second time.
Exit status: 0 rolled back; 1 something is left to do, and is said; 2 usage.
END
    exit "$1"
}

dry=
remove=
packaged=
while [ $# -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --remove) remove=yes ;;
    --packaged) packaged=yes ;;
    --help) usage 0 ;;
    *) usage 2 >&2 ;;
    esac
    shift
done

# Puts back what stood where people start the program, if it is still ours that stands there.
restore_link() {
    link=
    if [ -f "$here/etc/link" ]; then IFS= read -r link <"$here/etc/link" || :; fi
    [ -n "$link" ] || return 0
    kept=$link.before-$ANOMALY
    if [ ! -L "$link" ] || [ "$(readlink -- "$link")" != "$here/bin/$PROGRAM" ]; then
        say "$link does not lead to this patch: left as it is"
        return 0
    fi
    if [ -e "$kept" ] || [ -L "$kept" ]; then
        act mv -f -- "$kept" "$link"
    else
        act rm -f -- "$link"
    fi
    find_executable
    if [ "$executable" = "$kept" ]; then set_line "$here/etc/executable" "$link"; fi
    set_line "$here/etc/link" ''
}

# The newest of the folders that installations kept.
newest_kept() {
    number=1
    while [ -e "$here.before-$((number + 1))" ]; do number=$((number + 1)); done
    if [ -e "$here.before-$number" ]; then printf '%s' "$here.before-$number"; fi
}

[ -d "$here/etc" ] || fail "it is not installed in $here: call the rollback.sh of the installed patch"
left=0
act "$here/bin/route" legacy || left=1
restore_link
if [ -n "$packaged" ]; then
    act rm -rf -- "$here/etc"
elif [ -n "$remove" ]; then
    # Nothing but a folder that holds this very patch is removed.
    if [ ! -f "$here/SHA256SUMS" ] || [ "${here##*/}" != "$ANOMALY" ]; then fail "$here is not the folder of this patch"; fi
    before=$(newest_kept)
    act rm -rf -- "$here"
    if [ -n "$before" ]; then act mv -- "$before" "$here"; fi
fi
say "${dry:+would be }rolled back"
exit "$left"
