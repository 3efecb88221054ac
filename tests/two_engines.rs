//! Mappings over columns with extreme values: each is refused before the run, stops it, or gives the same rows on both engines.
//!
//! Here the engine of a run computes them. With a folder in `KARAT_TWO_ENGINES` the rows and the SQL for the other engine are left
//! there, and `tests/tools/compare_mappings.py` has `DuckDB` compute them too; `tests/tools/duckdb.sh` runs both.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Float32Array,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow::record_batch::RecordBatch;
use karat::config::Source;
use karat::engine::Engine;
use karat::error::{Exit, Failure};
use karat::source::{self, Pinned, RawTable};
use serde_json::{Value, json};

use crate::support::bench::start;
use crate::support::{block_on, parquet};

/// Mappings that are drawn, beside one for each function and cast.
const DRAWN: u64 = 300;
/// Rows.
const ROWS: usize = 24;

/// Repeats values until there are enough.
fn cycle<T: Clone>(values: &[Option<T>]) -> Vec<Option<T>> {
    values.iter().cloned().cycle().take(ROWS).collect()
}

/// Columns with the smallest, the largest and the odd values of their type; those that begin with `few` have usual ones.
#[expect(clippy::too_many_lines, reason = "a list of columns")]
fn columns() -> BTreeMap<&'static str, ArrayRef> {
    let decimal = |values: &[Option<i128>], digits: u8, scale: i8| -> ArrayRef {
        let array = Decimal128Array::from(cycle(values));
        Arc::new(array.with_precision_and_scale(digits, scale).expect("digits and decimals"))
    };
    let text = |values: &[Option<&str>]| -> ArrayRef { Arc::new(StringArray::from(cycle(values))) };
    let uuids = (0..ROWS)
        .map(|row| u128::from(row as u64 % 5).wrapping_mul(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10));
    let uuids: Vec<Vec<u8>> = uuids.map(|uuid| uuid.to_be_bytes().to_vec()).collect();
    let bytes: Vec<Option<&[u8]>> = cycle(&[Some("Zoë".as_bytes()), None, Some(b"a"), Some(b"")]);
    let max = 10_i128.pow(37);
    BTreeMap::from([
        ("id", Arc::new(Int64Array::from_iter_values((0..).take(ROWS))) as ArrayRef),
        ("int8", Arc::new(Int8Array::from(cycle(&[Some(-128), Some(127), Some(0), None, Some(5)])))),
        (
            "int16",
            Arc::new(Int16Array::from(cycle(&[Some(i16::MIN), Some(i16::MAX), Some(0), None, Some(200)]))),
        ),
        (
            "int32",
            Arc::new(Int32Array::from(cycle(&[Some(i32::MIN), Some(i32::MAX), Some(0), None, Some(50_000)]))),
        ),
        (
            "int64",
            Arc::new(Int64Array::from(cycle(&[Some(i64::MIN), Some(i64::MAX), Some(0), None, Some(1_999)]))),
        ),
        ("uint8", Arc::new(UInt8Array::from(cycle(&[Some(255), Some(0), None, Some(3)])))),
        ("uint16", Arc::new(UInt16Array::from(cycle(&[Some(65_535), Some(0), None, Some(3)])))),
        ("uint32", Arc::new(UInt32Array::from(cycle(&[Some(u32::MAX), Some(0), None, Some(300)])))),
        ("uint64", Arc::new(UInt64Array::from(cycle(&[Some(u64::MAX), Some(0), None, Some(7)])))),
        ("few_pieces", Arc::new(Int32Array::from(cycle(&[Some(3), Some(-1), Some(12), None, Some(1)])))),
        ("few_percent", Arc::new(Int64Array::from(cycle(&[Some(5), Some(15), Some(0), Some(100), None])))),
        (
            "few_price",
            decimal(&[Some(1_999), Some(10_101), Some(-500), None, Some(0), Some(1_200_000_000)], 12, 2),
        ),
        (
            "few_rate",
            Arc::new(Float64Array::from(cycle(&[Some(0.2), Some(0.0), Some(0.335), None, Some(1.0)]))),
        ),
        ("narrow", decimal(&[Some(999_999_999), Some(-999_999_999), Some(0), None, Some(5)], 9, 2)),
        (
            "money",
            decimal(
                &[
                    Some(999_999_999_999_999_999),
                    Some(-999_999_999_999_999_999),
                    Some(50),
                    None,
                    Some(12_345),
                ],
                18,
                4,
            ),
        ),
        ("long", decimal(&[Some(max * 9), Some(-max * 9), Some(1), None, Some(5_000_000)], 38, 6)),
        ("spark", decimal(&[Some(max), Some(-1), Some(2 * 10_i128.pow(18)), None], 38, 18)),
        (
            "double",
            Arc::new(Float64Array::from(cycle(&[
                Some(f64::NAN),
                Some(f64::INFINITY),
                Some(-f64::INFINITY),
                Some(-0.0),
                Some(1e300),
                Some(1.005),
                Some(0.125),
                Some(-2.5),
                Some(9_007_199_254_740_993.0),
                Some(5e-324),
                None,
                Some(12_346.0),
                Some(1e13),
                Some(9_999_999_999_999.995),
            ]))),
        ),
        // What is not a number among usual values: the footer of the file tells of them only.
        (
            "few_double",
            Arc::new(Float64Array::from(cycle(&[
                Some(f64::NAN),
                Some(1.0),
                Some(-f64::NAN),
                None,
                Some(12.345),
                Some(-0.0),
            ]))),
        ),
        (
            "single",
            Arc::new(Float32Array::from(cycle(&[
                Some(f32::NAN),
                Some(16_777_217.0),
                Some(-0.0),
                Some(0.1),
                Some(3.4e38),
                None,
                Some(16_790_210.0),
            ]))),
        ),
        (
            "word",
            text(&[
                Some("Straße"),
                Some("ΟΔΟΣ"),
                Some("İstanbul"),
                Some(""),
                Some(" a b "),
                None,
                Some("c|d|e"),
                Some("e\u{301}x"),
                Some("'quoted'"),
                Some("100%"),
                Some("back\\slash"),
                Some("\u{a0}x\t"),
                Some("ǅ ﬁ ŉ ß ẞ"),
                Some("𝒳 😀"),
            ]),
        ),
        (
            "number_text",
            text(&[
                Some("12.50"),
                Some(" 7 "),
                Some(""),
                Some("1e3"),
                Some("1_000"),
                Some("abc"),
                None,
                Some("-.5"),
                Some("+5."),
                Some("1.005"),
                Some("-"),
                Some("0x1F"),
                Some("99999999999999999999999999999999999999999"),
                Some("inf"),
                Some("1,5"),
                Some("12\n"),
                Some("٣"),
                Some("1.234,56"),
                Some("1,234.56-"),
                Some("-12.345.678"),
                Some("1\u{a0}234,5"),
            ]),
        ),
        ("few_number_text", text(&[Some("12.50"), Some("-3"), Some("0.005"), None, Some("+7")])),
        (
            "day_text",
            text(&[
                Some("2024-01-05"),
                Some("20240105"),
                Some("2024-01-05T12:00"),
                Some("2024-01-05 12:00:00.123456789"),
                None,
                Some("2024-12-31T22:30:00-05:00"),
                Some("2024-06-01T10:00:00Z"),
                Some("2024-06-01T10:00:00+0530"),
                Some(" 2024-02-29 "),
                Some("2024-02-30"),
                Some("2024/01/05"),
                Some("05.01.2024"),
                Some("2024-1-5"),
                Some(""),
                Some("x|y"),
                Some("9999-12-31"),
                Some("0001-01-01"),
                Some("2024-01-05T24:00"),
                Some("20240105T1200Z"),
                Some("2024-01-05T12:00:60"),
                Some("2024-01-05 12:00 PM"),
                Some("2024-03-10T02:30:00"),
                Some("2024-11-03T01:30:00-04:00"),
                Some("9999-12-31T23:59:59Z"),
            ]),
        ),
        (
            "day_in_pattern",
            text(&[
                Some("05.01.2024"),
                Some("5.1.2024"),
                Some(" 15.1.2024 08:30 "),
                Some("12/31/2024"),
                Some("1/2/2024T10:00Z"),
                Some("31.02.2024"),
                Some("5.1.24"),
                Some("5.1.2024x"),
                None,
                Some(""),
            ]),
        ),
        ("few_day_text", text(&[Some("2024-01-05"), Some("20240106"), Some("2024-01-07T08:00Z"), None])),
        (
            "day",
            Arc::new(Date32Array::from(cycle(&[
                Some(-719_162),
                Some(2_932_896),
                Some(0),
                None,
                Some(19_727),
            ]))),
        ),
        (
            "moment",
            Arc::new(TimestampMicrosecondArray::from(cycle(&[
                Some(253_402_300_799_999_999),
                Some(-1),
                Some(-62_135_596_800_000_000),
                None,
                Some(1_704_456_000_123_456),
            ]))),
        ),
        (
            "milli",
            Arc::new(TimestampMillisecondArray::from(cycle(&[
                Some(253_402_300_799_999),
                Some(-1),
                None,
                Some(1_704_456_000_123),
            ]))),
        ),
        (
            "nano",
            Arc::new(TimestampNanosecondArray::from(cycle(&[
                Some(i64::MAX),
                Some(-1_500),
                None,
                Some(1_704_456_000_123_456_789),
                Some(-i64::MAX),
            ]))),
        ),
        (
            "instant_nano",
            Arc::new(
                TimestampNanosecondArray::from(cycle(&[
                    Some(7_258_118_400_123_456_789),
                    Some(-1_500),
                    None,
                    Some(1_704_456_000_123_456_789),
                    Some(-i64::MAX),
                ]))
                .with_timezone("UTC"),
            ),
        ),
        (
            "instant",
            Arc::new(
                TimestampMicrosecondArray::from(cycle(&[
                    Some(253_402_300_799_999_999),
                    Some(-1),
                    None,
                    Some(1_710_053_400_000_000),
                    Some(1_730_612_400_000_000),
                ]))
                .with_timezone("UTC"),
            ),
        ),
        (
            "seconds",
            Arc::new(Int64Array::from(cycle(&[
                Some(1_704_456_000),
                Some(0),
                Some(-1),
                None,
                Some(253_402_300_799),
            ]))),
        ),
        ("flag", Arc::new(BooleanArray::from(cycle(&[Some(true), Some(false), None])))),
        (
            "uuid",
            Arc::new(FixedSizeBinaryArray::try_from_iter(uuids.into_iter()).expect("sixteen bytes each")),
        ),
        ("bytes", Arc::new(BinaryArray::from(bytes))),
    ])
}

