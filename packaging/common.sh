# For the packaging scripts, which read it in the repository's root: the package's name and date. Reads $binary.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
# The date of the last commit, so that two builds are identical.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
# The binary's architecture, not this machine's.
case $(readelf -h "$binary" | sed -n 's/ *Machine: *//p') in
*X86-64) arch=x86_64 deb_arch=amd64 ;;
AArch64) arch=aarch64 deb_arch=arm64 ;;
*) echo "$binary: neither x86-64 nor AArch64" >&2 && exit 1 ;;
esac
