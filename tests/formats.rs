//! The forms of sources: the same rows give the same tables, whether they come as Parquet, CSV, JSON or a Delta Lake table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::{Map, Value, json};

use super::support::project::{Line, Project, read_parquet};

/// Columns with their declared types.
type Types = &'static [(&'static str, &'static str)];

/// What each small source is turned into, and the declared types of its columns that are no text.
const FORMS: [(&str, &str, Types); 4] = [
    ("customers", "csv", &[("signed_up_at", "timestamp")]),
    (
        "service_cases",
        "json",
        &[
            ("opened_at", "timestamp"),
            ("first_answer_at", "timestamp"),
            ("resolved_at", "timestamp"),
            ("is_complaint", "boolean"),
            ("minutes", "integer"),
            ("cost", "decimal(18, 2)"),
            ("satisfaction", "integer"),
        ],
    ),
    ("payments", "csv", &[("due_date", "date"), ("paid_date", "date"), ("amount", "decimal(18, 2)")]),
    ("visits", "json", &[("visited_at", "timestamp")]),
];

/// Makes a generated history of `customers` in the project's folder `history`, and returns its configuration.
fn generate(project: &Project, customers: &str) -> String {
    let folder = project.path("history");
    let out = folder.to_str().expect("a path in UTF-8");
    project.karat(&["generate", "--customers", customers, "--out", out]).exits(0);
    std::fs::read_to_string(folder.join("config.yaml"))
        .expect("a configuration")
        .replace("location: output/", "location: published/\n  tables: all")
        .replace("    location: ", "    location: history/")
}

/// Writes lines as CSV, with every value that needs it in quotation marks.
fn csv(lines: &[Line], delimiter: char) -> String {
    let quoted = |text: &String| {
        if text.contains(['"', '\n', ',', ';']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.clone()
        }
    };
    let join = |cells: Vec<String>| cells.join(&delimiter.to_string());
    let mut text = join(lines[0].keys().map(quoted).collect()) + "\r\n";
    for line in lines {
        text.push_str(&(join(line.values().map(quoted).collect()) + "\r\n"));
    }
    text
}

/// Writes lines as one JSON object each; what is not known is null, or left out.
fn json_lines(lines: &[Line], types: &BTreeMap<&str, &str>) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let mut object = Map::new();
        for (name, cell) in line {
            let value = match types.get(name.as_str()) {
                _ if cell.is_empty() && number % 2 == 0 => continue,
                _ if cell.is_empty() => Value::Null,
                Some(&"boolean" | &"integer") => serde_json::from_str(cell).expect("a JSON value"),
                Some(kind) if kind.starts_with("decimal") && number % 3 > 0 => {
                    serde_json::from_str(cell).expect("a JSON number")
                }
                _ => json!(cell),
            };
            object.insert(name.clone(), value);
        }
        writeln!(text, "{}", Value::Object(object)).expect("writing to a string cannot fail");
    }
    text
}

/// The columns of a file as `schema` declares them.
fn schema(lines: &[Line], types: &BTreeMap<&str, &str>) -> String {
    let columns = lines[0].keys();
    let column =
        |name: &String| format!("\n      {name}: {}", types.get(name.as_str()).copied().unwrap_or("text"));
    columns.map(column).collect()
}

/// Every published table but the list of the inputs, by name.
fn tables(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let folder = project.run_folder().join("tables");
    std::fs::read_dir(&folder)
        .expect("the tables of a run")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a published table"))
        })
        .filter(|(name, _)| !name.starts_with("settings.inputs"))
        .collect()
}

/// The types of the order lines that are no text.
const OF_LINES: Types = &[
    ("line_number", "integer"),
    ("ordered_at", "timestamp"),
    ("quantity", "integer"),
    ("gross_amount", "decimal(18, 2)"),
    ("discount_amount", "decimal(18, 2)"),
    ("cost_amount", "decimal(18, 2)"),
];

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).expect("a packed text");
    packed.finish().expect("a packed text")
}

