//! The whole program through its binary: exit codes, messages, what is published and what is left untouched.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::support::bench::CLONE;
use crate::support::program::{Project, baseline, copy, files, karat, karat_with, row, run_folder, table};

/// Runs a spoilt copy of the sample: exit code, messages, and nothing published.
fn refuses(project: &Project, code: i32, texts: &[&str]) {
    project.karat(&["run"]).expect_failed(code, texts);
    assert_eq!(project.published(), BTreeMap::new(), "nothing is published");
}

const LINES: &str = "data/superstore/lines.parquet";

#[test]
fn an_unknown_key_is_a_mistake_of_the_configuration_with_line_and_suggestion() {
    let project = Project::sample();
    project.configure("window: 365d", "windw: 365d");
    project.configure("  keep: 104", "  keeep: 104");
    let lines = std::fs::read_to_string(project.path("config.yaml")).expect("a configuration");
    let line = 1 + lines.lines().position(|line| line.starts_with("windw")).expect("the mistake");
    // Both at once.
    refuses(&project, 2, &["windw", "window", &format!("config.yaml:{line}"), "keeep"]);
}

#[test]
fn a_missing_configuration_and_wrong_usage_are_exit_2_and_help_is_0() {
    let project = Project::empty();
    project.karat(&["run"]).expect_failed(2, &["config.yaml"]);
    project.karat(&["no-such-verb"]).expect(2, &["no-such-verb"]);
    project.karat(&["run", "--as-of", "yesterday"]).expect(2, &["--as-of"]);
    for lost in [&["--as-of", "2017-12-25", "run"][..], &["--draft", "check"]] {
        project.karat(lost).expect(2, &["come after the verb", "karat run --as-of DATE"]);
    }
    project.karat(&["--help"]).expect(0, &[]);
    let version = project.karat(&["--version"]).expect(0, &[]);
    assert!(version.stdout.contains(env!("CARGO_PKG_VERSION")), "{}", version.stdout);
}

#[test]
fn a_language_without_words_is_refused_before_anything_is_computed() {
    let project = Project::sample();
    project.configure("language: en", "language: fr");
    project.karat(&["check"]).expect(2, &["`fr`", "fr.ftl", "en, zh"]);
    refuses(&project, 2, &["`fr`", "fr.ftl", "en, zh"]);
}

#[test]
fn a_run_in_chinese_publishes_report_mail_and_archive_in_chinese() {
    let project = Project::sample();
    project.configure("language: en", "language: zh");
    project.karat(&["run"]).expect(0, &[]);
    let output = project.path("output");
    let run = run_folder(&output);
    for (page, words) in [
        (run.join("report.html"), ["<html lang=\"zh-Hans\">", "铂金", "2017年1月1日"]),
        (run.join("method.html"), ["<html lang=\"zh-Hans\">", "边际贡献", "SQL 文本"]),
        (run.join("mail.html"), ["<html lang=\"zh-Hans\">", "铅级", "73.32万美元"]),
        (run.join("mail.txt"), ["净收入", "黄金", "钢铁"]),
        (output.join("index.html"), ["<html lang=\"zh-Hans\">", "已发布", "客户利润"]),
    ] {
        let text = std::fs::read_to_string(&page).expect("a page");
        for word in words {
            assert!(text.contains(word), "no `{word}` in {}", page.display());
        }
    }
}

#[test]
fn a_secret_that_is_not_set_is_named_and_no_value_is_shown() {
    let project = Project::sample();
    project.configure(
        "    columns:\n      order_id: Order ID",
        "    options: {aws_secret_access_key: \"${KARAT_TEST_NOT_SET}\"}\n    columns:\n      order_id: Order ID",
    );
    refuses(&project, 2, &["KARAT_TEST_NOT_SET"]);
}

#[test]
fn a_spill_folder_that_cannot_be_made_is_a_mistake_of_the_configuration() {
    let project = Project::sample();
    project.configure("  #spill: /var/tmp/karat", "  spill: config.yaml/below");
    refuses(&project, 2, &["private folder", "engine.spill"]);
}

