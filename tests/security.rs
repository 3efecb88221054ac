//! What an attacker tries: addresses, paths, secrets and persons that must not get where they are not meant to be.
//!
//! The table of threats in `README.md` beside this file says what is tested where.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, StringArray};
use base64::Engine as _;
use karat::config::{Config, ConfigError, ROOTS};
use karat::store;
use serde_json::json;

use crate::support::program::{self, baseline, files};
use crate::support::project::{Project, batch, config, plain, sources};

/// Reads a configuration with these sections, as an operator's environment lets it.
fn parsed(sections: &[(&str, &str)], roots: Option<&str>) -> Result<Config, ConfigError> {
    let environment = |name: &str| {
        if name == ROOTS { roots.map(str::to_owned) } else { Some("value".to_owned()) }
    };
    karat::config::parse("config.yaml", &config(sections), Path::new("/srv/project"), &environment)
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

// --- S4: addresses.

/// Ways to write 169.254.169.254, and other places that tell a machine's credentials.
const FORBIDDEN_HOSTS: [&str; 34] = [
    "169.254.169.254",
    "169.254.169.254.",
    "169.254.1.1",
    "2852039166",
    "0xa9fea9fe",
    "0xA9FEA9FE",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "025177524776",
    "169.254.43518",
    "169.16689662",
    "169.0xfe.0251.254",
    "%31%36%39.254.169.254",
    "１６９.254.169.254",
    "169。254。169。254",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::169.254.169.254]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[fe80::1]",
    "[fe80::a9fe:a9fe]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "metadata",
    "instance-data.ec2.internal",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",
    "[::]",
];

/// Addresses that are no location at all, or hide something.
const HOSTILE_ADDRESSES: [&str; 32] = [
    "http://example.com/",
    "http://127.0.0.1.example.com/",
    "http://localhost.example.com/",
    "http://example.com#@localhost/",
    "http://localhost@example.com/",
    "http://10.0.0.1/",
    "http://[::ffff:8.8.8.8]/",
    "http://0x8080808/",
    "https://user@example.com/",
    "https://user:word@example.com/",
    "https://example.com/a?token=b",
    "https://example.com/#a",
    "https://example.com\\@evil.example/",
    "https:example.com",
    "https:///",
    "https://",
    "https://exa mple.com/",
    "s3://",
    "s3:///key",
    "s3://user:word@bucket/",
    "s3:bucket",
    "ftp://example.com/",
    "gopher://example.com/",
    "ldap://example.com/",
    "dict://example.com/",
    "data:text/plain,1://x",
    "jar://x!/",
    "file://host/etc",
    "file:etc",
    "javascript://%0aalert(1)",
    "smb://host/share",
    "unix:///var/run/docker.sock",
];