/// Turns the order lines of each month into packed CSV, in the same folders; returns the configuration.
fn pack_order_lines(project: &Project, config: &str) -> String {
    let types: BTreeMap<&str, &str> = OF_LINES.iter().copied().collect();
    let mut declared = String::new();
    for month in std::fs::read_dir(project.path("history/order_lines")).expect("months") {
        let file = month.expect("a month").path().join("part-0.parquet");
        let lines = read_parquet(&file);
        declared = schema(&lines, &types);
        std::fs::write(file.with_file_name("part-0.csv.gz"), gzip(&csv(&lines, ','))).expect("packed lines");
        std::fs::remove_file(file).expect("the file");
    }
    config.replace(
        "location: history/order_lines/\n",
        &format!("location: history/order_lines/\n    format: csv\n    schema:{declared}\n"),
    )
}

#[test]
fn every_source_gives_the_same_tables_as_csv_and_json_packed_or_not() {
    let project = Project::new("project: {name: Not read}\n");
    let mut config = generate(&project, "120");
    project.file("config.yaml", config.as_bytes());
    project.karat(&["run"]).exits(0);
    let from_parquet = tables(&project);
    std::fs::remove_dir_all(project.path("published")).expect("the first publication");

    for (source, form, types) in FORMS {
        let folder = project.path(&format!("history/{source}"));
        let lines = read_parquet(&folder.join("part-0.parquet"));
        std::fs::remove_file(folder.join("part-0.parquet")).expect("the file");
        let types: BTreeMap<&str, &str> = types.iter().copied().collect();
        // Two files, one with a byte order mark: rows move between them, and the tables do not notice.
        let (first, second) = lines.split_at(lines.len() / 2);
        for (number, half) in [first, second].into_iter().enumerate() {
            let text = match form {
                "csv" => format!("\u{feff}{}", csv(half, ';')),
                _ => json_lines(half, &types),
            };
            let path = format!("history/{source}/{number}.{form}");
            match source {
                "visits" => {
                    let packed = zstd::encode_all(text.as_bytes(), 1).expect("a packed text");
                    project.file(&format!("{path}.zst"), &packed);
                }
                _ => project.file(&path, text.as_bytes()),
            }
        }
        let delimiter = if form == "csv" { "\n    delimiter: ;" } else { "" };
        let declared = schema(&lines, &types);
        config = config.replace(
            &format!("location: history/{source}/\n"),
            &format!("location: history/{source}/\n    format: {form}{delimiter}\n    schema:{declared}\n"),
        );
    }
    config = pack_order_lines(&project, &config);
    assert_eq!(config.matches("schema:").count(), 5, "{config}");
    project.file("config.yaml", config.as_bytes());
    project.karat(&["run"]).exits(0);
    let from_text = tables(&project);
    assert_eq!(from_parquet.keys().collect::<Vec<_>>(), from_text.keys().collect::<Vec<_>>());
    for (name, bytes) in from_parquet {
        assert!(from_text[&name] == bytes, "{name} differs");
    }

    // The record shows the files as they were delivered.
    let manifest = std::fs::read_to_string(project.run_folder().join("manifest.json")).expect("a manifest");
    assert!(
        manifest.contains("\"path\": \"1.csv\"") || manifest.contains("\"path\":\"1.csv\""),
        "{manifest}"
    );
}

/// A project whose customers come from `name` with this text.
fn with_customers(name: &str, keys: &str, text: &[u8]) -> Project {
    let project = Project::new("project: {name: Not read}\n");
    let config = generate(&project, "20");
    std::fs::remove_file(project.path("history/customers/part-0.parquet")).expect("the file");
    project.file(&format!("history/customers/{name}"), text);
    let start = config.find("  customers:").expect("a source");
    let end = config.find("  service_cases:").expect("a source");
    let customers = format!(
        "  customers:\n    location: history/customers/\n{keys}    columns: {{customer_id: id, signed_up_at: since}}\n"
    );
    let config = format!("{}{customers}{}", &config[..start], &config[end..]);
    project.file("config.yaml", config.as_bytes());
    project
}

