//! The outlook of whole runs on the CDNOW sample: which method is used, what the ranges hold, which thresholds decide.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use karat::table::{Cell, Table};

use super::support::bench::CLONE;
use super::support::program::{Project, copy, row, run_folder, shared_folder, table};

/// A run as of 1 July 1998 with the thresholds as they are.
static USUAL: LazyLock<PathBuf> = LazyLock::new(|| {
    let ((_project, run), folder) = (run(""), shared_folder().join("outlook"));
    copy(&run, &folder);
    folder
});

/// A run as of 1 July 1998 with these lines of `policy`.
fn run(policy: &str) -> (Project, PathBuf) {
    run_as_of("1998-07-01", policy)
}

fn run_as_of(as_of: &str, policy: &str) -> (Project, PathBuf) {
    let project = Project::empty();
    let sample = Path::new(CLONE).join("tests/data/cdnow/cdnow_sample.parquet");
    let config = format!(
        "project: {{name: CDNOW, currency: USD, timezone: UTC, language: en}}\n\
         as_of: {as_of}\n\
         sources:\n  order_lines:\n    location: {}\n    amount_scale: 2\n    columns:\n      \
         order_id: concat(sample_id, ' ', cast(date as varchar))\n      customer_id: sample_id\n      \
         ordered_at: date\n      gross_amount: amount\n\
         policy: {{margin: 0.4, earliest_date: 1990-01-01{policy}}}\n\
         checks: {{max_rejected_rows: 50%, max_rejected_money: 50%}}\n\
         publish: {{location: output/, tables: all}}\n",
        sample.display()
    );
    std::fs::write(project.path("config.yaml"), config).expect("a configuration");
    project.karat(&["run"]).expect(0, &[]);
    let folder = run_folder(&project.path("output"));
    (project, folder)
}

fn number(table: &Table, line: usize, column: &str) -> f64 {
    match table.cell(line, column) {
        Some(Cell::Decimal(number)) => number.to_string().parse().expect("a number"),
        Some(Cell::Double(number)) => *number,
        other => panic!("{column} of line {line} is {other:?}"),
    }
}

/// A number of the total of all tiers.
fn total(run: &Path, column: &str) -> f64 {
    let tiers = table(run, "results.value_ahead");
    row(&tiers, "tier", "total")[column].parse().expect("a number")
}

fn half_width(run: &Path, column: &str) -> f64 {
    (total(run, &format!("{column}_high")) - total(run, &format!("{column}_low"))) / 2.0
}

#[test]
fn a_run_tells_what_customers_should_bring_and_how_far_that_may_be_off() {
    let run = USUAL.as_path();
    let best = table(run, "results.backtest_summary");
    let best = row(&best, "is_best", "true");
    let tiers = table(run, "results.value_ahead");
    let all = row(&tiers, "tier", "total");
    assert_eq!(all["method"], best["method"]);
    for (name, key) in [("results.value_ahead", "tier"), ("results.value_ahead_classes", "value")] {
        let groups = table(run, name);
        for line in 0..groups.rows.len() {
            if groups.cell(line, "expected_orders") == Some(&Cell::Null) {
                continue;
            }
            for column in ["expected_orders", "expected_profit", "clv", "value_at_risk"] {
                let [low, sum, high] =
                    ["_low", "", "_high"].map(|end| number(&groups, line, &format!("{column}{end}")));
                assert!(low <= sum && sum <= high, "{column} of {:?}", groups.cell(line, key));
            }
        }
    }
    // All together err less than the groups would if they all erred the same way.
    for column in ["expected_orders", "expected_profit", "clv"] {
        let sum: f64 = (0..tiers.rows.len())
            .filter(|line| tiers.cell(*line, "tier") != Some(&Cell::Text("total".into())))
            .filter(|line| tiers.cell(*line, "clv") != Some(&Cell::Null))
            .map(|line| {
                number(&tiers, line, &format!("{column}_high"))
                    - number(&tiers, line, &format!("{column}_low"))
            })
            .sum();
        assert!(half_width(run, column) > 0.0 && 2.0 * half_width(run, column) < sum, "{column}");
    }
    // Every customer has a lifetime value, and they add up to the sum of the report.
    let outlook = table(run, "model.customer_outlook");
    let values: f64 = (0..outlook.rows.len()).map(|line| number(&outlook, line, "clv")).sum();
    assert!((values - total(run, "clv")).abs() < 0.01);
    let alive = (0..outlook.rows.len()).map(|line| number(&outlook, line, "p_alive"));
    assert!(alive.into_iter().all(|alive| alive > 0.0 && alive < 1.0));
    // The cohorts of a history of one year are one.
    let classes = table(run, "results.value_ahead_classes");
    assert_eq!(row(&classes, "class_name", "cohort")["clv"], all["clv"]);
}

