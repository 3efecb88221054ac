//! A coherent run for tests: the tables of the sample data, as text, and facts around them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::datatypes::DataType;
use jiff::civil::date;

use super::{EditionFact, Facts, Inputs, SqlFile};
use crate::config::EngineLimits;
use crate::engine::Engine;
use crate::query::TableName;
use crate::record::{CheckRecord, TableRecord};
use crate::settings::SettingsTable;
use crate::source::InputRecord;
use crate::table::{Cell, Table};

const TABLES: &str = include_str!("../../tests/fixtures/report_tables.txt");

/// Key columns of the result tables, as the headers of the SQL files declare them.
const KEYS: [(&str, &[&str]); 77] = [
    ("abc_classes", &["abc_class"]),
    ("account_owners", &["kind", "owner"]),
    ("action_summary", &["tier"]),
    ("actions", &["customer_id"]),
    ("backtest_summary", &["method"]),
    ("churn_backtest", &["tier", "decile"]),
    ("churn_by_tier", &["from_snapshot", "tier"]),
    ("class_gaps", &["class_name", "gap"]),
    ("complaint_outcomes", &["from_snapshot", "outcome", "tier"]),
    ("concentration", &["measure"]),
    ("cost_coverage", &["lines"]),
    ("cost_to_serve", &["activity"]),
    ("countries", &["country"]),
    ("currencies", &["currency"]),
    ("customer_kinds", &["customer_kind"]),
    ("customer_types", &["customer_type"]),
    ("data_quality", &["outcome", "position"]),
    ("decisions", &["decision"]),
    ("discount_by_tier", &["tier"]),
    ("findings_of_customers", &["section"]),
    ("findings_of_outlook", &["section"]),
    ("findings_of_profit", &["section"]),
    ("frequency_classes", &["frequency_class"]),
    ("headline", &["measure"]),
    ("industries", &["industry"]),
    ("lifecycle_phases", &["lifecycle_phase"]),
    ("lifecycle_stages", &["lifecycle_stage"]),
    ("line_places", &["level", "country", "region"]),
    ("lorenz_curve", &["position"]),
    ("loyalty_classes", &["loyalty_class"]),
    ("model_fits", &["moment", "model"]),
    ("model_parameters", &["moment", "model", "parameter"]),
    ("need_classes", &["need_class"]),
    ("price_waterfall", &["tier", "step"]),
    ("quality_customers", &["quality_customer"]),
    ("pyramid_conditions", &["condition", "measure"]),
    ("pyramid_summary", &["conditions"]),
    ("rate_sensitivity", &["activity", "direction"]),
    ("reconciliation", &["identity"]),
    ("region_classes", &["region_class"]),
    ("regions", &["country", "region"]),
    ("referrals", &["kind", "referrer_id"]),
    ("rejected_rows", &["source", "reason"]),
    ("rfm_grid", &["r_score", "f_score"]),
    ("rfm_scores", &["measure", "score"]),
    ("rfm_segments", &["rfm_segment"]),
    ("service_by_channel", &["position"]),
    ("service_by_tier", &["tier"]),
    ("silent_customers", &["customer_id"]),
    ("profit_at_risk", &["tier"]),
    ("sources", &["source"]),
    ("spend_frequency", &["customers"]),
    ("targets", &["tier"]),
    ("temperaments", &["temperament"]),
    ("tier_classes", &["class_name", "class", "tier"]),
    ("tier_boundaries", &["boundary"]),
    ("tier_lifecycle_stages", &["tier", "lifecycle_stage"]),
    ("tier_profitability", &["tier"]),
    ("tier_value_classes", &["tier", "value_class"]),
    ("value_agreement", &["levels_apart"]),
    ("value_ahead", &["tier"]),
    ("value_ahead_classes", &["class_name", "value"]),
    ("value_classes", &["value_class"]),
    ("value_contradictions", &["customer_id"]),
    ("value_disagreement", &["value_class", "abc_class", "tier"]),
    ("change_summary", &["from_snapshot"]),
    ("cohort_retention", &["cohort_month", "age_months"]),
    ("cohort_summary", &["period"]),
    ("materiality", &["material_change_share"]),
    ("profit_bridge", &["from_snapshot", "step"]),
    ("selling_again", &["tier"]),
    ("sentences", &["sentence"]),
    ("snapshot_coverage", &["snapshot"]),
    ("tier_migration", &["from_snapshot", "from_tier", "to_tier"]),
    ("weekly_trend", &["week_end"]),
    ("whale_curve", &["rank"]),
    ("whale_summary", &["customers"]),
];