/// Draws numbers, the same on every machine (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("fewer sides than addresses")
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }

    fn number(&mut self, depth: usize) -> String {
        let few =
            ["few_pieces", "few_percent", "few_price", "few_rate", "few_pieces", "few_price", "few_double"];
        let all = [
            "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "narrow", "money",
            "long", "spark", "double", "single",
        ];
        if depth == 0 {
            return match self.roll(5) {
                0 => self
                    .pick(&["1", "0", "100", "3", "0.5", "1.19", "1000", "12", "0.001", "2.50", "8"])
                    .to_owned(),
                1 => self.pick(&all).to_owned(),
                _ => self.pick(&few).to_owned(),
            };
        }
        let depth = depth - 1;
        match self.roll(18) {
            0..=2 => format!("{} * {}", self.number(0), self.number(0)),
            3 => format!("({}) * ({})", self.number(depth), self.number(depth)),
            4 | 5 => format!("({}) - ({})", self.number(depth), self.number(depth)),
            6 => format!("({}) + ({})", self.number(depth), self.number(depth)),
            7 | 8 => format!(
                "({}) / {}",
                self.number(depth),
                self.pick(&["100", "3", "1.2", "8", "1000", "7", "0.25", "12"])
            ),
            9 => format!("({}) / ({})", self.number(depth), self.number(depth)),
            10 => format!("-({})", self.number(depth)),
            11 => format!("{}({})", self.pick(&["abs", "floor", "ceil"]), self.number(depth)),
            12 => format!("coalesce({}, {})", self.number(depth), self.number(depth)),
            13 => format!(
                "{}({}, {})",
                self.pick(&["greatest", "least", "nullif"]),
                self.number(depth),
                self.number(depth)
            ),
            14 => format!(
                "case when {} then {} else {} end",
                self.condition(depth),
                self.number(depth),
                self.number(depth)
            ),
            15 => format!(
                "cast({} as {})",
                self.number(depth),
                self.pick(&["decimal(18, 2)", "decimal(38, 10)", "double", "decimal(9, 0)"])
            ),
            16 => format!(
                "{}({} as {})",
                self.pick(&["cast", "try_cast"]),
                self.pick(&["number_text", "few_number_text"]),
                self.pick(&["decimal(18, 2)", "double", "bigint"])
            ),
            _ => format!("date_part('{}', {})", self.pick(&["year", "month", "day"]), self.time(depth)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let sign = self.pick(&["=", "<>", "<", "<=", ">", ">=", "is distinct from"]);
        match self.roll(if depth == 0 { 6 } else { 10 }) {
            0 => "flag".to_owned(),
            1 => format!("{} {sign} {}", self.number(0), self.number(0)),
            2 => format!("word {sign} {}", self.pick(&["'a'", "'c|d|e'", "lower(word)"])),
            3 => format!("{} {sign} date '2024-01-05'", self.pick(&["day", "moment", "instant"])),
            4 => format!("{} is not null", self.number(0)),
            5 => format!("{} between {} and {}", self.number(0), self.number(0), self.number(0)),
            6 => format!("not ({})", self.condition(depth - 1)),
            7 => format!("({}) and ({})", self.condition(depth - 1), self.condition(depth - 1)),
            8 => format!("({}) or ({})", self.condition(depth - 1), self.condition(depth - 1)),
            _ => format!("{} in (1, 2.5, 200, {})", self.number(0), self.number(0)),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self
                .pick(&["word", "word", "number_text", "day_text", "'x'", "uuid", "cast(bytes as varchar)"])
                .to_owned();
        }
        let depth = depth - 1;
        match self.roll(13) {
            0 => format!("{}({})", self.pick(&["lower", "upper"]), self.text(depth)),
            1 => format!(
                "trim({} ' ' || chr(160) from {})",
                self.pick(&["both", "leading", "trailing"]),
                self.text(depth)
            ),
            2 => format!("{} || {}", self.text(depth), self.text(depth)),
            3 => format!("substr({}, {}, {})", self.text(depth), 1 + self.roll(4), self.roll(5)),
            4 => format!("{}({}, {})", self.pick(&["left", "right"]), self.text(depth), self.roll(5)),
            5 => format!("{}({}, {}, 'ab')", self.pick(&["lpad", "rpad"]), self.text(depth), self.roll(9)),
            6 => format!(
                "replace({}, {}, {})",
                self.text(depth),
                self.pick(&["'a'", "' '", "'|'", "'ß'"]),
                self.text(0)
            ),
            7 => format!("split_part({}, '|', {})", self.text(depth), 1 + self.roll(4)),
            8 => format!("concat({}, {})", self.text(depth), self.text(depth)),
            9 => format!("coalesce(nullif({}, ''), {})", self.text(depth), self.text(depth)),
            10 => format!("case when {} then {} end", self.condition(depth), self.text(depth)),
            11 => format!(
                "cast({} as varchar)",
                self.pick(&["int8", "uint64", "int64", "flag", "day", "money", "narrow"])
            ),
            _ => format!("case {} when 'a' then 'b' else {} end", self.text(0), self.text(depth)),
        }
    }

    fn time(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self
                .pick(&[
                    "day",
                    "moment",
                    "milli",
                    "instant",
                    "cast(few_day_text as date)",
                    "few_day_text",
                    "day_text",
                ])
                .to_owned();
        }
        let depth = depth - 1;
        match self.roll(7) {
            0 => format!(
                "date_trunc('{}', {})",
                self.pick(&["year", "quarter", "month", "week", "day", "hour"]),
                self.time(depth)
            ),
            1 => format!(
                "{} {} interval '{}'",
                self.pick(&["moment", "day", "instant", "milli"]),
                self.pick(&["+", "-"]),
                self.pick(&["8 hours", "1 day", "3 months", "90 minutes"])
            ),
            2 => "to_timestamp(seconds)".to_owned(),
            3 => format!(
                "coalesce({}, {})",
                self.pick(&["day", "moment"]),
                self.pick(&["instant", "date '2024-01-05'", "milli"])
            ),
            4 => format!("case when {} then moment else day end", self.condition(depth)),
            5 => format!(
                "try_cast({} as {})",
                self.pick(&["day_text", "few_day_text"]),
                self.pick(&["date", "timestamp"])
            ),
            _ => format!("cast({} as {})", self.time(0), self.pick(&["date", "timestamp"])),
        }
    }
}

