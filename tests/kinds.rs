//! A generated history with every source: the classes find the customers that were planted.

use std::collections::{BTreeMap, BTreeSet};

use super::support::project::{Line, Project, read_parquet};

/// A history of 600 customers, run once; and the customers as they were planted.
fn planted() -> (Project, Vec<Line>) {
    let project = Project::new("project: {name: Not read}\n");
    let folder = project.path("history");
    let out = folder.to_str().expect("a path in UTF-8");
    project.karat(&["generate", "--customers", "600", "--out", out]).exits(0);
    let text = std::fs::read_to_string(folder.join("config.yaml")).expect("a configuration");
    let text = text
        .replace("location: output/", "location: published/\n  tables: all")
        .replace("    location: ", "    location: history/");
    project.file("config.yaml", text.as_bytes());
    project.karat(&["run"]).exits(0);
    let customers = read_parquet(&folder.join("customers/part-0.parquet"));
    (project, customers)
}

#[test]
fn the_classes_find_the_customers_of_each_type_that_were_planted() {
    let (project, customers) = planted();
    let personas: BTreeMap<&str, &Line> =
        customers.iter().map(|line| (line["customer_id"].as_str(), line)).collect();
    let classes: Vec<Line> = project
        .table("business.customer_classes")
        .into_iter()
        .filter(|line| line["snapshot"] == "current")
        .collect();
    assert!(classes.len() > 250, "{} customers ordered", classes.len());

    // Every kind of the file comes back as it is, but the internal ones, who are in no class.
    for line in &classes {
        assert_eq!(line["customer_kind"], personas[line["customer_id"].as_str()]["kind"]);
        assert_ne!(line["customer_kind"], "internal");
        assert_ne!(line["region_class"], "not_known");
        assert_ne!(line["industry"], "not_known");
    }
    let internal = project.line("results.customer_kinds", "customer_kind", "internal");
    assert_ne!(internal["customers"], "0");

    // How many of these customers have the type, in thousandths.
    let found = |kind: &str, planted: bool| {
        let of_persona =
            |line: &&Line| (personas[line["customer_id"].as_str()]["persona"] == kind) == planted;
        let group: Vec<&Line> = classes.iter().filter(of_persona).collect();
        let hits = group.iter().filter(|line| line["customer_type"] == kind).count();
        (hits, hits * 1000 / group.len().max(1))
    };
    for kind in ["angry", "new_buyer"] {
        assert!(found(kind, true).1 > 950, "{kind}: {:?}", found(kind, true));
    }
    for kind in ["discount_chaser", "impulsive", "researcher", "sceptic", "loyal"] {
        let (of_planted, of_others) = (found(kind, true), found(kind, false));
        assert!(of_planted.0 >= 3, "{kind}: {of_planted:?}");
        // Who looks or orders like them is found too, but far more rarely.
        assert!(
            of_planted.1 > 2 * of_others.1,
            "{kind}: {of_planted:?} of the planted, {of_others:?} of the others"
        );
    }

    // Who only looked is a prospect, and nobody who ordered is.
    let prospects: BTreeSet<String> = project
        .table("business.prospects")
        .into_iter()
        .filter(|line| line["snapshot"] == "current")
        .map(|line| line["customer_id"].clone())
        .collect();
    for customer in customers.iter().filter(|line| line["persona"] == "prospect") {
        assert!(prospects.contains(&customer["customer_id"]), "{customer:?}");
    }
    assert!(classes.iter().all(|line| !prospects.contains(&line["customer_id"])));
    assert_eq!(
        project.line("results.lifecycle_stages", "lifecycle_stage", "prospect")["customers"],
        prospects.len().to_string()
    );
    assert!(project.result("results.class_gaps").is_empty());
}
