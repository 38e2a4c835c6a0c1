//! Measures two peers: the AWS CLI's `configure export-credentials` and boto3 with its file cache, which both return a
//! role's session from their own caches.
//!
//! A peer that is not installed is skipped, and the report says so. `AMPLIFY_CREDS_BENCH_AWS` and
//! `AMPLIFY_CREDS_BENCH_PYTHON` name other programs than those on the PATH.

use std::path::Path;
use std::process::Command;

use crate::measure::{Case, in_turn, median};
use crate::scenario::Scenario;

/// Enough, because one run takes half a second.
const ROUNDS: usize = 7;

const BOTO3: &str = "
import os, boto3, botocore.credentials, botocore.session
session = botocore.session.Session(profile='one')
provider = session.get_component('credential_provider').get_provider('assume-role')
provider.cache = botocore.credentials.JSONFileCache(os.path.join(os.environ['HOME'], '.aws', 'cli', 'cache'))
boto3.Session(botocore_session=session).get_credentials().get_frozen_credentials()
";

/// Prints the ratio of the peers' processor time to that of a hit.
pub(crate) fn compare(hit: &Scenario, program: &Path) -> Result<(), String> {
    let aws = std::env::var_os("AMPLIFY_CREDS_BENCH_AWS").unwrap_or_else(|| "aws".into());
    let python = std::env::var_os("AMPLIFY_CREDS_BENCH_PYTHON").unwrap_or_else(|| "python3".into());
    // boto3 must be first, because it fills the cache of the AWS CLI. Older versions of the CLI use only sessions of
    // AWS itself.
    let peers = [
        ("boto3 with a file cache", peer(hit, python, &["-c", BOTO3]), "130x"),
        (
            "aws configure export-credentials",
            peer(hit, aws, &["configure", "export-credentials", "--profile", "one"]),
            "300x",
        ),
    ];
    for (name, mut command, goal) in peers {
        // The first run fills the peer's own cache, and fails if the peer is missing.
        if !command.output().is_ok_and(|run| run.status.success()) {
            println!("| {name} | skipped: no such program here | {goal} |");
            continue;
        }
        let costs = in_turn(&mut [hit.command(program), command].map(Case::from), ROUNDS)?;
        let ratios = costs[0].iter().zip(&costs[1]).map(|(own, peer)| peer.cpu.as_secs_f64() / own.cpu.as_secs_f64());
        println!("| {name}, processor time | {:.0}x of a hit | {goal} |", median(ratios.collect()));
    }
    Ok(())
}

/// A peer with the home's files and the variables to find them.
fn peer(hit: &Scenario, program: std::ffi::OsString, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(hit.home().environment());
    command.envs(["PATH", "PYENV_ROOT"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command
}