#[test]
fn a_file_without_types_that_does_not_fit_is_refused_with_its_line() {
    let csv = "    format: csv\n    schema: {id: text, since: date}\n";
    let json = "    format: json\n    schema: {id: text, since: date}\n";
    for (name, keys, text, code, told) in [
        (
            "a.csv",
            csv,
            "id,since\nC1,2026-01-31\nC2,31.01.2026\n",
            3,
            "line 3: column `since` holds no day such as 2026-01-31",
        ),
        ("a.csv", csv, "id,since\nC1\n", 3, "line 2: there are 1 values, and 2 columns"),
        ("a.csv", csv, "id;since\nC1;2026-01-31\n", 3, "line 1: there is no column `id`, only `id;since`"),
        ("a.csv", csv, "id,since,id\nC1,2026-01-31,C2\n", 3, "line 1: two columns are named `id`"),
        ("a.csv", csv, "id,since\n\"C1,2026-01-31\n", 3, "opens a quotation mark that it does not close"),
        ("a.csv", csv, "", 4, "is empty (0 bytes)"),
        ("a.json", json, "{\"id\": \"C1\", \"since\": \"soon\"}\n", 3, "line 1: column `since` holds no day"),
        (
            "a.json",
            json,
            "{\"id\": 7, \"since\": null}\n",
            3,
            "line 1: `id` is not of the declared type text",
        ),
        ("a.json", json, "[{\"id\": \"C1\"}]\n", 3, "line 1: there is no JSON object"),
        ("a.json", json, "{\"id\": \"C1\",\n\"since\": null}\n", 3, "line 1: the object has no end"),
        ("a.json", json, "{\"id\": \"C1\"}\n", 3, "no line holds `since`"),
        ("a.json", json, "{\"id\": \"C1\", \"id\": \"C2\", \"since\": null}\n", 3, "`id` is given twice"),
    ] {
        let project = with_customers(name, keys, text.as_bytes());
        project.karat(&["run"]).exits(code).tells(told);
        assert!(!project.has_published(), "{text}");
    }
    let project = with_customers("a.csv", csv, b"id,since\nC\xff,2026-01-31\n");
    project.karat(&["run"]).exits(4).tells("line 2: the text is not UTF-8");
    // A file of another kind is named, and not read.
    let project = with_customers("a.parquet", csv, b"PAR1");
    let only = project.karat(&["run"]);
    assert_ne!(only.code, Some(0), "{}", only.stderr);
}

#[test]
fn a_packed_or_foreign_file_is_unpacked_or_named_as_what_it_is() {
    let csv = "    format: csv\n    schema: {id: text, since: date}\n";
    // A file of another form is named.
    for (text, told) in
        [(gzip("id,since\n"), "is gzip and no text"), (b"PAR1".to_vec(), "is a Parquet file and no text")]
    {
        let project = with_customers("a.csv", csv, &text);
        project.karat(&["run"]).exits(4).tells(told);
    }
    let mut cut = gzip("id,since\nC1,2026-01-31\n");
    cut.truncate(cut.len() - 6);
    let project = with_customers("a.csv.gz", csv, &cut);
    project.karat(&["run"]).exits(4).tells("damaged or cut short");
    let project = with_customers("a.parquet", "", b"id,since\nC1,2026-01-31\n");
    project.karat(&["run"]).exits(4).tells("It looks like text, such as CSV: write `format: csv`");
    // A file that unpacks to more than a thousand times its size is refused, as it is in other forms.
    let bomb = zstd::encode_all(format!("id,since\n{}", "C1,2026-01-31\n".repeat(8_000_000)).as_bytes(), 1)
        .expect("a packed text");
    let project = with_customers("a.csv.zst", csv, &bomb);
    project.karat(&["run"]).exits(4).tells("checks.max_unpacked_ratio");
}

