#!/bin/sh
# Builds what the benchmarks need and prints their figures. Arguments go to the drivers: --json, --rounds N.
#
#   scripts/bench.sh           what each route costs, and what reading debug information costs
#   scripts/bench.sh calls     the first only
#   scripts/bench.sh reading   the second only
#   scripts/bench.sh linked    how many instructions a call from Rust takes, only
set -eu

cd "$(dirname "$0")/.."
what=all
case ${1:-} in
calls | reading | linked)
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

if [ "$what" = linked ]; then
    say 'building the calls'
    build -p cmp-bridge-bench --bin linked
    control
    exec "$target/release/linked" "$folder"
fi
[ "$what" = calls ] || reading "$@"
[ "$what" != reading ] || exit 0

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
