use serde_json::{Value, json};

use crate::cli::color::Painter;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CANCELLED, Failure};
use crate::cli::output::{write_json, write_stdout};
use crate::core::clock::{Clock, Timestamp};
use crate::core::masking::masked;
use crate::output::{left_until, table, write_stderr};

/// The sessions of the profiles. The first failure decides the exit status.
pub(super) struct Outcomes<'a> {
    context: &'a Context,
    documents: Option<Vec<Value>>,
    rows: Vec<[String; 2]>,
    first: Option<Failure>,
}

impl<'a> Outcomes<'a> {
    pub(super) fn new(context: &'a Context, as_json: bool) -> Self {
        Self { context, documents: as_json.then(Vec::new), rows: Vec::new(), first: None }
    }

    pub(super) fn add(&mut self, profile: &str, expires: Option<Timestamp>, prompted: bool) {
        let profile = masked(profile).into_owned();
        if let Some(documents) = &mut self.documents {
            let expires = expires.map(Timestamp::rfc3339);
            documents.push(json!({"profile": profile, "expires": expires, "prompted": prompted, "error": null}));
        } else {
            let now = Clock::System.now();
            let session = expires.map_or_else(|| "does not expire".to_owned(), |expires| left_until(expires, now));
            self.rows.push([profile, session]);
        }
    }

    /// An error if the user ended the run.
    pub(super) fn add_failure(&mut self, profile: &str, failure: Failure) -> Result<(), Failure> {
        if failure.signal.is_some() || failure.code == CANCELLED {
            return Err(failure);
        }
        if let Some(documents) = &mut self.documents {
            let (profile, error) = (masked(profile), failure.document());
            documents.push(json!({"profile": profile, "expires": null, "prompted": false, "error": error}));
        } else {
            write_stderr(&Painter::stderr(self.context.global.color).error(&failure.text()));
        }
        self.first.get_or_insert(failure);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        if let Some(documents) = self.documents {
            write_json(&json!(documents))?;
        } else if !self.rows.is_empty() {
            write_stdout(table::render(["PROFILE", "SESSION"], &self.rows).as_bytes())?;
        }
        // Its message is printed already.
        self.first.map_or(Ok(()), |failure| Err(Failure { message: String::new(), ..failure }))
    }
}
