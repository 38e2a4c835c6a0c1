# The function acreds for bash 3.2 and later. `amplify-creds init bash` prints it.

acreds() {
    local acreds_script
    acreds_script=$(command amplify-creds acreds --shell bash "$@") || return
    eval "$acreds_script"
}

_acreds() {
    local line value
    COMPREPLY=()
    while IFS= read -r line; do
        printf -v value %q "${line%%$'\t'*}"
        COMPREPLY+=("$value")
    done < <(command amplify-creds complete -- amplify-creds acreds "${COMP_WORDS[@]:1:COMP_CWORD-1}" "${COMP_WORDS[COMP_CWORD]//[\\\'\"]/}" 2>/dev/null)
}

complete -F _acreds acreds
