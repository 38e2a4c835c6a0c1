# Completion of amplify-creds for bash 3.2 and later. `amplify-creds completions bash` prints it.

_amplify_creds() {
    local words=("${COMP_WORDS[@]:0:COMP_CWORD+1}") at line value
    COMPREPLY=()
    # What stands after "--" is another command's.
    for ((at = 1; at < COMP_CWORD; at++)); do
        if [[ ${words[at]} == -- ]]; then
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset $((at + 1))
            elif declare -F _command_offset >/dev/null; then
                _command_offset $((at + 1))
            elif ((at + 1 == COMP_CWORD)); then
                COMPREPLY=($(compgen -c -- "${words[COMP_CWORD]}"))
            fi
            return
        fi
    done
    # bash splits words at "=" and ":" and hands them over as words: --profile=x is three of them.
    local joined=()
    for ((at = 0; at < ${#words[@]}; at++)); do
        if ((${#joined[@]} > 1)) && [[ ${words[at]} == [=:]* || ${joined[${#joined[@]} - 1]} == *[=:] ]] &&
            [[ $COMP_WORDBREAKS == *[=:]* ]]; then
            joined[${#joined[@]} - 1]+=${words[at]}
        else
            joined+=("${words[at]}")
        fi
    done
    local last=${joined[${#joined[@]} - 1]} current=${words[COMP_CWORD]}
    # Quotes and backslashes of the word that is being typed.
    local typed=${last//[\\\'\"]/}
    [[ $current == [=:] ]] && current=
    local before=${last%"$current"}
    joined[${#joined[@]} - 1]=$typed
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        value=${value#"$before"}
        if [[ $current == [\'\"]* ]]; then
            COMPREPLY+=("$value")
        else
            printf -v value %q "$value"
            COMPREPLY+=("$value")
        fi
    done < <("${words[0]}" complete -- "${joined[@]}" 2>/dev/null)
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o default -F _amplify_creds amplify-creds