#[test]
fn a_hundred_and_more_hostile_addresses_are_refused_wherever_an_address_stands() {
    let mut refused = 0;
    let mut refuse = |sections: &[(&str, &str)]| {
        let answer = parsed(sections, None);
        assert!(answer.is_err(), "accepted: {sections:?}");
        refused += 1;
    };
    for host in FORBIDDEN_HOSTS {
        let address = quoted(&format!("https://{host}/orders/"));
        refuse(&[("sources", &sources(&format!("location: {address}")))]);
        refuse(&[("publish", &format!("{{location: {address}}}"))]);
        refuse(&[("schedule", &format!("{{cron: \"0 6 * * 1\", alert: {address}}}"))]);
        let server = quoted(&format!("smtps://{host}"));
        refuse(&[(
            "deliver",
            &format!(
                "{{smtp: {server}, from: a@example.com, recipients: [{{to: b@example.com, edition: full}}]}}"
            ),
        )]);
    }
    for address in HOSTILE_ADDRESSES {
        let address = quoted(address);
        refuse(&[("sources", &sources(&format!("location: {address}")))]);
        refuse(&[("publish", &format!("{{location: {address}}}"))]);
    }
    assert!(refused >= 200, "{refused}");
    // What they are like, and what is fine.
    for address in [
        "https://files.example.com/orders/",
        "http://127.0.0.1:9000/x/",
        "https://10.1.2.3/x/",
        "s3://bucket/x/",
    ] {
        parsed(&[("sources", &sources(&format!("location: {}", quoted(address))))], None)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn an_endpoint_of_a_store_is_refused_like_any_address() {
    for host in FORBIDDEN_HOSTS {
        for scheme in ["http", "https"] {
            let endpoint = karat::config::Secret::new(format!("{scheme}://{host}/"));
            let region = karat::config::Secret::new("eu-west-1".to_owned());
            let options =
                BTreeMap::from([("aws_endpoint".to_owned(), endpoint), ("aws_region".to_owned(), region)]);
            let answer = store::open("s3://bucket/orders/", Path::new("."), &options);
            let failure =
                answer.err().unwrap_or_else(|| panic!("{scheme}://{host} is accepted")).reading("source");
            assert_eq!(failure.exit, karat::error::Exit::Usage, "{failure}");
        }
    }
}

#[test]
fn the_program_ends_with_exit_2_on_a_hostile_address() {
    for address in
        ["https://2852039166/orders/", "http://169.254.169.254/latest/", "https://[::ffff:a9fe:a9fe]/x/"]
    {
        let project =
            Project::new(&config(&[("sources", &sources(&format!("location: {}", quoted(address))))]));
        project.karat(&["run"]).exits(2);
    }
}

// --- S5: paths.

/// A hundred and more ways to leave `/srv/project`.
fn hostile_paths() -> Vec<String> {
    let ups = ["../", "..//", "./../", "a/../../", "a/b/../../../", "a//../../", ".//..//", "data/.././../"];
    let targets = ["", "other", "etc/passwd", "project2", "projects/x", "../etc", "../../etc/shadow"];
    let mut paths: Vec<String> =
        ups.iter().flat_map(|up| targets.iter().map(move |target| format!("{up}{target}"))).collect();
    let absolute = [
        "/",
        "/etc",
        "/etc/passwd",
        "/srv",
        "/srv/project2",
        "/srv/project/../x",
        "/srv//project/../../etc",
        "//etc",
        "/./etc",
        "/proc/self/environ",
    ];
    paths.extend(absolute.iter().map(|path| (*path).to_owned()));
    paths.extend(absolute.iter().filter(|path| !path.starts_with("//")).map(|path| format!("file://{path}")));
    paths.extend(
        ["file:///srv/project/%2e%2e/x", "file:///srv/project/..%2fx", "file:///%65tc"].map(str::to_owned),
    );
    paths.extend(
        [
            "s3://bucket/",
            "s3://reports/karat2/",
            "s3://reports/karat/../x/",
            "s3://reports/",
            "gs://reports/karat/",
            "https://reports/karat/",
        ]
        .map(str::to_owned),
    );
    paths.extend((1..20).map(|depth| "../".repeat(depth) + "srv"));
    paths
}

#[test]
fn a_hundred_paths_that_leave_the_allowed_roots_are_refused() {
    let roots = Some("/srv/project; s3://reports/karat/");
    let paths = hostile_paths();
    assert!(paths.len() >= 100, "{}", paths.len());
    for path in &paths {
        // `a/..%2fx` decodes to a name with a slash, which is a path below.
        if path.ends_with("..%2fx") {
            continue;
        }
        let location = quoted(path);
        let answer = parsed(&[("sources", &sources(&format!("location: {location}")))], roots);
        assert!(answer.is_err(), "{path} is read");
        let answer = parsed(&[("publish", &format!("{{location: {location}}}"))], roots);
        assert!(answer.is_err(), "{path} is written");
    }
    for path in
        ["data/", "./x/../data", "/srv/project/data", "file:///srv/project/data", "s3://reports/karat/x/"]
    {
        parsed(&[("sources", &sources(&format!("location: {}", quoted(path))))], roots)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    for (section, text) in [
        ("queries", "../queries"),
        ("reports", "/etc"),
        ("engine", "{spill: /var/tmp}"),
        ("schedule", "{cron: \"0 6 * * 1\", alert: /bin/sh}"),
    ] {
        let error = parsed(&[(section, text)], roots).expect_err(section);
        assert!(error.to_string().contains("lies outside of what KARAT_ROOTS allows"), "{error}");
    }
}

#[test]
fn a_manifest_or_a_log_that_names_other_places_leads_nowhere() {
    for path in ["../m.csv", "/etc/passwd", "a/../../m.csv", "a\\\\b", "./m.csv", "a//b", ""] {
        let answer =
            parsed(&[("sources", &sources(&format!("location: data/, manifest: {}", quoted(path))))], None);
        assert!(answer.is_err(), "{path}");
    }
    // A manifest of a published run that names a file outside of it, in a log that vouches for it.
    let (published, _) = baseline();
    let project = program::Project::copy_of(published);
    let entry = project.path("output/log/00000001.json");
    let mut log: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&entry).expect("the log")).expect("JSON");
    let run = format!(
        "output/runs/{}/{}",
        log["as_of"].as_str().expect("a day"),
        log["run_id"].as_str().expect("a run")
    );
    std::fs::write(project.path("stolen"), "secret").expect("a file");
    let file = project.path(&run).join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the manifest")).expect("JSON");
    for section in ["outputs", "sql"] {
        manifest[section]
            .as_array_mut()
            .expect("a list")
            .push(json!({"path": "sql/../../../../../stolen", "sha256": karat::files::sha256(b"secret")}));
    }
    let bytes = manifest.to_string();
    std::fs::write(&file, &bytes).expect("the manifest");
    log["manifest_sha256"] = json!(karat::files::sha256(bytes.as_bytes()));
    std::fs::write(&entry, log.to_string()).expect("the log");
    let answer = project.karat(&["preview", "latest", "--out", "preview"]);
    assert_ne!(answer.code, 0, "{answer:?}");
    assert!(answer.stderr.contains("stolen` is missing"), "{}", answer.stderr);
}

// --- S6: SQL of a mapping reads nothing but its source.

#[test]
fn a_mapping_reads_nothing_but_the_columns_of_its_source() {
    let columns = karat::query::mapping::Columns::from([
        ("order".to_owned(), arrow::datatypes::DataType::Utf8),
        ("amount".to_owned(), arrow::datatypes::DataType::Float64),
    ]);
    for text in [
        "(select 1)",
        "exists (select 1 from raw.order_lines)",
        "amount in (select 1)",
        "amount; drop table raw.order_lines",
        "(select a from '/etc/passwd')",
        "read_text('/etc/passwd')",
        "read_csv('/etc/passwd')",
        "pg_read_file('/etc/passwd')",
        "getenv('HOME')",
        "current_setting('x')",
        "version()",
        "input_file_name()",
        "uuid()",
        "now()",
        "random()",
        "arrow_cast(amount, 'Utf8')",
        "sum(amount)",
        "count(*) over ()",
        "$1",
        "@@version",
        "raw.order_lines.amount",
        "information_schema.tables",
        "amount -- ) from x",
    ] {
        let answer = karat::query::mapping::resolve(text, &columns, "UTC");
        let is_harmless = answer.as_ref().is_ok_and(|mapped| mapped.sql.engine == "\"amount\"");
        assert!(answer.is_err() || is_harmless, "{text}: {answer:?}");
    }
}

// --- S9: secrets.

const PASSWORD: &str = "canary-Passw0rd/+= \"q";
const KEY: &str = "canaryKey/Secret+Access";
const TOKEN: &str = "canary-token-in-an-address";

/// A secret in every form in which it could be told.
fn forms(secret: &str) -> Vec<String> {
    let percent: String = percent_encoded(secret);
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    vec![
        secret.to_owned(),
        percent,
        base64(secret),
        json!(secret).to_string().trim_matches('"').to_owned(),
        hex::encode(secret),
        format!("{secret:?}").trim_matches('"').to_owned(),
    ]
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded + &char::from(byte).to_string()
        } else {
            format!("{encoded}%{byte:02X}")
        }
    })
}

