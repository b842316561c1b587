#!/bin/sh
# @(#) cmp-bridge patch: installs it
set -eu

here=$(cd -P -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/patch.conf"
# shellcheck source=common.sh
. "$here/lib/common.sh"

usage() {
    cat <<END
usage: install.sh [--dry-run] [--prefix DIR] [--exe FILE] [--link FILE]

  --dry-run      only says what would be done
  --prefix DIR   installs to DIR/$ANOMALY (default $PREFIX)
  --exe FILE     the program (default $EXECUTABLE)
  --link FILE    what people start (default ${LINK:-none}): a link to the start script takes its place; what was there is
                 kept as FILE.before-$ANOMALY

Refused for another build of the program, and where a checksum differs. Doing it twice changes nothing the second
time. An earlier state of DIR/$ANOMALY is kept. The program's file is not changed. Exit status: 0 installed; 1 refused; 2 usage.
END
    exit "$1"
}

dry=
packaged=
given=
while [ $# -gt 0 ]; do
    case $1 in
    --dry-run) dry=yes ;;
    --packaged) packaged=yes ;;
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

absolute() {
    case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$(pwd)" "$1" ;; esac
}

verify() {
    command -v sha256sum >/dev/null 2>&1 || fail 'sha256sum is not installed: the files cannot be verified'
    (cd -- "$here" && sha256sum -c --quiet SHA256SUMS >&2) ||
        fail 'the files are not those that were delivered; nothing was installed'
}

# Puts the files where they belong.
copy() {
    if [ -n "$packaged" ] || [ "$here" = "$target" ]; then return; fi
    if [ -e "$target" ]; then
        if [ "$(cat "$here/SHA256SUMS")" = "$(cat "$target/SHA256SUMS" 2>/dev/null)" ]; then
            say "$target has these files already"
            return
        fi
        number=1
        while [ -e "$target.before-$number" ]; do number=$((number + 1)); done
        say "keeping what is in $target as $target.before-$number"
        act mv -- "$target" "$target.before-$number"
    fi
    act mkdir -p -- "$PREFIX"
    act rm -rf -- "$target.new"
    act mkdir -m 755 -- "$target.new"
    for name in bin lib contracts evidence; do
        [ ! -d "$here/$name" ] || act cp -R -p -- "$here/$name" "$target.new/$name"
    done
    for file in "$here"/*; do
        [ ! -f "$file" ] || act cp -p -- "$file" "$target.new/"
    done
    act mv -- "$target.new" "$target"
}

# Puts a link to the start script where people start the program.
place_link() {
    [ -n "$LINK" ] || return 0
    kept=$LINK.before-$ANOMALY
    if [ -L "$LINK" ] && [ "$(readlink -- "$LINK")" = "$script" ]; then
        say "$LINK leads to the start script already"
        return
    fi
    if [ -e "$LINK" ] || [ -L "$LINK" ]; then
        [ ! -e "$kept" ] || fail "$kept is in the way: it was kept by an earlier installation"
        [ ! -d "$LINK" ] || fail "$LINK is a folder"
        say "keeping $LINK as $kept"
        # A second name first, and then one rename: at no moment is there nothing to start.
        if [ -L "$LINK" ]; then act cp -P -- "$LINK" "$kept"; else act ln -- "$LINK" "$kept"; fi
        if [ "$executable" = "$LINK" ]; then executable=$kept; fi
    fi
    act ln -s -- "$script" "$LINK.new-$ANOMALY"
    act mv -f -- "$LINK.new-$ANOMALY" "$LINK"
}

executable=$(absolute "${given:-$EXECUTABLE}")
if [ -n "$LINK" ]; then LINK=$(absolute "$LINK"); fi
PREFIX=$(absolute "$PREFIX")
target=$PREFIX/$ANOMALY
script=$target/bin/$PROGRAM
if [ -n "$packaged" ]; then target=$here script=$here/bin/$PROGRAM; fi
case $target in *[\ :]*) fail "the loader splits names at spaces and colons: choose another --prefix than $PREFIX" ;; esac
look_behind_patches
verify
why=$(why_not)
[ -z "$why" ] || fail "$why; nothing was installed"
umask 022
copy
if [ ! -d "$SESSIONS" ]; then
    if act mkdir -p -m 755 -- "${SESSIONS%/*}" 2>/dev/null && act mkdir -m 1777 -- "$SESSIONS" 2>/dev/null; then :; else
        say "note: $SESSIONS cannot be made by this user; sessions go to /tmp, where old files may be removed"
    fi
fi
act mkdir -p -m 755 -- "$target/etc"
place_link
set_line "$target/etc/executable" "$executable"
set_line "$target/etc/link" "$LINK"
act rm -f -- "$target/etc/route"
say "${dry:+would be }installed: start $script${LINK:+, or $LINK,} instead of $executable; roll back with $target/rollback.sh"
