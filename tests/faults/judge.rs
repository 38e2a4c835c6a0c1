//! Checks what must hold after a fault and after the next run.
//!
//! A killed run owes no credentials, and a run whose call to AWS fails may fail. Neither may leave half a file or half
//! a document.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use test_support::{Finished, biz_corp as data};

use crate::scenario::{Before, Scenario};
use crate::sessions::{Sessions, is_whole, parse, secrets};
use crate::trace::{Fault, Run};

type Verdict = Result<(), String>;

fn check(holds: bool, otherwise: &str) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// Whether the run with the fault did no damage.
pub(crate) fn fault_is_survived(scenario: &Scenario, before: &Before, fault: &Fault, run: &Run) -> Verdict {
    let Run { finished, hung, .. } = run;
    check(!hung, "it hung")?;
    tells_no_secret(scenario, before, finished)?;
    check(finished.code != Some(101) && !finished.stderr.contains("panicked"), "it panicked")?;
    let has_answer = is_answer(scenario, &finished.stdout);
    check(has_answer || finished.stdout.is_empty(), "stdout is neither whole nor empty")?;
    if fault.kills() {
        // `timeout` may exit with the signal or with its number.
        check(matches!(finished.code, None | Some(137)), "it was not killed")?;
    } else {
        check(has_answer == (finished.code == Some(0)), "exit status and stdout contradict each other")?;
        let owes_answer = fault.is_on_cache() && !scenario.is_reset;
        check(has_answer || !owes_answer, "a fault of the cache cost the credentials")?;
    }
    files_are_old_or_new(scenario, before)
}

/// Whether the next run succeeds and leaves everything in order.
pub(crate) fn next_run_is_well(scenario: &Scenario, before: &Before) -> Verdict {
    let next = scenario.run_again();
    let words = |what: &str| format!("the next run {what}: exit {:?}, stderr {:?}", next.code, next.stderr);
    check(next.code == Some(0) && is_answer(scenario, &next.stdout), &words("fails"))?;
    check(next.stderr.is_empty(), &words("complains"))?;
    files_are_old_or_new(scenario, before).map_err(|what| format!("after the next run, {what}"))?;
    check(!scenario.home.cache_dir().join("cache.json.tmp").exists(), "a temporary file outlives the next run")?;
    let file = scenario.cache().map(|text| parse(&text)).transpose()?.unwrap_or_default();
    // Checks only the last role of a chain: the first run may have cached it, and then no other is used.
    if let Some(outer) = scenario.adds.last() {
        let is_there = file.iter().any(|((there, _), entry)| there == outer && is_whole(entry));
        check(is_there, "the next run cached nothing")?;
    }
    if scenario.is_reset {
        check(!file.values().any(|entry| is_removable(entry)), "the next reset left an entry")?;
    }
    Ok(())
}

/// Whether stdout is the complete output of the command.
fn is_answer(scenario: &Scenario, stdout: &str) -> bool {
    if scenario.is_reset {
        return stdout.ends_with('\n') && stdout.contains("temp credentials");
    }
    let document: Option<Value> = stdout.strip_suffix('\n').and_then(|line| serde_json::from_str(line).ok());
    let keys = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
    document.is_some_and(|document| document["Version"] == 1 && keys.iter().all(|key| document[key].is_string()))
}

fn tells_no_secret(scenario: &Scenario, before: &Before, run: &Finished) -> Verdict {
    let texts = [before.0.clone(), scenario.cache(), Some(run.stdout.clone())];
    let mut all: Vec<String> = texts.iter().flatten().flat_map(|text| secrets(text)).collect();
    all.push(data::SECRET_ACCESS_KEY.to_owned());
    check(!all.iter().any(|secret| run.stderr.contains(secret.as_str())), "a secret is on stderr")
}

/// Whether every file is the old one or a complete new one, private to its owner, and still contains all foreign
/// entries.
fn files_are_old_or_new(scenario: &Scenario, before: &Before) -> Verdict {
    for dir in [scenario.home.cache_dir(), scenario.home.cache_dir().join("locks")] {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            is_in_order(&entry.path())?;
        }
    }
    let after = scenario.cache();
    if after == before.0 {
        return Ok(());
    }
    let Some(after) = after else { return Err("the cache file is gone".to_owned()) };
    let old = before.0.as_deref().map(parse).transpose()?.unwrap_or_default();
    is_new(scenario, &old, &parse(&after)?)
}

/// Whether a file has a known name and valid content.
fn is_in_order(path: &Path) -> Verdict {
    if path.is_dir() {
        return Ok(());
    }
    let name = path.file_name().unwrap().to_string_lossy();
    let is_known = ["cache.json", "cache.json.tmp", "reserve", "epoch", "epoch.tmp", "swept", "swept.tmp"]
        .contains(&&*name)
        || [".lock", ".holder", ".note", ".holder.tmp", ".note.tmp"].iter().any(|end| name.ends_with(end));
    check(is_known, &format!("there is a file {name}"))?;
    let mode = fs::metadata(path).unwrap().permissions().mode();
    check(mode.trailing_zeros() >= 6, &format!("others may read {name}"))?;
    if name.ends_with(".holder") || name.ends_with(".note") || name == "epoch" {
        let is_json = serde_json::from_slice::<Value>(&fs::read(path).unwrap()).is_ok();
        check(is_json, &format!("{name} is half written"))?;
    }
    Ok(())
}

/// Whether `new` is `old` with complete new entries, and without entries that the command may remove.
fn is_new(scenario: &Scenario, old: &Sessions, new: &Sessions) -> Verdict {
    for (key, entry) in old {
        let stays = new.get(key) == Some(entry);
        check(stays || is_removable(entry), &format!("the entry {key:?} is lost or changed"))?;
    }
    for (key, entry) in new.iter().filter(|(key, entry)| old.get(*key) != Some(entry)) {
        let is_expected = scenario.adds.contains(&key.0.as_str()) && is_whole(entry);
        check(is_expected, &format!("the entry {key:?} is half or not to be there"))?;
    }
    Ok(())
}

/// Whether the command may replace or remove the entry of an existing cache.
fn is_removable(entry: &str) -> bool {
    let entry: Value = serde_json::from_str(entry).unwrap_or_default();
    entry["amplifyCreds"]["profile"] == "nomfa"
}
