//! Order lines in every form in which they may arrive, and what becomes of them in the canonical layer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int16Array,
    Int32Array, Int64Array, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray,
};
use arrow::datatypes::Int32Type;
use karat::config::Config;
use karat::engine::Engine;
use karat::error::{Exit, Failure};
use karat::query::{TableName, upstream};
use karat::source;
use karat::table::{Cell, Table};
use tempfile::TempDir;

use crate::support::bench::{add_empty_sources, planned, settings_tables, start};
use crate::support::{block_on, parquet};

/// A column of a source.
type Column = (&'static str, ArrayRef);

/// Three rows as most systems deliver them; a test replaces the column that it is about.
fn usual() -> BTreeMap<&'static str, ArrayRef> {
    BTreeMap::from([
        ("order", Arc::new(StringArray::from(vec!["o1", "o2", "o3"])) as ArrayRef),
        ("customer", Arc::new(StringArray::from(vec!["a", "b", "c"]))),
        ("day", Arc::new(Date32Array::from(vec![19_850, 19_851, 19_852]))),
        (
            "net",
            Arc::new(
                Decimal128Array::from(vec![1_000, 2_000, 3_000])
                    .with_precision_and_scale(10, 2)
                    .expect("fits"),
            ),
        ),
    ])
}

/// Writes `usual` with these columns in place of its own.
fn write(file: &Path, replaced: Vec<Column>) {
    let mut columns = usual();
    columns.extend(replaced);
    parquet::write_columns(file, columns);
}

