//! Webhooks through the binary and a real HTTP server on loopback: what is posted, at most once whatever fails, and no address told.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::program::{Answer, Project, baseline, files, karat_with, run_folder};

const TOKEN: &str = "canary-7f3a";

/// A server that answers each request with the next of `statuses`, 0 for never, and with the last from then on.
struct Server {
    port: u16,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    fn start(statuses: &[u16]) -> Self {
        let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
        let port = server.server_addr().to_ip().expect("an address").port();
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let (taken, statuses) = (Arc::clone(&bodies), statuses.to_vec());
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for number in 0.. {
                let Ok(mut request) = server.recv() else { return };
                let mut body = String::new();
                std::io::Read::read_to_string(request.as_reader(), &mut body).expect("a body");
                taken.lock().expect("no panic").push(serde_json::from_str(&body).expect("JSON"));
                match *statuses.get(number).or(statuses.last()).expect("a status") {
                    0 => silent.push(request),
                    status => drop(request.respond(tiny_http::Response::empty(status))),
                }
            }
        });
        Self { port, bodies }
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().expect("no panic").clone()
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/hook/{TOKEN}", self.port)
    }
}

/// A published run whose configuration names a webhook of each of these forms.
fn published(forms: &[&str]) -> Project {
    let project = Project::copy_of(&baseline().0);
    let config = project.path("config.yaml");
    let mut text = std::fs::read_to_string(&config).expect("a configuration");
    let item = |form: &&str| {
        format!("  - {{name: {form}-channel, url: \"${{HOOK}}\", form: {form}, edition: full}}\n")
    };
    text += "\nwebhooks:\n";
    text += &forms.iter().map(item).collect::<String>();
    std::fs::write(&config, text).expect("a file");
    project
}

fn karat(project: &Project, address: &str, arguments: &[&str]) -> Answer {
    let answer = karat_with(&project.path(""), arguments, &[("HOOK", address)]);
    for text in [&answer.stdout, &answer.stderr] {
        assert!(!text.contains("canary"), "the address is printed: {text}");
    }
    for (path, bytes) in files(&project.path("output")) {
        assert!(!String::from_utf8_lossy(&bytes).contains("canary"), "{path} holds the address");
    }
    answer
}

#[test]
fn each_form_is_posted_once_and_says_what_the_report_says() {
    let (project, server) = (published(&["json", "slack", "teams"]), Server::start(&[204]));
    let address = server.address();
    karat(&project, &address, &["deliver", "latest"]).expect(0, &[]);
    let bodies = server.bodies();
    let [summary, slack, teams] = bodies.as_slice() else { panic!("{bodies:?}") };
    let run = run_folder(&project.path("output"));
    let published = std::fs::read(run.join("summary.json")).expect("the summary");
    assert_eq!(*summary, serde_json::from_slice::<Value>(&published).expect("JSON"));
    let report = std::fs::read_to_string(run.join("mail.txt")).expect("the mail").replace('\n', " ");
    let listed = |key: &str| summary[key].as_array().cloned().expect("a list");
    let sentences = listed("sentences");
    assert!(
        !sentences.is_empty() && summary["headline"].as_array().is_some_and(|figures| figures.len() == 5)
    );
    for text in sentences.iter().chain(&listed("decisions")).chain([&summary["finding"]]) {
        let text = text.as_str().expect("a text");
        assert!(report.contains(text), "{text} is not in the mail");
        let [slack, teams] = [slack, teams].map(ToString::to_string);
        let written = Value::from(text).to_string();
        assert!(slack.contains(written.trim_matches('"')), "{slack}");
        assert!(teams.contains(&written), "{teams}");
    }
    assert_eq!(slack["blocks"][0]["type"], "header");
    // Above the sentences, and not only in the text of a notification.
    assert_eq!(slack["blocks"][3]["text"]["text"], summary["finding"]);
    assert_eq!(teams["attachments"][0]["content"]["type"], "AdaptiveCard");
    // Never twice.
    let again = karat(&project, &address, &["deliver", "latest"]).expect(0, &[]);
    assert!(again.stdout.contains("slack-channel  sent_before"), "{}", again.stdout);
    assert_eq!(server.bodies().len(), 3);
    karat(&project, &address, &["deliver", "latest", "--to", "eve"]).expect_failed(2, &["not among"]);
    let folder = project.path("dry").display().to_string();
    karat(&project, &address, &["deliver", "latest", "--dry-run", &folder]).expect(0, &[]);
    assert_eq!(
        std::fs::read(project.path("dry/02-slack-channel.json")).expect("a file"),
        slack.to_string().into_bytes()
    );
}

