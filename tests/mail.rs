//! Mail through the binary, without a mail server: what is written, what is refused, and that a failed mail is no failed run.
//!
//! `tools/with_smtp.py` does the same with a real server.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::program::{
    Answer, Project, copy, files, karat_with, run_folder, sample_run, shared_folder,
};

/// Nothing listens on this port: only root could.
const NOBODY: &str = "smtps://reports:${KARAT_TEST_PASSWORD}@localhost:1";
const PASSWORD: &str = "canary-7f3a/@:";

/// A run of the sample with three readers and a server that is not there, and what it said.
fn first_run() -> &'static (PathBuf, Answer) {
    static PUBLISHED: OnceLock<(PathBuf, Answer)> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let project = Project::sample();
        let readers =
            ["ann", "bob", "cem"].map(|name| format!("    - {{to: {name}@example.com, edition: full}}\n"));
        project.configure(
            "#deliver:  ",
            &format!(
                "deliver:\n  smtp: {NOBODY}\n  from: reports@example.com\n  recipients:\n{}#deliver:  ",
                readers.concat()
            ),
        );
        let answer = karat(&project, &["run"]);
        let folder = shared_folder().join("mailed");
        copy(&project.path(""), &folder);
        (folder, answer)
    })
}

/// A copy of the folder of that run.
fn published() -> Project {
    Project::copy_of(&first_run().0)
}

fn karat(project: &Project, arguments: &[&str]) -> Answer {
    let answer = karat_with(&project.path(""), arguments, &[("KARAT_TEST_PASSWORD", PASSWORD)]);
    for text in [&answer.stdout, &answer.stderr] {
        assert!(!text.contains("canary"), "the password is printed: {text}");
    }
    answer
}

/// The status line of a failure.
fn status(answer: &Answer) -> Value {
    let last = answer.stderr.lines().last().expect("a failure says why");
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {last}"))
}

/// A header of a message, unfolded.
fn header(message: &str, name: &str) -> String {
    let head = message.split_once("\r\n\r\n").expect("headers end").0.replace("\r\n ", " ");
    let start = format!("{name}: ");
    let mut found = head.split("\r\n").filter_map(|line| line.strip_prefix(&start));
    let value = found.next().unwrap_or_else(|| panic!("no {name} in {head}")).to_owned();
    assert_eq!(found.next(), None, "{name} stands once");
    value
}

#[test]
fn a_run_whose_mail_fails_is_published_and_says_so() {
    let project = published();
    let first = first_run().1.clone().expect(7, &["3 of 3 messages are not delivered", "localhost:1"]);
    assert!(first.stdout.contains("$733,215") && first.stdout.contains("report.html"), "{}", first.stdout);
    assert!(first.stdout.contains("ann@example.com  not_sent"), "{}", first.stdout);
    let told = status(&first);
    assert_eq!(
        (&told["code"], &told["stage"], &told["retryable"]),
        (&7.into(), &"deliver".into(), &true.into())
    );
    let published = project.published();
    assert!(published.keys().all(|path| !path.starts_with("deliveries")), "nothing was offered");
    // Again: nothing is computed, and the mail is tried again.
    let second = karat(&project, &["run", "--output", "json"]).expect(7, &[]);
    let json = second.json();
    assert_eq!(json["already_published"], true);
    assert_eq!(json["deliveries"][2]["to"], "cem@example.com");
    assert_eq!(json["deliveries"][2]["outcome"], "not_sent");
    let only =
        karat(&project, &["deliver", "latest", "--to", "BOB@example.com", "--output", "json"]).expect(7, &[]);
    assert_eq!(only.json()["deliveries"].as_array().map(Vec::len), Some(1));
    assert_eq!(only.json()["deliveries"][0]["to"], "bob@example.com");
    assert_eq!(project.published(), published, "the publication stands as it was");
}

#[test]
fn a_dry_run_writes_the_mails_as_they_would_be_sent() {
    let project = published();
    let before = files(&project.path("output"));
    let answer = karat(&project, &["deliver", "latest", "--dry-run", "mails"]).expect(0, &[]);
    assert_eq!(answer.stdout.lines().count(), 3);
    let mails = files(&project.path("mails"));
    assert_eq!(
        mails.keys().map(String::as_str).collect::<Vec<_>>(),
        ["01-ann@example.com.eml", "02-bob@example.com.eml", "03-cem@example.com.eml"]
    );
    karat(&project, &["deliver", "latest", "--dry-run", "again", "--to", "bob@example.com"]).expect(0, &[]);
    let again = files(&project.path("again"));
    assert_eq!(again["01-bob@example.com.eml"], mails["02-bob@example.com.eml"], "the same bytes");
    let message = String::from_utf8(mails["02-bob@example.com.eml"].clone()).expect("ASCII");
    let run = run_folder(&project.path("output"));
    let run_id = run.file_name().expect("a run id").to_string_lossy().into_owned();
    assert_eq!(header(&message, "To"), "bob@example.com");
    assert_eq!(header(&message, "From"), "Superstore <reports@example.com>");
    assert_eq!(header(&message, "Subject"), "Superstore: customer profit report as of 1 January 2018");
    assert_eq!(header(&message, "X-Run-Id"), run_id);
    let id = header(&message, "Message-ID");
    assert!(id.starts_with(&format!("<{run_id}.")) && id.ends_with("@example.com>"), "{id}");
    let ids: std::collections::BTreeSet<String> =
        mails.values().map(|mail| header(&String::from_utf8_lossy(mail), "Message-ID")).collect();
    assert_eq!(ids.len(), 3, "each mail has a name of its own");
    // The attachments are the published report, and the appendix and the method page, to which it links.
    for name in ["report.html", "appendix.html", "method.html"] {
        let attached = message.split(&format!("filename=\"{name}\"")).nth(1).expect("an attachment");
        let encoded: String = attached
            .split_once("\r\n\r\n")
            .expect("a body")
            .1
            .split("--")
            .next()
            .expect("a boundary ends it")
            .split_whitespace()
            .collect();
        assert!(
            decoded(&encoded) == std::fs::read(run.join(name)).expect("the page"),
            "{name} is attached as it was published"
        );
    }
    assert_eq!(files(&project.path("output")), before, "nothing is recorded");
}

