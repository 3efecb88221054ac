//! `show`, `query`, `open`, `tables`, `functions` and `completions` through the program.

use serde_json::Value;

use crate::support::program::{Project, baseline, karat, karat_with, run_folder, table};

#[test]
fn a_published_table_is_shown_as_text_csv_json_and_parquet() {
    let (folder, published) = baseline();
    let run = run_folder(&folder.join("output"));
    let stored = table(&run, "results.tier_profitability");
    let csv = std::fs::read_to_string(run.join("tables/results.tier_profitability.csv")).expect("a table");

    let text = karat(folder, &["show", "tier_profitability"]).expect(0, &[]).stdout;
    for word in ["platinum", "gold", "iron", "lead", "total", "profit_per_customer"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let id = published.json()["run_id"].as_str().expect("an id").to_owned();
    let shown = karat(folder, &["show", &id, "results.tier_profitability", "--output", "csv"]);
    assert_eq!(shown.expect(0, &[]).stdout, csv, "the table as it is published");

    let lines =
        karat(folder, &["show", "results.tier_profitability", "--output", "json"]).expect(0, &[]).stdout;
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(rows.len(), stored.rows.len());
    assert_eq!(rows[0]["tier"], "platinum");
    let profit = stored.cell(0, "profit").expect("a cell").to_string();
    assert!(lines.contains(&format!("\"profit\":{profit}")), "all digits: {profit} in {lines}");
}

#[test]
fn many_rows_are_cut_on_a_terminal_and_written_whole_as_csv() {
    let (folder, _) = baseline();
    let customers = table(&run_folder(&folder.join("output")), "business.customer_classes").rows.len();
    assert!(customers > 3);
    let said = format!("3 of {customers} rows");
    karat(folder, &["show", "business.customer_classes", "--rows", "3"]).expect(0, &[&said]);
    let csv = karat(folder, &["show", "business.customer_classes", "--output", "csv"]).expect(0, &[]).stdout;
    assert_eq!(csv.lines().count(), customers + 1, "one head and every row");
}

#[test]
fn a_query_reads_published_tables_and_changes_nothing() {
    let (folder, _) = baseline();
    let stored = table(&run_folder(&folder.join("output")), "business.customer_profit");
    let current = (0..stored.rows.len())
        .filter(|row| stored.cell(*row, "snapshot").is_some_and(|cell| cell.to_string() == "current"))
        .count();
    let sql = "select snapshot, count(*) as customers from business.customer_profit where snapshot = 'current' group by snapshot";
    let answer = karat(folder, &["query", sql, "--output", "csv"]).expect(0, &[]);
    assert_eq!(answer.stdout, format!("snapshot,customers\ncurrent,{current}\n"));
    // Without an order of its own the answer is ordered by all columns; with one it keeps it.
    let tiers = |sql: &str| karat(folder, &["query", "latest", sql, "--output", "csv"]).expect(0, &[]).stdout;
    assert_eq!(
        tiers("select tier from results.tier_profitability"),
        "tier\ngold\niron\nlead\nplatinum\ntotal\n"
    );
    assert_eq!(
        tiers("select tier from results.tier_profitability order by tier desc"),
        "tier\ntotal\nplatinum\nlead\niron\ngold\n"
    );
    for (sql, part) in [
        ("drop table results.tier_profitability", "only a query"),
        ("select 1; select 2", "one statement"),
        ("select * from tier_profitability", "Write `results.tier_profitability`"),
        ("select * from results.tier_profitablity", "Did you mean `results.tier_profitability`"),
        ("select profti from results.tier_profitability", "profti"),
        ("selec 1", "cannot parse"),
    ] {
        karat(folder, &["query", sql]).expect(2, &[part]);
    }
    karat(folder, &["show", "2001-01-01", "results.headline"]).expect(2, &["no run of 2001-01-01"]);
    karat(folder, &["runs", "--output", "csv"]).expect(2, &["`karat show`"]);
}

#[test]
fn a_changed_file_of_a_run_is_not_shown() {
    let project = Project::copy_of(&baseline().0);
    let file = run_folder(&project.path("output")).join("tables/results.tier_profitability.parquet");
    let mut bytes = std::fs::read(&file).expect("a table");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("a table");
    project.karat(&["show", "tier_profitability"]).expect(9, &["is not what the manifest records"]);
}

#[test]
fn the_report_is_opened_with_the_browser_of_the_user() {
    let (folder, _) = baseline();
    let answer = karat_with(folder, &["open"], &[("BROWSER", "true")]).expect(0, &[]);
    assert!(folder.join(answer.stdout.trim()).is_file(), "{}", answer.stdout);
    karat_with(folder, &["open"], &[("BROWSER", "no-such-browser")])
        .expect(2, &["no-such-browser", "BROWSER"]);
}

#[test]
fn every_published_table_is_listed_with_its_meaning() {
    let (folder, _) = baseline();
    let listed = karat(folder, &["tables", "--output", "json"]).expect(0, &[]).stdout;
    let tables: Vec<Value> =
        listed.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    for entry in std::fs::read_dir(run_folder(&folder.join("output")).join("tables")).expect("tables") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".parquet") else {
            continue;
        };
        let is_made_by_rust = name.starts_with("settings.") || name.starts_with("model.");
        let found = tables.iter().find(|table| table["table"] == name);
        assert_eq!(found.is_some(), !is_made_by_rust, "{name}");
        if let Some(table) = found {
            assert!(table["title"].as_str().is_some_and(|title| !title.is_empty()), "{name}");
        }
    }
    let one = karat(folder, &["tables", "tier_profitability"]).expect(0, &[]).stdout;
    assert!(one.contains("profit / net revenue"), "{one}");
    karat(folder, &["tables", "tier_profitablity"]).expect(2, &["results.tier_profitability"]);
}

