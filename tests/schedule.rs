//! `karat schedule` as a service manager sees it: what it catches up, what a probe sees, and that it ends when told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{Project, karat};

/// Long enough for a run of the sample on a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

struct Service {
    child: Child,
    address: SocketAddr,
}

impl Service {
    /// Starts the program on `project` with a cron line that is not due soon.
    fn start(project: &Project, lines: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let config = std::fs::read_to_string(project.path("config.yaml")).expect("a configuration");
        let section = format!("\nschedule:\n  cron: \"0 6 1 1 *\"\n  health: {address}\n{lines}");
        std::fs::write(project.path("scheduled.yaml"), config + &section).expect("a configuration");
        let child = Command::new(env!("CARGO_BIN_EXE_karat"))
            .args(["--config", "scheduled.yaml", "schedule"])
            .current_dir(project.path(""))
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self { child, address }
    }

    /// The answer to a probe once the service listens and `is_there` holds of it.
    fn health(&self, is_there: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let mut answer = String::new();
            if let Ok(mut stream) = TcpStream::connect(self.address) {
                let asked = stream.write_all(b"GET /health HTTP/1.0\r\n\r\n");
                if asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && is_there(&answer) {
                    return answer;
                }
            }
            assert!(start.elapsed() < PATIENCE, "the last answer was {answer}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends SIGTERM; gives the exit code, what was said, and how long the end took.
    fn stop(mut self) -> (Option<i32>, String, Duration) {
        let start = Instant::now();
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.expect("`kill` is there").success());
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("UTF-8");
        let status = self.child.wait().expect("it ends");
        (status.code(), said, start.elapsed())
    }
}

#[cfg(unix)]
#[test]
fn a_missed_run_is_made_up_for_once_and_a_signal_ends_the_service_at_once() {
    let project = Project::sample();
    let service = Service::start(&project, "");
    let answer = service.health(|answer| answer.contains("\"code\":0"));
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    let (code, said, took) = service.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(said.contains("1 missed runs come first") && said.contains("stopped by SIGTERM"), "{said}");
    let runs = karat(&project.path(""), &["runs"]).expect(0, &[]);
    assert_eq!(runs.stdout.lines().count(), 1, "{}", runs.stdout);

    let again = Service::start(&project, "");
    again.health(|answer| answer.contains("\"last\":null"));
    let (code, said, _) = again.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("waiting for") && !said.contains("slot "), "{said}");
}

#[cfg(unix)]
#[test]
fn a_failed_run_is_told_to_the_alert_program_and_to_the_probe() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::sample();
    let program = project.path("alert.sh");
    std::fs::write(&program, "#!/bin/sh\ncat >> told.json\n").expect("a script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("a mode");
    std::fs::remove_dir_all(project.path("data")).expect("the data go");
    let service = Service::start(&project, "  alert: alert.sh\n");
    let answer = service.health(|answer| answer.contains("\"code\":4"));
    assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
    let start = Instant::now();
    let told = loop {
        let told = std::fs::read_to_string(project.path("told.json")).unwrap_or_default();
        if !told.is_empty() || start.elapsed() > PATIENCE {
            break told;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let event: serde_json::Value =
        serde_json::from_str(told.trim()).unwrap_or_else(|error| panic!("{error}: {told}"));
    assert_eq!((&event["code"], event["slot"].is_string()), (&serde_json::json!(4), true), "{event}");
    let (code, said, _) = service.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn without_a_schedule_the_verb_says_what_to_add() {
    let project = Project::sample();
    karat(&project.path(""), &["schedule"]).expect(2, &["has no `schedule`", "cron"]);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_told_to_stop_ends_with_the_code_of_the_signal_and_leaves_nothing_visible() {
    let project = Project::sample();
    let mut child = Command::new(env!("CARGO_BIN_EXE_karat"))
        .args(["--log", "json"])
        .current_dir(project.path(""))
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It is at work, and hears signals, when it has said its first word.
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    stderr.read_line(&mut said).expect("UTF-8");
    let told = Command::new("kill").arg(child.id().to_string()).status();
    assert!(told.expect("`kill` is there").success());
    let start = Instant::now();
    stderr.read_to_string(&mut said).expect("UTF-8");
    let status = child.wait().expect("it ends");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(status.code(), Some(143), "{said}");
    assert!(said.contains("stopped by SIGTERM"), "{said}");
    assert!(!project.path("output/latest.json").exists());
}
