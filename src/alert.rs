//! Tells somebody that a run failed: a program gets the failure on its stdin, or a web address gets it as JSON.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::config::{AlertTo, Secret};
use crate::error::{Exit, Failure};
use crate::post::post;

/// Where alerts go.
#[derive(Debug, Clone)]
pub(crate) enum Alert {
    /// A program; the JSON object is sent to its stdin.
    Program(PathBuf),
    /// A web address; the JSON object is posted to it. It may hold a token, so it is never printed.
    Address(Secret),
}

impl Alert {
    /// Takes over what the configuration says.
    pub(crate) fn new(to: &AlertTo) -> Self {
        match to {
            AlertTo::Program(path) => Self::Program(path.clone()),
            AlertTo::Address(address) => Self::Address(address.clone()),
        }
    }

    /// Sends `event`, a JSON object as `karat run` writes it when it fails.
    ///
    /// # Errors
    /// Returns exit code 7 when the alert did not get through; the run itself is not concerned.
    pub(crate) async fn send(&self, event: &Value) -> Result<(), Failure> {
        let text = event.to_string();
        match self.clone() {
            Self::Program(program) => {
                let started = tokio::task::spawn_blocking(move || tell(&program, &text)).await;
                started.map_err(|error| undelivered("the alert program gave up").cause(error))?
            }
            Self::Address(address) => post(&address, None, text)
                .await
                .map_err(|what| undelivered(&format!("the alert address {what}"))),
        }
    }
}

fn tell(program: &PathBuf, text: &str) -> Result<(), Failure> {
    let shown = program.display();
    let cannot = |error| undelivered(&format!("cannot run the alert program `{shown}`")).cause(error);
    let mut child =
        Command::new(program).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(cannot)?;
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read its input has been notified all the same.
        let _unread = writeln!(input, "{text}");
    }
    let status = child.wait().map_err(cannot)?;
    if status.success() {
        Ok(())
    } else {
        Err(undelivered(&format!("the alert program `{shown}` ended with {status}")))
    }
}

fn undelivered(message: &str) -> Failure {
    Failure::new(Exit::Mail, "alert", message)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn an_address_gets_the_failure_as_json_and_is_never_named() {
        let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
        let port = server.server_addr().to_ip().expect("an address").port();
        let listener = std::thread::spawn(move || {
            let mut bodies = Vec::new();
            for status in [204, 500] {
                let mut request = server.recv().expect("a request");
                let mut body = String::new();
                std::io::Read::read_to_string(request.as_reader(), &mut body).expect("a body");
                bodies.push(body);
                request.respond(tiny_http::Response::empty(status)).expect("an answer");
            }
            bodies
        });
        let alert = Alert::Address(Secret::new(format!("http://127.0.0.1:{port}/hook/token-123")));
        let event = json!({"code": 3, "message": "no order is newer than 10 days"});
        alert.send(&event).await.expect("it is taken");
        let refused = alert.send(&event).await.expect_err("it is refused");
        assert!(refused.message.contains("500") && !format!("{refused:?} {alert:?}").contains("token-123"));
        assert_eq!(listener.join().expect("both came"), vec![event.to_string(); 2]);
    }

    #[tokio::test]
    async fn an_address_where_nobody_listens_is_an_error_without_the_address() {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let alert = Alert::Address(Secret::new(format!("http://127.0.0.1:{port}/token-123")));
        let failure = alert.send(&json!({})).await.expect_err("nobody listens");
        assert!(!format!("{failure:?}").contains("token-123"), "{failure:?}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_gets_the_failure_on_its_stdin_and_its_own_failure_is_told() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("alert.sh");
        let script = "#!/bin/sh\ncat > \"$(dirname \"$0\")/event.json\"\ngrep -q '\"code\":3' \"$(dirname \"$0\")/event.json\"\n";
        std::fs::write(&program, script).expect("a script");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("a mode");
        let alert = Alert::Program(program);
        alert.send(&json!({"code": 3})).await.expect("the program ends well");
        let event = std::fs::read_to_string(folder.path().join("event.json")).expect("it was notified");
        assert_eq!(event.trim(), "{\"code\":3}");
        let failure = alert.send(&json!({"code": 4})).await.expect_err("the program fails");
        assert!(failure.message.contains("alert.sh"), "{}", failure.message);
    }
}