#[test]
fn functions_completions_and_man_pages_are_printed() {
    let project = Project::empty();
    let functions = project.karat(&["functions"]).expect(0, &[]).stdout;
    assert!(functions.contains("split_part(a, separator, n)"), "{functions}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = project.karat(&["completions", shell]).expect(0, &[]).stdout;
        assert!(script.contains("tier") || script.contains("explain"), "{shell}");
    }
    project.karat(&["completions", "--man", "man"]).expect(0, &[]);
    let page = std::fs::read_to_string(project.path("man/karat-query.1")).expect("a man page");
    assert!(page.contains("read\\-only SQL query"), "{page}");
}

#[test]
fn the_published_tables_are_sources_of_dbt_and_the_report_is_an_exposure() {
    let (folder, published) = baseline();
    let text = karat(folder, &["dbt"]).expect(0, &[]).stdout;
    let file: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    assert!(text.contains(published.json()["run_id"].as_str().expect("an id")), "{text}");
    let sources = file["sources"].as_sequence().expect("sources");
    let mut tables = Vec::new();
    for source in sources {
        let place = source["config"]["meta"]["external_location"].as_str().expect("a place");
        for table in source["tables"].as_sequence().expect("tables") {
            let name = table["name"].as_str().expect("a name");
            let found = std::path::PathBuf::from(place.replace("{name}", name));
            assert!(found.is_absolute() && found.exists(), "{}", found.display());
            tables.push(format!("{}.{name}", source["schema"].as_str().expect("a layer")));
        }
    }
    let run = run_folder(&folder.join("output"));
    let manifest = std::fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let mut published: Vec<&str> = manifest["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .filter_map(|table| table["name"].as_str())
        .collect();
    published.sort_unstable();
    tables.sort_unstable();
    assert_eq!(tables, published);
    let report = &file["exposures"][0];
    assert!(report["url"].as_str().is_some_and(|url| url.ends_with("report.html")), "{text}");
    assert!(text.contains("source('karat_results', 'tier_profitability')"), "{text}");
    assert!(text.contains("data_tests: [unique, not_null]"), "{text}");
}
