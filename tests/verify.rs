//! `karat verify`: what a published run must be to be verified, and how each kind of change is told.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use base64::Engine as _;
use karat::files::sha256;
use karat::record::Manifest;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::support::program::{Answer, Project, baseline, copy, karat_with, run_folder};
use crate::support::{parquet, project};

/// A copy of the published history, and the folder of its run.
fn published() -> (Project, PathBuf) {
    let project = Project::copy_of(&baseline().0);
    let run = run_folder(&project.path("output"));
    (project, run)
}

/// What the program says is wrong with each path.
fn problems(answer: &Answer) -> Vec<(String, String)> {
    let found = answer.json();
    let text = |problem: &Value, key: &str| problem[key].as_str().expect("a text").to_owned();
    let problems = found["problems"].as_array().expect("a list").iter();
    problems.map(|problem| (text(problem, "path"), text(problem, "problem"))).collect()
}

fn problem_of(answer: &Answer, path: &str) -> String {
    let all = problems(answer);
    let found = all.iter().find(|(known, _)| known == path);
    found.unwrap_or_else(|| panic!("nothing is told of `{path}`: {all:?}")).1.clone()
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(text.contains(from), "`{from}` is not in {}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("the file can be written");
}

#[test]
fn a_run_is_done_again_byte_for_byte_from_its_record_whatever_the_project_is_now() {
    let (project, _) = published();
    // Another configuration, SQL that cannot run, no templates, and files that came since.
    project.configure("per_order: 2.50", "per_order: 9.75");
    project.configure("window: 365d", "window: 100d");
    project.configure("publish:", "engine: {threads: 1}\npublish:");
    let sql = project.path("queries/3_results/headline.sql");
    std::fs::create_dir_all(sql.parent().expect("a folder")).expect("a folder");
    std::fs::write(&sql, "no SQL").expect("a file");
    std::fs::create_dir_all(project.path("reports")).expect("a folder");
    copy(
        &project.path("order_lines/month=2025-12/part-0.parquet"),
        &project.path("order_lines/month=2026-12/part-0.parquet"),
    );
    std::fs::write(project.path("order_lines/notes.txt"), "no data").expect("a file");
    let before = project.published();
    let answer = project.karat(&["verify", "latest", "--output", "json"]).expect(0, &[]);
    assert_eq!(answer.json()["ok"], true);
    let compared = answer.json()["compared"].as_u64().expect("a number");
    assert!(compared > 400, "{compared}");
    assert_eq!(project.published(), before, "nothing is published");
    let run_id = answer.json()["run_id"].as_str().expect("a name").to_owned();
    let told = project.karat(&["verify", &run_id[..6], "--recorded-only"]).expect(0, &[]);
    for line in ["nothing was done again", "not re-performed with DuckDB: only the record is compared"] {
        assert!(told.stdout.contains(line), "{}", told.stdout);
    }
}

#[test]
fn a_run_with_editions_and_a_logo_is_done_again_from_its_record() {
    let project = Project::generated();
    std::fs::write(
        project.path("logo.svg"),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><path d=\"M0 0h4v4z\"/></svg>",
    )
    .expect("a logo");
    let part = "{to: a@example.com, edition: full, where: {region: London}}";
    let aggregate = "{to: b@example.com, edition: aggregate, language: zh}";
    let deliver = format!(
        "deliver: {{smtp: 'smtps://localhost:1', from: r@example.com, recipients: [{part}, {aggregate}]}}"
    );
    project.configure("publish:", &format!("brand: {{name: House, logo: logo.svg}}\n{deliver}\npublish:"));
    project.karat(&["run"]).expect(7, &[]);
    // Neither the readers nor the logo of today matter.
    std::fs::remove_file(project.path("logo.svg")).expect("the logo");
    project.configure(&deliver, "");
    project.configure("brand: {name: House, logo: logo.svg}", "");
    let answer = karat_with(&project.path(""), &["verify", "latest"], &[("PATH", "/nowhere")]).expect(0, &[]);
    for line in ["the same bytes", "not re-performed with DuckDB: none found; give --duckdb PATH"] {
        assert!(answer.stdout.contains(line), "{}", answer.stdout);
    }
}

#[test]
fn every_changed_byte_is_told_with_its_file_and_its_place() {
    let (project, run) = published();
    edit(&run.join("report.html"), "<h1", "<H1");
    edit(&run.join("tables/results.headline.csv"), "net_revenue", "Net_revenue");
    std::fs::remove_file(run.join("mail.txt")).expect("the mail");
    std::fs::write(run.join("extra.txt"), "added").expect("a file");
    // The same table with another word in its second row, as somebody would change it who knows how.
    let file = run.join("tables/results.headline.parquet");
    let batch = project::batches(&file).remove(0);
    let units = batch.column_by_name("unit").expect("a column").as_string::<i32>();
    let words = units.iter().enumerate();
    let words: StringArray = words.map(|(row, unit)| if row == 1 { Some("forged") } else { unit }).collect();
    let changed: ArrayRef = Arc::new(words);
    let at = batch.schema().index_of("unit").expect("a column");
    let mut columns = batch.columns().to_vec();
    columns[at] = changed;
    let forged = RecordBatch::try_new(batch.schema(), columns).expect("the same types");
    parquet::write(&file, &forged);
    // Of a table of customers only the place is told.
    let file = run.join("tables/business.customer_classes.parquet");
    let mut bytes = std::fs::read(&file).expect("a table");
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).expect("a table");

    let quick = project.karat(&["verify", "latest", "--recorded-only", "--output", "json"]).expect(9, &[]);
    assert_eq!(problems(&quick).len(), 6, "{:?}", problems(&quick));
    let answer = project.karat(&["verify", "latest", "--output", "json"]).expect(9, &[]);
    assert_eq!(problems(&answer).len(), 6, "{:?}", problems(&answer));
    let altered = "is not what the manifest records: differs first";
    let report = problem_of(&answer, "report.html");
    assert!(report.starts_with(&format!("{altered} on line ")), "{report}");
    let csv = problem_of(&answer, "tables/results.headline.csv");
    assert!(csv.starts_with(&format!("{altered} on line ")), "{csv}");
    let table = problem_of(&answer, "tables/results.headline.parquet");
    assert!(table.starts_with(&format!("{altered} in row 2 (")), "{table}");
    assert!(table.contains("`unit` is `forged`, done again it is `"), "{table}");
    let customers = problem_of(&answer, "tables/business.customer_classes.parquet");
    assert!(customers.starts_with("is not what the manifest records: "), "{customers}");
    assert!(problem_of(&answer, "mail.txt").starts_with("is missing"));
    assert!(problem_of(&answer, "extra.txt").contains("the manifest does not name it"));
    let told = project.karat(&["verify", "latest", "--recorded-only"]).expect(9, &[]);
    assert!(told.stdout.ends_with("not verified: 6 problems\n"), "{}", told.stdout);
}

