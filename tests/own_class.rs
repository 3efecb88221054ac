//! A class of the user's own: the example of the documentation, as it stands there.

use std::path::Path;

use bigdecimal::BigDecimal;

use crate::support::bench::CLONE;
use crate::support::program::{Project, copy, row, run_folder, table};

/// The block of `file` that begins behind a line with three backticks and holds `mark`.
fn block(file: &str, mark: &str) -> String {
    let text = std::fs::read_to_string(Path::new(CLONE).join(file)).expect("a file of the clone");
    let blocks = text.split("```").skip(1).step_by(2);
    let found = blocks
        .filter_map(|block| block.split_once('\n'))
        .map(|(_, body)| body.to_owned())
        .find(|body| body.contains(mark));
    found.unwrap_or_else(|| panic!("{file} shows no `{mark}`"))
}

/// The sample with the file of the example.
fn project(sql: &str) -> Project {
    let project = Project::sample();
    for folder in ["queries", "reports"] {
        copy(&Path::new(CLONE).join(folder), &project.path(folder));
    }
    std::fs::write(project.path("queries/2_business/basket_sizes.sql"), sql).expect("a file");
    project
}

#[test]
fn the_example_gives_a_table_a_chart_and_a_section_without_rust() {
    let project = project(&block("queries/README.md", "-- class:"));
    let report = project.path("reports/management/appendix.html");
    let text = std::fs::read_to_string(&report).expect("the report");
    let line = block("reports/README.md", "<own_class ");
    let place = "{% include \"management/sections/abc.html\" %}";
    std::fs::write(&report, text.replace(place, &format!("{place}\n{line}"))).expect("the report");
    project.karat(&["run"]).expect(0, &[]);

    let run = run_folder(&project.path("output"));
    let sizes = table(&run, "results.basket_sizes");
    let values: Vec<String> = sizes.rows.iter().map(|row| row[0].to_string()).collect();
    assert_eq!(values, ["one_line", "few_lines", "many_lines", "total"]);
    let tiers = table(&run, "results.tier_profitability");
    let (total, of_tiers) = (row(&sizes, "basket_size", "total"), row(&tiers, "tier", "total"));
    for column in ["customers", "net_revenue", "profit"] {
        assert_eq!(total[column], of_tiers[column], "{column}");
        let sum: BigDecimal = sizes.rows[..3]
            .iter()
            .map(|row| row[sizes.position(column).expect("a column")].to_string())
            .map(|amount| amount.parse::<BigDecimal>().expect("a number"))
            .sum();
        assert_eq!(sum, total[column].parse::<BigDecimal>().expect("a number"), "{column}");
    }

    let page = std::fs::read_to_string(run.join("appendix.html")).expect("the appendix");
    let start = page.find("id=\"own-basket_size\"").expect("the section");
    let section = &page[start..start + page[start..].find("</section>").expect("its end")];
    for text in
        ["<h2", "of profit, the most", "<svg", "basket_sizes/few_lines/customer_share", "one line", "Total"]
    {
        assert!(format!("<h2{section}").contains(text), "`{text}` is not in {section}");
    }
    let script = std::fs::read_to_string(run.join("reproduce.sql")).expect("the script");
    let recorded = std::fs::read_to_string(run.join("sql/3_results/basket_sizes.sql")).expect("its SQL");
    assert!(script.contains(recorded.trim_end()), "the sums are re-performed as they stand");
    let preview = project.karat(&["preview", "latest"]).expect(0, &[]);
    assert!(preview.stdout.contains("preview"), "{}", preview.stdout);
}

#[test]
fn a_customer_without_a_row_or_a_value_is_not_known_and_stays_in_the_total() {
    let sql = block("queries/README.md", "-- class:")
        .replace("else 'many_lines'\n", "\n")
        .replace("-- grain:   one row per snapshot and customer_id of the population\n", "")
        .replace("from business.customer_profit", "from business.customer_profit\nwhere profit > 0");
    let project = project(&sql);
    project.karat(&["run"]).expect(0, &[]);
    let run = run_folder(&project.path("output"));
    let sizes = table(&run, "results.basket_sizes");
    let values: Vec<String> = sizes.rows.iter().map(|row| row[0].to_string()).collect();
    assert_eq!(values, ["one_line", "few_lines", "many_lines", "not_known", "total"]);
    assert_eq!(row(&sizes, "basket_size", "many_lines")["customers"], "0");
    assert_eq!(row(&sizes, "basket_size", "total")["customers"], "693");
}

#[test]
fn a_class_that_is_declared_wrongly_is_told_with_its_file() {
    let right = block("queries/README.md", "-- class:");
    for (wrong, message) in [
        (right.replace("[snapshot, customer_id]", "[customer_id, snapshot]"), "key: [snapshot, customer_id]"),
        (right.replace("class:   basket_size", "class:   Basket Size"), "names the column of the class"),
        (right.replace("[one_line, ", "[total, "), "`total`"),
        (right.replace("-- class:   basket_size\n", ""), "`values` belongs to"),
        (
            right.replace("-- class:", "-- inputs:  [business.orders]\n-- class:"),
            "`business.orders` is declared under `inputs` but not read",
        ),
        (right.replace("-- grain:   one row per", "-- grain:   each"), "`grain` is a sentence"),
    ] {
        project(&wrong).karat(&["check"]).expect(2, &["2_business/basket_sizes.sql", message]);
    }
    let project = project(&right);
    let other = project.path("queries/3_results/basket_sizes.sql");
    std::fs::copy(project.path("queries/3_results/data_range.sql"), other).expect("a file");
    project.karat(&["check"]).expect(2, &["3_results/basket_sizes.sql", "make the same table"]);
}