#[track_caller]
fn tells_no_secret(what: &str, text: &[u8]) {
    for secret in [PASSWORD, KEY, TOKEN] {
        for form in forms(secret) {
            let found = text.windows(form.len()).any(|window| window == form.as_bytes());
            assert!(!found, "{what} tells a secret, as `{form}`");
        }
    }
}

/// A server that answers everything with 403 and tells back what it was asked, as some do.
fn telling_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut asked = vec![0; 16 << 10];
            let count = stream.read(&mut asked).unwrap_or(0);
            let said = String::from_utf8_lossy(&asked[..count]).into_owned() + KEY;
            let answer = format!(
                "HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}",
                said.len()
            );
            let _closed = stream.write_all(answer.as_bytes());
        }
    });
    port
}

/// Runs the program with all secrets in its environment, everything switched to talk; looks at all that it left.
#[track_caller]
fn run_with_secrets(project: &Project, words: &[&str], code: i32) -> String {
    let temporary = project.path("temporary");
    std::fs::create_dir_all(&temporary).expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_karat"))
        .arg("--config")
        .arg(project.path("config.yaml"))
        .args(words)
        .env("TMPDIR", &temporary)
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("CANARY_PASSWORD", PASSWORD)
        .env("CANARY_KEY", KEY)
        .env("CANARY_TOKEN", format!("https://alerts.example.com/{TOKEN}"))
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
    tells_no_secret("stdout", &output.stdout);
    tells_no_secret("stderr", &output.stderr);
    for (path, bytes) in files(&project.path("")) {
        tells_no_secret(&path, path.as_bytes());
        tells_no_secret(&path, &bytes);
    }
    let left: Vec<String> = files(&temporary).into_keys().collect();
    assert!(left.is_empty(), "left in the temporary folder: {left:?}");
    text
}

