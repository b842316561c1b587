#!/bin/sh
# Installs what `cargo build --release` made below a prefix, or removes it again: the command, the agent, manual pages,
# completions for bash, zsh and fish. `make install` and `make uninstall` call it.
#
#   scripts/install.sh PREFIX
#   scripts/install.sh --remove PREFIX
set -eu
# What is installed is for everybody, whatever umask the one who installs has.
umask 022

cd "$(dirname "$0")/.."
remove=
[ "${1:-}" != --remove ] || { remove=yes; shift; }
prefix=${1:?usage: install.sh [--remove] PREFIX}
release=${CARGO_TARGET_DIR:-target}/release
man=$prefix/share/man/man1

if [ -n "$remove" ]; then
    rm -f "$prefix/bin/cmp-bridge" "$prefix/lib/cmp-bridge/libcmp_bridge_agent.so" "$man/cmp-bridge.1" "$man"/cmp-bridge-*.1 \
        "$prefix/share/bash-completion/completions/cmp-bridge" "$prefix/share/zsh/site-functions/_cmp-bridge" \
        "$prefix/share/fish/vendor_completions.d/cmp-bridge.fish"
    [ ! -d "$prefix/lib/cmp-bridge" ] || rmdir "$prefix/lib/cmp-bridge"
    echo "removed from $prefix"
    exit 0
fi

for file in cmp-bridge libcmp_bridge_agent.so; do
    [ -e "$release/$file" ] || {
        echo "install: $release/$file is not there: run \`make install\`, which builds it" >&2
        exit 1
    }
done
mkdir -p "$prefix/bin" "$prefix/lib/cmp-bridge" "$man" "$prefix/share/bash-completion/completions" \
    "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
install -m 755 "$release/cmp-bridge" "$prefix/bin/"
install -m 755 "$release/libcmp_bridge_agent.so" "$prefix/lib/cmp-bridge/"
"$release/cmp-bridge" man --out "$man"
"$release/cmp-bridge" completions bash >"$prefix/share/bash-completion/completions/cmp-bridge"
"$release/cmp-bridge" completions zsh >"$prefix/share/zsh/site-functions/_cmp-bridge"
"$release/cmp-bridge" completions fish >"$prefix/share/fish/vendor_completions.d/cmp-bridge.fish"
echo "installed below $prefix; \`make uninstall PREFIX=$prefix\` removes it"
