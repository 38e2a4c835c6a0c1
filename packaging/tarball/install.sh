#!/bin/sh
# Installs the files next to it in /usr/local or in PREFIX: install.sh [--prefix PREFIX] [--uninstall].
set -eu
prefix=/usr/local
uninstall=
while [ $# -gt 0 ]; do
    case $1 in
    --prefix) prefix=${2:?PREFIX} && shift 2 ;;
    --uninstall) uninstall=yes && shift ;;
    *) echo "install.sh [--prefix PREFIX] [--uninstall]" >&2 && exit 2 ;;
    esac
done
# A relative PREFIX depends on the user's directory, and a config file needs an absolute path.
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac
cd "$(dirname "$0")"

# put SOURCE TARGET MODE: copies to a temporary name first, so that a running program is never incomplete.
put() {
    target=$prefix/$2
    if [ -n "$uninstall" ]; then
        rm -f "$target"
        return
    fi
    mkdir -p "$(dirname "$target")"
    cp "$1" "$target.new"
    chmod "$3" "$target.new"
    mv -f "$target.new" "$target"
}

put amplify-creds bin/amplify-creds 755
for page in man/*.[157]; do
    put "$page" "share/man/man${page##*.}/${page#man/}" 644
done
put completions/amplify-creds.bash share/bash-completion/completions/amplify-creds 644
put completions/_amplify-creds share/zsh/site-functions/_amplify-creds 644
put completions/amplify-creds.fish share/fish/vendor_completions.d/amplify-creds.fish 644

[ -n "$uninstall" ] && exit
echo "installed $prefix/bin/amplify-creds. To use a profile in every tool: amplify-creds setup PROFILE"
