//! Throughput of the scanner and the three dialects, and the cost of profiles, a plan, a cache look-up, the tool models
//! and the doctor, with 6, 200 and 5,000 profiles. `cargo bench` measures, `cargo bench -- --test` only runs each
//! benchmark once.

use std::fmt::Write as _;

use amplify_creds::cache::entry::{self, EntryMetadata, METADATA_VERSION};
use amplify_creds::cache::key::CacheKey;
use amplify_creds::cache::store::Store;
use amplify_creds::core::clock::{Clock, Timestamp};
use amplify_creds::core::credentials::Credentials;
use amplify_creds::core::secret::Secret;
use amplify_creds::doctor::examine;
use amplify_creds::doctor::facts::{Facts, Trouble};
use amplify_creds::doctor::visibility::VisibilityTable;
use amplify_creds::doctor::world::World;
use amplify_creds::key_store::KeyStore;
use amplify_creds::os::env::Env;
use amplify_creds::os::lock::Locks;
use amplify_creds::os::paths::{Overrides, Paths};
use amplify_creds::plan::build::build;
use amplify_creds::plan::inputs::Inputs;
use amplify_creds::plan::mfa_strategy::Step;
use amplify_creds::profile::load::Files;
use amplify_creds::profile_file::lines::lines;
use amplify_creds::profile_file::{Content, Dialect, FileKind, npm_ini, read};
use amplify_creds::tools::{Tool, Views};
use divan::Bencher;
use divan::counter::BytesCount;

const SIZES: [usize; 3] = [6, 200, 5000];

fn main() {
    divan::main();
}

/// A typical config file of role profiles: a comment, six keys, sometimes a nested block.
fn config(profiles: usize) -> String {
    let mut text = String::from("# made for measuring\n[default]\nregion = eu-west-1\n\n");
    for n in 0..profiles {
        let _ = write!(
            text,
            "# team {n}\n[profile role-{n}]\nrole_arn = arn:aws:iam::222222222222:role/Role{n}\n\
             source_profile = {}\nexternal_id = ext-{n}\nregion = us-east-1\noutput = json\n",
            if n % 7 == 0 || n == 0 { "keys".to_owned() } else { format!("role-{}", n - 1) }
        );
        if n % 10 == 0 {
            text.push_str("s3 =\n  addressing_style = path\n  max_concurrent_requests = 20\n");
        }
        text.push('\n');
    }
    text
}

const CREDENTIALS: &str = "[keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";

#[divan::bench(args = SIZES)]
fn scan(bencher: Bencher<'_, '_>, profiles: usize) {
    let text = config(profiles);
    bencher.counter(BytesCount::of_str(&text)).bench(|| lines(divan::black_box(&text)).count());
}

fn reading(bencher: Bencher<'_, '_>, profiles: usize, dialect: Dialect) {
    let text = config(profiles);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        match read(dialect, FileKind::Config, divan::black_box(&text)) {
            Ok(Content::Sections(reading)) => {
                reading.sections.iter().map(|section| section.properties().len()).sum::<usize>()
            }
            Ok(Content::Amplify(file)) => file.profiles(FileKind::Config).listed().count(),
            Err(error) => panic!("{error}"),
        }
    });
}

#[divan::bench(args = SIZES)]
fn read_auto(bencher: Bencher<'_, '_>, profiles: usize) {
    reading(bencher, profiles, Dialect::Auto);
}

#[divan::bench(args = SIZES)]
fn read_aws(bencher: Bencher<'_, '_>, profiles: usize) {
    reading(bencher, profiles, Dialect::Aws);
}

#[divan::bench(args = SIZES)]
fn read_amplify(bencher: Bencher<'_, '_>, profiles: usize) {
    reading(bencher, profiles, Dialect::Amplify);
}

