//! The documents: links lead somewhere, commands and SQL run, and the reference is what the program says of itself.
//!
//! `KARAT_WRITE_DOCS=1 cargo test documents` writes `docs/reference/{commands,tables,functions}.md` anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::bench::CLONE;
use crate::support::program::{Project, baseline, copy, karat};

/// Every document for people, below the clone.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("README.md")];
    let mut open = vec![PathBuf::from("docs")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(Path::new(CLONE).join(&folder)).expect("a folder") {
            let path = folder.join(entry.expect("an entry").file_name());
            if Path::new(CLONE).join(&path).is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(document: &Path) -> String {
    std::fs::read_to_string(Path::new(CLONE).join(document)).expect("a document")
}

/// The code blocks of `language`, without their indent.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == format!("```{language}") {
            let body = lines.by_ref().take_while(|line| line.trim() != "```");
            found.push(body.map(str::trim).collect::<Vec<_>>().join("\n"));
        }
    }
    found
}

/// The code blocks of `language`, with their indent.
fn blocks_as_they_are(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    text.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

/// The words of a command line without its comment; what stands in quotes is one word.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap_or_default();
    let parts = line.split('"').enumerate().flat_map(|(number, part)| {
        if number % 2 == 1 {
            vec![part.to_owned()]
        } else {
            part.split_whitespace().map(str::to_owned).collect()
        }
    });
    parts.skip(1).collect()
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    for document in documents() {
        for target in text(&document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let file = target.split('#').next().unwrap_or_default();
            let folder = document.parent().unwrap_or_else(|| Path::new(""));
            assert!(Path::new(CLONE).join(folder).join(file).exists(), "{}: {target}", document.display());
        }
    }
}

/// Commands that a document shows and that need what is not here: a mail server, a second run, another project.
const ELSEWHERE: [&str; 3] = ["deliver", "diff", "schedule"];

#[test]
fn the_commands_of_the_tutorial_run_one_after_the_other() {
    let project = Project::copy_of(&baseline().0);
    let mapped = std::fs::read_to_string(project.path("config.yaml")).expect("a configuration");
    let mut folder = project.path("");
    for block in blocks(&text(Path::new("docs/tutorial.md")), "console") {
        for line in block.lines() {
            if let Some(name) = line.strip_prefix("cd ") {
                // Step 2: the owner completes the mapping.
                folder = folder.join(name);
                std::fs::write(folder.join("config.yaml"), &mapped).expect("a configuration");
                for data in ["order_lines", "customers", "service_cases", "payments", "visits"] {
                    copy(&project.path(data), &folder.join(data));
                }
                continue;
            }
            let orders = project.path("order_lines").display().to_string();
            let arguments: Vec<String> = words(line)
                .into_iter()
                .map(|word| if word == "/data/orders" { orders.clone() } else { word })
                // A history of one hundred customers shows the same.
                .map(|word| if word == "2000" { "100".to_owned() } else { word })
                .collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            if arguments.is_empty() || arguments == ["open"] {
                // The run of last Monday has an as-of date of its own on each day; `open` starts a browser.
                continue;
            }
            let answer = karat(&folder, &arguments);
            assert_eq!(answer.code, 0, "{line}: {}{}", answer.stdout, answer.stderr);
        }
    }
}

#[test]
fn the_case_of_the_documents_holds_and_one_that_expects_something_else_does_not() {
    let project = Project::copy_of(&baseline().0);
    let case = blocks_as_they_are(&text(Path::new("docs/how-to/test.md")), "yaml").remove(0);
    let file = project.path("tests/sql/abc.yaml");
    project.karat(&["test"]).expect(2, &["there are no cases"]);
    std::fs::create_dir_all(project.path("tests/sql")).expect("a folder");
    std::fs::write(&file, &case).expect("a file of cases");
    project.karat(&["test"]).expect(0, &["1 of 1 cases hold"]);

    std::fs::write(&file, case.replace("customer_id: b, abc_class: b", "customer_id: b, abc_class: c"))
        .expect("a file");
    let answer = project.karat(&["test"]).expect(2, &["0 of 1 cases hold"]);
    assert!(
        answer.stdout.contains("`business.customer_scores` row 2: abc_class is b, not c"),
        "{}",
        answer.stdout
    );
    let outcome = project.karat(&["test", "tests/sql/abc.yaml", "--output", "json"]).expect(2, &[]).json();
    assert_eq!(outcome["holds"], false);

    for (from, to, what) in [
        ("net_revenue: 80", "revenue: 80", "has no column `revenue`"),
        ("net_revenue: 80", "net_revenue: many", "cannot hold what is given"),
        (
            "business.customer_scores",
            "business.customer_score",
            "no SQL file makes `business.customer_score`",
        ),
        ("    expect:", "    wanted:", "unknown field `wanted`"),
    ] {
        std::fs::write(&file, case.replace(from, to)).expect("a file of cases");
        let answer = project.karat(&["test"]).expect(2, &[]);
        assert!(
            format!("{}{}", answer.stdout, answer.stderr).contains(what),
            "{what}: {}{}",
            answer.stdout,
            answer.stderr
        );
    }
}