#[test]
fn what_was_not_taken_goes_out_again_and_what_was_perhaps_taken_does_not() {
    // Refused, then taken.
    let (project, server) = (published(&["json"]), Server::start(&[429, 200]));
    let address = server.address();
    karat(&project, &address, &["deliver", "latest"]).expect_failed_delivery("not_sent", "429");
    karat(&project, &address, &["deliver", "latest"]).expect(0, &[]);
    karat(&project, &address, &["deliver", "latest"]).expect(0, &[]);
    assert_eq!(server.bodies().len(), 2);
    // A server that fails has perhaps taken it.
    let (project, server) = (published(&["json"]), Server::start(&[500, 200]));
    let address = server.address();
    karat(&project, &address, &["deliver", "latest"]).expect_failed_delivery("held", "500");
    let said = "did not say whether it has taken it: 500 Internal Server Error, at ";
    karat(&project, &address, &["deliver", "latest"]).expect_failed_delivery("held", said);
    assert_eq!(server.bodies().len(), 1);
    let status = karat(&project, &address, &["status"]).expect(7, &[]);
    assert!(status.stdout.contains(said), "{}", status.stdout);
    karat(&project, &address, &["deliver", "latest", "--resend", "json-channel"]).expect(0, &[]);
    karat(&project, &address, &["status"]).expect(0, &[]);
    assert_eq!(server.bodies().len(), 2);
    // Nobody listens: nothing can have been taken.
    let project = published(&["json"]);
    let nobody = format!("http://127.0.0.1:1/{TOKEN}");
    karat(&project, &nobody, &["deliver", "latest"]).expect_failed_delivery("not_sent", "cannot be reached");
    let server = Server::start(&[200]);
    karat(&project, &server.address(), &["deliver", "latest"]).expect(0, &[]);
    assert_eq!(server.bodies().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_delivery_that_is_stopped_while_the_server_is_silent_is_held() {
    for signal in ["KILL", "TERM"] {
        let (project, server) = (published(&["json"]), Server::start(&[0, 200]));
        let delivery = Command::new(env!("CARGO_BIN_EXE_karat"))
            .args(["deliver", "latest"])
            .current_dir(project.path(""))
            .env("HOOK", server.address())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        while server.bodies().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        // The other one is at work, or was stopped: this one cannot know.
        let reason = "it was stopped, or another process is sending now";
        let held = karat(&project, &server.address(), &["deliver", "latest"]);
        assert!(held.stderr.contains("`--resend` would send it twice"), "{}", held.stderr);
        held.expect_failed_delivery("held", reason);
        let pid = delivery.id().to_string();
        Command::new("kill").args([&format!("-{signal}"), &pid]).status().expect("it is there");
        let ended = delivery.wait_with_output().expect("it ends");
        if signal == "TERM" {
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(143), "{said}");
            assert!(
                said.contains("perhaps delivered") && said.contains("`karat deliver latest --resend NAME`"),
                "{said}"
            );
            assert!(said.contains("\"retryable\":false") && !said.contains("from the beginning"), "{said}");
        }
        karat(&project, &server.address(), &["deliver", "latest"]).expect_failed_delivery("held", reason);
        assert_eq!(server.bodies().len(), 1);
    }
}

#[test]
fn an_address_in_the_file_is_refused() {
    let project = published(&["json"]);
    for (url, reason) in [
        ("https://hooks.example.com/canary-7f3a", "put it into a variable"),
        ("http://hooks.example.com/${HOOK}", "expected an https:// address"),
        ("https://169.254.169.254/${HOOK}", "webhooks[0].url"),
    ] {
        let text = std::fs::read_to_string(project.path("config.yaml")).expect("a configuration");
        let (before, after) = text.split_once("url: \"").expect("an address");
        let (_, after) = after.split_once('"').expect("it ends");
        std::fs::write(project.path("config.yaml"), format!("{before}url: \"{url}\"{after}"))
            .expect("a file");
        karat(&project, "x", &["check"]).expect(2, &[reason]);
    }
}

#[test]
fn who_only_reads_needs_no_secret() {
    let project = published(&["json"]);
    let lines = "\nlineage: {url: \"${LINEAGE}\", api_key: \"${KEY}\"}\ndeliver:\n  smtp: smtps://user:${PASSWORD}@mail.example.com\n  \
                 from: a@example.com\n  recipients: [{to: b@example.com, edition: full}]\n\
                 schedule: {cron: \"0 7 * * 1\", alert: \"${ALERT}\"}\n";
    let config = project.path("config.yaml");
    let text = std::fs::read_to_string(&config).expect("a configuration");
    std::fs::write(&config, text + lines).expect("a file");
    let read = |arguments: &[&str]| karat_with(&project.path(""), arguments, &[]);
    read(&["show", "tier_profitability"]).expect(0, &[]);
    read(&["query", "select tier from results.tier_profitability"]).expect(0, &[]);
    read(&["runs"]).expect(0, &[]);
    read(&["status", "--max-age", "100000"]).expect(7, &[]);
    read(&["diff", "latest", "latest"]).expect(0, &[]);
    read(&["dbt"]).expect(0, &[]);
    for arguments in [
        &["run"] as &[&str],
        &["check"],
        &["schedule"],
        &["deliver", "latest"],
        &["backfill", "--from", "2018-01-01", "--to", "2018-01-01"],
    ] {
        read(arguments).expect(
            2,
            &[
                "HOOK is not set",
                "LINEAGE is not set",
                "KEY is not set",
                "PASSWORD is not set",
                "ALERT is not set",
            ],
        );
    }
}

impl Answer {
    fn expect_failed_delivery(self, word: &str, reason: &str) {
        let answer = self.expect(7, &["is not delivered for sure", reason]);
        assert!(answer.stdout.contains(word), "{}", answer.stdout);
    }
}