#[test]
fn a_location_without_anything_or_without_parquet_is_a_missing_input() {
    let project = Project::sample();
    project.configure("location: data/superstore/", "location: data/nowhere/");
    refuses(&project, 4, &["data/nowhere"]);
    project.configure("location: data/nowhere/", "location: data/other/");
    std::fs::create_dir_all(project.path("data/other")).expect("a folder");
    std::fs::write(project.path("data/other/notes.txt"), "no data").expect("a file");
    std::fs::write(project.path("data/other/.hidden.parquet"), "no data").expect("a file");
    refuses(&project, 4, &["no Parquet file", "notes.txt"]);
}

#[test]
fn a_column_that_is_missing_in_one_file_refuses_the_run_and_names_both() {
    use arrow::array::{ArrayRef, Int64Array};
    let project = Project::sample();
    let columns = BTreeMap::from([("Row ID", std::sync::Arc::new(Int64Array::from(vec![1])) as ArrayRef)]);
    crate::support::parquet::write_columns(&project.path("data/superstore/second.parquet"), columns);
    refuses(&project, 3, &["second.parquet", "Order ID"]);
}

#[test]
fn damaged_files_are_unreadable_inputs_and_name_the_file() {
    let whole =
        std::fs::read(Path::new(CLONE).join("data/superstore/superstore.parquet")).expect("the sample");
    let mut flipped = whole.clone();
    for byte in &mut flipped[whole.len() / 3..whole.len() / 3 + 4_000] {
        *byte ^= 0x5a;
    }
    for (what, bytes) in
        [("without its end", whole[..whole.len() - 1].to_vec()), ("with damaged pages", flipped)]
    {
        let project = Project::sample();
        std::fs::write(project.path(LINES), bytes).expect("a file");
        let answer = project.karat(&["run"]);
        assert_eq!(answer.code, 4, "{what}: {}", answer.stderr);
        let answer = answer.expect_failed(4, &[]);
        if what != "with damaged pages" {
            assert!(answer.stderr.contains("lines.parquet"), "{what}: {}", answer.stderr);
        }
        assert_eq!(project.published(), BTreeMap::new(), "{what}: nothing is published");
    }
}

#[test]
fn the_same_file_twice_is_refused_unless_it_is_allowed() {
    let project = Project::sample();
    copy(&project.path(LINES), &project.path("data/superstore/again.parquet"));
    refuses(&project, 3, &["again.parquet", "lines.parquet", "same content", "allow_duplicate_files"]);
    project.configure("  allow_duplicate_files: false", "  allow_duplicate_files: true");
    // Every row is a duplicate now; the limit on rejected rows finds that.
    project
        .karat(&["check"])
        .expect(3, &["9,994 of 19,988 order lines", "9,994 repeat another row", "checks.max_rejected_rows"]);
}

#[test]
fn check_says_what_a_run_would_read_and_touches_nothing() {
    let project = Project::sample();
    std::fs::write(project.path("data/superstore/notes.txt"), "no data").expect("a file");
    let answer = project.karat(&["check"]).expect(0, &[]);
    for text in ["9994 rows", "notes.txt", "2017-12-30", "2018-01-01"] {
        assert!(answer.stdout.contains(text), "`{text}` is not in {}", answer.stdout);
    }
    assert!(project.karat(&["check", "--output", "json"]).json()["ok"].as_bool().expect("a flag"));
    assert!(!project.path("output").exists() || project.published().is_empty());
    project.configure("net_amount: Sales", "net_amount: Sale");
    project.karat(&["check"]).expect(3, &["did you mean `Sales`?"]);
}

#[test]
fn a_refused_run_leaves_the_published_ones_as_they_were() {
    let (folder, _) = baseline();
    let project = Project::copy_of(folder);
    let before = project.published();
    // The generated configuration allows the rows that it spoilt; the default does not.
    project.configure("max_rejected_rows", "#max_rejected_rows");
    project.configure("max_rejected_money", "#max_rejected_money");
    project.configure("checks:", "checks: {}");
    project.karat(&["run"]).expect_failed(3, &["cannot be used (", "checks.max_rejected_rows"]);
    assert_eq!(project.published(), before);
    project.karat(&["run", "--as-of", "2020-01-01"]).expect_failed(3, &["no order from"]);
    assert_eq!(project.published(), before);
    assert!(project.karat(&["runs"]).expect(0, &[]).stdout.lines().count() == 1);
}

