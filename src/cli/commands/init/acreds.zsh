# The function acreds for zsh. `amplify-creds init zsh` prints it.

acreds() {
    local acreds_script
    acreds_script=$(command amplify-creds acreds --shell zsh "$@") || return
    eval "$acreds_script"
}

_acreds() {
    local line
    local -a found
    for line in "${(@f)$(command amplify-creds complete -- amplify-creds acreds "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        # _describe takes the first colon for the end of the word.
        if [[ $line == *$'\t'* ]]; then
            found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        else
            found+=("${line//:/\\:}")
        fi
    done
    ((${#found})) && _describe -t acreds acreds found
}

# Without compinit there is no completion.
if ((${+functions[compdef]})); then
    compdef _acreds acreds
fi
