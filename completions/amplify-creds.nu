# Completion of amplify-creds for Nushell 0.108 and later. `amplify-creds completions nu` prints it.

def "nu-complete amplify-creds" [spans: list<string>] {
    let found = (^$spans.0 complete -- ...$spans | complete).stdout | lines | each {|line|
        let parts = $line | split row --number 2 "\t"
        let value = $parts.0
        {
            value: (if $value =~ '[^\w./:@%+=,-]' { $value | to json --raw } else { $value })
            description: ($parts | get --optional 1)
        }
    }
    # Nothing: Nushell completes the names of files.
    if ($found | is-empty) { null } else { $found }
}

@complete "nu-complete amplify-creds"
extern "amplify-creds" [...words: string]