/// Decodes base64.
fn decoded(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = LETTERS.iter().position(|known| *known == letter).expect("a letter of base64");
        bits = (bits << 6) | u32::try_from(value).expect("below 64");
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).expect("a byte"));
        }
    }
    bytes
}

#[test]
fn the_mail_is_a_part_of_the_published_run() {
    let project = Project::copy_of(sample_run());
    let run = run_folder(&project.path("output"));
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(run.join("manifest.json")).expect("a manifest")).expect("JSON");
    let outputs: Vec<&str> = manifest["outputs"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|output| output["path"].as_str())
        .collect();
    assert!(outputs.contains(&"mail.html") && outputs.contains(&"mail.txt"), "{outputs:?}");
    assert_eq!(manifest["mail"]["url"], Value::Null);
    let html = std::fs::read_to_string(run.join("mail.html")).expect("the mail");
    assert!(html.contains("The full report is attached"));
    // With an address on the web it is another mail, and so another run.
    project.configure("  keep: 104", "  keep: 104\n  url: https://reports.example.com/superstore");
    let answer = project.karat(&["run", "--output", "json"]).expect(0, &[]);
    let run_id = answer.json()["run_id"].as_str().expect("a run id").to_owned();
    let folder = run.parent().expect("a day").join(&run_id);
    let html = std::fs::read_to_string(folder.join("mail.html")).expect("the mail");
    let link = format!("https://reports.example.com/superstore/runs/2018-01-01/{run_id}/report.html");
    assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
    // A preview with the same templates gives the same bytes, the mail included.
    let preview = project.karat(&["preview", &run_id]).expect(0, &[]);
    assert!(
        preview.stdout.contains("mail.txt") && preview.stdout.contains("the same bytes"),
        "{}",
        preview.stdout
    );
}

#[test]
fn nobody_but_the_readers_of_the_configuration_gets_a_mail() {
    let project = published();
    for option in ["--to", "--resend"] {
        karat(&project, &["deliver", "latest", option, "eve@example.com"])
            .expect_failed(2, &["`eve@example.com` is not among the recipients"]);
    }
    karat(&project, &["deliver", "2017-01-01"]).expect_failed(2, &["no run of 2017-01-01 is published"]);
    let without = Project::copy_of(sample_run());
    without.karat(&["deliver", "latest"]).expect_failed(2, &["neither mail nor webhook is configured"]);
}

#[test]
fn drafts_and_older_days_are_not_mailed_by_a_run() {
    let project = published();
    let draft = karat(&project, &["run", "--draft"]).expect(0, &[]);
    assert!(!draft.stdout.contains("example.com"), "{}", draft.stdout);
    let older = karat(&project, &["run", "--as-of", "2017-07-03"])
        .expect(0, &["not sent, because a later day is published"]);
    assert!(!older.stdout.contains("example.com"), "{}", older.stdout);
    // A person may.
    karat(&project, &["deliver", "2017-07-03"]).expect(7, &["3 of 3 messages"]);
}

#[test]
fn a_published_mail_that_was_altered_is_not_sent() {
    let project = published();
    let mail = run_folder(&project.path("output")).join("mail.html");
    let html = std::fs::read_to_string(&mail).expect("the mail");
    std::fs::write(&mail, html.replace("$733,215", "$933,215")).expect("a file");
    karat(&project, &["deliver", "latest"]).expect_failed(9, &["mail.html", "not what the manifest records"]);
    karat(&project, &["run"]).expect(7, &["the report is published, but not sent"]);
    assert!(!Path::new(&project.path("output/deliveries")).exists());
}

#[test]
fn certificates_that_cannot_be_read_are_told() {
    let project = published();
    project.configure("  from: reports@", "  ca_file: nowhere.pem\n  from: reports@");
    karat(&project, &["run"]).expect(7, &["nowhere.pem"]);
    karat(&project, &["deliver", "latest"]).expect_failed(2, &["nowhere.pem", "ca_file"]);
}