#[test]
fn no_secret_is_told_published_or_left_whatever_happens() {
    let port = telling_server();
    let closed =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let deliver = format!(
        "{{smtp: \"smtps://reports:${{CANARY_PASSWORD}}@127.0.0.1:{closed}\", from: a@example.com, recipients: [{{to: b@example.com, edition: full}}]}}"
    );
    let schedule = "{cron: \"0 6 * * 1\", alert: \"${CANARY_TOKEN}\"}";
    let options = format!(
        "options: {{aws_region: eu-west-1, aws_endpoint: \"http://127.0.0.1:{port}\", aws_access_key_id: \"${{CANARY_KEY}}\", \
         aws_secret_access_key: \"${{CANARY_KEY}}\"}}"
    );
    // Published, and then the mail fails.
    let project = Project::new(&config(&[("deliver", &deliver), ("schedule", schedule)]));
    project.parquet("data/orders.parquet", &plain());
    run_with_secrets(&project, &["check", "--log", "json"], 0);
    let said = run_with_secrets(&project, &["run", "--log", "json", "--output", "json"], 7);
    assert!(said.contains("\"code\":7"), "{said}");
    run_with_secrets(
        &project,
        &["deliver", "latest", "--dry-run", &project.path("mails").display().to_string()],
        0,
    );
    // A store that refuses and tells back what it was asked.
    let source = sources(&format!("location: \"s3://bucket/orders/\", {options}"));
    let project =
        Project::new(&config(&[("deliver", &deliver), ("schedule", schedule), ("sources", &source)]));
    let said = run_with_secrets(&project, &["run"], 4);
    assert!(said.contains("not allowed to"), "{said}");
    // A place of publication that does, an option that is none, and a mistake beside a secret.
    let project =
        Project::new(&config(&[("publish", &format!("{{location: \"s3://bucket/out/\", {options}}}"))]));
    project.parquet("data/orders.parquet", &plain());
    run_with_secrets(&project, &["run"], 2);
    let wrong = "{location: \"s3://bucket/out/\", options: {no_such_key: \"${CANARY_KEY}\"}}";
    run_with_secrets(&Project::new(&config(&[("publish", wrong)])), &["run"], 2);
    let beside = deliver.replace("smtps:", "smtp:");
    let said = run_with_secrets(&Project::new(&config(&[("deliver", &beside)])), &["run"], 2);
    assert!(said.contains("unencrypted"), "{said}");
    let bad = "{location: \"https://${CANARY_PASSWORD}@example.com/\"}";
    run_with_secrets(&Project::new(&config(&[("publish", bad)])), &["run"], 2);
}

