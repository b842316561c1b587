#!/bin/sh
# Writes and compiles the C++ library that reading is measured on: about 150 MB, nearly all of it debug information.
# Takes some minutes, once: the result stays in FOLDER until this folder or the compiler changes.
#
#   benches/library/build.sh FOLDER [UNITS]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: build.sh FOLDER [UNITS]}
units=${2:-36}
classes=12
mkdir -p "$folder"
cd "$folder"
stamp=$(cat "$here"/build.sh "$here"/unit.awk "$here"/plain.c | cksum; g++ --version | head -n 1; echo "$units")
if [ -e libgenerated.so ] && [ "$(cat stamp 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
rm -f stamp libgenerated.so unit_*.cpp unit_*.o
n=1
while [ "$n" -le "$units" ]; do
    awk -v n="$n" -v classes="$classes" -f "$here/unit.awk" > "unit_$n.cpp"
    n=$((n + 1))
done
# shellcheck disable=SC2012 # the names are ours
ls unit_*.cpp | xargs -P "$(nproc)" -I'{}' g++ -std=c++17 -g -O2 -fPIC -w -c '{}'
gcc -g -O2 -fPIC -c "$here/plain.c" -o unit_plain.o
g++ -shared -Wl,--build-id unit_*.o -o libgenerated.so
rm -f unit_*.o
printf '%s\n' "$stamp" > stamp