/// The configuration of a source in `folder`.
fn configured(folder: &Path, source: &str, timezone: &str) -> Config {
    let text = format!(
        "project: {{name: Inputs, currency: EUR, timezone: {timezone}, language: en}}\nas_of: 2025-01-01\n\
         sources:\n  order_lines:\n    location: data/\n{source}    columns:\n      order_id: order\n      customer_id: customer\n      \
         ordered_at: day\n      net_amount: net\n      cost_amount: net * 0\n\
         publish: {{location: output/}}\n",
    );
    karat::config::parse("config.yaml", &text, folder, &|_| None)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Runs the statements that `tables` come from.
async fn make(engine: &Engine, tables: &[&str]) -> Result<(), Failure> {
    let names = tables.iter().map(|name| TableName::parse(name).expect("the name of a table"));
    for query in upstream(&planned().queries.queries, names) {
        engine.run(&query).await?;
    }
    Ok(())
}

/// Reads the source into `canonical.order_lines` and `canonical.rejected_rows`.
fn read(config: Config) -> Result<(Table, Table), Failure> {
    block_on(|| async move {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = start(folder.path())?;
        let source = &config.sources["order_lines"];
        let pinned = source::pin("order_lines", source, &config.root, folder.path(), false).await?;
        engine.add_source("order_lines", &pinned.source_files(), pinned.schema.clone(), &pinned.folders())?;
        let raw = source::raw_table(&engine, source::Rows::Files(&pinned), source, &config.project.timezone)
            .await?;
        engine.add_view(&TableName::new("raw", "order_lines"), &raw.sql).await?;
        for table in settings_tables(&config, &[])? {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
        }
        add_empty_sources(&engine, &["order_lines"]).await?;
        make(&engine, &["canonical.order_lines", "canonical.rejected_rows"]).await?;
        let lines = engine
            .read("lines", "select * from canonical.order_lines order by order_id, line_number")
            .await?;
        let rejected =
            engine.read("rejected", "select * from canonical.rejected_rows order by reason").await?;
        Ok((lines, rejected))
    })
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Reads three rows with these columns.
fn lines_of(replaced: Vec<Column>, source: &str) -> Result<(Table, Table), Failure> {
    let folder = folder();
    write(&folder.path().join("data/lines.parquet"), replaced);
    read(configured(folder.path(), source, "UTC"))
}

fn column(table: &Table, name: &str) -> Vec<String> {
    (0..table.rows.len())
        .map(|row| table.cell(row, name).expect("a column of the table").to_string())
        .collect()
}

/// Reads, and gives one column of the lines that are used.
fn check(replaced: Vec<Column>, source: &str, name: &str, expected: &[&str]) {
    let (lines, rejected) =
        lines_of(replaced, source).unwrap_or_else(|failure| panic!("{failure}: {:?}", failure.cause));
    assert_eq!(column(&lines, name), expected, "rejected: {rejected:?}");
}

fn refused(replaced: Vec<Column>, source: &str) -> String {
    let failure = lines_of(replaced, source).expect_err("the source is refused");
    assert_eq!(failure.exit, Exit::Refused, "{failure}");
    failure.message
}

#[test]
fn ids_keep_their_values_whatever_their_type() {
    let cases: Vec<(ArrayRef, [&str; 3])> = vec![
        (Arc::new(StringArray::from(vec!["007", " x ", "顧客-1"])), ["007", " x ", "顧客-1"]),
        (Arc::new(Int64Array::from(vec![9_007_199_254_740_993, -1, 0])), ["9007199254740993", "-1", "0"]),
        (Arc::new(Int32Array::from(vec![12, 13, 14])), ["12", "13", "14"]),
        (Arc::new(Int16Array::from(vec![12, 13, 14])), ["12", "13", "14"]),
        (Arc::new(Float64Array::from(vec![12_346.0, 1.0, -3.0])), ["12346", "1", "-3"]),
        (
            Arc::new(
                Decimal128Array::from(vec![12_346, 1, 2]).with_precision_and_scale(10, 0).expect("fits"),
            ),
            ["12346", "1", "2"],
        ),
        (Arc::new(vec!["x", "y", "x"].into_iter().collect::<DictionaryArray<Int32Type>>()), ["x", "y", "x"]),
    ];
    for (array, expected) in cases {
        check(vec![("customer", array)], "", "customer_id", &expected);
    }
}

#[test]
fn a_float_with_a_fraction_identifies_nobody() {
    let customers: ArrayRef = Arc::new(Float64Array::from(vec![12_346.5, f64::NAN, 7.0]));
    let (lines, rejected) = lines_of(vec![("customer", customers)], "").expect("the source can be read");
    assert_eq!(column(&lines, "customer_id"), ["7"]);
    assert_eq!(column(&rejected, "reason"), ["customer_missing"]);
    assert_eq!(column(&rejected, "rows"), ["2"]);
}

#[test]
fn amounts_arrive_as_decimals_integers_or_floats_with_a_declared_scale() {
    let decimals: ArrayRef =
        Arc::new(Decimal128Array::from(vec![1_234, -5, 0]).with_precision_and_scale(10, 2).expect("fits"));
    let integers: ArrayRef = Arc::new(Int32Array::from(vec![12, -3, 0]));
    // 0.1 + 0.2 is 0.30000000000000004 as a float, and 0.30 at a scale of 2.
    let floats: ArrayRef = Arc::new(Float64Array::from(vec![0.1 + 0.2, -19.99, 1_234_567.891]));
    let singles: ArrayRef = Arc::new(Float32Array::from(vec![0.1, 2.5, -1.25]));
    let fine: ArrayRef =
        Arc::new(Decimal128Array::from(vec![1_234_567, 0, 5]).with_precision_and_scale(18, 6).expect("fits"));
    check(vec![("net", decimals)], "", "net_amount", &["12.3400", "-0.0500", "0.0000"]);
    check(vec![("net", integers)], "", "net_amount", &["12.0000", "-3.0000", "0.0000"]);
    check(
        vec![("net", Arc::clone(&floats))],
        "    amount_scale: 2\n",
        "net_amount",
        &["0.3000", "-19.9900", "1234567.8900"],
    );
    check(vec![("net", singles)], "    amount_scale: 2\n", "net_amount", &["0.1000", "2.5000", "-1.2500"]);
    check(
        vec![("net", Arc::clone(&fine))],
        "    amount_scale: 4\n",
        "net_amount",
        &["1.2346", "0.0000", "0.0000"],
    );
    assert!(refused(vec![("net", floats)], "").contains("amount_scale"));
    assert!(refused(vec![("net", fine)], "").contains("amount_scale"));
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["1", "2", "3"]));
    assert!(refused(vec![("net", texts)], "").contains("an amount is a number"));
}

