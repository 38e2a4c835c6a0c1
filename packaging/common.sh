# For the scripts here, which are in the repository's root when they read it: what a package is called, and when it was
# made. Reads $binary.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
# The last commit's, so that two builds of it are the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
# Of the binary, not of this machine.
case $(readelf -h "$binary" | sed -n 's/ *Machine: *//p') in
*X86-64) arch=x86_64 deb_arch=amd64 ;;
AArch64) arch=aarch64 deb_arch=arm64 ;;
*) echo "$binary: neither x86-64 nor AArch64" >&2 && exit 1 ;;
esac