#[test]
fn a_record_that_is_altered_is_told_and_nothing_is_done_again_from_it() {
    let (project, run) = published();
    edit(&run.join("sql/3_results/headline.sql"), "select", "SELECT");
    let answer = project
        .karat(&["verify", "latest", "--output", "json"])
        .expect(9, &["not done again", "headline.sql"]);
    assert_eq!(
        problems(&answer),
        [("sql/3_results/headline.sql".to_owned(), "is not what the manifest records".to_owned())]
    );
    assert_eq!(answer.json()["compared"], Value::Null);
}

#[test]
fn a_changed_byte_of_the_manifest_or_of_the_log_is_told() {
    let (project, run) = published();
    let manifest = run.join("manifest.json");
    let whole = std::fs::read_to_string(&manifest).expect("a manifest");
    edit(&manifest, "\"rows\": ", "\"rows\":  ");
    for verb in [&["verify", "latest"][..], &["verify", "latest", "--recorded-only"]] {
        project.karat(verb).expect(9, &["manifest.json", "is not the manifest that the log names"]);
    }
    std::fs::write(&manifest, whole).expect("a manifest");
    let entry = project.path("output/log/00000001.json");
    let whole = std::fs::read_to_string(&entry).expect("an entry");
    // No later entry names the hash of the last one: a blank, a figure and a flag are found by what it must say.
    for (from, to, words) in [
        ("\"seq\": ", "\"seq\":  ", "is not written as the program writes entries"),
        ("\"money\"", "\"moneys\"", "says otherwise of run"),
        ("\"latest\": true", "\"latest\": false", "whether it became the latest"),
    ] {
        edit(&entry, from, to);
        let id = run.file_name().expect("a name").to_string_lossy().into_owned();
        let answer = project.karat(&["verify", &id, "--recorded-only", "--output", "json"]).expect(9, &[]);
        let told = problem_of(&answer, "log/00000001.json");
        assert!(told.contains(words), "{told}");
        std::fs::write(&entry, &whole).expect("an entry");
    }
}

#[test]
fn a_broken_chain_is_told_with_the_entry_that_breaks_it() {
    let (project, _) = published();
    project.karat(&["run", "--as-of", "2025-12-25"]).expect(0, &[]);
    project.karat(&["verify", "latest", "--recorded-only"]).expect(0, &[]);
    edit(&project.path("output/log/00000001.json"), "\"seq\": ", "\"seq\":  ");
    project
        .karat(&["verify", "latest", "--recorded-only"])
        .expect(9, &["the log is broken at", "00000002.json"]);
}

