
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'amplify-creds' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'amplify-creds'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'amplify-creds' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('process', 'process', [CompletionResultType]::ParameterValue, 'Print credentials as a credential_process document')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print credentials as assignments for a shell to evaluate')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show how a profile''s credentials come about, without getting them')
            [CompletionResult]::new('reset-cache', 'reset-cache', [CompletionResultType]::ParameterValue, 'Forget cached sessions')
            [CompletionResult]::new('aws', 'aws', [CompletionResultType]::ParameterValue, 'As the Amplify CLI spells it')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Answer for MFA once, now, so that no tool has to ask later')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List every profile')
            [CompletionResult]::new('sessions', 'sessions', [CompletionResultType]::ParameterValue, 'Show the cached sessions')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print help on a command or a topic (exit-codes)')
            break
        }
        'amplify-creds;process' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)')
            [CompletionResult]::new('--mfa-token', '--mfa-token', [CompletionResultType]::ParameterName, 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Session duration, such as 1h or 3600')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Session duration, such as 1h or 3600')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Renew a session that lasts no longer than this')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another process that fetches the same session')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Take no cached session for this profile')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;env' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)')
            [CompletionResult]::new('--mfa-token', '--mfa-token', [CompletionResultType]::ParameterName, 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Session duration, such as 1h or 3600')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Session duration, such as 1h or 3600')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Renew a session that lasts no longer than this')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another process that fetches the same session')
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell [default: the one that started this command, else $SHELL]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Take no cached session for this profile')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Take the variables away again')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;explain' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Explain with this session duration')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Explain with this session duration')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;reset-cache' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'Forget the sessions of the Amplify project''s chain')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Forget every session')
            [CompletionResult]::new('--expired', '--expired', [CompletionResultType]::ParameterName, 'Forget the sessions that are over')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would go, and change nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;aws' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('reset-cache', 'reset-cache', [CompletionResultType]::ParameterValue, 'Forget cached sessions')
            break
        }
        'amplify-creds;aws;reset-cache' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'Forget the sessions of the Amplify project''s chain')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Forget every session')
            [CompletionResult]::new('--expired', '--expired', [CompletionResultType]::ParameterName, 'Forget the sessions that are over')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would go, and change nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;login' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)')
            [CompletionResult]::new('--mfa-token', '--mfa-token', [CompletionResultType]::ParameterName, 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'How to ask for an MFA code [default: the terminal, else a window where there is a screen]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Session duration, such as 1h or 3600')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Session duration, such as 1h or 3600')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Renew a session that lasts no longer than this')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another process that fetches the same session')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every profile that leads to a session')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Take no cached session for this profile')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;list' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--properties', '--properties', [CompletionResultType]::ParameterName, 'With --json: every property with its value (secrets as ****), file and line')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;sessions' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;completions' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'amplify-creds;help' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile; the same as the argument')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Region of the STS to call, before AWS_REGION and the profile''s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the Amplify project, other than its current one')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'How the profile files are read')
            [CompletionResult]::new('--config-file', '--config-file', [CompletionResultType]::ParameterName, 'Config file instead of ~/.aws/config')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'Credentials file instead of ~/.aws/credentials')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what is done and why')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
