# Completion of amplify-creds for Elvish. `amplify-creds completions elvish` prints it.

use str

set edit:completion:arg-completer[amplify-creds] = {|@words|
  # What stands after "--" is another command's.
  var at = 1
  while (and (< $at (- (count $words) 1)) (not-eq $words[$at] --)) {
    set at = (+ $at 1)
  }
  if (< $at (- (count $words) 1)) {
    edit:complete-sudo sudo (all $words[(+ $at 1)..])
  } else {
    var found = $false
    try {
      e:amplify-creds complete -- $@words 2>/dev/null | from-lines | each {|line|
        set found = $true
        var value @about = (str:split &max=2 "\t" $line)
        if (eq $about []) {
          put $value
        } else {
          edit:complex-candidate $value &display=$value'  '$about[0]
        }
      }
    } catch error {
      nop
    }
    if (not $found) {
      edit:complete-filename $words[-1]
    }
  }
}
