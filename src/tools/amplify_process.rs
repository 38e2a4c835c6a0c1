const INTERPRETERS: [&str; 4] = ["node", "nodejs", "bun", "sh"];
const PACKAGES: [&str; 3] = ["/@aws-amplify/cli/", "/@aws-amplify/cli-internal/", "/@aws-amplify/backend-cli/"];

/// Detects the Amplify CLI and Amplify Gen 2's `ampx`: its own binary, a link to its script in a `bin` directory, or a
/// script of its packages.
pub fn is_amplify(command_line: &[String]) -> bool {
    let mut words = command_line.iter().map(|word| word.replace('\\', "/"));
    let Some(program) = words.next() else { return false };
    let path =
        if INTERPRETERS.contains(&name(&program)) { words.find(|word| !word.starts_with('-')) } else { Some(program) };
    path.is_some_and(|path| {
        ["amplify", "ampx"].contains(&name(&path)) || PACKAGES.iter().any(|package| path.contains(package))
    })
}

fn name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    [".exe", ".cmd", ".js"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amplify_and_ampx_are_recognised() {
        let rows = [
            ("/home/dev/.amplify/bin/amplify push", true),
            ("node /usr/local/bin/amplify pull --yes", true),
            ("node --no-warnings /usr/lib/node_modules/@aws-amplify/cli/bin/amplify push", true),
            ("node /app/node_modules/@aws-amplify/cli-internal/bin/index.js push", true),
            ("node /app/node_modules/.bin/ampx sandbox", true),
            (r"C:\nodejs\node.exe C:\app\node_modules\@aws-amplify\backend-cli\lib\ampx.js", true),
            ("/usr/bin/amplify-creds process biz", false),
            ("aws --profile amplify s3 ls", false),
            ("vim amplify.rs", false),
            ("node /app/amplify/backend/build.js", false),
            ("", false),
        ];
        for (command, expected) in rows {
            let words: Vec<_> = command.split(' ').map(str::to_owned).collect();
            assert_eq!(is_amplify(&words), expected, "{command}");
        }
    }
}