/// The files that choose what is said.
pub(super) const FINDINGS: [(&str, &str); 3] = [
    ("results.findings_of_customers", include_str!("../../queries/3_results/findings_of_customers.sql")),
    ("results.findings_of_outlook", include_str!("../../queries/3_results/findings_of_outlook.sql")),
    ("results.findings_of_profit", include_str!("../../queries/3_results/findings_of_profit.sql")),
];

/// The tables of the sample data.
pub(super) fn tables() -> BTreeMap<String, Table> {
    static WITH_FINDINGS: OnceLock<BTreeMap<String, Table>> = OnceLock::new();
    let make = || {
        let mut tables = given();
        tables.extend(findings(&tables, &FINDINGS));
        tables
    };
    WITH_FINDINGS.get_or_init(make).clone()
}

/// The run, with what its SQL says of the tables as they are now.
pub(super) fn updated(inputs: &Inputs) -> Inputs {
    let (mut inputs, sample) = (inputs.clone(), tables());
    let is_changed = |(_, sql): &(&str, &str)| {
        let mut read = sample.iter().filter(|(name, _)| sql.contains(name.as_str()));
        read.any(|(name, table)| inputs.tables.get(name) != Some(table))
    };
    let changed: Vec<_> = FINDINGS.into_iter().filter(is_changed).collect();
    let findings = findings(&inputs.tables, &changed);
    inputs.tables.extend(findings);
    inputs
}

/// An engine that holds the tables of the last calls.
struct Loaded {
    engine: Engine,
    runtime: tokio::runtime::Runtime,
    tables: BTreeMap<&'static str, Vec<Vec<Cell>>>,
    _folder: tempfile::TempDir,
}

/// Runs these files over these tables; one that is missing has no rows.
fn findings(tables: &BTreeMap<String, Table>, files: &[(&str, &str)]) -> BTreeMap<String, Table> {
    static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let Loaded { engine, runtime, tables: known, .. } = loaded.get_or_insert_with(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let limits = EngineLimits {
            memory: 256 << 20,
            spill: None,
            threads: Some(1),
            cluster: None,
            cluster_rows: 1_000_000,
            batch_rows: 8192,
            deadline: std::time::Duration::from_hours(1),
        };
        Loaded {
            engine: Engine::start(&limits, folder.path(), folder.path()).expect("an engine"),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
            tables: BTreeMap::new(),
            _folder: folder,
        }
    });
    for (name, heads, _) in blocks().map(head) {
        let rows = tables.get(name).map(|table| table.rows.clone()).unwrap_or_default();
        if !files.iter().any(|(_, sql)| sql.contains(name)) || known.get(name) == Some(&rows) {
            continue;
        }
        // Tests may spoil the key of a table; the number of the row is one.
        let numbers = Int64Array::from_iter_values((1..).take(rows.len()));
        let mut columns: Vec<(String, ArrayRef, bool)> = vec![("row".into(), Arc::new(numbers), false)];
        columns.extend(heads.iter().enumerate().map(|(place, (column, kind))| {
            ((*column).to_owned(), array(kind, rows.iter().map(|row| &row[place])), true)
        }));
        let parsed = TableName::parse(name).expect("a name");
        let made = SettingsTable::new(parsed, "", "", &["row"], columns).expect("a table");
        if known.insert(name, rows).is_some() {
            engine.forget(&made.name).expect("a table that is known");
        }
        runtime.block_on(engine.add_rows(&made.name, &made.key, made.batch)).expect("rows");
    }
    let run = |(name, sql): &(&str, &str)| {
        ((*name).to_owned(), runtime.block_on(engine.read(name, sql)).expect("the file runs"))
    };
    files.iter().map(run).collect()
}

/// A column of cells, as a run holds it.
fn array<'a>(kind: &str, cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    let texts = cells.map(|cell| Some(cell.to_string()).filter(|_| *cell != Cell::Null));
    let texts: StringArray = texts.collect();
    let kind = match kind {
        "t" => DataType::Utf8,
        "i" => DataType::Int64,
        "d" => DataType::Decimal128(38, 10),
        "f" => DataType::Float64,
        "D" => DataType::Date32,
        "b" => DataType::Boolean,
        other => panic!("no type `{other}`"),
    };
    arrow::compute::cast(&texts, &kind).expect("cells of the type")
}

fn given() -> BTreeMap<String, Table> {
    blocks().map(table).collect()
}

fn blocks() -> impl Iterator<Item = &'static str> {
    TABLES.split("\n\n").filter(|block| !block.trim().is_empty())
}

/// Name, columns with their types, and rows of a block.
fn head(block: &'static str) -> (&'static str, Vec<(&'static str, &'static str)>, std::str::Lines<'static>) {
    let mut lines = block.lines();
    let name = lines.next().expect("a block starts with its name");
    let heads = lines.next().expect("heads follow the name").split('|');
    let heads = heads.map(|head| head.split_once(' ').expect("a head is a name and a type")).collect();
    (name, heads, lines)
}

