//! Casts of a mapping: those that both engines make alike. Any other is refused, with what to write in its place.

use sqlparser::ast::{DataType as SqlType, ExactNumberInfo, TimezoneInfo};

use super::numbers;
use super::timestamps::{self, Otherwise};
use super::typed::{Both, Type, Typed};

/// What a text that should be a number holds besides: such a text becomes an empty one, which no engine takes for a number.
const NO_DECIMAL: &str = "(?s)^.*[^0-9.+-].*$";
const NO_WHOLE: &str = "(?s)^.*[^0-9+-].*$";
const NO_DOUBLE: &str = "(?s)^.*[^0-9.eE+-].*$";

/// `cast(value as target)`, or `try_cast`.
pub(super) fn cast(
    value: &Typed,
    target: &SqlType,
    otherwise: Otherwise,
    zone: &str,
) -> Result<Typed, String> {
    let word = match otherwise {
        Otherwise::Error => "cast",
        Otherwise::Null => "try_cast",
    };
    let plain = |sql_type: &str| value.sql.map(|sql| format!("{word}({sql} as {sql_type})"));
    let of_text = |pattern: &str, sql_type: &str| {
        value.sql.map(|sql| format!("{word}(regexp_replace({sql}, '{pattern}', '') as {sql_type})"))
    };
    let refused = |advice: &str| Err(format!("{} is cast to {target}: {advice}", value.kind));
    match target {
        SqlType::Varchar(None) | SqlType::Text | SqlType::String(None) => match text(value, word) {
            Ok(sql) => Ok(Typed::new(sql, Type::Text)),
            Err(advice) => refused(advice),
        },
        SqlType::Double(_) | SqlType::DoublePrecision => match &value.kind {
            Type::Text => Ok(Typed::new(of_text(NO_DOUBLE, "double"), Type::Double)),
            Type::Null => Ok(Typed::null()),
            kind if kind.is_floating() => Ok(value.clone()),
            kind if kind.is_exact() => Ok(Typed::new(numbers::double(value), Type::Double)),
            _ => refused("it is no number"),
        },
        SqlType::Decimal(info) | SqlType::Numeric(info) | SqlType::Dec(info) => {
            let (digits, scale) = match size(info) {
                Ok(size) => size,
                Err(advice) => return refused(advice),
            };
            let written = format!("decimal({digits}, {scale})");
            let sql = match &value.kind {
                Type::Null => return Ok(Typed::null()),
                Type::Single if scale == 0 => return refused(OF_SINGLE),
                Type::Text => of_text(NO_DECIMAL, &written),
                kind if kind.is_floating() => {
                    value.sql.map(|sql| numbers::rounded(word, sql, kind, digits, scale))
                }
                kind if kind.is_exact() => plain(&written),
                _ => return refused("it is no number"),
            };
            Ok(Typed { is_wide: digits >= 20, ..Typed::new(sql, Type::Decimal(digits, scale)) })
        }
        SqlType::Date => match &value.kind {
            Type::Null => Ok(Typed::null()),
            Type::Text if value.is_literal() => {
                timestamps::literal(value.literal.as_deref().unwrap_or_default(), false)
            }
            Type::Text => {
                let timestamp = timestamps::of_text(&value.sql, zone, otherwise);
                Ok(Typed::new(timestamp.map(|sql| format!("cast({sql} as date)")), Type::Date))
            }
            Type::Date | Type::Timestamp => Ok(Typed::new(plain("date"), Type::Date)),
            _ => refused(OF_TIME),
        },
        SqlType::Timestamp(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => match &value.kind {
            Type::Null => Ok(Typed::null()),
            Type::Text if value.is_literal() => {
                timestamps::literal(value.literal.as_deref().unwrap_or_default(), true)
            }
            Type::Text => Ok(Typed::new(timestamps::of_text(&value.sql, zone, otherwise), Type::Timestamp)),
            Type::Date | Type::Timestamp => Ok(Typed::new(plain("timestamp(6)"), Type::Timestamp)),
            _ => refused(OF_TIME),
        },
        SqlType::Boolean | SqlType::Bool => match &value.kind {
            Type::Null | Type::Boolean => Ok(Typed::new(plain("boolean"), Type::Boolean)),
            _ => refused("write a condition, such as `flag = 'yes'`"),
        },
        whole => {
            let Some((name, digits)) = whole_number(whole) else {
                return refused("mappings have no such type; `karat functions` lists the casts");
            };
            let sql = match &value.kind {
                Type::Null => return Ok(Typed::null()),
                Type::Text => of_text(NO_WHOLE, name),
                Type::Integer(_) | Type::Decimal(_, 0) | Type::Boolean => plain(name),
                Type::Single => return refused(OF_SINGLE),
                _ if value.is_whole => plain(name),
                kind if kind.is_number() => {
                    return refused("engines round differently; write `floor(…)` inside");
                }
                _ => return refused("it is no number"),
            };
            Ok(Typed::new(sql, Type::Integer(digits)))
        }
    }
}

/// A value as text.
fn text(value: &Typed, word: &str) -> Result<Both, &'static str> {
    match &value.kind {
        Type::Bytes if word == "cast" => Ok(Both {
            engine: format!("cast({} as varchar)", value.sql.engine),
            duckdb: format!("decode({})", value.sql.duckdb),
        }),
        Type::Bytes => Err("write `cast`: one engine cannot try it"),
        Type::Timestamp => Err("engines write it differently; cast it to a date first"),
        kind if kind.is_floating() => Err("engines write it differently; cast it to a decimal first"),
        _ => Ok(value.sql.map(|sql| format!("{word}({sql} as varchar)"))),
    }
}

/// Digits and decimals of a decimal.
fn size(info: &ExactNumberInfo) -> Result<(u8, u8), &'static str> {
    let ExactNumberInfo::PrecisionAndScale(digits, scale) = info else {
        return Err("say its digits and decimals, as in `decimal(18, 2)`");
    };
    match (u8::try_from(*digits), u8::try_from(*scale)) {
        (Ok(digits @ 1..=38), Ok(scale)) if scale <= digits => Ok((digits, scale)),
        _ => Err("it has 38 digits at most, decimals among them"),
    }
}

/// Why what single precision holds becomes no whole number: an id would be that of somebody else.
const OF_SINGLE: &str = "single precision holds whole numbers below 16,777,216 only; an id is mapped without a cast, an amount with `amount_scale`";

/// How a number becomes a date.
const OF_TIME: &str = "write `to_timestamp(…)` for seconds since 1970, and `cast(… as varchar)` for a day such as 20240105, which is read as a date";

/// The name and the digits of a type of whole numbers.
fn whole_number(target: &SqlType) -> Option<(&'static str, u8)> {
    match target {
        SqlType::BigInt(None) | SqlType::Int8(None) => Some(("bigint", 19)),
        SqlType::Int(None) | SqlType::Integer(None) | SqlType::Int4(None) => Some(("integer", 10)),
        SqlType::SmallInt(None) | SqlType::Int2(None) => Some(("smallint", 5)),
        _ => None,
    }
}
