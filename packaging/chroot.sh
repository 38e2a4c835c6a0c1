# For the tests of packages: $chroot is a new debootstrap system, or a copy of $1 if given. `run` runs in it. Needs
# root.
chroot=${1:-}
if [ -z "$chroot" ]; then
    chroot=$(mktemp -d)
    trap 'rm -rf "$chroot"' EXIT
    # This machine's release and mirror.
    # shellcheck disable=SC2016
    debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$chroot" \
        "$(apt-get indextargets --format '$(REPO_URI)' | head -1)" >/dev/null
fi
run() { chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# The files in the system, without the package managers' records.
files() {
    (cd "$chroot" && find etc usr var -xdev ! -path 'var/lib/dpkg/*' ! -path 'var/lib/rpm*' ! -path 'usr/lib/sysimage*' \
        ! -path 'var/log/*' ! -path 'var/cache/*' | LC_ALL=C sort)
}