#[test]
fn every_command_of_the_other_documents_is_one_that_the_program_knows() {
    let (folder, _) = baseline();
    for document in documents() {
        for block in blocks(&text(&document), "console") {
            for line in block.lines().filter(|line| line.starts_with("karat ")) {
                let arguments = words(line);
                let Some(verb) = arguments.first() else {
                    continue;
                };
                let reads = ["show", "query", "tables", "functions", "runs", "dbt"].contains(&verb.as_str());
                let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                if !reads {
                    // What would change something, or needs what is not here, is only understood.
                    arguments.push("--help");
                }
                let answer = karat(folder, &arguments);
                assert_eq!(answer.code, 0, "{}: {line}: {}", document.display(), answer.stderr);
                assert!(
                    reads || ELSEWHERE.contains(&arguments[0]) || answer.stdout.contains("Example"),
                    "{line}"
                );
            }
        }
        for sql in blocks(&text(&document), "sql") {
            karat(folder, &["query", &sql]).expect(0, &[]);
        }
    }
}

/// Compares a generated document with the file, or writes it.
fn keep(path: &str, generated: &str) {
    let file = Path::new(CLONE).join(path);
    if std::env::var_os("KARAT_WRITE_DOCS").is_some() {
        std::fs::write(&file, generated).expect("a document");
    }
    assert!(
        std::fs::read_to_string(&file).is_ok_and(|there| there == generated),
        "{path} is not what the program says; `KARAT_WRITE_DOCS=1 cargo test documents` writes it"
    );
}

#[test]
fn the_reference_of_commands_is_the_help_of_the_program() {
    let project = Project::empty();
    let help = |arguments: &[&str]| project.karat(arguments).expect(0, &[]).stdout;
    let all = help(&["--help"]);
    let mut page =
        format!("# Commands\n\nAs `karat --help` prints them.\n\n```text\n{}\n```\n", all.trim_end());
    let verbs = all
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next());
    for verb in verbs.collect::<Vec<_>>() {
        let _ = write!(page, "\n## {verb}\n\n```text\n{}\n```\n", help(&[verb, "--help"]).trim_end());
    }
    keep("docs/reference/commands.md", &page);
}

#[test]
fn the_reference_of_functions_is_the_list_of_the_program() {
    let listed = Project::empty().karat(&["functions", "--output", "json"]).expect(0, &[]).stdout;
    let mut page = "# Functions of mappings\n\nWhat a column mapping may use, as `karat functions` prints it. Both engines compute each alike; \
                    each example is computed by a test.\n"
        .to_owned();
    let mut group = String::new();
    for line in listed.lines() {
        let function: Value = serde_json::from_str(line).expect("an object");
        let part = |key: &str| function[key].as_str().expect("a text").replace('|', "\\|");
        if part("group") != group {
            group = part("group");
            let _ =
                write!(page, "\n## {group}\n\n| form | meaning | example | result |\n|---|---|---|---|\n");
        }
        let result = part("result");
        let result = if result.is_empty() { "NULL".to_owned() } else { format!("`{result}`") };
        let _ =
            writeln!(page, "| `{}` | {} | `{}` | {result} |", part("form"), part("meaning"), part("example"));
    }
    keep("docs/reference/functions.md", &page);
}

#[test]
fn the_reference_of_tables_is_the_headers_of_the_queries() {
    let (folder, _) = baseline();
    let listed = karat(folder, &["tables", "--output", "json"]).expect(0, &[]).stdout;
    let mut page = "# Tables\n\nEvery table that SQL makes, as `karat tables` lists them, from the headers of the files in `queries/`. A table that is only \
                    read by others is marked *intermediate* and is not published; others need `publish.tables: all`.\n"
        .to_owned();
    let mut tables: Vec<Value> =
        listed.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let order = ["results", "business", "canonical", "editions"];
    let name = |table: &Value| table["table"].as_str().expect("a name").to_owned();
    let place = |table: &Value| order.iter().position(|layer| name(table).starts_with(layer));
    tables.sort_by_key(|table| (place(table), name(table)));
    let mut layer = String::new();
    for table in &tables {
        let (name, text) = (name(table), |key: &str| table[key].as_str().unwrap_or_default().to_owned());
        let this = name.split('.').next().unwrap_or_default().to_owned();
        if this != layer {
            let _ = write!(page, "\n## {this}\n");
            layer = this;
        }
        let kind = match table["kept"].as_str() {
            Some("always") => "",
            Some("all") => " *(with `publish.tables: all`)*",
            _ => " *(intermediate)*",
        };
        let key: Vec<&str> =
            table["key"].as_array().expect("a key").iter().filter_map(Value::as_str).collect();
        let _ = write!(
            page,
            "\n### {name}{kind}\n\n{}. Grain: {}. Key: `{}`.\n",
            text("title"),
            text("grain"),
            key.join(", ")
        );
        let columns = table["columns"].as_object().expect("columns");
        if !columns.is_empty() {
            let _ = write!(page, "\n| column | meaning |\n|---|---|\n");
            for (column, meaning) in columns {
                let meaning = meaning.as_str().unwrap_or_default().replace('|', "\\|");
                let _ = writeln!(page, "| `{column}` | {} |", meaning.trim());
            }
        }
    }
    keep("docs/reference/tables.md", &page);
}
