#!/bin/sh
# Fetches the sources of three libraries from Debian, and builds them and their own test programs with -g, below the
# folder given (target/real): code that nobody wrote for this project. Nothing of it is kept in the repository.
#
#   scripts/real.sh [FOLDER]
#
# C: zlib. Fortran: MINPACK. Ada: Ahven. apt checks the signatures; on another system, put the archives (the names apt
# would give them) into FOLDER/archives first.
set -eu

folder=${1:-target/real}
archives=$folder/archives
mkdir -p "$archives" "$folder/bin"
folder=$(cd "$folder" && pwd)
archives=$folder/archives

say() {
    printf 'real: %s\n' "$*"
}

fail() {
    printf 'real: error: %s\n' "$*" >&2
    exit 1
}

# A source list of our own: the machine's may have no source packages, and is left alone.
fetch() {
    if [ -n "$(find "$archives" -name "$1_*.orig.tar.*" -print -quit)" ]; then
        return
    fi
    command -v apt-get >/dev/null || fail "no apt-get here: put the archive $1_*.orig.tar.* into $archives"
    apt=$folder/apt
    mkdir -p "$apt/lists/partial"
    if [ ! -e "$apt/sources.list" ]; then
        # shellcheck disable=SC1091
        release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-bookworm}")
        printf 'deb-src http://deb.debian.org/debian %s main\n' "$release" >"$apt/sources.list"
        own_apt update
    fi
    say "fetching the source of $1"
    # Only the archive of the original is used: a missing patch of Debian's does not matter.
    (cd "$archives" && own_apt source --download-only "$1") || true
    [ -n "$(find "$archives" -name "$1_*.orig.tar.*" -print -quit)" ] || fail "the source of $1 could not be fetched"
}

own_apt() {
    apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$apt/lists" -o APT::Sandbox::User=root "$@"
}

# Unpacks into a folder of a known name.
unpack() {
    [ ! -d "$folder/$1" ] || return 0
    mkdir "$folder/$1.new"
    tar xf "$(find "$archives" -name "$1_*.orig.tar.*" -print -quit)" -C "$folder/$1.new" --strip-components=1
    mv "$folder/$1.new" "$folder/$1"
}

# Compiles a program unless it is there already.
build() {
    program=$1
    shift
    [ -e "$folder/bin/$program" ] || { say "building $program" && "$@" -o "$folder/bin/$program"; }
}

fetch zlib && unpack zlib
cd "$folder/zlib"
build zlib-example gcc -g -O2 -w -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE -I. test/example.c ./*.c
build zlib-minigzip gcc -g -O2 -w -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE -I. test/minigzip.c ./*.c

fetch minpack && unpack minpack
cd "$folder/minpack"
for source in ex/t*.f; do
    build "minpack-$(basename "$source" .f)" gfortran -g -O2 -w -std=legacy "$source" ./*.f
done

fetch ahven && unpack ahven
mkdir -p "$folder/ahven/objects"
cd "$folder/ahven/objects"
build ahven-tap-tester gnatmake -q -g -O2 -I../src -I../src/unix -I../test tap_tester.adb
