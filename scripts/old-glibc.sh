#!/bin/sh
# Builds the agent and modules for older machines: RHEL 7 (glibc 2.17) and later.
#
#   scripts/old-glibc.sh -p cmp-bridge-agent -p rewrite-three --release
#
# The arguments are those of `cargo build`. What is built is put below target/old-glibc/x86_64-unknown-linux-gnu/. rustc's
# own library needs no more than glibc 2.17; what asks for more is the linker, which binds each symbol to the newest version
# in the libc it sees. So the machine's own gcc and linker link here against a libc of that age: empty libraries with the
# symbols and versions of glibc 2.17, made by zig from its lists. zig itself (the package `ziglang` of PyPI, of one version
# and checksum) is installed below target/ and takes no other part. The run-time library of gcc stays shared.
set -eu

version=${OLD_GLIBC:-2.17}
zig_version=0.17.1
zig_sha256=ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54

here=$(cd -P -- "$(dirname -- "$0")/.." && pwd)
cd "$here"
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/old-glibc"
work=$(cd -P -- "$target/old-glibc" && pwd)
libraries=$work/glibc-$version

fail() {
    printf 'old-glibc: error: %s\n' "$*" >&2
    exit 1
}

install_zig() {
    [ ! -x "$work/zig-$zig_version/ziglang/zig" ] || return 0
    command -v pip3 >/dev/null 2>&1 || fail 'pip3 is not here: scripts/setup.sh installs it'
    printf 'old-glibc: installing zig %s from PyPI below %s\n' "$zig_version" "$work" >&2
    rm -rf -- "$work/zig.new"
    printf 'ziglang==%s --hash=sha256:%s\n' "$zig_version" "$zig_sha256" >"$work/zig.txt"
    pip3 install --quiet --no-deps --require-hashes --only-binary :all: --disable-pip-version-check \
        --root-user-action ignore --target "$work/zig.new" -r "$work/zig.txt" || fail 'zig cannot be installed from PyPI'
    mv -- "$work/zig.new" "$work/zig-$zig_version"
}

# The libraries, with the names that the linker looks for.
make_libraries() {
    [ ! -f "$libraries/libc.so" ] || return 0
    cache=$work/cache
    rm -rf -- "$libraries.new" "$cache"
    mkdir -p "$libraries.new"
    printf 'int nothing;\n' >"$work/nothing.c"
    ZIG_GLOBAL_CACHE_DIR=$cache ZIG_LOCAL_CACHE_DIR=$cache "$work/zig-$zig_version/ziglang/zig" cc \
        -target "x86_64-linux-gnu.$version" -shared -fPIC -o "$work/nothing.so" "$work/nothing.c" \
        -lm -lpthread -ldl -lrt -lutil || fail "zig cannot make the libraries of glibc $version"
    for name in libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libutil.so.1 libresolv.so.2 libld.so.2 \
        libc_nonshared.a; do
        found=$(find "$cache" -name "$name" | head -n 1)
        [ -n "$found" ] || fail "zig made no $name"
        cp -- "$found" "$libraries.new/$name"
    done
    cd "$libraries.new"
    mv libld.so.2 ld-linux-x86-64.so.2
    for name in m.so.6 pthread.so.0 dl.so.2 rt.so.1 util.so.1 resolv.so.2; do ln -s "lib$name" "lib${name%%.*}.so"; done
    printf 'GROUP ( libc.so.6 libc_nonshared.a AS_NEEDED ( ld-linux-x86-64.so.2 ) )\n' >libc.so
    cd "$here"
    mv -- "$libraries.new" "$libraries"
    rm -rf -- "$cache" "$work/nothing.c" "$work/nothing.so"
}

install_zig
make_libraries
# A symbol that none of these libraries has would be missing on the old machine, too. What this machine's own libgcc asks for
# does not matter: it stays here.
flags="-L native=$libraries -C link-arg=-Wl,-z,defs -C link-arg=-Wl,--as-needed -C link-arg=-Wl,--allow-shlib-undefined"
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="${RUSTFLAGS:-} $flags"
unset RUSTFLAGS
exec "${CARGO:-cargo}" build --target x86_64-unknown-linux-gnu --target-dir "$work" "$@"