/// Each function and cast with columns of every type, and what is drawn: the canonical column, and the mapping.
fn mappings() -> Vec<(&'static str, String)> {
    let mut list = Vec::new();
    for name in columns().into_keys() {
        for target in ["net_amount", "quantity", "product_id", "line_number", "ordered_at", "is_return"] {
            list.push((target, name.to_owned()));
        }
        for (target, kind) in [
            ("category", "varchar"),
            ("net_amount", "decimal(18, 2)"),
            ("net_amount", "decimal(38, 10)"),
            ("net_amount", "double"),
            ("product_id", "bigint"),
            ("product_id", "int"),
            ("product_id", "smallint"),
            ("ordered_at", "date"),
            ("ordered_at", "timestamp"),
            ("is_return", "boolean"),
        ] {
            for word in ["cast", "try_cast"] {
                list.push((target, format!("{word}({name} as {kind})")));
            }
        }
        for (target, call) in [
            ("net_amount", "abs(_)"),
            ("net_amount", "floor(_)"),
            ("net_amount", "ceil(_)"),
            ("net_amount", "sqrt(_)"),
            ("net_amount", "exp(_)"),
            ("net_amount", "ln(_)"),
            ("net_amount", "power(_, 2)"),
            ("net_amount", "_ / 100"),
            ("net_amount", "_ / 3"),
            ("net_amount", "_ * 12"),
            ("net_amount", "_ - few_price"),
            ("net_amount", "-_"),
            ("net_amount", "greatest(_, few_pieces)"),
            ("net_amount", "nullif(_, 0)"),
            ("is_return", "_ < 0"),
            ("is_return", "_ = _"),
            ("is_return", "_ is null"),
            ("is_return", "_ >= few_rate"),
            ("category", "lower(_)"),
            ("category", "upper(_)"),
            ("category", "sha256(_)"),
            ("category", "plain_number(_, ',')"),
            ("category", "plain_number(_, '.')"),
            ("ordered_at", "to_date(_, 'dd.mm.yyyy')"),
            ("ordered_at", "to_date(_, 'mm/dd/yyyy')"),
            ("net_amount", "char_length(_)"),
            ("category", "left(_, 2)"),
            ("category", "right(_, 2)"),
            ("category", "substr(_, 2, 3)"),
            ("category", "lpad(_, 6, '0')"),
            ("category", "rpad(_, 6)"),
            ("category", "replace(_, 'a', 'bc')"),
            ("category", "split_part(_, '|', 2)"),
            ("is_return", "starts_with(_, 'a')"),
            ("is_return", "_ like '%a_b%'"),
            ("net_amount", "strpos(_, 'b')"),
            ("category", "concat(_, '-', _)"),
            ("category", "_ || 'x'"),
            ("category", "trim(both ' ' from _)"),
            ("ordered_at", "to_timestamp(_)"),
            ("ordered_at", "date_trunc('month', _)"),
            ("ordered_at", "_ + interval '8 hours'"),
            ("net_amount", "date_part('second', _)"),
            ("net_amount", "extract(quarter from _)"),
            ("is_return", "_ = '2024-01-05'"),
        ] {
            list.push((target, call.replace('_', name)));
        }
    }
    for seed in 0..DRAWN {
        let mut dice = Dice(seed);
        let depth = 1 + dice.roll(2);
        list.push(match seed % 4 {
            0 | 1 => ("net_amount", dice.number(depth)),
            2 if dice.roll(2) == 0 => ("ordered_at", dice.time(depth)),
            2 => ("is_return", dice.condition(depth)),
            _ => ("category", dice.text(depth)),
        });
    }
    list
}

