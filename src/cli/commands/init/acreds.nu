# The command acreds for Nushell 0.108 and later. `amplify-creds init nu` prints it.

def "nu-complete acreds" [spans: list<string>] {
    let words = $spans | skip 1
    (^amplify-creds complete -- amplify-creds acreds ...$words | complete).stdout | lines | each {|line|
        let parts = $line | split row --number 2 "\t"
        let value = $parts.0
        {
            value: (if $value =~ '[^\w./:@%+=,-]' { $value | to json --raw } else { $value })
            description: ($parts | get --optional 1)
        }
    }
}

# Select an AWS profile
@complete "nu-complete acreds"
def --env --wrapped acreds [...words: string] {
    let record = ^amplify-creds acreds --shell nu ...$words
    if ($record | is-not-empty) {
        $record | from json | load-env
    }
}
