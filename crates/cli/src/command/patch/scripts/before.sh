#!/bin/sh
# Before a package is unpacked: the program must be the build that the patch is for.
program=$EXECUTABLE
if [ "$EXECUTABLE" = "$LINK" ] && [ -L "$LINK" ] && [ -f "$LINK.before-$ANOMALY" ]; then program=$LINK.before-$ANOMALY; fi
for file in "$EXECUTABLE" "$LINK"; do
    other=$(patch_behind "$file")
    case $other in
    '' | "$PREFIX/$PROGRAM/$ANOMALY+"*) ;;
    *) fail "$other is in operation for this program: deliver both corrections as one patch; nothing was installed" ;;
    esac
done
why=$(why_not "$program")
[ -z "$why" ] || fail "$why; nothing was installed"
