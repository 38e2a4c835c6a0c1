
use builtin;
use str;

set edit:completion:arg-completer[amplify-creds] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'amplify-creds'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'amplify-creds'= {
            cand -p 'Profile; the same as the argument'
            cand --profile 'Profile; the same as the argument'
            cand --region 'Region of the STS to call, before AWS_REGION and the profile''s'
            cand --dialect 'How the profile files are read'
            cand --config-file 'Config file instead of ~/.aws/config'
            cand --credentials-file 'Credentials file instead of ~/.aws/credentials'
            cand --no-input 'Never ask anything'
            cand -v 'Say on stderr what is done and why'
            cand --verbose 'Say on stderr what is done and why'
            cand -q 'Say nothing on stderr but errors'
            cand --quiet 'Say nothing on stderr but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand process 'Print credentials as a credential_process document'
            cand list 'List every profile'
            cand completions 'Print a completion script for a shell'
            cand help 'Print help on a command or a topic (exit-codes)'
        }
        &'amplify-creds;process'= {
            cand -t 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)'
            cand --mfa-token 'MFA code; "-" reads it from stdin (an argument can be seen by other processes)'
            cand -d 'Session duration, such as 1h or 3600'
            cand --duration 'Session duration, such as 1h or 3600'
            cand --min-ttl 'Renew a session that lasts no longer than this'
            cand --lock-timeout 'How long to wait for another process that fetches the same session'
            cand -p 'Profile; the same as the argument'
            cand --profile 'Profile; the same as the argument'
            cand --region 'Region of the STS to call, before AWS_REGION and the profile''s'
            cand --dialect 'How the profile files are read'
            cand --config-file 'Config file instead of ~/.aws/config'
            cand --credentials-file 'Credentials file instead of ~/.aws/credentials'
            cand --refresh 'Take no cached session for this profile'
            cand --no-cache 'Neither read nor write the cache'
            cand --no-input 'Never ask anything'
            cand -v 'Say on stderr what is done and why'
            cand --verbose 'Say on stderr what is done and why'
            cand -q 'Say nothing on stderr but errors'
            cand --quiet 'Say nothing on stderr but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'amplify-creds;list'= {
            cand -p 'Profile; the same as the argument'
            cand --profile 'Profile; the same as the argument'
            cand --region 'Region of the STS to call, before AWS_REGION and the profile''s'
            cand --dialect 'How the profile files are read'
            cand --config-file 'Config file instead of ~/.aws/config'
            cand --credentials-file 'Credentials file instead of ~/.aws/credentials'
            cand --json 'Print JSON'
            cand --properties 'With --json: every property with its value (secrets as ****), file and line'
            cand --no-input 'Never ask anything'
            cand -v 'Say on stderr what is done and why'
            cand --verbose 'Say on stderr what is done and why'
            cand -q 'Say nothing on stderr but errors'
            cand --quiet 'Say nothing on stderr but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'amplify-creds;completions'= {
            cand -p 'Profile; the same as the argument'
            cand --profile 'Profile; the same as the argument'
            cand --region 'Region of the STS to call, before AWS_REGION and the profile''s'
            cand --dialect 'How the profile files are read'
            cand --config-file 'Config file instead of ~/.aws/config'
            cand --credentials-file 'Credentials file instead of ~/.aws/credentials'
            cand --no-input 'Never ask anything'
            cand -v 'Say on stderr what is done and why'
            cand --verbose 'Say on stderr what is done and why'
            cand -q 'Say nothing on stderr but errors'
            cand --quiet 'Say nothing on stderr but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'amplify-creds;help'= {
            cand -p 'Profile; the same as the argument'
            cand --profile 'Profile; the same as the argument'
            cand --region 'Region of the STS to call, before AWS_REGION and the profile''s'
            cand --dialect 'How the profile files are read'
            cand --config-file 'Config file instead of ~/.aws/config'
            cand --credentials-file 'Credentials file instead of ~/.aws/credentials'
            cand --no-input 'Never ask anything'
            cand -v 'Say on stderr what is done and why'
            cand --verbose 'Say on stderr what is done and why'
            cand -q 'Say nothing on stderr but errors'
            cand --quiet 'Say nothing on stderr but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
