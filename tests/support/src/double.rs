//! Connects the modules: `http` reads a request, `sigv4` verifies it, `sts` performs it, `fault` breaks it, and
//! `journal` records it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::access_key::{AccessKey, KeyDelay, LastUse};
use crate::aws_error::AwsError;
use crate::fault::{Fault, Faults};
use crate::http::{Reply, Request, Response, Server, Service};
use crate::journal::{Call, Journal, Outcome};
use crate::sts::document::TemporaryKeys;
use crate::sts::{IssuedSession, Params, Sts, document, is_of_iam};
use crate::tls::ServerTls;
use crate::totp::Device;
use crate::world::World;
use crate::{mint, percent, sigv4};

/// A running double of AWS STS, which stops on drop.
#[derive(Debug)]
pub struct FakeSts {
    server: Server,
    state: Arc<State>,
    scheme: &'static str,
}

#[derive(Debug)]
struct State {
    sts: Sts,
    faults: Faults,
    journal: Journal,
}

impl FakeSts {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If the system has no free port or thread.
    pub fn start(world: World) -> Self {
        Self::start_frozen(world, None)
    }

    /// Starts behind TLS on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If the system has no free port or thread.
    pub fn start_tls(world: World, tls: ServerTls) -> Self {
        Self::start_frozen(world, Some(tls))
    }

    /// MFA devices show the same code until a test requests the next one, so that tests do not depend on the remaining
    /// part of 30 seconds.
    fn start_frozen(world: World, tls: Option<ServerTls>) -> Self {
        let sts = Self::start_on(0, world, tls).expect("a free port on the loopback interface");
        sts.state.sts.codes().freeze(sts.unix_seconds());
        sts
    }

    /// Starts on this port of 127.0.0.1, with TLS if given. MFA devices follow the clock.
    ///
    /// # Errors
    ///
    /// The port is taken or the system has no threads left.
    pub fn start_on(port: u16, world: World, tls: Option<ServerTls>) -> io::Result<Self> {
        let state = Arc::new(State { sts: Sts::new(world), faults: Faults::default(), journal: Journal::default() });
        let service: Arc<dyn Service> = state.clone();
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(Self { server: Server::start_with(port, service, tls)?, state, scheme })
    }