#[test]
fn a_run_prints_one_json_object_and_logs_one_json_object_a_line() {
    let (_, answer) = baseline();
    let report = answer.json();
    assert_eq!(report["as_of"], "2026-01-01");
    assert_eq!(report["already_published"], false);
    assert_eq!(report["headline"].as_array().map(Vec::len), Some(5), "{report}");
    assert!(answer.stderr.lines().count() > 50, "{}", answer.stderr);
    for line in answer.stderr.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["stage"].is_string() && event["time"].is_string(), "{line}");
    }
}

#[test]
fn a_failed_run_logs_json_only_when_json_is_asked_for() {
    let project = Project::sample();
    project.configure("location: data/superstore/", "location: data/nowhere/");
    let answer = project.karat(&["run", "--log", "json"]).expect_failed(4, &[]);
    for line in answer.stderr.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}

#[test]
fn a_second_run_does_nothing_and_says_so() {
    let (folder, first) = baseline();
    let project = Project::copy_of(folder);
    let before = project.published();
    let answer = project.karat(&["run"]).expect(0, &["Already published"]);
    assert!(answer.stdout.contains("report.html"), "{}", answer.stdout);
    assert_eq!(project.published(), before);
    let again = project.karat(&["run", "--output", "json"]).expect(0, &[]).json();
    assert_eq!(again["already_published"], true);
    for key in ["run_id", "as_of", "headline"] {
        assert_eq!(again[key], first.json()[key], "{key}");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes_on_any_machine() {
    let (folder, _) = baseline();
    let expected = files(&folder.join("output"));
    // Threads, batches, time zone, table of time zones, locale and working folder: two runs that share none of them.
    let first = Project::generated();
    first.configure("publish:", "engine: {threads: 1, batch_rows: 1000, memory: 1GiB}\npublish:");
    let variables = [("TZ", "Pacific/Auckland"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")];
    karat_with(&first.path(""), &["run"], &variables).expect(0, &[]);
    let second = Project::generated();
    second.configure("publish:", "engine: {threads: 7, spill: private/}\npublish:");
    let config = second.path("config.yaml").display().to_string();
    let elsewhere = Project::empty();
    // A machine on which London lies ten hours east: the table of time zones is part of the program.
    let zones = elsewhere.path("zones");
    std::fs::create_dir_all(zones.join("Europe")).expect("a folder");
    // RFC 8536: no transitions, one type of local time of 36,000 seconds, four letters of names.
    let zone =
        [b"TZif".as_slice(), &[0; 16 + 16], &[0, 0, 0, 1, 0, 0, 0, 4], &[0, 0, 0x8c, 0xa0, 0, 0], b"ODD\0"];
    std::fs::write(zones.join("Europe/London"), zone.concat()).expect("a file");
    let zones = zones.display().to_string();
    let variables = [("TZ", "America/Los_Angeles"), ("TZDIR", &zones), ("LC_ALL", "C"), ("NO_COLOR", "1")];
    karat_with(&elsewhere.path(""), &["--config", &config, "run", "--quiet"], &variables).expect(0, &[]);
    for (what, project) in [("one thread", &first), ("seven threads", &second)] {
        let found = project.published();
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{what}");
        for (name, bytes) in &expected {
            assert!(found.get(name) == Some(bytes), "{what}: `{name}` differs");
        }
    }
    assert_eq!(files(&second.path("private")), BTreeMap::new(), "the private folder is empty after a run");
    assert!(elsewhere.published().is_empty(), "relative paths start at the configuration");
}

#[test]
fn a_draft_is_kept_apart_from_the_log_and_from_latest() {
    let (folder, _) = baseline();
    let project = Project::copy_of(folder);
    let before = project.published();
    project.karat(&["run", "--draft"]).expect(0, &[]);
    let after = project.published();
    for (name, bytes) in &before {
        assert!(after.get(name) == Some(bytes), "`{name}` is as it was");
    }
    let added: Vec<&String> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    assert!(!added.is_empty() && added.iter().all(|name| name.starts_with("drafts/")), "{added:?}");
    assert_eq!(project.karat(&["runs"]).expect(0, &[]).stdout.lines().count(), 1);
}

#[test]
fn as_of_on_the_command_line_wins_and_an_older_day_does_not_become_the_latest() {
    let (folder, first) = baseline();
    let project = Project::copy_of(folder);
    let latest = std::fs::read(project.path("output/latest.json")).expect("the pointer");
    let report = project.karat(&["run", "--as-of", "2025-07-01", "--output", "json"]).expect(0, &[]).json();
    assert_eq!(report["as_of"], "2025-07-01");
    assert_ne!(report["run_id"], first.json()["run_id"]);
    assert_eq!(std::fs::read(project.path("output/latest.json")).expect("the pointer"), latest);
    let runs = project.karat(&["runs", "--output", "json"]).expect(0, &[]);
    let days: Vec<Value> = runs
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("one object a line")["as_of"].clone())
        .collect();
    assert_eq!(days, ["2025-07-01", "2026-01-01"], "the newest publication first");
    project.karat(&["status"]).expect(0, &[]);
}

#[test]
fn status_tells_an_overdue_or_altered_history_by_exit_9() {
    let (folder, _) = baseline();
    let project = Project::copy_of(folder);
    let answer = project.karat(&["status"]).expect(0, &[]);
    assert!(answer.stdout.contains("1 publications"), "{}", answer.stdout);
    assert_eq!(project.karat(&["status", "--output", "json"]).json()["ok"], true);
    project.karat(&["status", "--max-age", "0"]).expect(9, &[]);

    let log = project.path("output/log/00000001.json");
    let entry = std::fs::read_to_string(&log).expect("the log");
    std::fs::write(&log, entry.replacen("2026-01-01", "2026-01-02", 1)).expect("the log can be altered");
    assert_eq!(project.karat(&["status", "--output", "json"]).expect(9, &[]).json()["ok"], false);

    // A manifest that is not the one of the log.
    let project = Project::copy_of(folder);
    let manifest = run_folder(&project.path("output")).join("manifest.json");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    std::fs::write(&manifest, text.replacen("GBP", "USD", 1)).expect("the manifest can be altered");
    project.karat(&["status"]).expect(9, &[]);

    let nothing = Project::generated();
    let answer = nothing.karat(&["status"]).expect(0, &[]);
    assert!(answer.stdout.contains("nothing is published yet"), "{}", answer.stdout);
}

#[test]
fn a_preview_renders_the_same_bytes_from_the_stored_tables_and_refuses_altered_ones() {
    let (folder, _) = baseline();
    let project = Project::copy_of(folder);
    let answer = project.karat(&["preview", "latest"]).expect(0, &[]);
    assert!(answer.stdout.contains("the same bytes as published"), "{}", answer.stdout);
    let run = run_folder(&project.path("output"));
    for page in ["report.html", "appendix.html", "method.html"] {
        let read = |path: &Path| std::fs::read(path).expect("a page");
        assert!(read(&project.path("preview").join(page)) == read(&run.join(page)), "{page}");
    }
    assert_eq!(
        project.karat(&["preview", "2026-01-01", "--output", "json"]).expect(0, &[]).json()["unchanged"],
        true
    );
    project.karat(&["preview", "2020-01-01"]).expect(2, &["2020-01-01"]);
    let stored = run.join("tables/results.headline.parquet");
    let mut bytes = std::fs::read(&stored).expect("a table");
    bytes[40] ^= 1;
    std::fs::write(&stored, bytes).expect("a table can be altered");
    project.karat(&["preview", "latest"]).expect(9, &["results.headline.parquet"]);
}

#[test]
fn a_new_project_runs_on_the_sample_and_shows_its_figures() {
    let parent = Project::empty();
    let answer = parent.karat(&["init", "mine"]).expect(0, &[]);
    assert!(answer.stdout.contains("files written to mine"), "{}", answer.stdout);
    parent.karat(&["init", "mine"]).expect(2, &["not empty"]);
    let written = |name: &str| std::fs::read_to_string(parent.path(name)).expect("a file of the project");
    let line = "# yaml-language-server: $schema=config.schema.json\n";
    assert!(written("mine/config.yaml").starts_with(line));
    let schema = parent.karat(&["schema"]).expect(0, &[]).stdout;
    assert_eq!(written("mine/config.schema.json"), schema);
    let mine = parent.path("mine");
    let answer = karat(&mine, &[]).expect(0, &[]);
    for text in ["$733,215", "$74,297", "693", "report.html"] {
        assert!(answer.stdout.contains(text), "`{text}` is not in {}", answer.stdout);
    }
    let run = run_folder(&mine.join("output"));
    let tiers = table(&run, "results.tier_profitability");
    let cents = |text: &str| text.parse::<bigdecimal::BigDecimal>().expect("an amount").round(2).to_string();
    for (tier, customers, profit) in [
        ("platinum", "34", "52742.46"),
        ("gold", "104", "37917.60"),
        ("iron", "374", "25324.78"),
        ("lead", "181", "-41687.77"),
        ("total", "693", "74297.08"),
    ] {
        let row = row(&tiers, "tier", tier);
        assert_eq!(
            (row["customers"].as_str(), cents(&row["profit"]).as_str()),
            (customers, profit),
            "{tier}"
        );
    }
    let total = row(&tiers, "tier", "total");
    assert_eq!(cents(&total["net_revenue"]), "733215.26");
    assert_eq!(cents(&total["contribution_margin"]), "93439.27");
    assert!(table(&run, "canonical.rejected_rows").rows.is_empty());
}

#[test]
fn a_project_from_a_location_proposes_the_mapping_and_says_what_is_open() {
    let parent = Project::empty();
    let sample = Path::new(CLONE).join("data/superstore").display().to_string();
    let answer = parent.karat(&["init", "mine", "--from", &sample]).expect(0, &[]);
    assert!(answer.stdout.contains("policy.margin"), "{}", answer.stdout);
    let path = parent.path("mine/config.yaml");
    let config = std::fs::read_to_string(&path).expect("a configuration");
    for line in [
        "order_id: \"Order ID\"",
        "customer_id: \"Customer ID\"",
        "ordered_at: \"Order Date\"",
        "net_amount: \"Sales\"",
        "line_number: \"Row ID\"",
        "# cost_amount: \"\\\"Sales\\\" - \\\"Profit\\\"\"",
        "as_of: 2017-12-31",
    ] {
        assert!(config.contains(line), "`{line}` is not in {config}");
    }
    let mine = parent.path("mine");
    karat(&mine, &["check"]).expect(2, &["margin"]);
    std::fs::write(&path, config.replace("  # margin: 0.30", "  margin: 0.30"))
        .expect("the configuration can be written");
    let answer = karat(&mine, &["check"]).expect(0, &[]);
    assert!(answer.stdout.contains("9994 rows"), "{}", answer.stdout);
}

#[test]
fn odd_folders_and_names_are_published_like_any_others() {
    // Hive folders that the mapping reads, names with spaces, marks and other scripts, from the project's folder to the report.
    let history = Project::generated();
    let project = Project::empty();
    let root = "My projects #1/50% Größe 目录";
    let lines = project.path(&format!("{root}/orders data"));
    for (months, (name, bytes)) in files(&history.path("order_lines")).into_iter().enumerate() {
        let month = format!("{:02}", months % 12);
        let folder = lines.join(format!("region=Part {month} & more"));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{months} % {}", name.replace('/', "#"))), bytes).expect("a file");
    }
    let config = std::fs::read_to_string(history.path("config.yaml")).expect("a configuration");
    let mut config = config.replacen("location: order_lines/", "location: \"orders data/\"", 1);
    for source in ["customers", "service_cases", "payments", "visits"] {
        let (from, to) = (format!("location: {source}/"), format!("location: \"{source} №/\""));
        config = config.replacen(&from, &to, 1);
        let folder = project.path(&format!("{root}/{source} №/as of=today"));
        copy(&history.path(source), &folder);
    }
    config = config.replacen("location: output/", "location: output/\n  tables: all", 1);
    std::fs::write(project.path(&format!("{root}/config.yaml")), config)
        .expect("the configuration can be written");
    let folder = project.path(root);
    karat(&folder, &["run"]).expect(0, &[]);
    let run = run_folder(&folder.join("output"));
    let (expected, _) = baseline();
    let expected = run_folder(&expected.join("output"));
    let read = |run: &Path, name: &str| std::fs::read(run.join("tables").join(name)).expect("a table");
    // Other names, the same rows: but for the region, which the folders give now, every figure is the same.
    for name in [
        "results.tier_profitability.csv",
        "results.headline.csv",
        "results.data_quality.csv",
        "results.sources.csv",
        "business.customer_profit.parquet",
        "business.customer_moves.parquet",
        "canonical.rejected_rows.parquet",
    ] {
        assert!(read(&run, name) == read(&expected, name), "{name}");
    }
    let regions = table(&run, "canonical.order_lines");
    assert!((0..regions.rows.len()).all(|row| {
        regions.cell(row, "region").is_some_and(|region| {
            region.to_string().starts_with("Part ") && region.to_string().ends_with(" & more")
        })
    }));
}

#[test]
fn a_second_process_does_not_compute_the_run_that_a_first_one_computes() {
    let project = Project::sample();
    let folder = project.path("");
    let start = || {
        std::process::Command::new(env!("CARGO_BIN_EXE_karat"))
            .current_dir(&folder)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the program starts")
    };
    let running: Vec<_> = (0..4).map(|_| start()).collect();
    let codes: Vec<_> =
        running.into_iter().map(|child| child.wait_with_output().expect("it ends").status.code()).collect();
    // Who comes while the first computes is told so; who comes after it finds the run published.
    assert!(codes.contains(&Some(0)), "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 8))), "{codes:?}");
    let status = karat(&folder, &["status", "--output", "json"]).expect(0, &[]).json();
    assert_eq!(status["publications"], 1, "{status}");
    let leases = project.path("output/leases");
    assert!(!leases.exists(), "a lease is let go in the end");
}

#[test]
fn a_run_ends_with_a_summary_of_rows_and_files() {
    let project = Project::sample();
    let where_ = "    location: data/superstore/\n";
    project.configure(where_, &format!("{where_}    where: Region <> 'South'\n"));
    let answer = project
        .karat(&["run"])
        .expect(0, &["order_lines: 9,994 rows read, 8,374 used, 1,620 filtered, 0 rejected"]);
    let files: usize = answer
        .stderr
        .lines()
        .find_map(|line| line.split_once(" files, "))
        .and_then(|(count, _)| count.parse().ok())
        .expect("the files are counted");
    let manifest = std::fs::read_to_string(run_folder(&project.path("output")).join("manifest.json"))
        .expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(Some(files), manifest["outputs"].as_array().map(Vec::len));
}

#[test]
fn the_log_of_a_run_ends_with_the_same_summary() {
    let (folder, answer) = baseline();
    let events: Vec<Value> =
        answer.stderr.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let event = |kind: &str| events.iter().filter(|event| event["event"] == kind).collect::<Vec<_>>();
    let summary = event("summary")[0];
    let manifest = std::fs::read(run_folder(&folder.join("output")).join("manifest.json"));
    let manifest: Value = serde_json::from_slice(&manifest.expect("a manifest")).expect("JSON");
    assert_eq!(summary["files"].as_u64(), manifest["outputs"].as_array().map(|all| all.len() as u64));
    let lines = &summary["sources"][0];
    let rows = |key: &str| lines[key].as_u64().unwrap_or_else(|| panic!("`{key}` in {lines}"));
    assert_eq!(rows("filtered"), 0);
    assert!(rows("used") > 0 && rows("used") < rows("read"), "{lines}");
    assert_eq!(answer.json()["sources"], summary["sources"]);
    let computed =
        event("stage_end").into_iter().find(|event| event["stage"] == "compute").expect("an event");
    assert_eq!(computed["slowest"].as_array().map(Vec::len), Some(3), "{computed}");
}
