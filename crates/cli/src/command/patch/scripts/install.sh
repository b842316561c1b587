#!/bin/sh
# @(#) cmp-bridge patch: installs it
# shellcheck disable=SC2153 # names in capitals stand in patch.conf
set -eu

unset CDPATH
here=$(cd -P -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/patch.conf"
# shellcheck source=common.sh
. "$here/lib/common.sh"
# shellcheck source=checks.sh
. "$here/lib/checks.sh"

usage() {
    cat <<END
usage: install.sh [--dry-run] [--prefix DIR] [--exe FILE] [--link FILE]

  --dry-run      only says what would be done
  --prefix DIR   installs to DIR/$PROGRAM/$ANOMALY (default $PREFIX)
  --exe FILE     the program (default $EXECUTABLE)
  --link FILE    what people start (default ${LINK:-none}): a link to the start script takes its place; what was there is
                 kept as FILE.before-$ANOMALY

All files are written and verified before anything is changed that people start; then links are renamed, one after the
other. Wherever that ends, the program can be started, and a second time does the rest. An earlier release of the patch
answers until then. Refused for another build of the program, where a checksum differs, and where another patch of the
program is in operation. The program's file is not changed. Exit status: 0 installed; 1 refused; 2 usage.
END
    exit "$1"
}

dry=
given=
while [ $# -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --prefix | --exe | --link)
        [ $# -ge 2 ] || usage 2 >&2
        case $1 in --prefix) PREFIX=$2 ;; --exe) given=$2 ;; --link) LINK=$2 ;; esac
        shift
        ;;
    --help) usage 0 ;;
    *) usage 2 >&2 ;;
    esac
    shift
done

verify() {
    (cd -- "$1" && sha256sum -c --quiet SHA256SUMS >&2)
}

# A word for a shell, whatever is in it.
quoted() {
    word=
    rest=$1
    while [ "$rest" != "${rest#*\'}" ]; do
        word="$word${rest%%\'*}'\\''"
        rest=${rest#*\'}
    done
    printf "'%s'" "$word$rest"
}

# The start script: what it needs to know stands in it, for it may find nothing else.
write_start() {
    {
        printf '#!/bin/sh\n# @(#) cmp-bridge patch %s: starts the untouched program with the patch in it\n' "$ANOMALY" &&
            printf '# shellcheck disable=SC2153\ncmp_bridge_here=%s\ncmp_bridge_script=%s\n' "$place" "$name" &&
            printf 'cmp_bridge_program=%s\ncmp_bridge_kept=%s\n' "$its_place" "$aside" &&
            cat -- "$new/lib/start.sh"
    } >"$1" && chmod 755 "$1" && [ -x "$1" ] && sh -n "$1" &&
        # Whatever a full disk cut off.
        [ "$(tail -n 1 "$1")" = "$(tail -n 1 "$new/lib/start.sh")" ]
}

# Writes all files to a folder that nothing leads to yet.
write() {
    mkdir -p -- "$PREFIX/$PROGRAM"
    mkdir -m 755 -- "$new"
    trap 'rm -rf -- "$new"' EXIT
    for name in bin lib contracts evidence; do
        [ ! -d "$here/$name" ] || cp -R -- "$here/$name" "$new/$name"
    done
    for file in "$here"/*; do
        [ ! -f "$file" ] || cp -- "$file" "$new/"
    done
    mkdir -- "$new/etc"
    printf '%s\n' "$wanted" "$LINK" "$kept" >"$new/etc/installed"
    [ "$(cat -- "$new/etc/installed"; echo .)" = "$(printf '%s\n' "$wanted" "$LINK" "$kept" .)" ] || fail "$new/etc cannot be written"
    place=$(quoted "$new")
    name=$(quoted "bin/$PROGRAM")
    its_place=$(quoted "$wanted")
    if [ "$wanted" = "$LINK" ]; then aside=$(quoted "$kept"); else aside="''"; fi
    write_start "$new/bin/$PROGRAM" || fail "$new/bin/$PROGRAM cannot be written"
    verify "$new" || fail "$new cannot be written"
    sync
}

# A link takes a name in one rename.
put_link() {
    act rm -f -- "$2+new-$ANOMALY"
    act ln -s -- "$1" "$2+new-$ANOMALY"
    act mv -f -T -- "$2+new-$ANOMALY" "$2"
}

# Puts a link to the start script where people start the program. What stands there gets a second name first.
place_link() {
    if [ -z "$LINK" ] || is_linked "$LINK"; then return 0; fi
    if [ -n "$kept" ] && [ ! -e "$kept" ]; then
        say "keeping $LINK as $kept"
        if [ -L "$LINK" ]; then act cp -P -- "$LINK" "$kept"; else act ln -- "$LINK" "$kept"; fi
    fi
    put_link "$script" "$LINK"
}

umask 022
case $PREFIX in /*) ;; *) PREFIX=$(pwd)/$PREFIX ;; esac
wanted=$(absolute "${given:-$EXECUTABLE}")
look_at_place
verify "$here" || fail 'the files are not those that were delivered, or sha256sum is missing; nothing was installed'
number=1
while [ -e "$target+$number" ] || [ -L "$target+$number" ]; do number=$((number + 1)); done
new=$target+$number
if [ -n "$dry" ]; then printf 'would: write all files to %s\n' "$new"; else write; fi
if [ ! -d "$SESSIONS" ]; then
    if act mkdir -p -m 755 -- "${SESSIONS%/*}" 2>/dev/null && act mkdir -m 1777 -- "$SESSIONS" 2>/dev/null; then :; else
        say "note: $SESSIONS cannot be made by this user; sessions go to /tmp, where old files may be removed"
    fi
fi
# From here on something leads to the new files: they stay, whatever fails.
trap 'say "error: not finished: the program is started as before; call install.sh again, or $new/rollback.sh"' EXIT
put_link "${new##*/}" "$target"
place_link
trap - EXIT
# Programs that are just being started still read the previous ones.
for old in "$target"+[0-9]*; do
    case $old in "$new" | "$previous" | "$target+[0-9]*") ;; *) act rm -rf -- "$old" || : ;; esac
done
say "${dry:+would be }installed: start $script${LINK:+, or $LINK,} instead of $wanted; roll back with $target/rollback.sh"