/// The columns of `raw.order_lines` that a mapping is seen in.
fn raw_columns(target: &str) -> String {
    let name = if target == "line_number" { "source_line" } else { target };
    format!("order_id, {name}, amount_problem")
}

/// What becomes of a mapping.
enum Answer {
    Refused(String),
    Stopped(String),
    Rows(Vec<RecordBatch>, Box<RawTable>),
}

struct Trial {
    engine: Engine,
    pinned: Pinned,
    source: Source,
}

impl Trial {
    async fn over(rows: BTreeMap<&str, ArrayRef>, folder: &Path) -> Result<Self, Failure> {
        let names: Vec<String> = rows.keys().map(ToString::to_string).collect();
        parquet::write_columns(&folder.join("rows.parquet"), rows);
        let text = "project: {name: Trial, currency: USD, timezone: America/New_York, language: en}\nas_of: 2025-01-01\n\
                    sources:\n  order_lines:\n    location: rows.parquet\n    amount_scale: 2\n    columns: {order_id: id, customer_id: id, \
                    ordered_at: id, net_amount: id}\npolicy: {margin: 0.3}\npublish: {location: output/}\n";
        let config = karat::config::parse("config.yaml", text, folder, &|_| None).expect("a configuration");
        let mut source = config.sources["order_lines"].clone();
        // Only columns that are mapped are read.
        source.columns.extend(names.into_iter().map(|name| (format!("maps {name}"), name)));
        let scratch = folder.join("scratch");
        std::fs::create_dir_all(&scratch).expect("a folder");
        let engine = start(&scratch)?;
        let pinned = source::pin("order_lines", &source, &config.root, folder, false).await?;
        engine.add_source(
            "order_lines",
            &pinned.source_files(),
            pinned.schema.clone(),
            &pinned.partitions,
        )?;
        Ok(Self { engine, pinned, source })
    }