#[test]
fn an_amount_that_is_no_number_or_beyond_all_bounds_is_rejected_by_name() {
    let amounts: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, f64::INFINITY, 1e13]));
    let (lines, rejected) =
        lines_of(vec![("net", amounts)], "    amount_scale: 2\n").expect("the source can be read");
    assert!(lines.rows.is_empty());
    assert_eq!(column(&rejected, "reason"), ["amount_not_finite", "amount_out_of_range"]);
    assert_eq!(column(&rejected, "rows"), ["2", "1"]);
}

/// 2024-05-07, 2024-05-08 and 2024-05-09 at 23:59:59, in seconds since 1970.
const SECONDS: [i64; 3] = [1_715_126_399, 1_715_212_799, 1_715_299_199];

#[test]
fn a_moment_arrives_as_date_or_timestamp_of_any_unit_or_as_iso_text() {
    let days = ["2024-05-07", "2024-05-08", "2024-05-09"];
    let times = |factor: i64| SECONDS.iter().map(|second| second * factor).collect::<Vec<_>>();
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![19_850, 19_851, 19_852])),
        Arc::new(TimestampMillisecondArray::from(times(1_000))),
        Arc::new(TimestampMicrosecondArray::from(times(1_000_000))),
        Arc::new(TimestampNanosecondArray::from(times(1_000_000_000))),
        Arc::new(StringArray::from(vec!["2024-05-07", "2024-05-08 23:59:59", "2024-05-09T23:59:59.5"])),
    ];
    for array in arrays {
        check(vec![("day", array)], "", "order_date", &days);
    }
}

#[test]
fn text_that_is_no_date_is_a_missing_date() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("soon"), None, Some("2024-02-30")]));
    let (lines, rejected) = lines_of(vec![("day", texts)], "").expect("the source can be read");
    assert!(lines.rows.is_empty());
    assert_eq!(
        (column(&rejected, "reason"), column(&rejected, "rows")),
        (vec!["date_missing".to_owned()], vec!["3".to_owned()])
    );
}

#[test]
fn a_number_is_no_date_until_the_owner_says_which() {
    // Parquet has no timestamp in seconds: it is stored as a plain integer.
    let seconds: ArrayRef = Arc::new(TimestampSecondArray::from(SECONDS.to_vec()));
    let message = refused(vec![("day", seconds)], "");
    assert!(message.contains("ordered_at") && message.contains("Int64"), "{message}");
}

#[test]
fn an_instant_counts_on_the_day_of_the_business_time_zone() {
    // 03:59 and 04:00 UTC on 2024-07-01 (summer, -4), 04:59 UTC on 2024-01-01 (winter, -5).
    let instants = vec![1_719_806_340_000, 1_719_806_400_000, 1_704_085_140_000];
    let array: ArrayRef = Arc::new(TimestampMillisecondArray::from(instants).with_timezone("UTC"));
    for (timezone, days) in [
        ("America/New_York", ["2024-06-30", "2024-07-01", "2023-12-31"]),
        ("UTC", ["2024-07-01", "2024-07-01", "2024-01-01"]),
        ("Asia/Shanghai", ["2024-07-01", "2024-07-01", "2024-01-01"]),
    ] {
        let folder = folder();
        write(&folder.path().join("data/lines.parquet"), vec![("day", Arc::clone(&array))]);
        let (lines, _) = read(configured(folder.path(), "", timezone)).expect("the source can be read");
        assert_eq!(column(&lines, "order_date"), days, "{timezone}");
    }
}

