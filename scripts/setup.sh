#!/bin/sh
# Installs what building and testing cmp-bridge needs beyond a Rust toolchain, and nothing that is
# already here. Says what it installs and why; fails, naming the packages, where it cannot.
#
#   scripts/setup.sh            install what is missing
#   scripts/setup.sh --list     print every need, whether it is met, and what it is for
#   scripts/setup.sh --dry-run  print what would be installed; status 1 if anything would be
#   scripts/setup.sh build ...  the same with what building and the demonstration need only
#   scripts/setup.sh bench ...  the same with the tracers that the benchmarks compare with
set -eu

# One need a line:  what is looked for | Debian package | Red Hat package | what it is for
# A need that begins with "have_" is a function of this script; any other is a command. `@crb` and `@epel` behind a Red Hat
# package name the repository that must be enabled for it; `-` says that none has it.
needs() {
    cat <<'END'
cc|gcc|gcc|rustc links with it
gcc|gcc|gcc|the C components of the reference CMP and the proofs of prototypes
have_libc_headers|libc6-dev|glibc-devel|headers of the C library
g++|g++|gcc-c++|the C++ components
gfortran|gfortran|gcc-gfortran|the Fortran components
gnatmake|gnat|gcc-gnat@crb|the Ada components
make|make|make|the Makefiles
ar|binutils|binutils|static libraries
ld|binutils|binutils|linking
END
    [ "$set" != build ] || return 0
    cat <<'END'
nm|binutils|binutils|oracle of the symbol tests
objcopy|binutils|binutils|stripped and damaged executables for the tests
objdump|binutils|binutils|oracle of the prologue tests
readelf|binutils|binutils|oracle of the ELF and DWARF tests
strip|binutils|binutils|stripped executables for the tests
dwp|binutils|binutils|packs split debug information for the tests
dwz|dwz|dwz|moves shared debug information to a file of its own for the tests
hppa-linux-gnu-gcc|gcc-hppa-linux-gnu|-|C for PA-RISC: big-endian, 32 bits, the nearest there is to HP-UX
hppa-linux-gnu-g++|g++-hppa-linux-gnu|-|C++ for PA-RISC
hppa-linux-gnu-gfortran|gfortran-hppa-linux-gnu|-|Fortran for PA-RISC
hppa-linux-gnu-gnatbind|gnat-12-hppa-linux-gnu|-|Ada for PA-RISC
qemu-hppa|qemu-user|-|runs what was compiled for PA-RISC
i686-linux-gnu-gcc|gcc-i686-linux-gnu|-|C for i386 (gcc-multilib cannot be installed beside the PA-RISC compilers)
i686-linux-gnu-g++|g++-i686-linux-gnu|-|C++ for i386
i686-linux-gnu-gfortran|gfortran-i686-linux-gnu|-|Fortran for i386
i686-linux-gnu-gnatbind|gnat-12-i686-linux-gnu|-|Ada for i386
clang|clang|clang|a second compiler, which must take what is generated in C89
have_libclang|libclang-dev|clang-devel|bindgen reads the vendor headers with it
pahole|dwarves|dwarves@crb|oracle of the layout tests
valgrind|valgrind|valgrind|counts instructions, in the benchmarks and in tests; sees what an exception leaves behind
svn|subversion|subversion|working copies for the tests of identification
sccs|cssc|-|oracle of the identification tests
shellcheck|shellcheck|ShellCheck@epel|checks the scripts, ours and those of a patch
dpkg-deb|dpkg|dpkg@epel|makes the Debian package of a patch
rpmbuild|rpm|rpm-build|makes the Red Hat package of a patch
rpm|rpm|rpm|installs it in the tests
pip3|python3-pip|python3-pip|installs the zig whose lists make an old C library to link with
have_older_unwinder|libgcc-11-dev|gcc|an unwinder of the kind that Red Hat has, for one test
rpcgen|rpcsvc-proto|rpcgen@crb|makes C of an RPC language file, in the tests of the wire
have_libtirpc|libtirpc-dev|libtirpc-devel@crb|the other end of the wire, and its oracle, in tests and benchmarks
tshark|tshark|wireshark-cli|says what it sees in a captured conversation, in a test
mandoc|mandoc|mandoc@epel|checks the manual pages, in a test
zsh|zsh|zsh|reads the completions made for it, in a test
fish|fish|fish@epel|reads and uses the completions made for it, in a test
END
    [ "$set" != bench ] || cat <<'END'
abidw|abigail-tools|libabigail|a reader of debug information to compare with
have_libstdcxx_dbg|libstdc++6-12-dbg|libstdc++-debuginfo|debug information of a C++ library to read
ltrace|ltrace|ltrace|a tracer to compare with
lttng|lttng-tools|lttng-tools|a tracer to compare with
lttng-sessiond|lttng-tools|lttng-tools|the daemon of that tracer
have_lttng_ust|liblttng-ust-dev|lttng-ust-devel|the headers of that tracer
END
}

have_libc_headers() {
    [ -e /usr/include/stdlib.h ]
}

have_libtirpc() {
    any_exists /usr/include/tirpc/rpc/rpc.h
}

have_libstdcxx_dbg() {
    any_exists /usr/lib/*/debug/libstdc++.so.6.*[0-9] /usr/lib/debug/usr/lib64/libstdc++.so.6*.debug
}

# Of before gcc 12, which is the first to ask _dl_find_object.
have_older_unwinder() {
    any_exists /usr/lib/gcc/*/11/libgcc_eh.a /usr/lib/gcc/*/8/libgcc_eh.a
}

have_lttng_ust() {
    any_exists /usr/include/lttng/tracepoint.h /usr/include/*/lttng/tracepoint.h
}