#[test]
fn no_value_of_a_refused_file_is_told() {
    let keys = "    format: csv\n    schema: {id: text, since: date}\n";
    let project = with_customers("a.csv", keys, b"id,since\nC1,Erika Mustermann\n");
    let outcome = project.karat(&["run"]).exits(3);
    assert!(!outcome.stderr.contains("Erika"), "{}", outcome.stderr);
}

#[test]
fn keys_of_another_form_are_refused() {
    for (keys, told) in [
        ("    format: csv\n", "sources.customers.schema: missing; such files carry no types"),
        (
            "    schema: {id: text}\n",
            "sources.customers.schema: belongs to format: csv or json, and the format here is parquet",
        ),
        (
            "    format: json\n    delimiter: ;\n    schema: {id: text}\n",
            "sources.customers.delimiter: belongs to format: csv",
        ),
        (
            "    format: csv\n    schema: {id: txet}\n",
            "sources.customers.schema.id: expected one of text, integer, date, timestamp, timestamptz, boolean, or a decimal such as decimal(18, 2), found \"txet\"; did you mean \"text\"?",
        ),
        (
            "    format: csv\n    schema: {id: \"decimal(4, 5)\"}\n",
            "must be at least 0 and at most 4, found 5",
        ),
        (
            "    format: xml\n",
            "sources.customers.format: expected parquet, delta, iceberg, csv or json, found \"xml\"",
        ),
    ] {
        let project = with_customers("a.csv", keys, b"id,since\n");
        project.karat(&["check"]).exits(2).tells(told);
    }
}

#[cfg(feature = "delta")]
mod delta {
    //! Delta Lake tables, written by hand as the protocol says (github.com/delta-io/delta, PROTOCOL.md).

    use std::collections::BTreeSet;

    use super::*;
    use crate::support::parquet;
    use crate::support::project::batches;