    async fn answer(&self, target: &str, text: &str, amount_scale: Option<u8>) -> Answer {
        let mut source = self.source.clone();
        source.amount_scale = amount_scale;
        source.columns =
            BTreeMap::from([("order_id".to_owned(), "id".to_owned()), (target.to_owned(), text.to_owned())]);
        let raw = match source::raw_table(
            &self.engine,
            source::Rows::Files(&self.pinned),
            &source,
            "America/New_York",
        )
        .await
        {
            Ok(raw) => raw,
            Err(failure) => {
                assert_eq!(failure.exit, Exit::Refused, "{text}: {failure:?}");
                return Answer::Refused(failure.message);
            }
        };
        let sql = format!("select {} from ({})", raw_columns(target), raw.sql);
        let mut batches = Vec::new();
        let read = self.engine.each_batch(text, &sql, |batch| {
            batches.push(batch.clone());
            Ok(())
        });
        match read.await {
            Ok(()) => Answer::Rows(batches, Box::new(raw)),
            Err(failure) => {
                assert!(
                    failure.exit == Exit::Input || format!("{failure:?}").contains("Optimizer rule"),
                    "{text}: {failure:?}"
                );
                Answer::Stopped(format!("{:?}", failure.cause))
            }
        }
    }
}

fn leave(folder: &Path, number: usize, batches: &[RecordBatch]) {
    let file = File::create(folder.join(format!("{number}.parquet"))).expect("a file");
    let schema = batches.first().expect("rows").schema();
    let mut writer = ArrowWriter::try_new(file, schema, None).expect("a Parquet writer");
    for batch in batches {
        writer.write(batch).expect("rows that fit");
    }
    writer.close().expect("a Parquet file");
}

