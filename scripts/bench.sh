#!/bin/sh
# Builds what the benchmarks need and prints their figures. Arguments go to the drivers: --json, --rounds N.
#
#   scripts/bench.sh           what each route costs, what reading debug information costs, and what a call over the wire costs
#   scripts/bench.sh calls     the first only
#   scripts/bench.sh reading   the second only
#   scripts/bench.sh wire      the third only
#   scripts/bench.sh linked    how many instructions a call from Rust takes, only
set -eu

cd "$(dirname "$0")/.."
what=all
case ${1:-} in
calls | reading | linked | wire)
    what=$1
    shift
    ;;
esac
cargo=${CARGO:-cargo}
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/bench"
target=$(cd "$target" && pwd)
folder=$target/bench
say() { printf '==> %s\n' "$*" >&2; }

# The peers are compared with where they can be installed; without them the rest is measured.
scripts/setup.sh bench >&2 || say 'without the peers that are missing'

# shellcheck disable=SC2086 # flags are meant to be split
build() { "$cargo" build --release --quiet ${CARGO_FLAGS:-} "$@"; }

reading() {
    say 'building the reader'
    build -p cmp-bridge-bench --bin reading
    say 'writing and compiling the library that is read (some minutes, once)'
    benches/library/build.sh "$folder/library"
    library=$folder/library/libgenerated.so
    small=$library
    for file in /usr/lib/*/debug/libstdc++.so.6.*[0-9] /usr/lib/debug/usr/lib64/libstdc++.so.6*.debug; do
        [ ! -e "$file" ] || small=$file
    done
    say 'measuring what reading costs'
    "$target/release/reading" "$small" _ZNSt6thread4joinEv "$library" bench_plain "$folder" "$@"
}

# Control through the agent's slot first: what stays in the target folder is the default.
control() {
    build -p bench-control --no-default-features
    cp "$target/release/bench-control" "$folder/control-slot"
    build -p bench-control
    cp "$target/release/bench-control" "$folder/control-linked"
}

# The stub, rpcgen's programs and TCP with nothing on it, of the same routine and by the same messages.
wire() {
    say 'building the wire: cmp-bridge serve, its module, the stub, and the peers'
    build -p cmp-bridge-cli -p bench-module -p cmp-bridge-bench
    out=$folder/wire
    rm -rf "$out"
    mkdir -p "$out"
    cp benches/bench.toml benches/wire/*.[ch] "$out"
    for language in c89 x; do
        "$target/release/cmp-bridge" generate --lang "$language" "$out/bench.toml" --routine bench_weigh --out "$out" >/dev/null
    done
    (
        cd "$out"
        rpcgen -h -o bench_rpc.h bench_rpc.x
        rpcgen -c -o bench_rpc_xdr.c bench_rpc.x
        rpcgen -l -o bench_rpc_clnt.c bench_rpc.x
        rpcgen -m -o bench_rpc_svc.c bench_rpc.x
        tirpc='-I/usr/include/tirpc -Wno-unused-variable'
        gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o raw raw.c
        # shellcheck disable=SC2086 # flags are meant to be split
        gcc -std=gnu11 -O2 $tirpc -o tirpc_client tirpc_client.c bench_rpc_clnt.c bench_rpc_xdr.c -ltirpc
        # shellcheck disable=SC2086
        gcc -std=gnu11 -O2 $tirpc -o tirpc_server tirpc_server.c bench_rpc_svc.c bench_rpc_xdr.c -ltirpc
        gcc -std=c89 -O2 -c bench_stub.c cmpb_runtime.c
        gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o stub_client stub_client.c bench_stub.o cmpb_runtime.o
    )
    say 'measuring what a call over the wire costs'
    "$target/release/wire" "$out" "$target/release/cmp-bridge" "$target/release/libbench_module.so" "$@"
}

if [ "$what" = linked ]; then
    say 'building the calls'
    build -p cmp-bridge-bench --bin linked
    control
    exec "$target/release/linked" "$folder"
fi
case $what in
all | reading) reading "$@" ;;
esac
case $what in
all | wire) wire "$@" ;;
esac
case $what in
reading | wire) exit 0 ;;
esac

say 'building the agent, the module and the driver'
build -p cmp-bridge-agent -p bench-module -p cmp-bridge-bench
control

say 'building the programs that are measured'
host=benches/host
compile() { gcc -std=gnu11 -O2 -g -Wall -Wextra -Werror -I"$host" "$@"; }
compile -fPIC -shared "$host/shared.c" -o "$folder/libbench_shared.so"
# shellcheck disable=SC2016 # $ORIGIN is the loader's
link() { compile "$@" -L"$folder" -lbench_shared '-Wl,-rpath,$ORIGIN' -Wl,-z,lazy; }
link "$host/host.c" "$host/routines.c" -o "$folder/host"
rm -f "$folder/host-lttng"
if [ -e /usr/include/lttng/tracepoint.h ] || ls /usr/include/*/lttng/tracepoint.h >/dev/null 2>&1; then
    link -DWITH_LTTNG "$host/host.c" "$host/routines.c" "$host/events.c" -o "$folder/host-lttng" -llttng-ust -ldl
fi

say 'measuring'
exec "$target/release/cmp-bridge-bench" "$target/release/libcmp_bridge_agent.so" \
    "$target/release/libbench_module.so" benches/bench.toml "$folder" "$@"
