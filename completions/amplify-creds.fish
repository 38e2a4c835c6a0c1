# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_amplify_creds_global_optspecs
    string join \n p/profile= region= env= dialect= config-file= credentials-file= no-input v/verbose q/quiet h/help V/version
end

function __fish_amplify_creds_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_amplify_creds_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_amplify_creds_using_subcommand
    set -l cmd (__fish_amplify_creds_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -s V -l version -d 'Print version'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "process" -d 'Print credentials as a credential_process document'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "env" -d 'Print credentials as assignments for a shell to evaluate'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "exec" -d 'Run a command with credentials in its environment'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "explain" -d 'Show how a profile\'s credentials come about, without getting them'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "reset-cache" -d 'Forget cached sessions'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "aws" -d 'As the Amplify CLI spells it'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "login" -d 'Answer for MFA once, now, so that no tool has to ask later'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "whoami" -d 'Ask AWS whose the credentials are'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "check" -d 'Try each hop of a profile\'s chain at AWS'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "list" -d 'List every profile'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "doctor" -d 'Show which tool can use which profile, and what is wrong with the files'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "sessions" -d 'Show the cached sessions'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "setup" -d 'Make a profile that every tool can use, of one that there is or of your answers'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "policy" -d 'Print the IAM documents of the cross-account set-up'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "boundary" -d 'Show or change the permissions boundary of the Amplify environment'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "man" -d 'Show the manual page of a command, or of the files'
complete -c amplify-creds -n "__fish_amplify_creds_needs_command" -f -a "help" -d 'Print help on a command or a topic'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -s t -l mfa-token -d 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l prompt -d 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]' -r -f -a "tty\t'On the terminal'
pinentry\t'By GnuPG\'s pinentry'
osascript\t'By a dialog of macOS'
zenity\t'By a dialog of GTK'
powershell\t'By a dialog of Windows, also from inside WSL'
none\t'Not at all'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -s d -l duration -d 'Session duration, such as 1h or 3600' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l role-arn -d 'Another role than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l session-name -d 'Another session name than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l policy-arn -d 'Let the session do no more than this managed policy allows; "read-only" and the Amplify environment\'s "boundary" are known (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l policy -d 'Let the session do no more than this policy allows: a file, or JSON' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l tag -d 'Give the session a tag (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l source-identity -d 'Who is behind the session, in CloudTrail and for every role assumed later' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l provided-context -d 'Who else vouches for the caller: a context provider, and the file with its assertion (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l min-ttl -d 'Renew a session that lasts no longer than this' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l lock-timeout -d 'How long to wait for another process that fetches the same session' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l refresh -d 'Take no cached session for this profile'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l no-cache -d 'Neither read nor write the cache'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand process" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -s t -l mfa-token -d 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l prompt -d 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]' -r -f -a "tty\t'On the terminal'
pinentry\t'By GnuPG\'s pinentry'
osascript\t'By a dialog of macOS'
zenity\t'By a dialog of GTK'
powershell\t'By a dialog of Windows, also from inside WSL'
none\t'Not at all'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -s d -l duration -d 'Session duration, such as 1h or 3600' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l role-arn -d 'Another role than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l session-name -d 'Another session name than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l policy-arn -d 'Let the session do no more than this managed policy allows; "read-only" and the Amplify environment\'s "boundary" are known (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l policy -d 'Let the session do no more than this policy allows: a file, or JSON' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l tag -d 'Give the session a tag (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l source-identity -d 'Who is behind the session, in CloudTrail and for every role assumed later' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l provided-context -d 'Who else vouches for the caller: a context provider, and the file with its assertion (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l min-ttl -d 'Renew a session that lasts no longer than this' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l lock-timeout -d 'How long to wait for another process that fetches the same session' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l shell -d 'The shell [default: the one that started this command, else $SHELL]' -r -f -a "bash\t'GNU bash'
zsh\t'Z shell'
sh\t'Any POSIX shell'
fish\t'fish'
powershell\t'PowerShell'
cmd\t'The command prompt of Windows'
nu\t'Nushell'
elvish\t'Elvish'
dotenv\t'A .env file'
github\t'The later steps of a GitHub Actions job, the secrets masked in its log'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l refresh -d 'Take no cached session for this profile'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l no-cache -d 'Neither read nor write the cache'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l unset -d 'Take the variables away again'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -s t -l mfa-token -d 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l prompt -d 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]' -r -f -a "tty\t'On the terminal'
pinentry\t'By GnuPG\'s pinentry'
osascript\t'By a dialog of macOS'
zenity\t'By a dialog of GTK'
powershell\t'By a dialog of Windows, also from inside WSL'
none\t'Not at all'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -s d -l duration -d 'Session duration, such as 1h or 3600' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l role-arn -d 'Another role than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l session-name -d 'Another session name than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l policy-arn -d 'Let the session do no more than this managed policy allows; "read-only" and the Amplify environment\'s "boundary" are known (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l policy -d 'Let the session do no more than this policy allows: a file, or JSON' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l tag -d 'Give the session a tag (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l source-identity -d 'Who is behind the session, in CloudTrail and for every role assumed later' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l provided-context -d 'Who else vouches for the caller: a context provider, and the file with its assertion (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l min-ttl -d 'Renew a session that lasts no longer than this' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l lock-timeout -d 'How long to wait for another process that fetches the same session' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l refresh -d 'Take no cached session for this profile'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l no-cache -d 'Neither read nor write the cache'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l serve -d 'Give it a local endpoint that renews the credentials while it runs'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -s d -l duration -d 'Explain with this session duration' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l project -d 'Forget the sessions of the Amplify project\'s chain'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l all -d 'Forget every session'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l expired -d 'Forget the sessions that are over'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l dry-run -d 'Say what would go, and change nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand reset-cache" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and not __fish_seen_subcommand_from reset-cache" -f -a "reset-cache" -d 'Forget cached sessions'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l project -d 'Forget the sessions of the Amplify project\'s chain'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l all -d 'Forget every session'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l expired -d 'Forget the sessions that are over'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l dry-run -d 'Say what would go, and change nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand aws; and __fish_seen_subcommand_from reset-cache" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -s t -l mfa-token -d 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l prompt -d 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]' -r -f -a "tty\t'On the terminal'
pinentry\t'By GnuPG\'s pinentry'
osascript\t'By a dialog of macOS'
zenity\t'By a dialog of GTK'
powershell\t'By a dialog of Windows, also from inside WSL'
none\t'Not at all'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -s d -l duration -d 'Session duration, such as 1h or 3600' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l role-arn -d 'Another role than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l session-name -d 'Another session name than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l policy-arn -d 'Let the session do no more than this managed policy allows; "read-only" and the Amplify environment\'s "boundary" are known (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l policy -d 'Let the session do no more than this policy allows: a file, or JSON' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l tag -d 'Give the session a tag (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l source-identity -d 'Who is behind the session, in CloudTrail and for every role assumed later' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l provided-context -d 'Who else vouches for the caller: a context provider, and the file with its assertion (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l min-ttl -d 'Renew a session that lasts no longer than this' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l lock-timeout -d 'How long to wait for another process that fetches the same session' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l all -d 'Every profile that leads to a session'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l refresh -d 'Take no cached session for this profile'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l no-cache -d 'Neither read nor write the cache'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -s t -l mfa-token -d 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l prompt -d 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]' -r -f -a "tty\t'On the terminal'
pinentry\t'By GnuPG\'s pinentry'
osascript\t'By a dialog of macOS'
zenity\t'By a dialog of GTK'
powershell\t'By a dialog of Windows, also from inside WSL'
none\t'Not at all'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -s d -l duration -d 'Session duration, such as 1h or 3600' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l role-arn -d 'Another role than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l session-name -d 'Another session name than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l policy-arn -d 'Let the session do no more than this managed policy allows; "read-only" and the Amplify environment\'s "boundary" are known (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l policy -d 'Let the session do no more than this policy allows: a file, or JSON' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l tag -d 'Give the session a tag (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l source-identity -d 'Who is behind the session, in CloudTrail and for every role assumed later' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l provided-context -d 'Who else vouches for the caller: a context provider, and the file with its assertion (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l min-ttl -d 'Renew a session that lasts no longer than this' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l lock-timeout -d 'How long to wait for another process that fetches the same session' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l refresh -d 'Take no cached session for this profile'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l no-cache -d 'Neither read nor write the cache'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -s t -l mfa-token -d 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l prompt -d 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]' -r -f -a "tty\t'On the terminal'
pinentry\t'By GnuPG\'s pinentry'
osascript\t'By a dialog of macOS'
zenity\t'By a dialog of GTK'
powershell\t'By a dialog of Windows, also from inside WSL'
none\t'Not at all'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -s d -l duration -d 'Session duration, such as 1h or 3600' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l role-arn -d 'Another role than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l session-name -d 'Another session name than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l policy-arn -d 'Let the session do no more than this managed policy allows; "read-only" and the Amplify environment\'s "boundary" are known (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l policy -d 'Let the session do no more than this policy allows: a file, or JSON' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l tag -d 'Give the session a tag (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l source-identity -d 'Who is behind the session, in CloudTrail and for every role assumed later' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l provided-context -d 'Who else vouches for the caller: a context provider, and the file with its assertion (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l min-ttl -d 'Renew a session that lasts no longer than this' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l lock-timeout -d 'How long to wait for another process that fetches the same session' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l refresh -d 'Take no cached session for this profile'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l no-cache -d 'Neither read nor write the cache'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l properties -d 'With --json: every property with its value (secrets as ****), file and line'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l json -d 'Print JSON: findings, who sees which profile, what each header is to whom'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l fix -d 'First mend what can be mended without guessing: a byte-order mark, what stands behind a header, dotted names for the Amplify CLI, rights of others'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l dry-run -d 'With --fix: only show what would change'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -s y -l yes -d 'With --fix: write without asking'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand sessions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l name -d 'Name of the profile to add [default: PROFILE-amplify]; without PROFILE, of the new role\'s profile' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l role-arn -d 'The new role\'s ARN' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l source-profile -d 'Profile whose keys assume the new role' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l external-id -d 'External id that the new role asks for' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l mfa-serial -d 'MFA device that the new role asks for' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l access-key-id -d 'Access key id of a new source profile' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l secret-access-key -d 'Secret access key of a new source profile: "-" reads it from stdin; an argument could be seen by other processes' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l in-place -d 'Let the tools\' profile keep the name; the role\'s keys move to NAME-role, and what points at them follows'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l project -d 'Also point the Amplify project\'s environment at it'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l dry-run -d 'Print the diff, and change nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -s y -l yes -d 'Ask nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -f -a "trust" -d 'Who may assume the profile\'s role: the role\'s trust policy'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -f -a "caller" -d 'What assumes it: sts:AssumeRole on the roles of the profile\'s chain'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -f -a "mfa" -d 'Users have MFA devices of their own, and can do nothing without them'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -f -a "amplify" -d 'What the Amplify CLI needs to deploy'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and not __fish_seen_subcommand_from trust caller mfa amplify boundary" -f -a "boundary" -d 'How far the roles that Amplify makes may go: a permissions boundary'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l format -d 'JSON, or a CloudFormation template with it' -r -f -a "json\t'The policy'
cloudformation\t'A template'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -s o -l output -d 'File to write it to, instead of stdout' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l principal -d 'Who assumes the role: an account\'s twelve digits, or the ARN of a user or a role (repeatable) [default: the profile\'s source, where it is known]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l external-id -d 'Another external id than the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l mfa-max-age -d 'Ask for MFA, with a code given at most so long ago, such as 1h' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l session-name -d 'Take only sessions with such a name, such as "devcorp-*"' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l force -d 'Write over a file that says something else'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l new-external-id -d 'Draw a new external id that nobody can guess'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l mfa -d 'Ask for MFA [default: where the profile has a device]'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l format -d 'JSON, or a CloudFormation template with it' -r -f -a "json\t'The policy'
cloudformation\t'A template'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -s o -l output -d 'File to write it to, instead of stdout' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l force -d 'Write over a file that says something else'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from caller" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l format -d 'JSON, or a CloudFormation template with it' -r -f -a "json\t'The policy'
cloudformation\t'A template'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -s o -l output -d 'File to write it to, instead of stdout' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l force -d 'Write over a file that says something else'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from mfa" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l format -d 'JSON, or a CloudFormation template with it' -r -f -a "json\t'The policy'
cloudformation\t'A template'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -s o -l output -d 'File to write it to, instead of stdout' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l account -d 'Account of the app [default: that of the profile\'s role]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l app -d 'Name of the Amplify project [default: that around the current directory]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l category -d 'Categories, with commas between them [default: all]' -r -f -a "deployment\t'Stacks, roles, the app and its bucket'
auth\t'Cognito'
api\t'AppSync, API Gateway'
storage\t'S3, DynamoDB'
function\t'Lambda'
hosting\t'CloudFront, S3'
analytics\t'Pinpoint, Kinesis'
notifications\t'Pinpoint'
interactions\t'Lex'
predictions\t'Rekognition, Polly'
geo\t'Location Service'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l boundary -d 'Let roles be made only with this boundary; "" for any [default: the environment\'s]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l force -d 'Write over a file that says something else'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l managed -d 'The actions of AWS\'s managed policy instead of the minimal ones'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from amplify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l format -d 'JSON, or a CloudFormation template with it' -r -f -a "json\t'The policy'
cloudformation\t'A template'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -s o -l output -d 'File to write it to, instead of stdout' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l account -d 'Account of the app [default: that of the profile\'s role]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l app -d 'Name of the Amplify project [default: that around the current directory]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l category -d 'Categories that the app has, with commas between them [default: all]' -r -f -a "deployment\t'Stacks, roles, the app and its bucket'
auth\t'Cognito'
api\t'AppSync, API Gateway'
storage\t'S3, DynamoDB'
function\t'Lambda'
hosting\t'CloudFront, S3'
analytics\t'Pinpoint, Kinesis'
notifications\t'Pinpoint'
interactions\t'Lex'
predictions\t'Rekognition, Polly'
geo\t'Location Service'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l deny -d 'What no role of the app may touch: table=NAME, bucket=NAME, function=NAME, parameter=PATH, service=PREFIX, action=SERVICE:ACTION (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l allow -d 'What the app\'s functions may do besides, such as ses:SendEmail (repeatable)' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l name -d 'The policy\'s name [default: amplify-PROJECT-ENVIRONMENT-boundary]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l arn -d 'The policy\'s ARN [default: the environment\'s, else by account and name]' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l force -d 'Write over a file that says something else'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l deployer -d 'Only what forces new roles to carry it, for the policies of who deploys'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand policy; and __fish_seen_subcommand_from boundary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -f -a "show" -d 'Print the ARN; nothing where the environment has none'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -f -a "set" -d 'Give the environment this boundary'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and not __fish_seen_subcommand_from show set clear" -f -a "clear" -d 'Take the environment\'s boundary away'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l json -d 'Print JSON'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l dry-run -d 'Print the diff, and change nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -s y -l yes -d 'Ask nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l dry-run -d 'Print the diff, and change nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Ask nothing'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand boundary; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -s p -l profile -d 'Profile; the same as the argument' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -l region -d 'Region of the STS to call, before AWS_REGION and the profile\'s' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -l env -d 'Environment of the Amplify project, other than its current one' -r
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -l dialect -d 'How the profile files are read' -r -f -a "auto\t'As any of your tools would mean it'
amplify\t'Exactly as the Amplify CLI'
aws\t'Exactly as the AWS SDKs'"
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -l config-file -d 'Config file instead of ~/.aws/config' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -l credentials-file -d 'Credentials file instead of ~/.aws/credentials' -r -F
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -l no-input -d 'Never ask anything'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -s v -l verbose -d 'Say on stderr what is done and why'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c amplify-creds -n "__fish_amplify_creds_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