#[test]
fn odd_file_names_are_files_like_others_and_small_integers_widen() {
    let folder = folder();
    let names = ["a b.parquet", "50%25 #1?.parquet", "注文 №7/été.parquet", "x=y.parquet", "plain.parquet"];
    for (number, name) in names.iter().enumerate() {
        let customers: ArrayRef = if number % 2 == 0 {
            Arc::new(Int32Array::from(vec![1, 2, 3]))
        } else {
            Arc::new(Int64Array::from(vec![1, 2, 3_000_000_000]))
        };
        let orders: Vec<String> = (0..3).map(|line| format!("{number}-{line}")).collect();
        let orders: ArrayRef = Arc::new(StringArray::from(orders));
        write(&folder.path().join("data").join(name), vec![("customer", customers), ("order", orders)]);
    }
    let (lines, rejected) = read(configured(folder.path(), "", "UTC")).expect("the source can be read");
    assert_eq!((lines.rows.len(), rejected.rows.len()), (15, 0));
    assert_eq!(column(&lines, "customer_id").iter().filter(|customer| *customer == "3000000000").count(), 2);
}

#[test]
fn types_that_cannot_be_read_as_one_are_refused_with_both_files() {
    let folder = folder();
    write(&folder.path().join("data/1.parquet"), vec![]);
    write(
        &folder.path().join("data/2.parquet"),
        vec![("customer", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef)],
    );
    let failure = read(configured(folder.path(), "", "UTC")).expect_err("text and integer do not mix");
    assert_eq!(failure.exit, Exit::Refused);
    for part in ["customer", "1.parquet", "2.parquet", "Int64"] {
        assert!(failure.message.contains(part), "{}", failure.message);
    }
}

#[test]
fn the_names_of_hive_folders_can_be_mapped_and_need_not_be() {
    let folder = folder();
    for (number, month) in ["2024-05", "2024-06"].iter().enumerate() {
        let mut columns = usual();
        columns.remove("day");
        let orders: Vec<String> = (0..3).map(|line| format!("{number}-{line}")).collect();
        columns.insert("order", Arc::new(StringArray::from(orders)));
        parquet::write_columns(
            &folder.path().join(format!("data/month={month}/region=North East/part 1.parquet")),
            columns,
        );
    }
    let text = "project: {name: Inputs, currency: EUR, timezone: UTC, language: en}\nas_of: 2025-01-01\nsources:\n  order_lines:\n    \
                location: data/\n    columns: {order_id: order, customer_id: customer, ordered_at: \"month || '-15'\", net_amount: net, \
                cost_amount: net * 0, region: region}\npublish: {location: output/}\n";
    let config = karat::config::parse("config.yaml", text, folder.path(), &|_| None)
        .unwrap_or_else(|error| panic!("{error}"));
    let (lines, rejected) = read(config).expect("the source can be read");
    assert!(rejected.rows.is_empty());
    assert_eq!(
        column(&lines, "order_date"),
        ["2024-05-15", "2024-05-15", "2024-05-15", "2024-06-15", "2024-06-15", "2024-06-15"]
    );
    assert!(
        column(&lines, "region").iter().all(|region| region == "North East"),
        "{:?}",
        column(&lines, "region")
    );
}

#[test]
fn the_values_of_hive_folders_are_what_their_writers_meant() {
    let folder = folder();
    let regions = ["#1", "q=r", "A%2FB", "100%", "S%C3%A3o Paulo", "__HIVE_DEFAULT_PARTITION__", "null"];
    for (number, region) in regions.iter().enumerate() {
        let mut columns = usual();
        let orders: Vec<String> = (0..3).map(|line| format!("{number}-{line}")).collect();
        columns.insert("order", Arc::new(StringArray::from(orders)));
        parquet::write_columns(&folder.path().join(format!("data/region={region}/a.parquet")), columns);
    }
    let text = "project: {name: Inputs, currency: EUR, timezone: UTC, language: en}\nas_of: 2025-01-01\nsources:\n  order_lines:\n    \
                location: data/\n    columns: {order_id: order, customer_id: customer, ordered_at: day, net_amount: net, \
                cost_amount: net * 0, region: region}\npublish: {location: output/}\n";
    let config = karat::config::parse("config.yaml", text, folder.path(), &|_| None)
        .unwrap_or_else(|error| panic!("{error}"));
    let (lines, _) = read(config).expect("the source can be read");
    let read: Vec<String> = column(&lines, "region").into_iter().step_by(3).collect();
    let null = Cell::Null.to_string();
    assert_eq!(read, ["#1", "q=r", "A/B", "100%", "São Paulo", &null, &null]);
}

