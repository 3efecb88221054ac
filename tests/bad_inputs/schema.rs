//! Columns: missing, renamed, doubled, of another type. What the mapping cannot read without guessing is refused.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Int64Array, ListArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimeUnit};

use super::super::support::project::{
    DECIMAL, Project, batch, config, history, plain, sources, texts, trial,
};
use super::input;

/// A project with one file of these rows.
fn of(rows: &RecordBatch) -> Project {
    let project = Project::new(&config(&[]));
    project.parquet("data/orders.parquet", rows);
    project
}

/// [`plain`] rows with this column in place of one of theirs.
fn replaced(name: &str, column: &ArrayRef) -> RecordBatch {
    let rows = plain();
    let names = ["order", "customer", "day", "amount"];
    batch(
        names
            .iter()
            .zip(rows.columns())
            .map(|(own, old)| (*own, Arc::clone(if *own == name { column } else { old })))
            .collect(),
    )
}

/// [`plain`] rows whose columns have these names.
fn renamed(names: [&str; 4]) -> RecordBatch {
    let rows = plain();
    batch(names.into_iter().zip(rows.columns().iter().cloned()).collect())
}

#[test]
fn i19_required_column_missing_in_one_file() {
    let project = trial(&[]);
    project.parquet("data/later.parquet", &plain().project(&[0, 1, 2]).expect("three columns"));
    input("I19", "a column that one of two files lacks", &project)
        .is_refused(3, &["`later.parquet` has no column `amount`"]);
}

#[test]
fn i20_column_in_another_case() {
    input("I20", "a column in another case", &of(&renamed(["order", "customer", "day", "Amount"])))
        .is_refused(3, &["there is no column `amount`; did you mean `Amount`?"]);
}

#[test]
fn i21_extra_column() {
    let mut columns: Vec<(&str, ArrayRef)> =
        ["order", "customer", "day", "amount"].into_iter().zip(plain().columns().iter().cloned()).collect();
    columns.push(("colour", texts(&["red"; 24], &DataType::Utf8)));
    input("I21", "a column that nothing maps", &of(&batch(columns)))
        .is_read("read", &["1 files read", "24 rows"]);
}

/// What nobody maps may be new, of another type, without a value, or grow.
#[test]
fn i21_columns_that_nothing_maps_change() {
    let project = Project::new(&config(&[]));
    let rows = plain();
    let with = |range: std::ops::Range<usize>, more: Vec<(&str, ArrayRef)>| {
        let own = rows.slice(range.start, range.len());
        let names = ["order", "customer", "day", "amount"].into_iter();
        batch(names.zip(own.columns().iter().cloned()).chain(more).collect())
    };
    let whole: ArrayRef = Arc::new(Int64Array::from(vec![1; 8]));
    let text = texts(&["x"; 8], &DataType::Utf8);
    let nothing = arrow::array::new_null_array(&DataType::Null, 8);
    let inside = |names: &[&str]| -> ArrayRef {
        let fields = names.iter().map(|name| {
            let field = Arc::new(Field::new(*name, DataType::Int64, true));
            (field, Arc::clone(&whole))
        });
        Arc::new(arrow::array::StructArray::from(fields.collect::<Vec<_>>()))
    };
    let (one, two) = (inside(&["a"]), inside(&["a", "b"]));
    project.parquet("data/1.parquet", &with(0..8, vec![("note", Arc::clone(&whole)), ("s", one)]));
    project.parquet("data/2.parquet", &with(8..16, vec![("note", text), ("s", two), ("new", nothing)]));
    project.parquet("data/3.parquet", &with(16..24, vec![("s", Arc::clone(&whole))]));
    input("I21", "columns that nothing maps, new or of another type", &project)
        .is_read("read", &["3 files read", "24 rows"]);
    project.karat(&["run"]).exits(0);
    assert_eq!(project.line("results.headline", "measure", "net_revenue")["value"], "516.000000");
}

