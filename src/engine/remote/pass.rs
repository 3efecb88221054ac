//! What each process of a cluster shows with every request, and asks of the others: its version, and that it knows the token.
//!
//! It is sent as the user agent, the one header that Ballista lets its caller set for all of its connections.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::extension::EndpointOverrideFn;
use datafusion::DATAFUSION_VERSION;
use tonic::{Request, Status};

use super::super::LOCK_FILE;
use crate::error::{Exit, Failure};
use crate::files::sha256;

/// The variable that holds the token.
const TOKEN: &str = "KARAT_CLUSTER_TOKEN";

/// Fewest letters of a token, so that nobody guesses it.
const SHORTEST: usize = 16;

/// How long a process may take to take a connection, and how long it may say nothing on one.
const CONNECT: Duration = Duration::from_secs(5);
const ALIVE: Duration = Duration::from_secs(10);

/// The version of a process of a cluster and the token that it knows, if any.
#[derive(Debug, Clone)]
pub struct Pass {
    version: String,
    /// A hash, so that no message and no core dump of a peer shows the token itself.
    token: Option<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    Token,
    Version(String),
}

impl Pass {
    /// The pass of this program, with the token that `environment` holds.
    ///
    /// # Errors
    /// Returns exit code 2 when the token is too short.
    pub fn read(environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let token = environment(TOKEN).filter(|token| !token.is_empty());
        if token.as_ref().is_some_and(|token| token.len() < SHORTEST) {
            let message = format!("{TOKEN} has fewer than {SHORTEST} letters");
            return Err(Failure::new(Exit::Usage, "cluster", message)
                .hint("Make one that nobody guesses, as with `openssl rand -hex 32`."));
        }
        let libraries = sha256(LOCK_FILE.as_bytes());
        let version = format!(
            "karat/{} datafusion/{DATAFUSION_VERSION} libraries/{}",
            env!("CARGO_PKG_VERSION"),
            libraries.get(..16).unwrap_or_default()
        );
        let token = token.map(|token| sha256(format!("karat cluster {token}").as_bytes()));
        Ok(Self { version, token })
    }

    /// Refuses to listen beyond this machine without a token.
    ///
    /// # Errors
    /// Returns exit code 2.
    pub fn refuse_open(&self, address: IpAddr) -> Result<(), Failure> {
        if self.token.is_some() || address.is_loopback() {
            return Ok(());
        }
        let message = format!("{address} is no loopback address, and {TOKEN} is not set");
        Err(Failure::new(Exit::Usage, "cluster", message).hint(format!(
            "Give all processes of the cluster and its runs the same {TOKEN}. Traffic is not encrypted: keep the ports in a private network."
        )))
    }

    /// What a request shows.
    pub(crate) fn user_agent(&self) -> String {
        format!("{} token/{}", self.version, self.token.as_deref().unwrap_or("none"))
    }

    /// Why a request that shows `user_agent` is refused, if it is.
    pub(crate) fn refusal(&self, user_agent: Option<&str>) -> Option<Refusal> {
        let shown = user_agent.unwrap_or_default();
        let (version, token) = shown.split_once(" token/").unwrap_or((shown, ""));
        let token = token.split(' ').next().unwrap_or_default();
        // Hashes are compared, so that the time it takes shows nothing of the token.
        let of = |token: &str| sha256(token.as_bytes());
        if of(token) != of(self.token.as_deref().unwrap_or("none")) {
            return Some(Refusal::Token);
        }
        (version != self.version).then(|| {
            Refusal::Version(format!("this process is {}, and the other one is {version}", self.version))
        })
    }

    /// Lets a request in, or says why not.
    pub(crate) fn admit(&self, request: Request<()>) -> Result<Request<()>, Status> {
        let shown = request.metadata().get("user-agent").and_then(|shown| shown.to_str().ok());
        match self.refusal(shown) {
            None => Ok(request),
            Some(Refusal::Token) => Err(Status::unauthenticated(NO_TOKEN)),
            Some(Refusal::Version(versions)) => Err(Status::failed_precondition(versions)),
        }
    }

    /// Puts the pass on every connection that Ballista opens, and ends those whose other end is frozen.
    pub(crate) fn endpoint(&self) -> EndpointOverrideFn {
        let shown = self.user_agent();
        Arc::new(move |endpoint| {
            Ok(endpoint
                .user_agent(shown.clone())?
                .connect_timeout(CONNECT)
                .http2_keep_alive_interval(ALIVE)
                .keep_alive_timeout(ALIVE)
                .keep_alive_while_idle(true))
        })
    }
}

/// What is wrong with a request without the token.
pub(crate) const NO_TOKEN: &str = "KARAT_CLUSTER_TOKEN is not set, or not the one of the cluster";

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(token: &'static str) -> Pass {
        Pass::read(&|_| Some(token.to_owned())).expect("a pass")
    }

    #[test]
    fn only_the_same_token_and_the_same_version_get_in() {
        let own = pass("0123456789abcdef");
        let shown = |pass: &Pass| format!("{} tonic/0.14.9", pass.user_agent());
        assert_eq!(own.refusal(Some(&shown(&own))), None);
        for stranger in [shown(&pass("")), shown(&pass("0123456789abcdeX")), "curl/8".to_owned()] {
            assert_eq!(own.refusal(Some(&stranger)), Some(Refusal::Token), "{stranger}");
        }
        assert_eq!(own.refusal(None), Some(Refusal::Token));
        let older = Pass { version: "karat/0.0.9 datafusion/54.0.0 libraries/0".to_owned(), ..own.clone() };
        let refusal = own.refusal(Some(&shown(&older)));
        assert!(
            matches!(&refusal, Some(Refusal::Version(text)) if text.contains("karat/0.0.9")),
            "{refusal:?}"
        );
        // Without a token only those without one.
        let open = pass("");
        assert_eq!(open.refusal(Some(&shown(&open))), None);
        assert_eq!(open.refusal(Some(&shown(&own))), Some(Refusal::Token));
    }

    #[test]
    fn without_a_token_nothing_listens_beyond_the_machine() {
        let (inside, outside) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0]));
        assert!(pass("").refuse_open(inside).is_ok());
        assert_eq!(pass("").refuse_open(outside).expect_err("open").exit, Exit::Usage);
        assert!(pass("0123456789abcdef").refuse_open(outside).is_ok());
        assert!(Pass::read(&|_| Some("short".to_owned())).is_err());
    }
}