/// Writes orders whose moments are INT96: a day since 1970 and nanoseconds of it.
fn write_int96(file: &Path, moments: &[(u32, u64)]) {
    use ::parquet::data_type::{ByteArrayType, Int64Type, Int96, Int96Type};
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::SerializedFileWriter;
    let schema = "message orders { required binary order (UTF8); required binary customer (UTF8); required int96 day; \
                  required int64 net; }";
    let schema = ::parquet::schema::parser::parse_message_type(schema).expect("a schema");
    let output = std::fs::File::create(file).expect("a file");
    let properties = Arc::new(WriterProperties::default());
    let mut writer = SerializedFileWriter::new(output, Arc::new(schema), properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let ids: Vec<_> = (0..moments.len()).map(|order| format!("o{order}").as_str().into()).collect();
    for _ in 0..2 {
        let mut column = group.next_column().expect("readable").expect("a column");
        column.typed::<ByteArrayType>().write_batch(&ids, None, None).expect("values");
        column.close().expect("a column");
    }
    let stored: Vec<Int96> = moments
        .iter()
        .map(|(day, nanoseconds)| {
            let mut moment = Int96::new();
            let low = u32::try_from(nanoseconds & 0xffff_ffff).expect("32 bits");
            let high = u32::try_from(nanoseconds >> 32).expect("32 bits");
            // Days are counted from the beginning of the Julian period.
            moment.set_data(low, high, day + 2_440_588);
            moment
        })
        .collect();
    let mut column = group.next_column().expect("readable").expect("a column");
    column.typed::<Int96Type>().write_batch(&stored, None, None).expect("values");
    column.close().expect("a column");
    let amounts = vec![10; moments.len()];
    let mut column = group.next_column().expect("readable").expect("a column");
    column.typed::<Int64Type>().write_batch(&amounts, None, None).expect("values");
    column.close().expect("a column");
    group.close().expect("a group");
    writer.close().expect("a file");
}

#[test]
fn moments_of_int96_are_instants_unless_they_are_said_to_be_local_and_the_year_9999_is_set_aside() {
    // 2024-07-01 03:00 in UTC, which is 23:00 of the day before in New York, and the last day of 9999.
    let moments = [(19_905, 3 * 3_600_000_000_000), (2_932_896, 0)];
    for (said, day) in [("", "2024-06-30"), ("    int96: local\n", "2024-07-01")] {
        let folder = folder();
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        write_int96(&folder.path().join("data/a.parquet"), &moments);
        let (lines, rejected) = read(configured(folder.path(), said, "America/New_York")).expect("readable");
        assert_eq!(column(&lines, "order_date"), [day]);
        assert_eq!(column(&rejected, "reason"), ["date_in_the_future"]);
    }
}

#[test]
fn a_column_without_a_value_joins_any_type_and_widths_widen() {
    let folder = folder();
    let nothing = arrow::array::new_null_array(&arrow::datatypes::DataType::Float64, 3);
    let empty = arrow::array::new_null_array(&arrow::datatypes::DataType::Null, 3);
    // More than a float holds.
    let large: ArrayRef = Arc::new(Int64Array::from(vec![9_007_199_254_740_993_i64; 3]));
    let ids = |first: i32| {
        Arc::new(StringArray::from((first..first + 3).map(|id| id.to_string()).collect::<Vec<_>>()))
    };
    let wide = Decimal128Array::from(vec![10_000; 3]).with_precision_and_scale(20, 4).expect("fits");
    for (name, first, product, net) in [
        ("1", 10, nothing, Arc::new(Int16Array::from(vec![1; 3])) as ArrayRef),
        ("2", 20, large, Arc::new(wide)),
        ("3", 30, empty, Arc::new(Int64Array::from(vec![1; 3]))),
    ] {
        let columns = vec![("order", ids(first) as ArrayRef), ("net", net), ("product", product)];
        write(&folder.path().join(format!("data/{name}.parquet")), columns);
    }
    let text = "project: {name: Inputs, currency: EUR, timezone: UTC, language: en}\nas_of: 2025-01-01\nsources:\n  order_lines:\n    \
                location: data/\n    columns: {order_id: order, customer_id: customer, ordered_at: day, net_amount: net, \
                cost_amount: net * 0, product_id: product}\npublish: {location: output/}\n";
    let config = karat::config::parse("config.yaml", text, folder.path(), &|_| None)
        .unwrap_or_else(|error| panic!("{error}"));
    let (lines, rejected) = read(config).unwrap_or_else(|failure| panic!("{failure}: {:?}", failure.cause));
    assert!(rejected.rows.is_empty(), "{rejected:?}");
    assert_eq!(column(&lines, "net_amount"), ["1.0000"; 9]);
    let null = Cell::Null.to_string();
    let products: Vec<String> = column(&lines, "product_id").into_iter().step_by(3).collect();
    assert_eq!(products, [null.as_str(), "9007199254740993", &null]);
}

#[test]
fn ids_that_one_file_holds_in_single_precision_do_not_merge() {
    let folder = folder();
    // In single precision 20,000,001 and 20,000,000 are one number; double precision holds the ids of the other file.
    let single: ArrayRef = Arc::new(Float32Array::from(vec![20_000_001.0_f32, 20_000_000.0, 7.0]));
    let double: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0]));
    for (name, first, customers) in [("1", 10, single), ("2", 20, double)] {
        let orders: ArrayRef = Arc::new(Int64Array::from(vec![first, first + 1, first + 2]));
        let columns = vec![("order", orders), ("customer", customers)];
        write(&folder.path().join(format!("data/{name}.parquet")), columns);
    }
    let (lines, rejected) = read(configured(folder.path(), "    amount_scale: 2\n", "UTC"))
        .unwrap_or_else(|failure| panic!("{failure}: {:?}", failure.cause));
    assert_eq!(column(&lines, "customer_id"), ["7", "1", "2", "3"]);
    assert_eq!(column(&rejected, "reason"), ["customer_missing"]);
    assert_eq!(column(&rejected, "rows"), ["2"]);
}