/// Eight customers of the sample began with a purchase of value 0: without them there are 2,349, and r is .2439.
#[test]
fn a_run_on_the_cdnow_sample_fits_the_published_parameters() {
    let (_project, run) = run_as_of("1997-10-01", "");
    let histories = table(&run, "business.purchase_histories");
    let moments = (0..histories.rows.len())
        .filter(|line| histories.cell(*line, "moment") == Some(&Cell::Text("now".into())));
    assert_eq!(moments.count(), 2357);
    let parameters = table(&run, "model.parameters");
    for (parameter, published) in [("r", 0.2426), ("alpha", 4.4136), ("a", 0.7929), ("b", 2.4259)] {
        let line = (0..parameters.rows.len())
            .find(|line| {
                [("model", "bg_nbd"), ("moment", "now"), ("parameter", parameter)].iter().all(
                    |(column, value)| parameters.cell(*line, column) == Some(&Cell::Text((*value).into())),
                )
            })
            .expect("the parameter");
        let found = number(&parameters, line, "value");
        assert!((found - published).abs() < 5e-5, "{parameter} is {found}");
    }
    let fits = table(&run, "model.fits");
    let line = (0..fits.rows.len())
        .find(|line| {
            fits.cell(*line, "model") == Some(&Cell::Text("bg_nbd".into()))
                && fits.cell(*line, "moment") == Some(&Cell::Text("now".into()))
        })
        .expect("the fit");
    let found = number(&fits, line, "log_likelihood");
    assert!((found + 9_582.43).abs() < 5e-3, "the log-likelihood is {found}");
}

#[test]
fn the_policy_decides_how_far_the_outlook_looks_and_what_its_ranges_hold() {
    let year = USUAL.as_path();
    let (_project, half) =
        run(", expected_orders_months: 6, clv_quarters: 4, clv_discount_rate: 0.5, interval_share: 0.5");
    let orders = total(&half, "expected_orders") / total(year, "expected_orders");
    assert!((0.4..0.7).contains(&orders), "{orders}");
    assert!(total(&half, "clv") < 0.6 * total(year, "clv"));
    // Half of the cases lie within 0.67 standard errors, 95 of 100 within 1.96; and a year is less uncertain than three.
    let relative = |run: &Path| half_width(run, "clv") / total(run, "clv");
    let ratio = relative(&half) / relative(year);
    assert!((0.15..0.4).contains(&ratio), "{ratio}");
    let report = std::fs::read_to_string(half.join("appendix.html")).expect("an appendix");
    assert!(report.contains("6</data> months") && report.contains("4</data> quarters"));
}

#[test]
fn too_little_history_is_said_and_leaves_the_figures_by_rule() {
    for (policy, reason, words) in [
        (", model_min_customers: 5000", "too_few_customers", "too few customers for a model"),
        (", model_min_days: 900", "history_too_short", "the history is too short for a model"),
    ] {
        let (_project, run) = run(policy);
        let fits = table(&run, "results.model_fits");
        assert!(
            (0..fits.rows.len()).all(|line| fits.cell(line, "reason") == Some(&Cell::Text(reason.into()))),
            "{fits:?}"
        );
        assert!(table(&run, "model.group_ranges").rows.is_empty());
        let tiers = table(&run, "results.value_ahead");
        assert_eq!(row(&tiers, "tier", "total")["customers"], "0");
        let report = std::fs::read_to_string(run.join("appendix.html")).expect("an appendix");
        assert!(report.contains(words) && report.contains("Retention and profit at risk"));
    }
}