#[divan::bench(args = SIZES)]
fn parse_npm_ini(bencher: Bencher<'_, '_>, profiles: usize) {
    let text = config(profiles);
    bencher.counter(BytesCount::of_str(&text)).bench(|| npm_ini::read(divan::black_box(&text)).is_ok());
}

#[divan::bench(args = SIZES)]
fn all_profiles(bencher: Bencher<'_, '_>, profiles: usize) {
    let files = Files::from_text(&config(profiles), CREDENTIALS);
    bencher.bench(|| files.profiles(Dialect::Auto).map(|set| set.all().len()).unwrap_or_default());
}

/// The work of a cache hit before it reads the cache: reads both files and plans one chain.
#[divan::bench(args = SIZES)]
fn plan_of_the_last(bencher: Bencher<'_, '_>, profiles: usize) {
    let files = Files::from_text(&config(profiles), CREDENTIALS);
    let name = format!("role-{}", profiles - 1);
    bencher.bench(|| {
        let set = files.profiles(Dialect::Auto).expect("auto reads everything");
        build(&set, &name, &Inputs::default()).expect("a chain").hops.len()
    });
}

/// The work of a cache hit on the cache: reads the file and finds one of its sessions.
#[divan::bench(args = [10, 1000])]
fn cache_lookup(bencher: Bencher<'_, '_>, entries: usize) {
    let files = Files::from_text(&config(6), CREDENTIALS);
    let set = files.profiles(Dialect::Auto).expect("auto reads everything");
    let plan = build(&set, "role-5", &Inputs::default()).expect("a chain");
    let key = CacheKey::of(&plan, Step::Hop(plan.hops.len() - 1)).expect("a role's key");
    let now = Clock::System.now();
    let credentials = Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new("s".repeat(40)),
        session_token: Some(Secret::new("t".repeat(600))),
        expiration: None,
        account_id: None,
    };
    let mark = EntryMetadata {
        v: METADATA_VERSION,
        fingerprint: key.fingerprint.hex().to_owned(),
        written_at: now.rfc3339(),
        lifetime: 3600,
        profile: "role-5".to_owned(),
        account_id: None,
        clock_offset: 0,
        process: None,
        sealed: None,
    };
    let entry = entry::write(&credentials, Timestamp(now.0 + 3600), &mark).expect("an entry");
    let role =
        |n| if n == entries / 2 { key.outer.clone() } else { format!("arn:aws:iam::333333333333:role/Other{n}") };
    let all = (0..entries).map(|n| (role(n), serde_json::json!({key.marked_name(): &entry}))).collect();
    let dir = tempfile::tempdir().expect("a directory");
    let text = serde_json::to_string_pretty(&serde_json::Value::Object(all)).expect("text");
    std::fs::write(dir.path().join("cache.json"), &text).expect("a file");
    let store = Store::new(dir.path());
    assert!(store.read().sessions().lookup(&key, &|_| false).is_some());
    bencher.counter(BytesCount::of_str(&text)).bench(|| store.read().sessions().lookup(&key, &|_| false).is_some());
}

/// Patterns that make a careless parser quadratic, repeated up to the largest accepted file (16 MiB). `{}` becomes a
/// counter.
const NASTY: [(&str, &str, &str); 18] = [
    ("header brackets", "[", "]"),
    ("header spaces", "[a", "] "),
    ("unclosed headers", "", "[profile a\n"),
    ("one section again and again", "", "[a]\n"),
    ("ever new sections", "", "[profile {}]\n"),
    ("quotes", "[a]\nk = ", "\"'"),
    ("backslashes", "[a]\nk = ", "\\"),
    ("comment marks", "[a]\nk = ", " #;"),
    ("equal signs", "[a]\n", "="),
    ("keys", "[a]\n", "k=v\n"),
    ("ever new keys", "[a]\n", "k{}=v\n"),
    ("continuation", "[a]\nk = v\n", " more\n"),
    ("nested block", "[a]\nk =\n", "  a = b\n"),
    ("indented brackets", "[a]\nk = v\n", "  [x\n"),
    ("brackets in values", "[a]\n", "k = x[ [\n"),
    ("indented comments", "[a]\nk = v\n", "  # c\n"),
    ("array", "[a]\n", "k[] = v\n"),
    ("carriage returns", "[a]\n", "k=v\r"),
];

