//! Types that are normalised, and those that are refused.

use arrow::datatypes::{DataType, TimeUnit};

use super::*;

/// A column `a` of this type, in the time zone of London.
fn column(kind: DataType) -> Mapped {
    mapping::resolve("a", &Columns::from([("a".to_owned(), kind)]), "Europe/London")
        .unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn ids_keep_their_values_whatever_their_type() {
    assert_eq!(text(&column(DataType::Int32)).map(|sql| sql.engine), Ok("cast(\"a\" as varchar)".to_owned()));
    assert!(
        text(&column(DataType::Float64))
            .is_ok_and(|sql| { sql.duckdb.contains("isfinite(\"a\") and abs(\"a\") < 9007199254740992") })
    );
    assert!(text(&column(DataType::Float32)).is_ok_and(|sql| sql.engine.contains("< 16777216")));
    assert!(text(&column(DataType::FixedSizeBinary(16))).is_ok_and(|sql| sql.duckdb.contains("as uuid")));
    assert!(text(&column(DataType::Boolean)).is_err());
    assert!(text(&column(DataType::Binary)).is_err());
    assert!(text(&column(DataType::Decimal128(10, 2))).is_err());
}

#[test]
fn money_as_float_needs_a_declared_scale() {
    let problem = amount(&column(DataType::Float64), None).expect_err("no scale");
    assert!(problem.contains("amount_scale"), "{problem}");
    assert!(amount(&column(DataType::Float64), Some(2)).is_ok());
    assert!(amount(&column(DataType::Decimal128(18, 2)), None).is_ok());
    assert!(amount(&column(DataType::Decimal128(18, 6)), None).is_err());
    assert!(amount(&column(DataType::Utf8), Some(2)).is_err());
}

#[test]
fn instants_become_business_time_on_both_engines() {
    let instant = column(DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())));
    let both = timestamp(&instant, "Europe/London").unwrap_or_else(|problem| panic!("{problem}"));
    assert!(both.engine.contains("to_local_time") && both.duckdb.contains("timezone('Europe/London'"));
    assert!(timestamp(&column(DataType::Int64), "UTC").is_err());
}