#[test]
fn a_lakehouse_table_is_no_folder_of_files() {
    for (record, location, kind, hint) in [
        ("_delta_log/00000000000000000000.json", "data/", "Delta Lake", "format: delta"),
        ("nested/_delta_log/00000000000000000000.json", "data/", "Delta Lake", "format: delta"),
        ("metadata/00001-a.metadata.json", "data/", "Iceberg", "format: iceberg"),
        (".hoodie/hoodie.properties", "data/", "Hudi", "as Parquet"),
        // A file or a folder of the table by itself.
        ("_delta_log/00000000000000000000.json", "data/rows/", "Delta Lake", "format: delta"),
        ("metadata/v1.metadata.json", "data/rows/a.parquet", "Iceberg", "format: iceberg"),
        (".hoodie/hoodie.properties", "data/rows/", "Hudi", "as Parquet"),
        // A folder above that of the table.
        ("rows/metadata/v1.metadata.json", "data/", "Iceberg", "format: iceberg"),
        ("rows/.hoodie/hoodie.properties", "data/", "Hudi", "as Parquet"),
    ] {
        let folder = folder();
        write(&folder.path().join("data/rows/a.parquet"), vec![]);
        let record = folder.path().join("data").join(record);
        std::fs::create_dir_all(record.parent().expect("a folder")).expect("a folder");
        std::fs::write(&record, "{}").expect("a record");
        let mut config = configured(folder.path(), "", "UTC");
        config.sources.get_mut("order_lines").expect("a source").location = location.to_owned();
        let failure = read(config).expect_err("its files alone do not tell");
        assert_eq!(failure.exit, Exit::Refused, "{failure}");
        assert!(failure.message.contains(kind), "{failure}");
        assert!(failure.hint.contains(hint), "{failure:?}");
    }
}

