//! A temporary project for the program: its configuration, its Parquet files, what the program says and publishes.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::csv::reader::{Format, ReaderBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::parquet as files;

/// One row of a published table: column to text.
pub(crate) type Line = BTreeMap<String, String>;

/// A folder with a configuration and data; gone when it is dropped.
pub(crate) struct Project {
    folder: TempDir,
}

/// What the program said.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Asserts the exit code; all that was said explains a difference.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that the program told `text` on stderr.
    #[track_caller]
    pub(crate) fn tells(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not told:\n{}", self.stderr);
        self
    }

    /// Asserts that the program gave `text` on stdout.
    #[track_caller]
    pub(crate) fn gives(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "`{text}` is not given:\n{}", self.stdout);
        self
    }
}

impl Project {
    /// Makes a project whose configuration is `config`.
    pub(crate) fn new(config: &str) -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        std::fs::create_dir(project.path("data")).expect("a folder in the temporary folder");
        project.file("config.yaml", config.as_bytes());
        project
    }

    /// A path below the project.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file.
    pub(crate) fn file(&self, below: &str, bytes: &[u8]) {
        std::fs::write(self.path(below), bytes).expect("a file in the temporary folder");
    }

    /// Writes a Parquet file.
    pub(crate) fn parquet(&self, below: &str, rows: &RecordBatch) {
        files::write(&self.path(below), rows);
    }

    /// Runs the program on this project.
    pub(crate) fn karat(&self, words: &[&str]) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_karat"))
            .arg("--config")
            .arg(self.path("config.yaml"))
            .args(words)
            .output()
            .expect("the program starts");
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs the program on this project, and tells the most memory that it held, in bytes.
    ///
    /// The system keeps the highest value of a process while it lives, so asking often misses its last millisecond only.
    pub(crate) fn karat_measured(&self, words: &[&str]) -> (Outcome, u64) {
        let program = Command::new(env!("CARGO_BIN_EXE_karat"))
            .arg("--config")
            .arg(self.path("config.yaml"))
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (status, mut peak) = (PathBuf::from(format!("/proc/{}/status", program.id())), 0);
        let watched = std::thread::spawn(move || {
            // Of a process that ended, and was not waited for, the line is gone.
            while let Some(now) = std::fs::read_to_string(&status).ok().and_then(|text| {
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
                line.trim().trim_end_matches(" kB").parse::<u64>().ok()
            }) {
                peak = now * 1024;
                std::thread::sleep(Duration::from_millis(1));
            }
            peak
        });
        let output = program.wait_with_output().expect("the program ends");
        let outcome = Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        (outcome, watched.join().expect("the watch ends"))
    }

    /// Tells whether any run or log entry is published in `published/`.
    pub(crate) fn has_published(&self) -> bool {
        // A lease that was held and let go leaves an empty folder.
        std::fs::read_dir(self.path("published")).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// The folder of the only published run.
    pub(crate) fn run_folder(&self) -> PathBuf {
        let only = |folder: PathBuf| -> PathBuf {
            let entries =
                std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
            assert_eq!(paths.len(), 1, "one entry in {}: {paths:?}", folder.display());
            paths.into_iter().next().expect("the length is one")
        };
        only(only(self.path("published/runs")))
    }

    /// A published result, from its CSV file.
    pub(crate) fn result(&self, table: &str) -> Vec<Line> {
        read_csv(&self.run_folder().join(format!("tables/{table}.csv")))
    }

    /// The line of a published result whose `column` is `value`.
    #[track_caller]
    pub(crate) fn line(&self, table: &str, column: &str, value: &str) -> Line {
        find(&self.result(table), column, value).clone()
    }

    /// A published table, from its Parquet file; every value as text, NULL as nothing.
    pub(crate) fn table(&self, table: &str) -> Vec<Line> {
        read_parquet(&self.run_folder().join(format!("tables/{table}.parquet")))
    }

    /// The bytes of a published table.
    pub(crate) fn bytes(&self, table: &str) -> Vec<u8> {
        std::fs::read(self.run_folder().join(format!("tables/{table}.parquet"))).expect("a published table")
    }
}

/// The line whose `column` is `value`.
#[track_caller]
pub(crate) fn find<'a>(lines: &'a [Line], column: &str, value: &str) -> &'a Line {
    let found = lines.iter().find(|line| line[column] == value);
    found.unwrap_or_else(|| panic!("no line whose `{column}` is `{value}` in {lines:?}"))
}

