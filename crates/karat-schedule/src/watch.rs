//! What monitoring sees of a running schedule: `/health` for a probe, `/metrics` for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::Error;

/// How long who asks may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of a request that are read.
const LONGEST: u64 = 16 << 10;

/// How a run of a slot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Its exit code, 0 when it succeeded.
    pub code: u8,
    /// Whether the same run may succeed later.
    pub is_retryable: bool,
    /// How long it took.
    pub milliseconds: u64,
}

/// The state that is shown; shared with the thread that answers.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    next: Option<Timestamp>,
    last: Option<(Timestamp, Outcome)>,
    last_success: Option<Timestamp>,
    /// Runs by exit code.
    runs: BTreeMap<u8, u64>,
}

impl Watch {
    /// Answers on `address` from a thread of its own, for as long as the program runs.
    ///
    /// # Errors
    /// Returns [`Error::CannotListen`].
    pub fn listen(&self, address: SocketAddr) -> Result<(), Error> {
        let listener =
            TcpListener::bind(address).map_err(|source| Error::CannotListen { address, source })?;
        let watch = self.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who asked may have gone.
                let _gone = watch.answer(&stream);
            }
        });
        Ok(())
    }

    /// Answers one request, of which only the first line matters.
    fn answer(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(stream.take(LONGEST)).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        // The rest is read, because a connection that is closed over unread bytes takes the answer with it.
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let asked = first.rsplit_once(' ').map_or("", |(asked, _)| asked);
        let (status, kind, body) = match asked {
            "GET /health" => self.health(),
            "GET /metrics" => ("200 OK", "text/plain; version=0.0.4", self.metrics()),
            _ => ("404 Not Found", "text/plain", "there are /health and /metrics\n".to_owned()),
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.0 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    }

    /// Notes the slot that is next.
    pub fn waits_for(&self, slot: Timestamp) {
        self.state().next = Some(slot);
    }

    /// Notes how a run ended at `now`.
    pub fn saw(&self, slot: Timestamp, outcome: &Outcome, now: Timestamp) {
        let mut state = self.state();
        state.last = Some((slot, *outcome));
        *state.runs.entry(outcome.code).or_default() += 1;
        if outcome.code == 0 {
            state.last_success = Some(now);
        }
    }

    /// 200 while the last run succeeded or none was due yet, else 503.
    fn health(&self) -> (&'static str, &'static str, String) {
        let state = self.state();
        let is_well = state.last.is_none_or(|(_, outcome)| outcome.code == 0);
        let body = json!({
            "ok": is_well,
            "next": state.next.map(|timestamp| timestamp.to_string()),
            "last": state.last.map(|(slot, outcome)| json!({"slot": slot.to_string(), "code": outcome.code})),
        });
        (if is_well { "200 OK" } else { "503 Service Unavailable" }, "application/json", format!("{body}\n"))
    }

    /// The text format of Prometheus, version 0.0.4.
    fn metrics(&self) -> String {
        let state = self.state();
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, String)]| {
            if !samples.is_empty() {
                let _infallible = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            }
            for (labels, value) in samples {
                let _infallible = writeln!(text, "{name}{labels} {value}");
            }
        };
        let one =
            |value: Option<String>| value.map(|value| (String::new(), value)).into_iter().collect::<Vec<_>>();
        let seconds =
            |timestamp: Option<Timestamp>| one(timestamp.map(|timestamp| timestamp.as_second().to_string()));
        let runs: Vec<_> = state
            .runs
            .iter()
            .map(|(code, count)| (format!("{{code=\"{code}\"}}"), count.to_string()))
            .collect();
        family("karat_runs_total", "counter", "Runs of this process by exit code.", &runs);
        family(
            "karat_next_run_timestamp_seconds",
            "gauge",
            "When the next run is due.",
            &seconds(state.next),
        );
        family(
            "karat_last_success_timestamp_seconds",
            "gauge",
            "When a run last succeeded.",
            &seconds(state.last_success),
        );
        let last = state.last.map(|(_, outcome)| outcome);
        family(
            "karat_last_run_exit_code",
            "gauge",
            "Exit code of the last run.",
            &one(last.map(|outcome| outcome.code.to_string())),
        );
        family(
            "karat_last_run_duration_seconds",
            "gauge",
            "How long the last run took.",
            &one(last.map(|outcome| {
                format!("{}.{:03}", outcome.milliseconds / 1000, outcome.milliseconds % 1000)
            })),
        );
        text
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn get(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("somebody listens");
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    #[test]
    fn a_probe_sees_whether_the_last_run_succeeded_and_prometheus_counts_runs() {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let watch = Watch::default();
        watch.listen(address).expect("the port is free");
        let slot: Timestamp = "2026-11-16T06:00:00Z".parse().expect("a timestamp");
        watch.waits_for(slot);
        assert!(get(address, "/health").starts_with("HTTP/1.0 200"));

        let failed = Outcome { code: 3, is_retryable: false, milliseconds: 1_050 };
        watch.saw(slot, &failed, slot);
        let answer = get(address, "/health");
        assert!(answer.starts_with("HTTP/1.0 503") && answer.contains("\"code\":3"), "{answer}");

        let good = Outcome { code: 0, ..failed };
        watch.saw(slot, &good, slot);
        watch.saw(slot, &good, slot);
        assert!(get(address, "/health").starts_with("HTTP/1.0 200"));
        let metrics = get(address, "/metrics");
        for line in [
            "karat_runs_total{code=\"0\"} 2",
            "karat_runs_total{code=\"3\"} 1",
            "karat_next_run_timestamp_seconds 1794808800",
            "karat_last_run_exit_code 0",
            "karat_last_run_duration_seconds 1.050",
        ] {
            assert!(metrics.lines().any(|found| found == line), "{line} in {metrics}");
        }
        assert!(get(address, "/else").starts_with("HTTP/1.0 404"));
    }

    #[test]
    fn a_port_that_is_taken_is_an_error() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = taken.local_addr().expect("an address");
        assert!(matches!(Watch::default().listen(address), Err(Error::CannotListen { .. })));
    }
}
