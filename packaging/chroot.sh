# For the tests here: $chroot is a fresh system of debootstrap's, $1 of it if given; `run` runs in it. Needs root.
chroot=${1:-}
if [ -z "$chroot" ]; then
    chroot=$(mktemp -d)
    trap 'rm -rf "$chroot"' EXIT
    # The release and the mirror that this machine has.
    # shellcheck disable=SC2016
    debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$chroot" \
        "$(apt-get indextargets --format '$(REPO_URI)' | head -1)" >/dev/null
fi
run() { chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# What lies in the system, but for the records of the package managers.
files() {
    (cd "$chroot" && find etc usr var -xdev ! -path 'var/lib/dpkg/*' ! -path 'var/lib/rpm*' ! -path 'usr/lib/sysimage*' \
        ! -path 'var/log/*' ! -path 'var/cache/*' | LC_ALL=C sort)
}