#[test]
fn i22_integers_of_two_widths() {
    let project = Project::new(&config(&[]));
    let narrow = history(&DataType::Int32, &DECIMAL, &DataType::Date32);
    project.parquet("data/1.parquet", &narrow.slice(0, 12));
    project.parquet("data/2.parquet", &plain().slice(12, 12));
    input("I22", "ids of 32 and of 64 bits", &project)
        .is_read("read", &["2 files read, 0 excluded, 24 rows"]);
}

#[test]
fn i23_text_where_a_number_is_expected() {
    let amounts = texts(&["12.00"; 24], &DataType::Utf8);
    input("I23", "amounts as text", &of(&replaced("amount", &amounts)))
        .is_refused(3, &["an amount is a number"]);
}

/// An expression that cannot be computed names the column, the row and the kind of value, and never the value.
#[test]
fn i23_expression_that_stops() {
    let amount_is = |expression: &str| {
        let mapped = sources("location: data/")
            .replace("net_amount: amount", &format!("net_amount: \"{expression}\""));
        Project::new(&config(&[("sources", &mapped)]))
    };
    let mut amounts = ["12.00"; 24];
    amounts[16] = "secret";
    let project = amount_is("cast(amount as decimal(18, 2))");
    project.parquet("data/orders.parquet", &replaced("amount", &texts(&amounts, &DataType::Utf8)));
    input("I23", "amounts as text that are cast, one of which is no number", &project).is_refused(
        3,
        &[
            "net_amount (cast(amount as decimal(18, 2))) cannot be computed",
            "`amount` is a text of 6 characters that is no number, in row 17 of",
        ],
    );
    let query = "-- title:  Lines\n-- grain:  one row per line\n-- key:    [order_id, line_number]\n-- inputs: [source.sales]\n\n\
                 select \"order\" as order_id, row_number() over (partition by \"order\" order by amount) as line_number,\n    \
                 customer as customer_id, day as ordered_at, cast(amount as decimal(18, 2)) as net_amount\nfrom source.sales\n";
    let staged = "{sales: {location: data/}, order_lines: {query: queries/0_staging/order_lines.sql}}";
    let project = Project::new(&config(&[("sources", staged)]));
    std::fs::create_dir_all(project.path("queries/0_staging")).expect("a folder");
    project.file("queries/0_staging/order_lines.sql", query.as_bytes());
    project.parquet("data/orders.parquet", &replaced("amount", &texts(&amounts, &DataType::Utf8)));
    input("I23", "the same in a query of 0_staging", &project).is_refused(
        3,
        &[
            "net_amount of `queries/0_staging/order_lines.sql` cannot be computed",
            "`amount` is a text of 6 characters that is no number, in row 17 of",
        ],
    );
    let project = amount_is("amount * amount * amount * amount");
    let long = DataType::Decimal128(38, 0);
    let rows = history(&DataType::Int64, &long, &DataType::Date32);
    let amounts: ArrayRef = Arc::new(
        arrow::array::Decimal128Array::from_iter_values(
            (0..24).map(|row| if row == 3 { 10_i128.pow(12) } else { 10 }),
        )
        .with_precision_and_scale(38, 0)
        .expect("fits"),
    );
    let columns = ["order", "customer", "day"].into_iter().zip(rows.columns().iter().cloned());
    project.parquet("data/orders.parquet", &batch(columns.chain([("amount", amounts)]).collect()));
    input("I23", "a product of more than 38 digits", &project)
        .is_refused(3, &["`amount` is a positive number of 13 digits before the point, in row 4 of"]);
    let project = amount_is("amount / (amount - amount)");
    project.parquet("data/orders.parquet", &plain());
    input("I23", "a division by nothing but zeros, without `amount_scale`", &project)
        .is_refused(3, &["set `amount_scale`"]);
}