#[test]
fn inputs_that_are_gone_or_changed_are_all_named() {
    let (project, _) = published();
    let gone = project.path("order_lines/month=2025-12/part-0.parquet");
    std::fs::remove_file(&gone).expect("an input");
    let shorter = project.path("order_lines/month=2024-02/part-0.parquet");
    std::fs::write(&shorter, "short").expect("an input");
    let changed = project.path("order_lines/month=2024-03/part-0.parquet");
    let mut bytes = std::fs::read(&changed).expect("an input");
    bytes[50] ^= 1;
    std::fs::write(&changed, bytes).expect("an input");
    let before = project.published();
    project.karat(&["verify", "latest"]).expect(
        4,
        &[
            "`month=2025-12/part-0.parquet` is gone",
            "`month=2024-02/part-0.parquet` has 5 bytes and had ",
            "`month=2024-03/part-0.parquet` has other content",
        ],
    );
    assert_eq!(project.published(), before);
    // The record itself can still be looked at.
    project.karat(&["verify", "latest", "--recorded-only"]).expect(0, &[]);
    std::fs::remove_dir_all(project.path("customers")).expect("a source");
    project.karat(&["verify", "latest"]).expect(4, &["is gone"]);
}

/// Changes the manifest, and the log so that it vouches for it.
fn edit_manifest(project: &Project, run: &Path, from: &str, to: &str) {
    let file = run.join("manifest.json");
    edit(&file, from, to);
    let entry = project.path("output/log/00000001.json");
    let mut log: Value = serde_json::from_slice(&std::fs::read(&entry).expect("the log")).expect("JSON");
    log["manifest_sha256"] = json!(sha256(&std::fs::read(&file).expect("a manifest")));
    std::fs::write(&entry, karat::record::canonical_json(&log)).expect("the log");
}

#[test]
fn a_record_is_read_as_it_was_written_and_one_of_another_schema_is_refused_by_its_name() {
    let (project, run) = published();
    let bytes = std::fs::read(run.join("manifest.json")).expect("a manifest");
    let again = Manifest::read(&bytes).and_then(|manifest| manifest.text());
    assert_eq!(again.expect("a manifest").into_bytes(), bytes);
    edit_manifest(&project, &run, "karat-manifest/1", "karat-manifest/0");
    for verb in
        [&["verify", "latest"][..], &["explain", "latest", "results.headline"], &["preview", "latest"]]
    {
        project.karat(verb).expect(9, &["`karat-manifest/0`", "`karat-manifest/1`"]);
    }
}

#[test]
fn a_run_of_another_version_is_told_plainly_and_its_bytes_decide() {
    let (project, run) = published();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    edit_manifest(&project, &run, &version, "\"version\": \"0.0.1\"");
    let answer = project
        .karat(&["verify", "latest", "--output", "json"])
        .expect(9, &["version 0.0.1 with DataFusion", "made this run, and this is version"]);
    let [(path, what)] = &problems(&answer)[..] else {
        panic!("{:?}", problems(&answer));
    };
    assert_eq!(path, "manifest.json");
    assert!(what.contains("\"version\": \"0.0.1\""), "{what}");
}

#[test]
fn a_run_that_nobody_published_is_a_mistake_of_the_command() {
    let (project, _) = published();
    project.karat(&["verify", "2001-01-01"]).expect(2, &["no run of 2001-01-01 is published"]);
    let empty = Project::sample();
    empty.karat(&["verify", "latest"]).expect(2, &["nothing is published yet"]);
}

/// A new private key and its public key, as OpenSSL writes them.
fn keys() -> (String, String) {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("a key");
    let head = hex::decode("302a300506032b6570032100").expect("hexadecimal digits");
    let pem = |kind: &str, bytes: &[u8]| {
        let body = base64::engine::general_purpose::STANDARD.encode(bytes);
        format!("-----BEGIN {kind} KEY-----\n{body}\n-----END {kind} KEY-----\n")
    };
    (pem("PRIVATE", pkcs8.as_ref()), pem("PUBLIC", &[&head, pair.public_key().as_ref()].concat()))
}