const MAX_FILE_BYTES: usize = 16 << 20;

fn nasty(bencher: Bencher<'_, '_>, shape: &str, dialect: Dialect) {
    let (_, start, unit) = NASTY.into_iter().find(|(name, ..)| *name == shape).expect("a shape of the table");
    let mut text = start.to_owned();
    for n in 0_u32.. {
        let unit = unit.replace("{}", &n.to_string());
        if text.len() + unit.len() > MAX_FILE_BYTES {
            break;
        }
        text.push_str(&unit);
    }
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        match read(dialect, FileKind::Config, divan::black_box(&text)) {
            Ok(Content::Sections(reading)) => {
                divan::black_box(reading.sections.iter().map(|section| section.properties().len()).sum())
            }
            Ok(Content::Amplify(file)) => file.profiles(FileKind::Config).listed().count(),
            Err(error) => usize::try_from(error.line).expect("64 bits"),
        }
    });
}

#[divan::bench(args = NASTY.map(|(name, ..)| name), sample_count = 3, sample_size = 1)]
fn nasty_16_mib_auto(bencher: Bencher<'_, '_>, shape: &str) {
    nasty(bencher, shape, Dialect::Auto);
}

#[divan::bench(args = NASTY.map(|(name, ..)| name), sample_count = 3, sample_size = 1)]
fn nasty_16_mib_aws(bencher: Bencher<'_, '_>, shape: &str) {
    nasty(bencher, shape, Dialect::Aws);
}

#[divan::bench(args = NASTY.map(|(name, ..)| name), sample_count = 3, sample_size = 1)]
fn nasty_16_mib_amplify(bencher: Bencher<'_, '_>, shape: &str) {
    nasty(bencher, shape, Dialect::Amplify);
}

#[divan::bench(args = SIZES)]
fn consumer_views(bencher: Bencher<'_, '_>, profiles: usize) {
    let text = config(profiles);
    bencher.bench(|| Views::read(divan::black_box(&text), CREDENTIALS).iter().filter(|view| view.sees("keys")).count());
}

/// The whole `doctor` without printing. It must take less than 100 ms for 1,000 profiles.
#[divan::bench(args = [6, 200, 1000])]
fn doctor(bencher: Bencher<'_, '_>, profiles: usize) {
    let files = Files::from_text(&config(profiles), CREDENTIALS);
    let env = Env::fixed([("HOME", "/nonexistent")]);
    let paths = Paths::find(&env, &Overrides::default()).expect("a home");
    let inputs = Inputs::default();
    bencher.bench(|| {
        let views = Views::from_files(divan::black_box(&files));
        let set = files.profiles(Dialect::Auto).expect("auto never fails").read_ahead();
        let plan = |name: &str| {
            build(&set, name, &inputs).map_err(|error| Trouble { error, message: String::new(), at: None, hint: None })
        };
        let key_store = &KeyStore::new(&env, Locks::in_dir(&paths.cache_dir));
        let now = Clock::System.now();
        let world = World {
            paths: &paths,
            env: &env,
            now,
            program: None,
            project: None,
            key_store,
            seals: false,
            invalid_settings: Vec::new(),
        };
        let facts = Facts::gather(&files, &views, &set, &[], &world, &plan);
        let visibilities = VisibilityTable::of(&facts);
        let seen = visibilities
            .names()
            .into_iter()
            .flat_map(|name| Tool::ALL.map(|consumer| visibilities.visibility(consumer, name)));
        (examine(&facts).len(), seen.filter(|visibility| visibility.resolvable).count())
    });
}
