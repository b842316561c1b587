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

is_linked() {
    if [ -z "$LINK" ] || [ ! -L "$LINK" ]; then return 1; fi
    to=$(readlink -- "$LINK") || fail "$LINK cannot be read"
    [ "$to" = "$script" ]
}

# Which earlier state of this patch is there, and what of it stays.
look_at_present() {
    previous='' was_kept=''
    if [ -e "$target" ] && [ ! -L "$target" ]; then fail "$target is in the way"; fi
    [ -L "$target" ] || return 0
    previous=$(readlink -f -- "$target") || fail "$target cannot be read"
    read_installed "$previous" || return 0
    if is_off "$previous"; then return 0; fi
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
    if is_linked; then
        if [ -e "$aside" ] || [ -L "$aside" ]; then kept=$aside; else kept=$was_kept; fi
        return 0
    fi
    [ ! -d "$LINK" ] || fail "$LINK is a folder"
    if [ ! -e "$LINK" ]; then
        [ ! -L "$LINK" ] || fail "$LINK leads nowhere: remove it, or choose another --link"
        return 0
    fi
    if { [ -e "$aside" ] || [ -L "$aside" ]; } && ! same "$LINK" "$aside"; then
        fail "$aside is in the way: it was kept by an earlier installation, and is another file than $LINK"
    fi
    kept=$aside
    if [ "$wanted" != "$LINK" ] && [ -L "$wanted" ] && [ "$(readlink -f -- "$wanted")" = "$(readlink -f -- "$LINK")" ]; then
        fail "$wanted is a link, perhaps by way of $LINK: name the program itself with --exe $(readlink -f -- "$wanted")"
    fi
}

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
    if [ -z "$LINK" ] || is_linked; then return 0; fi
    if [ -n "$kept" ] && [ ! -e "$kept" ]; then
        say "keeping $LINK as $kept"
        if [ -L "$LINK" ]; then act cp -P -- "$LINK" "$kept"; else act ln -- "$LINK" "$kept"; fi
    fi
    put_link "$script" "$LINK"
}

umask 022
wanted=$(absolute "${given:-$EXECUTABLE}")
one_name
case $PREFIX in /*) ;; *) PREFIX=$(pwd)/$PREFIX ;; esac
target=$PREFIX/$PROGRAM/$ANOMALY
script=$target/bin/$PROGRAM
case $target in *[!A-Za-z0-9/._+-]*) fail "the folder has letters, digits, and / . _ + - only: choose another --prefix than $PREFIX" ;; esac
look_at_present
refuse_others
look_at_link
verify "$here" || fail 'the files are not those that were delivered, or sha256sum is missing; nothing was installed'
if [ "$wanted" = "$LINK" ] && is_linked; then program=$kept; else program=$wanted; fi
why=$(why_not "${program:-$wanted}")
[ -z "$why" ] || fail "$why; nothing was installed"
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