    /// The endpoint, without a slash at its end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.server.address())
    }

    /// The number of connections so far.
    pub fn connections(&self) -> u64 {
        self.server.connections()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// A copy of the current world.
    pub fn world(&self) -> World {
        self.state.sts.world().clone()
    }

    /// Changes the world for later requests.
    pub fn edit_world<R>(&self, edit: impl FnOnce(&mut World) -> R) -> R {
        edit(&mut self.state.sts.world())
    }

    /// The access keys of the user with this ARN, the oldest first.
    pub fn access_keys(&self, user_arn: &str) -> Vec<AccessKey> {
        self.state.sts.world().access_keys(user_arn)
    }

    /// The last use of this access key; `None` if it is unknown or was never used.
    pub fn last_used(&self, access_key_id: &str) -> Option<LastUse> {
        self.state.sts.world().access_key(access_key_id)?.last_used().cloned()
    }

    /// Rejects the first `calls` requests with every key that is created later.
    pub fn key_delay(&self, calls: usize) {
        self.key_answers(&vec![false; calls]);
    }

    /// Accepts (`true`) or rejects the first requests with every key that is created later, in this order. The servers
    /// of AWS learn a new key one after the other, so that a success can precede a rejection.
    pub fn key_answers(&self, answers: &[bool]) {
        self.state.sts.world().key_delay = KeyDelay::of_answers(answers.iter().copied());
    }

    /// Rejects every key that is created later until it is this old.
    ///
    /// # Panics
    ///
    /// If the time is longer than millions of years.
    pub fn key_delay_for(&self, time: Duration) {
        self.state.sts.world().key_delay = KeyDelay::of_time(time);
    }

    /// All calls so far, in the order of their decisions.
    pub fn calls(&self) -> Vec<Call> {
        self.state.journal.calls()
    }

    /// The number of calls of this action with any outcome.
    pub fn count(&self, action: &str) -> usize {
        self.state.journal.count(|call| call.action == action)
    }

    /// The number of successful calls of this action.
    pub fn succeeded(&self, action: &str) -> usize {
        let journal = &self.state.journal;
        journal.count(|call| call.action == action && call.is_ok())
    }

    /// Waits until this many calls of this action have arrived. A hanging or held call counts.
    ///
    /// # Panics
    ///
    /// After [`crate::PATIENCE`].
    #[track_caller]
    pub fn wait_for(&self, action: &str, calls: usize) {
        self.state.journal.wait_for(action, calls);
    }

    /// A channel that receives every later call.
    pub fn follow(&self) -> Receiver<Call> {
        self.state.journal.follow()
    }

    /// The device's current code, even if it was used.
    ///
    /// # Panics
    ///
    /// If no user has a device with this serial. This also applies to the other methods with a serial.
    pub fn current_code(&self, serial: &str) -> String {
        self.code_after(serial, 0)
    }

    /// The device's code this many steps of 30 seconds from now (negative: in the past). AWS accepts one step either
    /// side, not two.
    pub fn code_after(&self, serial: &str, steps: i64) -> String {
        let step = self.state.sts.codes().step_at(self.unix_seconds()).saturating_add_signed(steps);
        self.device(serial).code_of_step(step)
    }

    /// A valid code that was neither used nor returned by this method before. The device advances to its next code if
    /// necessary.
    pub fn next_unused_code(&self, serial: &str) -> String {
        self.state.sts.codes().hand_out(&self.device(serial), self.unix_seconds())
    }

    /// Six digits that are not a code of this device now or within a minute.
    pub fn wrong_code(&self, serial: &str) -> String {
        self.device(serial).wrong_code_at(self.state.sts.codes().step_at(self.unix_seconds()))
    }

    /// Makes used codes valid again, so that a test does not wait for the next step.
    pub fn forget_used_codes(&self) {
        self.state.sts.codes().forget();
    }

    /// Keys of this role, as from a service that has the role: an instance's metadata service, IAM Identity Center.
    ///
    /// # Panics
    ///
    /// If the world has no such role.
    pub fn keys_of_role(&self, arn: &str, session_name: &str, seconds: i64) -> TemporaryKeys {
        self.state.sts.keys_of_role(arn, session_name, seconds)
    }

    /// A function that identifies the keys of a session.
    pub(crate) fn issued_sessions(&self) -> impl Fn(&str, &str, &str) -> Option<IssuedSession> + Send + Sync + use<> {
        let state = Arc::clone(&self.state);
        move |id, secret, token| state.sts.issued(id, secret, token, state.now())
    }

    /// Limits every later session to so many seconds. AWS's minimum is 900, which is too long for a test that waits for
    /// the end.
    pub fn shorten_sessions(&self, seconds: i64) {
        self.state.sts.shorten_sessions(seconds);
    }

    /// Makes all temporary keys so far expired.
    pub fn expire_sessions(&self) {
        self.state.sts.expire_sessions();
    }

    /// Applies this fault to the next `times` requests, or until the faults are cleared.
    pub fn fault(&self, fault: Fault, times: Option<u32>) {
        self.state.faults.give(fault, None, times);
    }

    /// Applies this fault only to requests with this action.
    pub fn fault_on(&self, action: &str, fault: Fault, times: Option<u32>) {
        self.state.faults.give(fault, Some(action), times);
    }

    /// Replaces all faults by this one. Hanging requests are cut off, slow ones are answered.
    pub fn replace_faults(&self, fault: Fault) {
        self.state.faults.replace(Some(fault));
    }

    /// Removes all faults. Hanging requests are cut off, slow ones are answered.
    pub fn clear_faults(&self) {
        self.state.faults.replace(None);
    }

    /// The double's clock, which [`Fault::ClockOffset`] moves.
    pub fn now(&self) -> DateTime<Utc> {
        self.state.now()
    }

    fn unix_seconds(&self) -> u64 {
        self.now().timestamp().unsigned_abs()
    }

    fn device(&self, serial: &str) -> Device {
        let device = self.state.sts.world().device(serial).cloned();
        device.unwrap_or_else(|| panic!("the world has no MFA device {serial}"))
    }
}

