# Completion of amplify-creds for fish. `amplify-creds completions fish` prints it.

function __amplify_creds_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l found ($words[1] complete -- $words (commandline --current-token --cut-at-cursor | string unescape) 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline --current-token --cut-at-cursor)
    end
end

# What stands after "--" is another command's.
function __amplify_creds_command
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l at (contains --index -- -- $words); and test $at -gt 1
end

function __amplify_creds_subcommand
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l at (contains --index -- -- $words)
    complete --do-complete (string join ' ' -- (string escape -- $words[(math $at + 1)..]) (commandline --current-token --cut-at-cursor))
end

complete --command amplify-creds --no-files
complete --command amplify-creds --condition 'not __amplify_creds_command' --keep-order --arguments '(__amplify_creds_complete)'
complete --command amplify-creds --condition __amplify_creds_command --arguments '(__amplify_creds_subcommand)'
