//! `faults.md` promises a test for each fault: each exists.

use std::path::Path;

use crate::support::bench::CLONE;

/// The text of every test and tool.
fn texts(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "py") {
            into.push_str(&std::fs::read_to_string(&path).expect("a text"));
        }
    }
}

#[test]
fn every_fault_of_the_table_names_tests_that_exist_or_says_that_there_is_none() {
    let clone = Path::new(CLONE);
    let table = std::fs::read_to_string(clone.join("tests/faults.md")).expect("the table");
    let mut tests = String::new();
    texts(&clone.join("tests"), &mut tests);
    texts(&clone.join("src"), &mut tests);
    texts(&clone.join("crates"), &mut tests);
    let mut number = 0;
    for line in table.lines().filter(|line| line.starts_with("| F")) {
        number += 1;
        assert!(line.starts_with(&format!("| F{number:02} |")), "after F{:02}: {line}", number - 1);
        let proof = line.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap_or_default();
        let names: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        assert!(
            !names.is_empty() || proof.starts_with("not tried") || proof.starts_with("there is no"),
            "{line}"
        );
        for name in names {
            let exists = if Path::new(name).extension().is_some_and(|kind| kind == "py") {
                clone.join("tests/tools").join(name).exists()
            } else {
                tests.contains(&format!("fn {name}(")) || tests.contains(&format!("def {name}("))
            };
            assert!(exists, "F{number:02}: there is no test `{name}`");
        }
    }
    assert_eq!(number, 71);
}