/// Reads a CSV file with a heading; every value stays as it is written.
fn read_csv(file: &Path) -> Vec<Line> {
    let open = || File::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let format = Format::default().with_header(true);
    let (heading, _) = format.infer_schema(open(), Some(1)).expect("a heading");
    let texts = |field: &Arc<Field>| Field::new(field.name(), DataType::Utf8, true);
    let schema = Arc::new(Schema::new(heading.fields().iter().map(texts).collect::<Vec<_>>()));
    let reader = ReaderBuilder::new(schema).with_format(format).build(open()).expect("a CSV file");
    reader.flat_map(|batch| lines(&batch.expect("lines of the heading's length"))).collect()
}

/// Reads a Parquet file as text.
pub(crate) fn read_parquet(file: &Path) -> Vec<Line> {
    batches(file).iter().flat_map(lines).collect()
}

/// Reads all rows of a Parquet file.
pub(crate) fn batches(file: &Path) -> Vec<RecordBatch> {
    let input = File::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(input).and_then(ParquetRecordBatchReaderBuilder::build);
    reader.expect("a Parquet file").map(|batch| batch.expect("readable rows")).collect()
}

fn lines(batch: &RecordBatch) -> Vec<Line> {
    let schema = batch.schema();
    let texts: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(|column| cast(column, &DataType::Utf8).expect("every published type has a text"))
        .collect();
    let line = |row: usize| -> Line {
        let cells = schema.fields().iter().zip(&texts).map(|(field, column)| {
            let column = column.as_string::<i32>();
            let text = if column.is_null(row) { "" } else { column.value(row) };
            (field.name().clone(), text.to_owned())
        });
        cells.collect()
    };
    (0..batch.num_rows()).map(line).collect()
}

/// A configuration of `sections`, as YAML text each; those that are not given suit [`history`].
pub(crate) fn config(sections: &[(&str, &str)]) -> String {
    let mut whole = BTreeMap::from([
        ("project", "{name: Trial, currency: USD, timezone: America/New_York, language: en}".to_owned()),
        ("as_of", "2025-01-01".to_owned()),
        ("sources", sources("location: data/")),
        ("policy", "{margin: 0.4}".to_owned()),
        ("publish", "{location: published/, tables: all}".to_owned()),
    ]);
    whole.extend(sections.iter().map(|(name, text)| (*name, (*text).to_owned())));
    whole.iter().fold(String::new(), |file, (name, text)| file + name + ": " + text + "\n")
}

/// The section `sources` for [`history`], with `settings` of the order lines.
pub(crate) fn sources(settings: &str) -> String {
    format!(
        "{{order_lines: {{{settings}, columns: {{order_id: order, customer_id: customer, ordered_at: day, net_amount: amount}}}}}}"
    )
}

/// A history of 24 lines, 12 orders and 6 customers in 2024, worth 516 in all, whose columns have these types.
pub(crate) fn history(ids: &DataType, amounts: &DataType, days: &DataType) -> RecordBatch {
    let numbers =
        |value: fn(i64) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values((0..24).map(value))) };
    // Ids go through text, so that text ids have no fraction.
    let id = |value: fn(i64) -> i64| typed(&numbers(value), ids);
    let first = i64::from(days_of("2024-02-01"));
    let day: ArrayRef = Arc::new(Int64Array::from_iter_values((0..24).map(|line| first + line / 2 * 20)));
    let day = typed(&typed(&typed(&day, &DataType::Int32), &DataType::Date32), days);
    batch(vec![
        ("order", id(|line| 1000 + line / 2)),
        ("customer", id(|line| 1 + line / 2 % 6)),
        ("day", day),
        ("amount", typed(&numbers(|line| 10 + line), amounts)),
    ])
}

/// Amounts as most systems deliver them.
pub(crate) const DECIMAL: DataType = DataType::Decimal128(10, 2);

/// A [`history`] as most systems deliver it.
pub(crate) fn plain() -> RecordBatch {
    history(&DataType::Int64, &DECIMAL, &DataType::Date32)
}

/// A project with one file of [`plain`] rows.
pub(crate) fn trial(sections: &[(&str, &str)]) -> Project {
    let project = Project::new(&config(sections));
    project.parquet("data/orders.parquet", &plain());
    project
}

/// Rows of these columns.
pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .expect("columns of one length")
}

/// Texts as a column of another type.
pub(crate) fn texts(values: &[&str], kind: &DataType) -> ArrayRef {
    let column: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
    typed(&column, kind)
}

fn typed(column: &ArrayRef, kind: &DataType) -> ArrayRef {
    cast(column, kind).unwrap_or_else(|error| panic!("{} to {kind}: {error}", column.data_type()))
}

fn days_of(date: &str) -> i32 {
    let column = texts(&[date], &DataType::Date32);
    column.as_primitive::<arrow::datatypes::Date32Type>().value(0)
}