#[test]
fn a_signed_run_is_verified_with_its_key_and_with_no_other() {
    let project = Project::generated();
    let (private, public) = keys();
    std::fs::write(project.path("key.pem"), &private).expect("a key");
    std::fs::write(project.path("public.pem"), &public).expect("a key");
    std::fs::write(project.path("other.pem"), keys().1).expect("a key");
    let mode = |mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(project.path("key.pem"), mode).expect("the owner changes the mode");
    };
    project.configure("  location: output/", "  location: output/\n  sign: key.pem");
    mode(0o644);
    project.karat(&["run"]).expect_failed(2, &["publish.sign", "others than its owner can read"]);
    mode(0o600);
    project.karat(&["run"]).expect(0, &[]);
    let run = run_folder(&project.path("output"));
    // Who signs bears on no other byte, so the run has the name of the one without a signature.
    let (folder, _) = baseline();
    assert_eq!(run.file_name(), run_folder(&folder.join("output")).file_name());
    let signature = run.join("manifest.json.sig");
    assert_eq!(std::fs::read(&signature).expect("a signature").len(), 64);
    let verify = |arguments: &[&str], code: i32| {
        let fixed = ["verify", "latest", "--recorded-only", "--output", "json"];
        project.karat(&[&fixed, arguments].concat()).expect(code, &[])
    };
    assert_eq!(verify(&[], 0).json()["signature"], "holds");
    project.configure("  sign: key.pem", "");
    assert_eq!(verify(&[], 0).json()["signature"], "unchecked");
    assert_eq!(verify(&["--public-key", "public.pem"], 0).json()["signature"], "holds");
    let other = verify(&["--public-key", "other.pem"], 9);
    assert_eq!(other.json()["signature"], "fails");
    assert!(problem_of(&other, "manifest.json.sig").contains("by the given key"));
    verify(&["--public-key", "logo.svg"], 2);
    std::fs::remove_file(&signature).expect("the signature");
    let missing = verify(&["--public-key", "public.pem"], 9);
    assert!(problem_of(&missing, "manifest.json.sig").contains("is missing"));
    assert_eq!(verify(&[], 0).json()["signature"], "none");
    // A key in the environment is not told, and what is no key is refused.
    project.configure("  location: output/", "  location: output/\n  sign: ${KARAT_TEST_KEY}");
    let line = private.lines().nth(1).expect("the text within");
    for (body, code) in [(line, 0), ("no key", 2)] {
        let answer = karat_with(&project.path(""), &["check"], &[("KARAT_TEST_KEY", body)]);
        let texts = ["publish.sign", "Ed25519"];
        let answer = answer.expect(code, if code == 0 { &[] } else { &texts });
        assert!(!answer.stdout.contains(body) && !answer.stderr.contains(body), "{answer:?}");
    }
}

/// A program that answers as `DuckDB` does, with these lines when it runs a script; it keeps the script.
fn duckdb(project: &Project, name: &str, answer: &str, code: i32) -> String {
    let file = project.path(name);
    let kept = project.path(&format!("{name}.sql"));
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'v9.8.7 (Name) abc'; exit 0; fi\ncat > '{}'\npwd >> '{}'\nprintf '{answer}'\nexit {code}\n",
        kept.display(),
        kept.display()
    );
    std::fs::write(&file, text).expect("a program");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("a program");
    file.display().to_string()
}

#[test]
fn another_engine_agrees_or_the_run_is_not_verified() {
    let (project, run) = published();
    let agrees = duckdb(&project, "agrees", "a.b,3,0\\na.c,0,0\\nevery table agrees\\n", 0);
    let differs = duckdb(&project, "differs", "a.b,3,2\\na.c,0,0\\n", 1);
    let fails = duckdb(&project, "fails", "", 1);
    let before = project.published();
    let verify = |program: &str, code: i32| {
        let words = ["verify", "latest", "--output", "json", "--duckdb", program];
        project.karat(&words).expect(code, &[])
    };
    let found = verify(&agrees, 0).json();
    assert_eq!(found["duckdb"], json!({"result": "agrees", "version": "9.8.7", "tables": 2}));
    // The script as it is published, in the folder of the run, spilling elsewhere.
    let script = std::fs::read_to_string(project.path("agrees.sql")).expect("the script");
    let published = std::fs::read_to_string(run.join("reproduce.sql")).expect("a script");
    let (first, rest) = script.split_once('\n').expect("two lines");
    assert!(first.starts_with("set temp_directory = '"), "{first}");
    let real = run.canonicalize().expect("a folder");
    assert_eq!(rest, format!("{published}{}\n", real.display()));
    assert_eq!(project.published(), before, "nothing is written into the run");
    let answer = project.karat(&["verify", "latest", "--duckdb", &agrees]).expect(0, &[]);
    assert!(
        answer.stdout.contains("re-performed with DuckDB 9.8.7: every table agrees (2 tables)"),
        "{}",
        answer.stdout
    );
    let answer = verify(&differs, 9);
    assert_eq!(problem_of(&answer, "reproduce.sql"), "with DuckDB 9.8.7 gives other rows: 2 rows of `a.b`");
    let answer = verify(&fails, 9);
    assert!(problem_of(&answer, "reproduce.sql").starts_with("with DuckDB 9.8.7 fails: "));
    verify("/nowhere/duckdb", 2);
}