#[test]
fn names_with_blanks_at_their_ends_or_a_line_break_are_columns() {
    let folder = folder();
    let mut columns = usual();
    let order = columns.remove("order").expect("a column");
    columns.insert(" order \nno ", order);
    parquet::write_columns(&folder.path().join("data/a.parquet"), columns);
    let mut config = configured(folder.path(), "", "UTC");
    let source = config.sources.get_mut("order_lines").expect("a source");
    source.columns.insert("order_id".to_owned(), " order \nno ".to_owned());
    let (lines, _) = read(config).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(column(&lines, "order_id"), ["o1", "o2", "o3"]);
}

#[test]
fn a_mapping_that_does_not_fit_names_the_column_and_the_nearest_one() {
    let folder = folder();
    write(&folder.path().join("data/lines.parquet"), vec![]);
    let mut config = configured(folder.path(), "", "UTC");
    let source = config.sources.get_mut("order_lines").expect("it is configured");
    source.columns.insert("net_amount".to_owned(), "nett".to_owned());
    source.columns.insert("customer_id".to_owned(), "Customer".to_owned());
    let failure = read(config).expect_err("there are no such columns");
    assert_eq!(failure.exit, Exit::Refused);
    for part in ["net_amount", "did you mean `net`?", "customer_id", "did you mean `customer`?"] {
        assert!(failure.message.contains(part), "{}", failure.message);
    }
}

// --- The other sources.

/// Reads one optional source of these columns into `canonical.checked_<source>`, rows by their key.
fn read_other(
    source: &'static str,
    mapping: &str,
    columns: Vec<Column>,
    timezone: &str,
) -> Result<Table, Failure> {
    let folder = folder();
    parquet::write_columns(&folder.path().join("other/part.parquet"), columns.into_iter().collect());
    let text = format!(
        "project: {{name: Inputs, currency: EUR, timezone: {timezone}, language: en}}\nas_of: 2025-01-01\nsources:\n  \
         order_lines: {{location: data/, columns: {{order_id: a, customer_id: b, ordered_at: c, net_amount: d, cost_amount: e}}}}\n  \
         {source}: {{location: other/, {mapping}}}\npublish: {{location: output/}}\n",
    );
    let config = karat::config::parse("config.yaml", &text, folder.path(), &|_| None)
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    block_on(move || async move {
        let work = tempfile::tempdir().expect("a temporary folder");
        let engine = start(work.path())?;
        let configured = &config.sources[source];
        let pinned = source::pin(source, configured, &config.root, work.path(), false).await?;
        engine.add_source(source, &pinned.source_files(), pinned.schema.clone(), &pinned.folders())?;
        let raw =
            source::raw_table(&engine, source::Rows::Files(&pinned), configured, &config.project.timezone)
                .await?;
        engine.add_view(&TableName::new("raw", source), &raw.sql).await?;
        add_empty_sources(&engine, &[source]).await?;
        for table in settings_tables(&config, &[])? {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
        }
        let checked = format!("canonical.checked_{source}");
        make(&engine, &[&checked]).await?;
        engine.read("rows", &format!("select * from {checked} order by 1")).await
    })
}

