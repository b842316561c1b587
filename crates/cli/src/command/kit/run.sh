#!/bin/sh
# @(#) run.sh acceptance kit of cmp-bridge: builds the self tests with the compilers of this machine, runs them, and writes
# report.txt, which is what to bring back. Status 0: all passed; 1: something failed.
#
#   sh run.sh
#   sh run.sh CC=gcc CFLAGS='-std=c89 -O2' FC=gfortran
#   sh run.sh CC=aCC CFLAGS='-Ae -O' FC=f90
#   sh run.sh CC=hppa-linux-gnu-gcc FC=hppa-linux-gnu-gfortran LDFLAGS=-static RUN=qemu-hppa
#   sh run.sh CC=hppa-linux-gnu-gcc FC=hppa-linux-gnu-gfortran RUN='qemu-hppa -L /usr/hppa-linux-gnu'
cd "$(dirname "$0")" || exit 2
CC='' CFLAGS='' LDFLAGS='' LIBS='' FC='' FFLAGS='' RUN='' LIMIT=120
for word in "$@"; do
    case $word in
    CC=* | CFLAGS=* | LDFLAGS=* | LIBS=* | FC=* | FFLAGS=* | RUN=* | LIMIT=*)
        name=${word%%=*}
        # shellcheck disable=SC2034 # the next line reads it
        value=${word#*=}
        eval "$name=\$value"
        ;;
    *)
        echo "usage: sh run.sh [CC=...] [CFLAGS=...] [LDFLAGS=...] [LIBS=...] [FC=...] [FFLAGS=...] [RUN=...] [LIMIT=seconds]" >&2
        exit 2
        ;;
    esac
done
system=$(uname -s)
if [ -z "$CC" ]; then CC=cc; fi
if [ -z "$CFLAGS" ]; then
    case $system in
    HP-UX) CFLAGS='-Aa -D_HPUX_SOURCE -O' ;;
    *) CFLAGS=-O ;;
    esac
fi
if [ -z "$FC" ]; then
    for FC in f77 f90 gfortran; do
        if command -v "$FC" >/dev/null 2>&1; then break; fi
    done
fi
if [ -z "$FFLAGS" ]; then FFLAGS=-O; fi

report=report.txt
failed=0
: >"$report"

# tell LINE: on the screen and in the report
tell() {
    echo "$1"
    echo "$1" >>"$report"
}

bad() {
    failed=$((failed + 1))
    tell "FAILED $1"
}

# build TARGET [MORE]: its messages are in the report if it fails
build() {
    target=$1
    shift
    rm -f "$target"
    if make -f Makefile "CC=$CC" "CFLAGS=$CFLAGS" "LDFLAGS=$LDFLAGS" "LIBS=$LIBS" "FC=$FC" "FFLAGS=$FFLAGS" "$@" \
        "$target" >build.out 2>&1; then
        # A compiler that only warns has something to say, too.
        grep -i warning build.out | head -5 | sed 's/^/note   /' >>"$report"
        return 0
    fi
    return 1
}

why() {
    tail -15 build.out | sed 's/^/       | /' | tee -a "$report"
}

# run PROGRAM [ARGUMENT]: within LIMIT seconds
run() {
    program=$1
    shift
    # shellcheck disable=SC2086 # RUN is a command with its arguments
    $RUN ./"$program" "$@" >run.out 2>run.err &
    pid=$!
    (
        n=0
        while [ "$n" -lt "$LIMIT" ]; do
            sleep 1
            kill -0 "$pid" 2>/dev/null || exit 0
            n=$((n + 1))
        done
        kill -9 "$pid" 2>/dev/null
    ) >/dev/null 2>&1 &
    dog=$!
    wait "$pid"
    status=$?
    kill "$dog" 2>/dev/null
    wait "$dog" 2>/dev/null
    cat run.out >>"$report"
    grep -v '^ok' run.out
    sed 's/^/       | /' run.err | head -20 | tee -a "$report"
    wrong=$(grep -c '^FAILED' run.out)
    failed=$((failed + wrong))
    if [ "$wrong" -eq 0 ] && { [ "$status" -ne 0 ] || ! grep -q '^done' run.out; }; then
        bad "$program: ended with status $status before it was done"
    fi
}

tell '== acceptance kit of cmp-bridge: report'
tell "date:     $(date)"
tell "machine:  $(uname -a)"
tell "cc:       $CC $CFLAGS $LDFLAGS $LIBS"
if about=$($CC --version 2>&1); then
    about=$(echo "$about" | head -1)
else
    about=$($CC -V 2>&1 | head -3 | tr '\n' ' ')
fi
tell "compiler: $about"
tell "fortran:  $FC $FFLAGS"
if [ -n "$RUN" ]; then tell "run by:   $RUN"; fi
# Nothing of an earlier run, of another compiler perhaps.
make -f Makefile clean >/dev/null 2>&1
tell '== sources (cksum)'
cksum ./*.c ./*.h ./*.f Makefile run.sh >>"$report"

for program in facts codec sockets wire routines; do
    tell "== $program"
    if build "$program"; then
        run "$program"
    else
        bad "$program: cannot be built"
        why
    fi
done

for source in layouts_*.c; do
    [ -e "$source" ] || continue
    program=$(basename "$source" .c)
    tell "== $program"
    # shellcheck disable=SC2086
    rm -f "$program"
    if $CC $CFLAGS $LDFLAGS -o "$program" "$source" report.c cmpb_runtime.c $LIBS >build.out 2>&1; then
        run "$program"
    else
        bad "$program: cannot be built"
        why
    fi
done

tell '== loading'
case $system in
HP-UX) library=kit_loaded.sl ;;
*) library=kit_loaded.so ;;
esac
case " $CFLAGS $LDFLAGS " in *' -static '*) static=yes ;; *) static= ;; esac
if [ -n "$static" ]; then
    tell 'note   not looked at: a static program loads no library'
elif build "$library" && { build loading || build loading "LIBS=$LIBS -ldl"; }; then
    run loading "./$library"
else
    bad 'loading: cannot be built'
    why
fi

tell '== fortran'
if command -v "$FC" >/dev/null 2>&1; then
    done=
    for how in '' '-DKIT_PLAIN' ; do
        length=
        case $system in HP-UX) length=-DKIT_LENGTH_IS_INT ;; esac
        if build fortran "FORTRAN=$how $length"; then
            done=yes
            run fortran
            break
        fi
    done
    if [ -z "$done" ]; then
        bad 'fortran: cannot be built, with underscores or without'
        why
    fi
else
    tell 'note   there is no Fortran compiler here: FC=... names one'
fi

tell '== not looked at'
while read -r line; do tell "note   $line"; done <<'END'
exceptions of C++ and Ada through frames of C
paths of shared libraries: chatr +s, SHLIB_PATH; the loader's own messages
records as the program's own compilation lays them out: layouts_* has those of the stub
a network: delays, losses and firewalls between machines; tunnels
threads: one at a time may call
END

if [ "$failed" -eq 0 ]; then
    tell '== verdict: passed'
else
    tell "== verdict: FAILED ($failed)"
    echo 'what failed:'
    grep '^FAILED' "$report"
fi
echo "report.txt is what to bring back ($(wc -l <"$report" | tr -d ' ') lines), and kit.record if it is there."
[ "$failed" -eq 0 ]