    /// Turns the customers of a generated history into a table of two versions: the second replaces one of two files.
    fn delta_project() -> (Project, Vec<Line>) {
        let project = Project::new("project: {name: Not read}\n");
        let config = generate(&project, "60");
        let folder = project.path("history/customers");
        let whole = folder.join("part-0.parquet");
        let lines = read_parquet(&whole);
        let size = std::fs::metadata(&whole).expect("the file").len();
        std::fs::copy(&whole, folder.join("part-1.parquet")).expect("a copy");
        std::fs::create_dir(folder.join("_delta_log")).expect("a folder");
        let fields: Vec<Value> = lines[0]
            .keys()
            .map(|name| {
                let kind = if name == "signed_up_at" { "timestamp_ntz" } else { "string" };
                json!({"name": name, "type": kind, "nullable": true, "metadata": {}})
            })
            .collect();
        let schema = json!({"type": "struct", "fields": fields}).to_string();
        let add = |path: &str| json!({"add": {"path": path, "size": size, "partitionValues": {}, "modificationTime": 0, "dataChange": true}});
        let first = [
            json!({"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["timestampNtz"], "writerFeatures": ["timestampNtz"]}}),
            json!({"metaData": {"id": "00000000-0000-0000-0000-000000000000", "format": {"provider": "parquet", "options": {}}, "schemaString": schema, "partitionColumns": [], "configuration": {}}}),
            add("part-0.parquet"),
        ];
        let second = [
            json!({"remove": {"path": "part-0.parquet", "dataChange": true, "deletionTimestamp": 0}}),
            add("part-1.parquet"),
        ];
        for (version, actions) in [&first[..], &second[..]].into_iter().enumerate() {
            let lines: Vec<String> = actions.iter().map(Value::to_string).collect();
            let text = lines.join("\n") + "\n";
            project.file(&format!("history/customers/_delta_log/{version:020}.json"), text.as_bytes());
        }
        let config = config
            .replace("location: history/customers/\n", "location: history/customers/\n    format: delta\n");
        project.file("config.yaml", config.as_bytes());
        (project, lines)
    }

    fn manifest(project: &Project) -> Value {
        let text = std::fs::read(project.run_folder().join("manifest.json")).expect("a manifest");
        serde_json::from_slice(&text).expect("a manifest is JSON")
    }

    fn customers(manifest: &Value) -> Vec<(String, u64)> {
        let inputs = manifest["inputs"].as_array().expect("a list").iter();
        inputs
            .filter(|input| input["source"] == "customers")
            .map(|input| {
                (
                    input["path"].as_str().expect("a path").to_owned(),
                    input["table_version"].as_u64().expect("a version"),
                )
            })
            .collect()
    }

    #[test]
    fn the_newest_version_of_a_delta_table_is_read_and_recorded() {
        let (project, lines) = delta_project();
        project.karat(&["run"]).exits(0);
        assert_eq!(customers(&manifest(&project)), [("part-1.parquet".to_owned(), 1)]);
        let read = project.table("canonical.customers").len();
        assert!(read > 0 && read <= lines.len(), "{read} of {}", lines.len());
    }

    #[test]
    fn an_older_version_can_be_asked_for() {
        let (project, _) = delta_project();
        let config = std::fs::read_to_string(project.path("config.yaml")).expect("the configuration");
        let config = config.replace("format: delta\n", "format: delta\n    version: 0\n");
        project.file("config.yaml", config.as_bytes());
        project.karat(&["run"]).exits(0);
        assert_eq!(customers(&manifest(&project)), [("part-0.parquet".to_owned(), 0)]);
        let config = config.replace("version: 0", "version: 7");
        project.file("config.yaml", config.as_bytes());
        project.karat(&["run"]).exits(4).tells("cannot read version 7 of the Delta Lake table");
    }

    #[test]
    fn partition_values_with_an_escape_or_null_are_read_and_no_file_of_the_log_arrives_late() {
        let (project, _) = delta_project();
        let table = project.path("history/customers");
        let log = |version: usize| table.join(format!("_delta_log/{version:020}.json"));
        let text = |version: usize| std::fs::read_to_string(log(version)).expect("the log");
        let first = text(0)
            .replace("\"partitionColumns\":[]", "\"partitionColumns\":[\"zone\"]")
            .replace(
                "\\\"fields\\\":[",
                "\\\"fields\\\":[{\\\"metadata\\\":{},\\\"name\\\":\\\"zone\\\",\\\"nullable\\\":true,\\\"type\\\":\\\"string\\\"},",
            );
        assert!(first.contains("zone\\\""), "{first}");
        std::fs::write(log(0), first).expect("the log");

        // The rows of the one file go into four, each of its own zone.
        let whole = table.join("part-1.parquet");
        let rows = batches(&whole).remove(0);
        std::fs::remove_file(whole).expect("the file");
        let text = text(1);
        let (removed, added) = text.trim_end().split_once('\n').expect("two lines");
        let added: Value = serde_json::from_str(added).expect("JSON");
        let (mut lines, mut zones) = (vec![removed.to_owned()], BTreeMap::new());
        let quarter = rows.num_rows() / 4;
        for (number, (folder, logged, value, read)) in [
            ("A%2FB", "A%252FB", json!("A/B"), "A/B"),
            ("100%25", "100%2525", json!("100%"), "100%"),
            ("null", "null", json!("null"), "null"),
            ("__HIVE_DEFAULT_PARTITION__", "__HIVE_DEFAULT_PARTITION__", Value::Null, ""),
        ]
        .into_iter()
        .enumerate()
        {
            let file = table.join(format!("zone={folder}/part-1.parquet"));
            parquet::write(&file, &rows.slice(number * quarter, quarter));
            let mut line = added.clone();
            line["add"]["path"] = json!(format!("zone={logged}/part-1.parquet"));
            line["add"]["size"] = json!(std::fs::metadata(&file).expect("the file").len());
            line["add"]["partitionValues"] = json!({"zone": value});
            lines.push(line.to_string());
            zones.extend(read_parquet(&file).into_iter().map(|line| (line["customer_id"].clone(), read)));
        }
        std::fs::write(log(1), lines.join("\n") + "\n").expect("the log");

        let config = std::fs::read_to_string(project.path("config.yaml")).expect("the configuration");
        let start = config.find("  customers:").expect("the source");
        let end = config.find("  service_cases:").expect("the next");
        let customers = "  customers:\n    location: history/customers/\n    format: delta\n    \
                         columns: {customer_id: customer_id, region: zone}\n";
        let config = format!("{}{customers}{}", &config[..start], &config[end..]);
        project.file("config.yaml", config.as_bytes());
        let outcome = project.karat(&["run"]).exits(0);
        assert!(!outcome.stderr.contains("arrived"), "{}", outcome.stderr);
        let customers = project.table("canonical.customers");
        let regions: BTreeSet<&str> = customers.iter().map(|line| line["region"].as_str()).collect();
        assert_eq!(regions, BTreeSet::from(["", "100%", "A/B", "null"]));
        assert!(customers.iter().all(|line| line["region"] == zones[&line["customer_id"]]), "{customers:?}");
    }

    #[test]
    fn a_file_of_the_version_that_is_gone_or_has_another_size_is_an_error() {
        let (project, _) = delta_project();
        let file = project.path("history/customers/part-1.parquet");
        let bytes = std::fs::read(&file).expect("the file");
        std::fs::write(&file, [&bytes[..], b"more"].concat()).expect("a longer file");
        project.karat(&["run"]).exits(4).tells("bytes, and");
        std::fs::remove_file(&file).expect("the file");
        project.karat(&["run"]).exits(4).tells("`part-1.parquet` belongs to it and is not there");
        assert!(!project.has_published());
    }

    #[test]
    fn a_folder_without_a_log_is_no_delta_table() {
        let (project, _) = delta_project();
        std::fs::remove_dir_all(project.path("history/customers/_delta_log")).expect("the log");
        project.karat(&["run"]).exits(4).tells("there is no `_delta_log` in it");
    }

    #[test]
    fn rows_deleted_by_a_vector_and_mapped_columns_are_refused_by_name() {
        let (project, _) = delta_project();
        let log = project.path("history/customers/_delta_log/00000000000000000001.json");
        let text = std::fs::read_to_string(&log).expect("the log");
        let with_vector = text.replace(
            "\"add\":{",
            "\"add\":{\"deletionVector\":{\"storageType\":\"u\",\"pathOrInlineDv\":\"vBn[lx{q8@P<9BNH/isA\",\"offset\":1,\"sizeInBytes\":36,\"cardinality\":2},",
        );
        assert_ne!(with_vector, text);
        let first = project.path("history/customers/_delta_log/00000000000000000000.json");
        let start = std::fs::read_to_string(&first).expect("the log");
        let features = start.replace("[\"timestampNtz\"]", "[\"timestampNtz\",\"deletionVectors\"]");
        assert_ne!(features, start);
        std::fs::write(&first, features).expect("the log");
        std::fs::write(&log, with_vector).expect("the log");
        project.karat(&["run"]).exits(3).tells("rows that are deleted by a vector");

        std::fs::write(&log, text).expect("the log");
        let mapped = start
            .replace("[\"timestampNtz\"]", "[\"timestampNtz\",\"columnMapping\"]")
            .replace("\"configuration\":{}", "\"configuration\":{\"delta.columnMapping.mode\":\"name\"}");
        std::fs::write(&first, mapped).expect("the log");
        let outcome = project.karat(&["run"]);
        assert_eq!(outcome.code, Some(4), "{}", outcome.stderr);
    }
}
