# Before a package is unpacked. The first argument is rpm's 2 or dpkg's `upgrade` where a package of this name is there: of
# another patch, perhaps, or of this one at another place, whose files would be taken away while it stays in operation.
case $1 in
upgrade | 2)
    [ -d "$PREFIX/$PROGRAM/$ANOMALY+package" ] ||
        fail "the package of this name that is installed is not for $PREFIX/$PROGRAM/$ANOMALY: remove it first; nothing was installed"
    ;;
esac
# What install.sh looks at would come too late for rpm, which then counts the patch as installed.
wanted=$EXECUTABLE
look_at_place
