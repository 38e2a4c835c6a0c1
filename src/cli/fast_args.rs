//! Parses the command line that SDKs start thousands of times a day: `process` with a profile and few options. clap
//! spends 470,000 instructions on building all commands before it reads the first word (callgrind, clap 4.5). A test
//! compares the results of both parsers.

use std::ffi::OsString;

use crate::cli::args::{Cli, Command, Fetch, Global};

/// Parses `process`, at most one profile, and `-p`, `--profile` and `--region` with a separate value.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Option<Cli> {
    let mut words = arguments.skip(1).map(|word| word.into_string().ok().filter(|word| !word.is_empty()));
    let (mut global, mut fetch) = (Global::default(), Fetch::default());
    let mut is_process = false;
    while let Some(word) = words.next() {
        let word = word?;
        let place = match word.as_str() {
            "-p" | "--profile" => &mut global.profile,
            "--region" => &mut global.region,
            "process" if !is_process => {
                is_process = true;
                continue;
            }
            _ if !is_process => return None,
            _ => {
                set(&mut fetch.name, word)?;
                continue;
            }
        };
        set(place, words.next()??)?;
    }
    is_process.then_some(Cli { global, command: Command::Process(fetch) })
}

/// Fails if the value is already set, or if `value` is an option.
fn set(place: &mut Option<String>, value: String) -> Option<()> {
    (place.is_none() && !value.starts_with('-')).then(|| *place = Some(value))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use proptest::prelude::*;

    use super::*;

    fn both(words: &[String]) -> (Option<String>, Option<String>) {
        let all = || std::iter::once("amplify-creds".to_owned()).chain(words.iter().cloned());
        let plain = parse(all().map(OsString::from)).map(|cli| format!("{cli:?}"));
        (plain, Cli::try_parse_from(all()).ok().map(|cli| format!("{cli:?}")))
    }

    #[test]
    fn sdk_command_lines_are_parsed() {
        for line in [
            "process",
            "process dev",
            "-p dev process",
            "--region eu-west-1 process dev",
            "process -p dev",
            "process dev --region eu-west-1",
            "process --profile dev",
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let (plain, clap) = both(&words);
            assert!(plain.is_some(), "{line}");
            assert_eq!(plain, clap, "{line}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn result_equals_that_of_clap(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "process", "env", "credential-process", "dev", "a b", "", "-", "--", "-p", "-pdev", "--profile",
                    "--profile=dev", "--region", "--region=x", "-v", "-q", "-h", "--help", "-V", "--json", "é", "-t", "1",
                    "--refresh", "--dialect", "aws", "-d", "@x", "process=", "--prof",
                ]),
                0..5,
            ),
            begins_so in any::<bool>(),
        ) {
            let words = begins_so.then_some("process").into_iter().chain(words);
            let (plain, clap) = both(&words.map(str::to_owned).collect::<Vec<_>>());
            prop_assert!(plain.is_none() || plain == clap, "{plain:?} is not {clap:?}");
        }
    }
}