fn table(block: &'static str) -> (String, Table) {
    let (name, heads, lines) = head(block);
    let rows = lines
        .map(|line| line.split('|').zip(&heads).map(|(text, (_, kind))| cell(text, kind)).collect())
        .collect();
    (name.to_owned(), Table { columns: heads.iter().map(|(column, _)| (*column).to_owned()).collect(), rows })
}

fn cell(text: &str, kind: &str) -> Cell {
    if text.is_empty() {
        return Cell::Null;
    }
    match kind {
        "t" => Cell::Text(text.into()),
        "i" => Cell::Integer(text.parse().expect("an integer")),
        "d" => Cell::Decimal(text.parse().expect("a decimal")),
        "f" => Cell::Double(text.parse().expect("a double")),
        "D" => Cell::Date(text.parse().expect("a day")),
        "b" => Cell::Boolean(text == "true"),
        other => panic!("no type `{other}`"),
    }
}

/// A whole run over the sample data.
pub(super) fn inputs() -> Inputs {
    let tables = tables();
    let sql: Vec<_> = KEYS.iter().map(|(name, key)| sql_file(name, key)).collect();
    Inputs {
        facts: Facts {
            project: "Superstore".into(),
            currency: "USD".into(),
            timezone: "America/New_York".into(),
            language: "en".into(),
            as_of: date(2018, 1, 1),
            window_start: date(2017, 1, 1),
            window_days: 365,
            run_id: "7c3e5a0db1f24f6c8f0e9a1b2c3d4e5f7c3e5a0db1f24f6c8f0e9a1b2c3d4e5f".into(),
            version: "0.1.0".into(),
            data_through: Some(date(2017, 12, 30)),
            inputs: vec![InputRecord {
                source: "order_lines".into(),
                path: "superstore.parquet".into(),
                bytes: 1_245_678,
                rows: 9994,
                sha256: "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9".into(),
                ..InputRecord::default()
            }],
            checks: vec![
                CheckRecord {
                    name: String::new(),
                    violations: 0,
                    title: "every key is unique".into(),
                    severity: "stop".into(),
                    holds: true,
                },
                CheckRecord {
                    name: String::new(),
                    violations: 0,
                    title: "all sums agree".into(),
                    severity: "stop".into(),
                    holds: true,
                },
            ],
            switched_off: vec!["customers".into(), "payments".into()],
            tables: tables
                .iter()
                .map(|(name, table)| TableRecord {
                    name: name.clone(),
                    title: format!("Table {name}"),
                    grain: "one row per thing".into(),
                    key: Vec::new(),
                    rows: u64::try_from(table.rows.len()).expect("a small table"),
                    sha256: "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0".into(),
                })
                .collect(),
            draft: false,
            cost_is_estimated: false,
        },
        tables,
        sql,
        templates: templates(),
        url: None,
        edition: EditionFact::default(),
        brand: super::Brand::default(),
    }
}

/// The folder of the templates that ship with the program.
pub(super) fn templates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reports")
}

fn sql_file(name: &str, key: &[&str]) -> SqlFile {
    SqlFile {
        path: format!("3_results/{name}.sql"),
        table: format!("results.{name}"),
        title: name.replace('_', " "),
        grain: format!("one row per {}", key.join(" and ")),
        key: key.iter().map(|column| (*column).to_owned()).collect(),
        inputs: vec!["business.customer_profit".into()],
        note: Some("What a reader would misread.".into()),
        columns: BTreeMap::from([(
            "profit".to_owned(),
            "Contribution margin less cost to serve.".to_owned(),
        )]),
        text: format!("-- title: {name}\nselect 1 as one -- <b> & \"quotes\"\n"),
        sha256: "a8d69bd2c6573578978 3e3f11cd69d88f16e1ed8cd91b0fbd79f87b678608532".replace(' ', ""),
    }
}

impl Inputs {
    /// Replaces the cells of `column` in every row in which `by` reads `code`.
    pub(super) fn set(&mut self, table: &str, by: (&str, &str), column: &str, value: &Cell) {
        let table = self.tables.get_mut(table).expect("a known table");
        let place = table.position(column).expect("a known column");
        let lookup = table.position(by.0).expect("a known column");
        for row in &mut table.rows {
            if row[lookup].to_string() == by.1 {
                row[place] = value.clone();
            }
        }
    }

    /// Replaces every cell of `column`.
    pub(super) fn set_all(&mut self, table: &str, column: &str, value: &Cell) {
        let table = self.tables.get_mut(table).expect("a known table");
        let place = table.position(column).expect("a known column");
        for row in &mut table.rows {
            row[place] = value.clone();
        }
    }
}