#[test]
fn every_mapping_is_refused_or_stops_or_gives_rows_that_another_engine_can_compare() {
    let given = std::env::var_os("KARAT_TWO_ENGINES").map(PathBuf::from);
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = given.unwrap_or_else(|| temporary.path().to_path_buf());
    let total = mappings().len();
    let place = folder.clone();
    let (left, refused, stopped) = block_on(|| async move {
        let folder = place;
        let (mut left, mut refused, mut stopped) = (Vec::<Value>::new(), 0, 0);
        let trial = Trial::over(columns(), &folder).await?;
        for (number, (target, text)) in mappings().into_iter().enumerate() {
            let scale = (number % 2 == 0).then_some(2);
            match trial.answer(target, &text, scale).await {
                Answer::Refused(why) => {
                    assert!(!why.is_empty());
                    refused += 1;
                }
                Answer::Stopped(_) => stopped += 1,
                Answer::Rows(batches, raw) => {
                    let file = folder.join("rows.parquet").display().to_string();
                    let source::From::Files(reader) = &raw.from else { panic!("the source has files") };
                    let rows = reader.from(&[&file]);
                    leave(&folder, number, &batches);
                    left.push(json!({
                        "number": number,
                        "mapping": format!("{target}: {text}"),
                        "sql": format!(
                            "select {} from (select {} {rows})",
                            raw_columns(target),
                            raw.duckdb_columns
                        ),
                    }));
                }
            }
        }
        Ok::<_, Failure>((left, refused, stopped))
    })
    .expect("a trial");
    let list = Value::from(left.clone());
    std::fs::write(folder.join("mappings.json"), list.to_string()).expect("a file");
    assert!(
        left.len() * 3 > total,
        "of {total} mappings {refused} are refused and {stopped} stop, {} give rows",
        left.len()
    );
}

