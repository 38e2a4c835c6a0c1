//! The page of the program itself.

use clap::{Arg, CommandFactory};

use crate::cli::args::Cli;

use super::page::{Block, Page, Section, exit_status, files, items, lines, text};
use super::variables;
use super::verbs::{about, options, verbs};

pub(super) fn page() -> Page {
    let mut program = Cli::command();
    program.build();
    let commands =
        verbs().into_iter().map(|verb| (format!("amplify-creds {}", verb.get_name()), format!("{}.", about(&verb))));
    Page {
        name: "amplify-creds".to_owned(),
        section: 1,
        about: "AWS credentials for role profiles, once, for every tool".to_owned(),
        sections: vec![
            Section::new("SYNOPSIS", vec![lines("amplify-creds COMMAND [OPTIONS] [PROFILE]")]),
            Section::new("DESCRIPTION", description()),
            Section::new(
                "COMMANDS",
                vec![
                    text("Each has a page of its own, such as amplify-creds-env(1); amplify-creds man env shows it."),
                    Block::Items(commands.collect()),
                ],
            ),
            Section::new("OPTIONS OF EVERY COMMAND", vec![Block::Items(options(&program, |_: &Arg| true))]),
            exit_status(),
            variables::section(),
            files(),
            security(),
            Section::new(
                "EXAMPLES",
                vec![lines(
                    r#"
amplify-creds process bizcorprole          what an SDK runs
eval "$(amplify-creds env bizcorprole)"    into this shell
amplify-creds exec bizcorprole -- aws sts get-caller-identity
amplify-creds login bizcorprole            the code now, not later
amplify-creds explain bizcorprole          which setting comes from where
amplify-creds doctor                       which tool can use which profile
amplify-creds setup bizcorprole --dry-run  the profile for every tool
amplify-creds reset-cache bizcorprole      forget its sessions"#,
                )],
            ),
            Section::new(
                "SEE ALSO",
                vec![text(
                    "amplify-creds-config(5), amplify-creds-process(1), amplify-creds-setup(1), aws(1), amplify(1)",
                )],
            ),
        ],
    }
}

fn description() -> Vec<Block> {
    vec![
        text(
            "Turns a role profile of ~/.aws/config into temporary AWS credentials: walks source_profile, sends the \
             external id, asks for the MFA code on the terminal, keeps the session in the Amplify CLI's cache, and \
             answers from there until shortly before it ends. Many processes at once cause one question and one call to \
             AWS for each role.",
        ),
        text("Tools get the credentials through a profile that names this program. It has no role of its own:"),
        lines(
            "
[profile biz]
credential_process = /usr/local/bin/amplify-creds process bizcorprole
region = us-east-1",
        ),
        text(
            "The path is absolute, since botocore starts the command without a shell. amplify-creds setup writes such a \
             profile.",
        ),
        text(
            "Which profile: the argument or --profile, AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the one \
             of the Amplify project around the current directory (not for process, which tools start from anywhere), \
             then default.",
        ),
        text(
            "stdout carries only what was asked for. Messages go to stderr, questions to the terminal itself or into a \
             window.",
        ),
    ]
}

fn security() -> Section {
    Section::new(
        "SECURITY",
        vec![
            text("Secrets are in no argument, no message and no log; errors name files and lines, not values."),
            items(&[
                (
                    "Sessions",
                    "Lie in the cache file alone, mode 0600 in a directory of 0700. An entry answers only for the very \
                     chain that it was made for: keys, roles, external id, session name, MFA device, policies, tags, \
                     endpoint.",
                ),
                ("MFA codes", "Are used once. One given as an argument can be seen by others: - reads it from stdin."),
                (
                    "env and exec",
                    "Put keys into an environment, where every process of the same user can read them. exec --serve puts \
                     the token of a local endpoint there instead.",
                ),
                (
                    "Profile files",
                    "Are believed, as in every AWS tool: credential_process and mfa_process are commands that run, and \
                     endpoint_url says who is called.",
                ),
            ]),
        ],
    )
}
