//! `publish.pdf` through the binary, with a script as the browser: printed for the run and its editions, or nothing is published.
//!
//! `tools/browser.sh` prints with a real one; a browser that hangs is in `src/pipeline/pdf.rs`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::support::program::{Answer, Project, files, karat_with, run_folder};

/// Prints a file of two moments, as Chromium does.
const PRINTS: &str = r#"for word in "$@"; do case "$word" in --print-to-pdf=*) pdf="${word#*=}" ;; file://*) page="$word" ;; esac; done
case "$page" in */report.html) ;; *) exit 9 ;; esac
printf '%%PDF-1.4\n/CreationDate (D:20261128161249+00'"'00'"')\n/ModDate (D:20261128161249+00'"'00'"')\n%%%%EOF\n' > "$pdf""#;

/// A generated history whose report is to be printed.
fn project() -> Project {
    let project = Project::generated();
    project.configure("  location: output/\n", "  location: output/\n  pdf: true\n");
    project
}

/// Puts a program of the project's own on its PATH.
fn program(project: &Project, name: &str, script: &str) {
    let program = project.path("programs").join(name);
    std::fs::create_dir_all(project.path("programs")).expect("a folder");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("a program");
}

/// The fonts for Chinese that the system has.
fn fonts(project: &Project, fonts: &str) {
    program(project, "fc-list", &format!("[ \"$1\" = :lang=zh ] && echo '{fonts}'"));
}

/// Runs the program where no browser is on the PATH but this script, if one is given.
fn karat(project: &Project, arguments: &[&str], script: Option<&str>) -> Answer {
    if let Some(script) = script {
        let version = "if [ \"$1\" = --version ]; then echo 'Fake Chrome 1'; exit; fi";
        program(project, "google-chrome", &format!("{version}\n{script}"));
    }
    karat_with(&project.path(""), arguments, &[("PATH", &project.path("programs").display().to_string())])
}

#[test]
fn without_a_browser_nothing_is_computed_and_a_failing_one_publishes_nothing() {
    let project = project();
    let missing = "`publish.pdf` needs Chromium or Chrome, and none was found";
    karat(&project, &["run"], None).expect_failed(2, &[missing, "google-chrome"]);
    assert!(!project.path("output").exists(), "the publish location was touched");

    let fails = "echo '[1:FATAL:zygote] No usable sandbox!' >&2; exit 1";
    let failed =
        ["`google-chrome` did not print `report.pdf`", "No usable sandbox!", "Nothing new is published"];
    karat(&project, &["run"], Some(fails)).expect_failed(5, &failed);
    let left = files(&project.path("output"));
    assert!(
        left.keys().all(|name| !name.starts_with("runs/") && !name.starts_with("log/")),
        "{:?}",
        left.keys()
    );
}

#[test]
fn without_a_font_for_the_language_nothing_is_computed() {
    let project = project();
    project.configure("language: en", "language: zh");
    fonts(&project, "");
    let refused = ["needs a font for the language `zh`", "publish.pdf: false"];
    karat(&project, &["run"], Some(PRINTS)).expect_failed(2, &refused);
    assert!(!project.path("output").exists(), "the publish location was touched");
}

#[test]
fn the_report_and_its_editions_are_printed_beside_what_is_verified() {
    let project = project();
    let path = project.path("config.yaml");
    let text = std::fs::read_to_string(&path).expect("a configuration");
    let deliver = "\ndeliver:\n  smtp: smtps://localhost:1\n  from: reports@example.com\n  recipients:\n    \
                   - {to: eva@example.com, edition: full, language: zh}\n";
    std::fs::write(&path, text + deliver).expect("the configuration can be written");
    fonts(&project, "/fonts/wqy.ttf");
    karat(&project, &["run"], Some(PRINTS)).expect(7, &["1 of 1 messages is not delivered"]);

    let run = run_folder(&project.path("output"));
    let json = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(run.join(name)).expect("a file")).expect("JSON")
    };
    let (manifest, all) = (json("manifest.json"), files(&run));
    let day = manifest["as_of"].as_str().expect("a day").replace('-', "");
    let dated =
        format!("%PDF-1.4\n/CreationDate (D:{day}000000+00'00')\n/ModDate (D:{day}000000+00'00')\n%%EOF\n");
    let is_pdf = |name: &&String| Path::new(name).extension().is_some_and(|ending| ending == "pdf");
    let printed: Vec<&String> = all.keys().filter(is_pdf).collect();
    assert!(printed.len() == 2 && printed[0].starts_with("editions/"), "{printed:?}");
    for name in printed {
        assert_eq!(String::from_utf8_lossy(&all[name]), dated, "{name}");
        assert!(!manifest.to_string().contains("report.pdf"));
    }
    assert_eq!(json("volatile.json")["browser"], "Fake Chrome 1");

    // Who verifies needs no browser, and a PDF elsewhere is a file that the manifest does not name.
    std::fs::remove_file(project.path("programs/google-chrome")).expect("it was there");
    let verify = ["verify", "latest", "--duckdb", "none"];
    karat(&project, &verify, None).expect(0, &[]);
    std::fs::write(run.join("tables/report.pdf"), "another").expect("a file");
    let found = karat(&project, &["verify", "latest", "--recorded-only"], None).expect(9, &[]);
    assert!(found.stdout.contains("tables/report.pdf"), "{}", found.stdout);
}