# bindgen loads libclang at run time, and libclang reads its own stddef.h.
have_libclang() {
    any_exists "${LIBCLANG_PATH:-/nonexistent}"/libclang.so* \
        /usr/lib/llvm-*/lib/libclang.so* /usr/lib/*/libclang.so* /usr/lib/*/libclang-[0-9]*.so* \
        /usr/lib64/libclang.so* /usr/lib64/llvm*/lib*/libclang.so* &&
        any_exists /usr/lib/llvm-*/lib/clang/*/include/stddef.h \
            /usr/lib/clang/*/include/stddef.h /usr/lib64/clang/*/include/stddef.h
}

any_exists() {
    for file in "$@"; do
        [ -e "$file" ] && return 0
    done
    return 1
}

met() {
    case $1 in
    have_*) "$1" ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: error: %s\n' "$*" >&2
    exit 1
}

# Prints every need with its state, for people and for the test of this script.
list_needs() {
    needs | while IFS='|' read -r what apt dnf why; do
        state=missing
        if met "$what"; then state=present; fi
        printf '%-8s %-23s %-22s %-18s %s\n' "$state" "${what#have_}" "$apt" "$dnf" "$why"
    done
}

# Prints `package|what|why` for each need that is not met; the package is `-` where none has it.
missing() {
    needs | while IFS='|' read -r what apt dnf why; do
        met "$what" && continue
        case $manager in
        dnf) printf '%s|%s|%s\n' "$dnf" "${what#have_}" "$why" ;;
        *) printf '%s|%s|%s\n' "$apt" "${what#have_}" "$why" ;;
        esac
    done
}

# The packages of `missing`, each once, on one line.
packages_of() {
    seen=' '
    while IFS='|' read -r package _; do
        package=${package%@*}
        case $package$seen in
        '' | -* | *" $package "*) continue ;;
        esac
        seen="$seen$package "
    done <<END
$1
END
    seen=${seen% }
    printf '%s' "${seen# }"
}

explain() {
    while IFS='|' read -r package what why; do
        case $package in
        -) say "  $what is missing ($why): no package of Red Hat or of EPEL has it; what needs it fails" ;;
        *@crb) say "  $what is missing ($why): package ${package%@*}, of the CodeReady Builder repository" ;;
        *@epel) say "  $what is missing ($why): package ${package%@*}, of EPEL" ;;
        *) say "  $what is missing ($why): package $package" ;;
        esac
    done <<END
$1
END
}

choose_manager() {
    if command -v apt-get >/dev/null 2>&1; then
        manager=apt
    elif command -v dnf >/dev/null 2>&1; then
        manager=dnf
    else
        manager=none
    fi
}

# Sets `root` to what a command must be prefixed with to run as root.
become_root() {
    if [ "$(id -u)" -eq 0 ]; then
        root=
    elif command -v sudo >/dev/null 2>&1; then
        root=sudo
        # Without a terminal nobody can type a password: fail at once instead of waiting.
        [ -t 0 ] || root='sudo -n'
    else
        fail "not root and no sudo here. As root, install: $1"
    fi
}

install() {
    case $manager in
    apt)
        say "running: apt-get update && apt-get install $1"
        apt_get update || say 'apt-get update failed; trying with the package lists that are here'
        # shellcheck disable=SC2086 # a list of packages is meant to be split
        apt_get install --yes --no-install-recommends $1 ||
            fail "apt-get could not install these packages; install them by hand: $1"
        ;;
    dnf)
        say "running: dnf install $1"
        # What no enabled repository has must not keep out the rest: what is missing then is told afterwards.
        # shellcheck disable=SC2086
        $root dnf --assumeyes --quiet --setopt=strict=0 install $1 ||
            say 'dnf did not succeed; looking at what is here now'
        ;;
    esac
}

apt_get() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"
}

check_rust() {
    for tool in cargo rustc; do
        command -v "$tool" >/dev/null 2>&1 ||
            fail "$tool is not on the PATH. Install a Rust toolchain first: https://rustup.rs"
    done
}

usage() {
    printf 'usage: %s [build | bench] [--list | --dry-run]\n' "$0" >&2
    exit 2
}

set=
case ${1:-} in
build | bench)
    set=$1
    shift
    ;;
esac
[ $# -le 1 ] || usage
mode=${1:-install}
choose_manager
case $mode in
--list)
    list_needs
    exit 0
    ;;
--dry-run | install) ;;
*) usage ;;
esac

lacking=$(missing)
if [ -z "$lacking" ]; then
    [ "$mode" = --dry-run ] || check_rust
    say 'everything needed is here'
    exit 0
fi
packages=$(packages_of "$lacking")
explain "$lacking"
if [ "$mode" = --dry-run ]; then
    say "would install: ${packages:-nothing}"
    exit 1
fi
check_rust
[ "$manager" != none ] || fail "neither apt-get nor dnf here. With this machine's own package manager, install what Debian calls: $packages"
if [ -n "$packages" ]; then
    become_root "$packages"
    install "$packages"
    lacking=$(missing)
    packages_left=$(packages_of "$lacking")
    [ -z "$packages_left" ] || {
        explain "$lacking" >&2
        fail "still missing after the installation: $packages_left"
    }
    say "installed: $packages"
fi