#[test]
fn i24_decimal_of_another_scale() {
    let six = DataType::Decimal128(18, 6);
    input("I24", "amounts with six decimals", &of(&history(&DataType::Int64, &six, &DataType::Date32)))
        .is_refused(3, &["set `amount_scale` (0 to 4)"]);
    let project = trial(&[]);
    let four = DataType::Decimal128(10, 4);
    project.parquet("data/orders.parquet", &plain().slice(3, 21));
    project.parquet("data/later.parquet", &history(&DataType::Int64, &four, &DataType::Date32).slice(0, 3));
    input("I24", "amounts with two decimals in one file and four in another", &project)
        .is_read("read, to four decimals", &["2 files read, 0 excluded, 24 rows"]);
}

#[test]
fn i25_money_as_floating_point() {
    input(
        "I25",
        "amounts as floating point",
        &of(&history(&DataType::Int64, &DataType::Float64, &DataType::Date32)),
    )
    .is_refused(3, &["set `amount_scale` (0 to 4)"]);
}

#[test]
fn i26_timestamps_of_every_kind() {
    for (name, kind) in [
        (
            "timestamps in milliseconds without a zone: business time",
            DataType::Timestamp(TimeUnit::Millisecond, None),
        ),
        (
            "timestamps in nanoseconds without a zone: business time",
            DataType::Timestamp(TimeUnit::Nanosecond, None),
        ),
    ] {
        input("I26", name, &of(&history(&DataType::Int64, &DECIMAL, &kind)))
            .is_read("read", &["to 2024-09-08T00:00:00"]);
    }
    // Midnight in UTC is the evening before in New York.
    let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    input(
        "I26",
        "instants in UTC: turned into business time",
        &of(&history(&DataType::Int64, &DECIMAL, &zoned)),
    )
    .is_read("read", &["to 2024-09-07T20:00:00"]);
    input("I26", "days as plain numbers", &of(&history(&DataType::Int64, &DECIMAL, &DataType::Int32)))
        .is_refused(3, &["ordered_at", "is Int32; a date is a date, a timestamp or ISO 8601 text"]);
}

#[test]
fn i27_list_in_a_scalar_column() {
    let lists: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(
        (0..24).map(|line| Some(vec![Some(line)])),
    ));
    input("I27", "a list for an id", &of(&replaced("customer", &lists)))
        .is_refused(3, &["customer_id", "List"]);
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    input("I27", "ids as a dictionary of texts", &of(&history(&dictionary, &DECIMAL, &DataType::Date32)))
        .is_read("read", &["1 files read", "24 rows"]);
}

#[test]
fn i28_renamed_column() {
    input("I28", "a column with a new name", &of(&renamed(["order", "customer", "day", "amount_net"])))
        .is_refused(3, &["there is no column `amount`; did you mean `amount_net`?"]);
}

#[test]
fn i29_two_columns_of_one_name() {
    let rows = plain();
    let fields: Vec<Field> = ["order", "customer", "day", "amount"]
        .iter()
        .zip(rows.columns())
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .chain([Field::new("amount", DataType::Int64, true)])
        .collect();
    let second: ArrayRef = Arc::new(Int64Array::from(vec![1; 24]));
    let columns: Vec<ArrayRef> = rows.columns().iter().cloned().chain([second]).collect();
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns of one length");
    input("I29", "two columns of one name", &of(&rows)).is_refused(3, &["has two columns `amount`"]);
}

/// The mapping is the contract: what it names must be there in a type that can be read, and nothing else matters.
#[test]
fn i30_schema_other_than_that_of_the_last_run() {
    let project = Project::new(&config(&[("sources", &sources("location: data/, amount_scale: 2"))]));
    project.parquet("data/orders.parquet", &plain());
    project.karat(&["check"]).exits(0).gives("24 rows");
    project.parquet("data/orders.parquet", &history(&DataType::Utf8, &DataType::Float64, &DataType::Utf8));
    input("I30", "other types than at the last run, which can be read", &project)
        .is_read("read", &["1 files read", "24 rows"]);
}
