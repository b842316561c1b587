#!/usr/bin/env bash
# A PA-RISC executable under qemu, whose propagation is answered by Rust on this machine; the server is killed, the legacy
# routines answer; the server is back, and so is Rust.
#
# Every line comes from what happens now; a step that does not end as it should ends the demonstration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

release=${CARGO_TARGET_DIR:-target}/${PROFILE:-release}
bridge=$release/cmp-bridge
module=$(realpath -m "$release/libpropagation_remote.so")
contract=$PWD/contracts/flight_dynamics.toml
cross=hppa-linux-gnu-
legacy=legacy/build/${cross}nopie
day=legacy/data/spot5.day
qemu=(qemu-hppa -L /usr/hppa-linux-gnu)
work=${CARGO_TARGET_DIR:-target}/demo-hpux
routines=(ehinit ehosc ehposv)
days=30

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' blue=$'\e[1;34m' plain=$'\e[0m'; else bold='' blue='' plain=''; fi

number=0
say() {
    number=$((number + 1))
    printf '\n%s%d. %s%s\n' "$blue" "$number" "$1" "$plain"
    shift
    [ $# -eq 0 ] || printf '   %s\n' "$@"
}

fail() {
    printf '\nThe demonstration stops here: %s\n' "$1" >&2
    exit 1
}

# show COMMAND...: the command, as one would type it.
show() {
    printf '   %s$' "$bold"
    printf ' %q' "$@"
    printf '%s\n' "$plain"
}

# step COMMAND...: shows it, runs it.
step() {
    show "$@"
    "$@" || fail "exit status $? of $1"
}

same_output() {
    cmp "$1" "$2" || fail 'the output differs from that of the program alone'
}

for file in "$bridge" "$module" "$legacy/cmp_day"; do
    [ -e "$file" ] || fail "$file is not there: run \`make demo-hpux\`, which builds it"
done
rm -rf "$work"
mkdir -p "$work"
work=$(realpath "$work")
started=$SECONDS
server=
program=
pid=
trap 'for pid in $server $program; do kill "$pid" 2>/dev/null || true; done' EXIT

say 'The legacy program: PA-RISC, 32 bits, most significant byte first' \
    'C, C++, Fortran and Ada, built by its own Makefile with CROSS=hppa-linux-gnu-; no Rust for it exists.'
printf '   %s$ readelf -h %s | grep -e Class -e Data: -e Machine%s\n' "$bold" "$legacy/cmp_day" "$plain"
readelf -h "$legacy/cmp_day" | grep -e Class -e Data: -e Machine
"${qemu[@]}" "$legacy/cmp_day" --loop "$day" --period-ms 0 --days "$days" >"$work/alone.txt"
"${qemu[@]}" "$legacy/cmp_day" "$day" >"$work/day.txt"

say 'The stub: strict C89, from the contract' 'Three routines of its propagation, and a runtime that needs sockets only.'
generate=("$bridge" generate --lang c89 "$contract" --out "$work/stub")
for routine in "${routines[@]}"; do generate+=(--routine "$routine"); done
show "${generate[@]}"
"${generate[@]}" >/dev/null || fail 'no stub'
(cd "$work/stub" && wc -l flight_dynamics_stub.c cmpb_runtime.c | sed 's/^/   /')
cd "$work/stub"
step "${cross}gcc" -std=c89 -pedantic -Wall -Wextra -Werror -O2 -c flight_dynamics_stub.c cmpb_runtime.c
cd - >/dev/null

say 'Linked once more, by its own Makefile; nothing is compiled again' \
    'The legacy routines stay in it, under the names by which the stub calls them.'
cp -a "$legacy" "$work/cmp"
rm "$work/cmp/cmp_day"
rename=("${cross}objcopy")
for routine in "${routines[@]}"; do rename+=(--redefine-sym "${routine}_=legacy_${routine}_"); done
step "${rename[@]}" "$work/cmp/obj/fd/ehech.o"
step make --silent -C legacy "CROSS=$cross" VARIANT=nopie "OUT=$work/cmp" \
    "LIEN=-no-pie $work/stub/flight_dynamics_stub.o $work/stub/cmpb_runtime.o" "$work/cmp/cmp_day"
cmp_day=("${qemu[@]}" "$work/cmp/cmp_day")
"${cmp_day[@]}" "$day" >"$work/linked.txt"
same_output "$work/day.txt" "$work/linked.txt"
echo "   Its day, with nothing in the environment, is what it was, byte for byte ($(wc -c <"$work/day.txt") bytes)."

# serve ADDRESS: starts the server; its address in $address.
serve() {
    printf 'contracts = ["%s"]\nmodules = ["%s"]\n[serve]\nlisten = ["%s"]\n' "$contract" "$module" "$1" >"$work/bridge.toml"
    show "$bridge" serve --config "$work/bridge.toml"
    "$bridge" serve --config "$work/bridge.toml" >"$work/serve.txt" 2>"$work/serve.err" &
    server=$!
    for _ in $(seq 100); do
        address=$(sed -n 's/^listening on //p' "$work/serve.txt")
        [ -z "$address" ] || break
        kill -0 "$server" 2>/dev/null || { cat "$work/serve.err" >&2; fail 'the server did not start'; }
        sleep 0.05
    done
    [ -n "$address" ] || fail 'the server did not say where it listens'
    echo "   listening on $address"
}

# Calls that Rust has answered since the server was started.
answered() { "$bridge" status --server "$address" --json | awk -F': *|,' '/"answered"/ { n += $2 } END { print n + 0 }'; }

say 'Rust on x86-64 answers a day of the PA-RISC program' 'The module is examples/propagation-remote: safe Rust.'
serve 127.0.0.1:0
printf '   %s$ CMP_BRIDGE_SERVER=%s CMP_BRIDGE_ROUTES="*=rust" %s%s\n' "$bold" "$address" "${cmp_day[*]} $day" "$plain"
CMP_BRIDGE_SERVER=$address CMP_BRIDGE_ROUTES='*=rust' "${cmp_day[@]}" "$day" >"$work/rust.txt"
grep -m 2 -A 1 bulletin "$work/rust.txt" | grep -v '^--'
same_output "$work/day.txt" "$work/rust.txt"
echo "   Its output is that of the program alone, byte for byte; Rust has answered $(answered) calls:"
printf '   %s$ %s status --server %s | grep -v -e nobody -e "does not travel"%s\n' "$bold" "$bridge" "$address" "$plain"
"$bridge" status --server "$address" | grep -v -e nobody -e 'does not travel'

say 'Day after day; the server is killed in the middle' 'kill -9: no farewell, calls on their way are lost.'
CMP_BRIDGE_SERVER=$address CMP_BRIDGE_ROUTES='*=rust' CMP_BRIDGE_VERBOSE=1 \
    "${cmp_day[@]}" --loop "$day" --period-ms 200 --days "$days" >"$work/loop.txt" 2>"$work/loop.err" &
program=$!
passed() { grep -c '^=== JOUR' "$work/loop.txt" || true; }
# The program prints day by day; `wait_for N`: until it is in day N.
wait_for() {
    for _ in $(seq 600); do
        [ "$(passed)" -lt "$1" ] || return 0
        kill -0 "$program" 2>/dev/null || fail "the program has ended: $(cat "$work/loop.err")"
        sleep 0.05
    done
    fail "the program does not reach day $1"
}
wait_for 4
echo "   Day $(passed): Rust has answered $(answered) calls."
step kill -9 "$server"
wait "$server" 2>/dev/null || true
server=
killed=$(passed)
wait_for $((killed + 4))
echo "   Day $(passed): no server, and the program goes on. The stub says, because CMP_BRIDGE_VERBOSE=1 asks for it:"
head -n 3 "$work/loop.err" | sed 's/^/      /'

say 'The server is started again' 'The stub tries again after one second, two, four: a dead server costs no call its deadline.'
serve "$address"
for _ in $(seq 200); do
    [ "$(answered)" -eq 0 ] || break
    sleep 0.05
done
[ "$(answered)" -gt 0 ] || fail 'Rust did not come back'
echo "   Day $(passed): Rust answers again."
wait "$program" || fail 'the program did not end well'
program=
echo "   The program has ended by itself in day $(passed); Rust has answered $(answered) calls since."
same_output "$work/alone.txt" "$work/loop.txt"
echo "   Its $days days, answered by Rust, by itself and by Rust again, are those of the program alone, byte for byte."

say 'Recorded on PA-RISC, replayed here' 'The stub writes a portable recording; the journal of it is an ordinary one.'
printf '   %s$ CMP_BRIDGE_JOURNAL=%s CMP_BRIDGE_ROUTES="*=record" %s%s\n' "$bold" "$work/day.rec" "${cmp_day[*]} $day" "$plain"
CMP_BRIDGE_JOURNAL=$work/day.rec CMP_BRIDGE_ROUTES='*=record' "${cmp_day[@]}" "$day" >"$work/recorded.txt"
same_output "$work/day.txt" "$work/recorded.txt"
step "$bridge" journal import "$work/day.rec" --contract "$contract" -o "$work/day.journal"
step "$bridge" replay "$work/day.journal" --module "$module"

printf '\n%sDone in %d s.%s What this proves and what not is said in docs/hpux.md.\n' "$bold" "$((SECONDS - started))" "$plain"