/// A small decimal column.
fn decimals(values: &[Option<i128>], digits: u8, scale: i8) -> ArrayRef {
    let array = Decimal128Array::from(values.to_vec());
    Arc::new(array.with_precision_and_scale(digits, scale).expect("digits and decimals"))
}

#[test]
fn mappings_give_the_values_that_follow_by_hand() {
    let rows = BTreeMap::from([
        ("id", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
        ("cents", Arc::new(Int64Array::from(vec![1_999, 48_252]))),
        ("price", Arc::new(Int64Array::from(vec![101, 101]))),
        ("percent", Arc::new(Int64Array::from(vec![5, 15]))),
        ("pieces16", Arc::new(Int16Array::from(vec![200, 1]))),
        ("price16", Arc::new(Int16Array::from(vec![200, 1]))),
        ("pieces32", Arc::new(Int32Array::from(vec![50_000, 1]))),
        ("price32", Arc::new(Int32Array::from(vec![60_000, 1]))),
        ("gross", Arc::new(UInt32Array::from(vec![105, 500]))),
        ("rebate", Arc::new(UInt32Array::from(vec![300, 0]))),
        // With a tax of 20%: 0.025 and 1.005, two halves.
        ("taxed", decimals(&[Some(30), Some(1_206)], 10, 3)),
        ("single_id", Arc::new(Float32Array::from(vec![20_000_001.0, 12_346.0]))),
        ("seconds", Arc::new(Int64Array::from(vec![1_704_456_000, 0]))),
        ("compact", Arc::new(Int64Array::from(vec![20_240_105, 20_241_231]))),
        ("offset", Arc::new(StringArray::from(vec!["2024-12-31T22:30:00-05:00", "2025-01-01T04:59:59Z"]))),
        ("short", Arc::new(StringArray::from(vec!["2024-01-05T12:00", "20240105"]))),
        (
            "uuid",
            Arc::new(
                FixedSizeBinaryArray::try_from_iter([1_u128, 2].iter().map(|uuid| uuid.to_be_bytes()))
                    .expect("sixteen bytes each"),
            ),
        ),
        ("greek", Arc::new(StringArray::from(vec!["ΟΔΟΣ", "Straße"]))),
    ]);
    let cases: &[(&str, &str, Option<u8>, [&str; 2])] = &[
        ("net_amount", "cents / 100", None, ["19.9900", "482.5200"]),
        ("net_amount", "price * (100 - percent) / 100", None, ["95.9500", "85.8500"]),
        ("net_amount", "price / (1 - percent / 100)", Some(2), ["106.3200", "118.8200"]),
        ("net_amount", "pieces16 * price16", None, ["40000.0000", "1.0000"]),
        ("net_amount", "pieces32 * price32", None, ["3000000000.0000", "1.0000"]),
        ("net_amount", "gross - rebate", None, ["-195.0000", "500.0000"]),
        ("net_amount", "taxed / 1.2", Some(2), ["0.0300", "1.0100"]),
        ("net_amount", "-taxed / 1.2", Some(2), ["-0.0300", "-1.0100"]),
        ("net_amount", "price / 8", None, ["12.6250", "12.6250"]),
        ("net_amount", "cents / 2.5", None, ["799.6000", "19300.8000"]),
        ("net_amount", "cents / 40", None, ["49.9750", "1206.3000"]),
        ("net_amount", "price / 0", None, ["refused", "divides by zero"]),
        ("net_amount", "price / 3", None, ["refused", "amount_scale"]),
        ("product_id", "single_id", None, ["NULL", "12346"]),
        ("ordered_at", "to_timestamp(seconds)", None, ["2024-01-05T07:00:00", "1969-12-31T19:00:00"]),
        ("ordered_at", "cast(compact as varchar)", None, ["2024-01-05T00:00:00", "2024-12-31T00:00:00"]),
        (
            "ordered_at",
            "cast(cast(compact as varchar) as date)",
            None,
            ["2024-01-05T00:00:00", "2024-12-31T00:00:00"],
        ),
        ("ordered_at", "offset", None, ["2024-12-31T22:30:00", "2024-12-31T23:59:59"]),
        ("ordered_at", "short", None, ["2024-01-05T12:00:00", "2024-01-05T00:00:00"]),
        (
            "product_id",
            "uuid",
            None,
            ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"],
        ),
        ("category", "lower(greek)", None, ["οδοσ", "straße"]),
        ("category", "upper(greek)", None, ["ΟΔΟΣ", "STRAẞE"]),
    ];
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = temporary.path().to_path_buf();
    block_on(move || async move {
        let trial = Trial::over(rows, &folder).await?;
        for (target, text, scale, expected) in cases {
            match trial.answer(target, text, *scale).await {
                Answer::Refused(why) => {
                    assert_eq!(expected[0], "refused", "{text}: {why}");
                    assert!(why.contains(expected[1]), "{text}: {why}");
                }
                Answer::Stopped(why) => panic!("{text}: {why}"),
                Answer::Rows(_, raw) => {
                    let sql =
                        format!("select order_id, {target} as value from ({}) order by order_id", raw.sql);
                    let table = trial.engine.read(text, &sql).await?;
                    let values = [0, 1].map(|row| {
                        let cell = table.cell(row, "value").expect("a value");
                        if *cell == karat::table::Cell::Null { "NULL".to_owned() } else { cell.to_string() }
                    });
                    assert_eq!(values, expected.map(str::to_owned), "{text}");
                }
            }
        }
        Ok::<_, Failure>(())
    })
    .expect("a trial");
}
