#!/bin/sh
# Makes an older system below the folder given (target/old-machine): Debian 11, with glibc 2.31 and gcc 10, and the reference
# CMP compiled in it. Needs root, for chroot. Nothing of it is kept in the repository.
#
#   scripts/old-machine.sh [FOLDER]
set -eu

folder=${1:-target/old-machine}
here=$(cd -P -- "$(dirname -- "$0")/.." && pwd)
mkdir -p "$folder"
folder=$(cd -P -- "$folder" && pwd)
root=$folder/root
apt=$folder/apt

say() {
    printf 'old-machine: %s\n' "$*"
}

fail() {
    printf 'old-machine: error: %s\n' "$*" >&2
    exit 1
}

# A source list, package lists and a state of our own: the machine's are left alone.
own_apt() {
    apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User=root "$@"
}

make_root() {
    [ ! -e "$root/usr/bin/gnatmake" ] || return 0
    command -v apt-get >/dev/null || fail 'no apt-get here: the packages of Debian 11 cannot be fetched'
    say 'fetching the compilers of Debian 11'
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    printf 'deb http://deb.debian.org/debian bullseye main\n' >"$apt/sources.list"
    own_apt update || fail 'the package lists of Debian 11 could not be fetched'
    own_apt install --yes --no-install-recommends --download-only gnat-10 gfortran-10 g++-10 gcc-10 libc6-dev make binutils \
        dash coreutils grep sed bash libc-bin debianutils || fail 'the packages of Debian 11 could not be fetched'
    rm -rf -- "$root.new"
    mkdir -p "$root.new"
    for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root.new"; done
    for tool in gcc g++ gfortran gnat gnatbind gnatlink gnatmake; do
        [ -e "$root.new/usr/bin/$tool" ] || ln -s "$tool-10" "$root.new/usr/bin/$tool"
    done
    [ -e "$root.new/bin/sh" ] || ln -s dash "$root.new/bin/sh"
    [ -c "$root.new/dev/null" ] || mknod -m 666 "$root.new/dev/null" c 1 3
    mv -- "$root.new" "$root"
}

# A command line inside of it.
inside() {
    unshare --mount --pid --fork --kill-child sh -c \
        "mount -t proc proc '$root/proc' && exec chroot '$root' /usr/bin/env -i PATH=/usr/bin:/bin /bin/sh -c '$1'"
}

[ "$(id -u)" -eq 0 ] || fail 'only root can enter another root'
make_root
say 'compiling the reference CMP there'
rm -rf -- "$root/cmp"
mkdir -p "$root/cmp"
cp -R -- "$here/legacy" "$here/vendor-headers" "$root/cmp/"
rm -rf -- "$root/cmp/legacy/build"
inside 'make --silent -C /cmp/legacy VARIANT=pie'
rm -rf -- "$root/ada"
cp -R -- "$here/tests/cases/ada_null" "$root/ada"
for link in shared static; do
    inside "cd /ada && gnatmake -q -g -O2 -I/cmp/legacy/main nul.adb -o nul-$link -bargs -$link -largs -$link-libgcc"
done
say "ready: $root"
