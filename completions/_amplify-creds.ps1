# Completion of amplify-creds for PowerShell. `amplify-creds completions powershell` prints it.

Register-ArgumentCompleter -Native -CommandName 'amplify-creds' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @(
        foreach ($element in $commandAst.CommandElements) {
            if ($element.Extent.StartOffset -lt $cursorPosition) {
                if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                    $element.Value
                } else {
                    $element.Extent.Text
                }
            }
        }
    )
    # Windows PowerShell passes no empty argument on.
    $new = @()
    if ($wordToComplete -eq '') {
        $new = @('--new-word')
    }
    foreach ($line in @(& 'amplify-creds' complete @new -- @words 2>$null)) {
        $value, $about = $line -split "`t", 2
        if (-not $about) {
            $about = $value
        }
        $text = $value
        if ($value -match '[^\w./:@%+=,-]') {
            $text = "'" + $value.Replace("'", "''") + "'"
        }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