impl Drop for FakeSts {
    fn drop(&mut self) {
        // Must precede the server's drop, which joins its threads and would wait for a hanging response.
        self.state.faults.stop();
    }
}

impl Service for State {
    fn answer(&self, request: &Request) -> Reply {
        let at = Utc::now();
        let params = parameters(request);
        let action = params.get("Action").cloned().unwrap_or_default();
        let plan = self.faults.plan(&action);
        let now = at + TimeDelta::seconds(plan.clock_offset);
        let request_id = mint::request_id();

        let result = match &plan.instead {
            Some(Fault::Throttle) => Err(AwsError::throttled()),
            Some(Fault::ServerError(status)) => Err(AwsError::internal(*status)),
            Some(Fault::Error { status, code, message }) => Err(AwsError::new(*status, code, message)),
            None | Some(Fault::Truncated) => self.carry_out(request, &params, &request_id, now),
            Some(_) => Ok(String::new()),
        };
        let credential = sigv4::claimed(request);
        self.journal.record(Call {
            action,
            params,
            access_key_id: credential.as_ref().map(|c| c.access_key_id.clone()),
            region: credential.map(|c| c.region),
            user_agent: request.header("user-agent").map(str::to_owned),
            outcome: outcome(&result, plan.instead.as_ref()),
            at,
        });

        if plan.delay.is_some() && !self.faults.wait(&plan, plan.delay) {
            return Reply::Close;
        }
        let response = document_response(&result, &request_id, now);
        match plan.instead {
            Some(Fault::Hang) => {
                self.faults.wait(&plan, None);
                Reply::Close
            }
            Some(Fault::Close) => Reply::Close,
            Some(Fault::Truncated) => Reply::Truncated(response),
            Some(Fault::Garbage) => {
                Reply::Whole(Response::new(200, now).body("text/xml", b"\x00\xff<<not xml \xc3\x28".to_vec()))
            }
            Some(Fault::ServerErrorHtml(status)) => {
                Reply::Whole(Response::new(status, now).body("text/html", html_page(status).into_bytes()))
            }
            _ => Reply::Whole(response),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.faults.clock_offset())
    }
}

impl State {
    fn carry_out(
        &self,
        request: &Request,
        params: &Params,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<String, AwsError> {
        if let Some(answer) = self.sts.perform_unsigned(params, request_id, now) {
            return answer;
        }
        let service = if is_of_iam(params) { "iam" } else { "sts" };
        let signed = sigv4::verify(request, service, now, |id| self.sts.key(id, now))?;
        self.sts.record_use(&signed, now);
        self.sts.perform(&signed.access_key_id, params, request_id, now)
    }
}

/// The query protocol reads parameters from the body of a POST and from the query of a GET.
fn parameters(request: &Request) -> Params {
    if request.method() == "POST" {
        percent::form_fields(&String::from_utf8_lossy(request.body()))
    } else {
        percent::form_fields(request.query())
    }
}

fn outcome(result: &Result<String, AwsError>, instead: Option<&Fault>) -> Outcome {
    match (result, instead) {
        (Err(error), instead) if instead != Some(&Fault::Truncated) => {
            Outcome::Error { status: error.status, code: error.code.clone(), message: error.message.clone() }
        }
        (Ok(_), None) => Outcome::Ok,
        _ => Outcome::NoAnswer,
    }
}

fn document_response(result: &Result<String, AwsError>, request_id: &str, now: DateTime<Utc>) -> Response {
    let (status, body) = match result {
        Ok(body) => (200, body.clone()),
        Err(error) => (error.status, document::error(error, request_id)),
    };
    Response::new(status, now).header("x-amzn-RequestId", request_id).body("text/xml", body)
}

fn html_page(status: u16) -> String {
    format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n\
         <center><h1>{status}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
}
