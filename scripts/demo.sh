#!/usr/bin/env bash
# The whole cycle on the reference CMP, in front of you: check, record, replay, shadow, switch, roll back.
#
# Every line comes from what happens now; a step that does not end as it should ends the demonstration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

release=${CARGO_TARGET_DIR:-target}/release
bridge=$release/cmp-bridge
program=legacy/build/pie/cmp_day
day=legacy/data/spot5.day
right=$release/librewrite_three.so
wrong=$release/librewrite_three_wrong.so
work=${CARGO_TARGET_DIR:-target}/demo
days=10

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
    printf '%s\n\n' "$plain"
}

# expect STATUS COMMAND...: runs it, and holds its exit status against STATUS.
expect() {
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status where $wanted was expected"
}

# step STATUS COMMAND...: both.
step() {
    show "${@:2}"
    expect "$@"
}

same_output() {
    cmp "$1" "$2" || fail 'the output differs from that of the program alone'
}

program_pid() {
    "$bridge" status --json | sed -n "s/^ *\"pid\": \\([0-9]*\\).*/\\1/p" | while read -r pid; do
        if [ "$(readlink "/proc/$pid/exe")" = "$(realpath "$program")" ] && grep -qz -- --loop "/proc/$pid/cmdline"; then
            echo "$pid"
        fi
    done | tail -n 1
}

for file in "$bridge" "$release/libcmp_bridge_agent.so" "$program"; do
    [ -e "$file" ] || fail "$file is not there: run \`make demo\`, which builds it"
done
# shellcheck disable=SC2086 # flags are meant to be split
${CARGO:-cargo} build --quiet --release -p rewrite-three -p rewrite-three-wrong ${CARGO_FLAGS:-}
rm -rf "$work"
mkdir -p "$work"
started=$SECONDS

config() { # config FILE MODULE ROUTE
    {
        printf 'contracts = ["%s", "%s"]\n' "$PWD/contracts/flight_dynamics.toml" "$PWD/contracts/telemetry.toml"
        [ -z "$2" ] || printf 'modules = ["%s"]\n' "$(realpath "$2")"
        printf '[routes]\n'
        printf '%s = "'"$3"'"\n' ehposv tm_coder_trame tm_cds_jj50
    } >"$work/$1"
}

say 'Check: the contracts against the executable' \
    'Signatures, layouts, state and build, read from its own debug information. Warnings say what a hook cannot see.'
check=("$bridge" check contracts/flight_dynamics.toml contracts/telemetry.toml --binary "$program")
show "${check[@]}"
expect 0 "${check[@]}" >"$work/check.txt"
tail -n 1 "$work/check.txt"
echo "   (all of it: $work/check.txt)"

say 'Record: a day of the unmodified program' \
    'Three routines, one in Fortran with COMMON blocks and two in C, are recorded; what it prints must not change.'
config record.toml '' record
"$program" "$day" >"$work/plain.txt"
record=("$bridge" run --config "$work/record.toml" --journal "$work/day.journal" -- "$program" "$day")
show "${record[@]}"
expect 0 "${record[@]}" >"$work/recorded.txt"
same_output "$work/plain.txt" "$work/recorded.txt"
echo "   Its output is that of the program alone, byte for byte ($(wc -c <"$work/plain.txt") bytes)."
printf '\n   One call:\n'
step 0 "$bridge" journal "$work/day.journal" --call 1:1445

say 'Replay: the rewrite in Rust, from the same bytes; and the program against itself, which is the noise' \
    'The source is in examples/rewrite-three.'
step 0 "$bridge" replay "$work/day.journal" --control --exe "$program" --module "$right" --html "$work/evidence.html"

say 'Replay: a rewrite that is wrong on purpose' 'Each mismatch with its field, both values and their distance.'
step 1 "$bridge" replay "$work/day.journal" --module "$wrong" --examples 1 --html "$work/evidence-wrong.html"

say 'Shadow: both in the running program' \
    'The legacy routine answers, Rust answers beside it on a copy, and the two are compared.'
config shadow.toml "$right" shadow
shadow=("$bridge" run --config "$work/shadow.toml" -- "$program" "$day")
show "${shadow[@]}"
expect 0 "${shadow[@]}" >"$work/shadow.txt"
same_output "$work/plain.txt" "$work/shadow.txt"

say 'Switch: Rust answers, while the program runs' \
    'Day after day, half a second each; the legacy routines answer at first.'
config live.toml "$right" legacy
"$program" --loop "$day" --period-ms 0 --days "$days" >"$work/loop-plain.txt"
run=("$bridge" run --config "$work/live.toml" -- "$program" --loop "$day" --period-ms 500 --days "$days")
printf '   (in the background)\n'
show "${run[@]}"
"${run[@]}" >"$work/loop.txt" 2>"$work/loop.err" &
running=$!
trap 'kill "$running" 2>/dev/null || true' EXIT
pid=
for _ in $(seq 50); do
    pid=$(program_pid)
    [ -z "$pid" ] || break
    sleep 0.1
done
[ -n "$pid" ] || { cat "$work/loop.err" >&2; fail 'the program did not start'; }
step 0 "$bridge" route "$pid" ehposv=rust tm_coder_trame=rust tm_cds_jj50=rust
sleep 1.2
printf '\n   Who has answered since then:\n'
step 0 "$bridge" status "$pid"
# Calls that Rust has answered.
sum() { "$bridge" status "$pid" --json | awk -F': *|,' '/"answered"/ { n += $2 } END { print n + 0 }'; }
[ "$(sum)" -gt 0 ] || fail 'no call was answered by Rust'

say 'Roll back: one word, and the legacy routines answer again'
step 0 "$bridge" route "$pid" '*=legacy'
before=$(sum)
sleep 1.2
after=$(sum)
echo
echo "   Calls answered by Rust: $before when it was rolled back, $after now, 1.2 s later."
[ "$before" -eq "$after" ] || fail 'Rust went on answering'
wait "$running" || fail 'the program did not end well'
trap - EXIT
cmp "$work/loop-plain.txt" "$work/loop.txt" || fail 'the output differs from that of the program alone'
echo "   The program has ended by itself. Its $days days, Rust's among them, are those of the program alone, byte for byte."

printf '\n%sDone in %d s.%s The evidence, as one page:\n   %s\nand that of the wrong rewrite:\n   %s\n' \
    "$bold" "$((SECONDS - started))" "$plain" "$(realpath "$work/evidence.html")" "$(realpath "$work/evidence-wrong.html")"
