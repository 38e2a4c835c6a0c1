# The function acreds for fish. `amplify-creds init fish` prints it.

function acreds --description 'Select an AWS profile'
    set -l acreds_script (command amplify-creds acreds --shell fish $argv); or return
    string join \n -- $acreds_script | source
end

function __acreds_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    command amplify-creds complete -- amplify-creds acreds $words[2..] (commandline --current-token --cut-at-cursor | string unescape) 2>/dev/null
end

complete --command acreds --no-files --keep-order --arguments '(__acreds_complete)'