// --- S10: persons.

/// Who must not be in a message.
const PERSON: &str = "Canary Person 4711";

/// A history of this person, with an amount as text.
fn personal(orders: [&str; 4], lines: [&str; 4], amounts: [f64; 4]) -> Vec<(&'static str, ArrayRef)> {
    let texts = |values: [&str; 4]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
    vec![
        ("order", texts(orders)),
        ("line", texts(lines)),
        ("customer", texts([PERSON, "b", "c", "d"])),
        ("day", texts(["2024-05-05", "2024-06-05", "2024-07-05", "2024-08-05"])),
        ("amount", Arc::new(Float64Array::from(amounts.to_vec()))),
    ]
}

#[test]
fn no_message_tells_who_a_customer_is() {
    let columns = |more: &str| {
        format!(
            "{{order_lines: {{location: data/, amount_scale: 2, columns: {{order_id: order, customer_id: customer, ordered_at: day, {more}}}}}}}"
        )
    };
    let amounts = [10.0, 20.0, 30.0, 40.0];
    let orders = ["1", "2", "3", "4"];
    let cases = [
        // A cast that fails on a name.
        (
            columns("net_amount: \"cast(customer as decimal(18, 2))\""),
            personal(orders, orders, amounts),
            3,
            "Values themselves are not shown",
        ),
        (
            columns("net_amount: amount, quantity: cast(customer as integer)"),
            personal(orders, orders, amounts),
            3,
            "Values themselves are not shown",
        ),
        // Rows that contradict each other, above the limit.
        (
            columns("net_amount: amount"),
            personal(["1", "1", "2", "3"], orders, amounts),
            3,
            "cannot be used (",
        ),
        (
            columns("net_amount: amount"),
            personal(orders, orders, [f64::NAN, 1.0, 2.0, 3.0]),
            3,
            "cannot be used (",
        ),
        // A column that is not there, and a type that is not read.
        (columns("net_amount: amuont"), personal(orders, orders, amounts), 3, "did you mean"),
        (columns("net_amount: customer"), personal(orders, orders, amounts), 3, "an amount is a number"),
    ];
    for (sources, rows, code, words) in cases {
        let project = Project::new(&config(&[("sources", &sources)]));
        project.parquet("data/orders.parquet", &batch(rows));
        for log in ["text", "json"] {
            let said = project.karat(&["run", "--log", log]).exits(code);
            assert!(said.stderr.contains(words), "`{words}` is not told: {}", said.stderr);
            for name in [PERSON, "Canary"] {
                assert!(!said.stderr.contains(name) && !said.stdout.contains(name), "{}", said.stderr);
            }
        }
    }
}

#[test]
fn a_good_run_tells_no_customer_on_its_way() {
    let (published, answer) = baseline();
    let run = program::run_folder(&published.join("output"));
    let lines = program::table(&run, "business.customer_profit");
    let ids: BTreeSet<String> = (0..lines.rows.len())
        .filter_map(|row| lines.cell(row, "customer_id"))
        .map(ToString::to_string)
        .filter(|id| id.len() > 4)
        .collect();
    assert!(ids.len() > 100, "{} customers", ids.len());
    for id in ids {
        assert!(!answer.stderr.contains(&id) && !answer.stdout.contains(&id), "{id}");
    }
}