fn strings(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[test]
fn a_text_that_is_no_date_is_no_unpaid_payment() {
    let columns: Vec<Column> = vec![
        ("id", strings(&[Some("1"), Some("2"), Some("3"), Some("4"), Some("5")])),
        ("who", strings(&[Some("a"); 5])),
        (
            "due",
            strings(&[
                Some("2024-05-07"),
                Some("2024-05-07 23:59:59"),
                Some("2024-05-07"),
                Some("2024-05-07"),
                Some("7 May"),
            ]),
        ),
        ("paid", strings(&[Some("2024-05-09"), None, Some(" "), Some("paid"), None])),
    ];
    let mapping = "columns: {payment_id: id, customer_id: who, due_date: due, paid_date: paid}";
    let rows = read_other("payments", mapping, columns, "UTC").expect("the source can be read");
    assert_eq!(column(&rows, "outcome"), ["used", "used", "used", "paid_date_not_a_date", "date_missing"]);
    assert_eq!(column(&rows, "paid_date")[..3], ["2024-05-09", "", ""]);
    assert_eq!(column(&rows, "due_date")[..2], ["2024-05-07", "2024-05-07"]);
}

#[test]
fn a_day_of_an_instant_is_that_of_the_business_time_zone() {
    // 2024-07-01 03:59 and 04:00 UTC: before and after midnight in New York.
    let instants: ArrayRef = Arc::new(
        TimestampMillisecondArray::from(vec![1_719_806_340_000, 1_719_806_400_000]).with_timezone("UTC"),
    );
    let columns: Vec<Column> = vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2]))),
        ("who", Arc::new(Float64Array::from(vec![7.0, 7.0]))),
        ("due", instants),
    ];
    let mapping = "columns: {payment_id: id, customer_id: who, due_date: due}";
    let rows = read_other("payments", mapping, columns, "America/New_York").expect("the source can be read");
    assert_eq!(column(&rows, "due_date"), ["2024-06-30", "2024-07-01"]);
    assert_eq!(column(&rows, "customer_id"), ["7", "7"]);
}

#[test]
fn a_number_of_a_case_that_is_none_is_rejected_by_the_name_of_its_column() {
    let number = |values: [f64; 4]| -> ArrayRef { Arc::new(Float64Array::from(values.to_vec())) };
    let columns = || -> Vec<Column> {
        vec![
            ("id", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
            ("who", strings(&[Some("a"); 4])),
            ("day", Arc::new(Date32Array::from(vec![19_850; 4]))),
            ("cost", number([0.1 + 0.2, f64::NAN, 1.0, 1.0])),
            ("minutes", number([2.5, 1.0, f64::INFINITY, 1.0])),
            ("stars", number([4.5, 1.0, 1.0, 1e13])),
            ("type", strings(&[Some("complaint"), Some("question"), None, None])),
        ]
    };
    let mapping = "amount_scale: 2, columns: {case_id: id, customer_id: who, opened_at: day, cost: cost, minutes: minutes, \
                   satisfaction: stars, is_complaint: type = 'complaint'}";
    let rows = read_other("service_cases", mapping, columns(), "UTC").expect("the source can be read");
    assert_eq!(
        column(&rows, "outcome"),
        ["used", "cost_not_finite", "minutes_not_finite", "satisfaction_out_of_range"]
    );
    assert_eq!(column(&rows, "cost")[0], "0.3000");
    assert_eq!(column(&rows, "satisfaction")[0], "4.5000");
    assert_eq!(column(&rows, "is_complaint"), ["true", "false", "", ""]);
    // Money as a float still needs its scale, and a word is no flag.
    let without = mapping.replace("amount_scale: 2, ", "");
    let failure = read_other("service_cases", &without, columns(), "UTC").expect_err("no scale");
    assert!(failure.exit == Exit::Refused && failure.message.contains("amount_scale"), "{failure}");
    let word = mapping.replace("type = 'complaint'", "type");
    let failure = read_other("service_cases", &word, columns(), "UTC").expect_err("a word");
    assert!(failure.message.contains("is_complaint") && failure.message.contains("a condition"), "{failure}");
}
