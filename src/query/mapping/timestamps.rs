//! Days and timestamps of a mapping: business time, without a zone.
//!
//! An instant, and a text that names its offset, becomes business time as soon as it is read. A text without an offset is
//! business time already.

use super::numbers;
use super::typed::{Both, Type, Typed};

/// ISO 8601: a day, then perhaps a time, then perhaps an offset. Hyphens, colons, seconds and the `T` may be left out.
const ISO: &str = "^([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ]([01][0-9]|2[0-3]):?([0-5][0-9])(?::?([0-5][0-9])([.][0-9]{1,6})?[0-9]*)?(Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?)?$";

/// Writes a text of that form in one way, with `|` before the offset; any other text is NULL.
fn in_one_way(text: &str) -> String {
    let trimmed = format!("trim(both ' ' from {text})");
    format!(
        "replace(replace(nullif(regexp_replace({trimmed}, '{ISO}', '\\1-\\2-\\3 \\4:\\5:\\6\\7|\\8'), {trimmed}), ' ::', ' 00:00:'), ':|', ':00|')"
    )
}

/// What becomes of a text that is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// It is NULL.
    Null,
    /// It stops the run.
    Error,
}

/// Reads a text as a timestamp in business time.
#[must_use]
pub fn of_text(text: &Both, zone: &str, otherwise: Otherwise) -> Both {
    let zone = zone.replace('\'', "''");
    let written = text.map(|text| match otherwise {
        Otherwise::Null => in_one_way(text),
        // No engine reads this as a date.
        Otherwise::Error => format!("coalesce({}, {text} || '?')", in_one_way(text)),
    });
    let (cast, arrow_cast) = match otherwise {
        Otherwise::Null => ("try_cast", "arrow_try_cast"),
        Otherwise::Error => ("cast", "arrow_cast"),
    };
    let local = |written: &str| {
        format!(
            "case when right({written}, 1) = '|' then {cast}(split_part({written}, '|', 1) as timestamp(6))"
        )
    };
    let (engine, duckdb) = (&written.engine, &written.duckdb);
    Both {
        engine: format!(
            "{} else cast(to_local_time({arrow_cast}(replace({engine}, '|', ''), 'Timestamp(Microsecond, Some(\"{zone}\"))')) as timestamp(6)) end",
            local(engine)
        ),
        duckdb: format!(
            "{} else cast(timezone('{zone}', {cast}(replace({duckdb}, '|', '') as timestamptz)) as timestamp(6)) end",
            local(duckdb)
        ),
    }
}

/// Reads a text of another pattern as a timestamp in business time: `dd`, `mm` and `yyyy` in any order, with one sign between them. A time
/// may follow, as in ISO 8601. Days and months may have one digit. Any other text is NULL.
pub(super) fn of_pattern(text: &Both, pattern: &str, zone: &str) -> Result<Both, String> {
    let cannot = || {
        format!(
            "`to_date` is given the pattern `{pattern}`; it reads `dd`, `mm` and `yyyy` in any order with one of . / - or a blank between \
             them, such as `dd.mm.yyyy`; what begins with yyyy-mm-dd or is yyyymmdd is a date as it is"
        )
    };
    let sign = pattern.chars().find(|letter| !letter.is_ascii_alphabetic()).ok_or_else(cannot)?;
    let parts: Vec<&str> = pattern.split(sign).collect();
    let place = |part: &str| parts.iter().position(|own| *own == part).map(|place| place + 1);
    let (Some(day), Some(month), Some(year)) = (place("dd"), place("mm"), place("yyyy")) else {
        return Err(cannot());
    };
    if parts.len() != 3
        || !['.', '/', '-', ' '].contains(&sign)
        || parts == ["yyyy", "mm", "dd"] && sign == '-'
    {
        return Err(cannot());
    }
    let digits: Vec<&str> =
        parts.iter().map(|part| if *part == "yyyy" { "([0-9]{4})" } else { "([0-9]{1,2})" }).collect();
    let form = format!("^{}((?:[T ].*)?)$", digits.join(&format!("[{sign}]")));
    let iso = text.map(|text| {
        let trimmed = format!("trim(both ' ' from {text})");
        // A sign that no text has before the day marks what was understood.
        let found = format!("regexp_replace({trimmed}, '{form}', '|\\{year}-\\{month}-\\{day}\\4')");
        let long = format!("regexp_replace({found}, '^[|]([0-9]{{4}})-([0-9])-', '|\\1-0\\2-')");
        let long = format!("regexp_replace({long}, '^[|]([0-9]{{4}})-([0-9]{{2}})-([0-9])((?:[T ].*)?)$', '|\\1-\\2-0\\3\\4')");
        format!("case when {found} <> {trimmed} then substr({long}, 2) end")
    });
    Ok(of_text(&iso, zone, Otherwise::Null))
}

/// Tells that a text is there and is no date; the same for both engines.
#[must_use]
pub fn is_no_date(text: &str) -> String {
    format!(
        "trim(both ' ' from {text}) <> '' and try_cast(split_part({}, '|', 1) as timestamp(6)) is null",
        in_one_way(text)
    )
}

/// Nanoseconds, cut to microseconds as the engine of a run does; `DuckDB` would round them, and takes the first and the last
/// timestamp that there is for infinite.
pub(super) fn cut(sql: &Both, kind: &str, offset: &str) -> Both {
    let duckdb = &sql.duckdb;
    // Not every version compares nanoseconds with microseconds.
    let coarse = format!("cast({duckdb} as {kind})");
    let of = |timestamp: &str| format!("{kind} '{timestamp}{offset}'");
    let (middle, last, first) =
        (of("1970-01-01 00:00:00"), of("2262-04-11 23:47:16.854775"), of("1677-09-21 00:12:43.145225"));
    Both {
        engine: sql.engine.clone(),
        duckdb: format!(
            "coalesce(make_{kind}(epoch_ns({duckdb}) // 1000), \
             case when {coarse} > {middle} then {last} when {coarse} < {middle} then {first} end)"
        ),
    }
}

/// An instant in business time.
pub(super) fn of_instant(sql: &Both, zone: &str) -> Both {
    let zone = zone.replace('\'', "''");
    Both {
        // Not `at time zone`, which passes through nanoseconds and fails beyond the year 2262, where "never ends" often lies.
        engine: format!(
            "cast(to_local_time(arrow_cast({}, 'Timestamp(Microsecond, Some(\"{zone}\"))')) as timestamp(6))",
            sql.engine
        ),
        duckdb: format!("cast(timezone('{zone}', {}) as timestamp(6))", sql.duckdb),
    }
}

/// An instant that is stored as seconds since 1970, in business time.
pub(super) fn of_seconds(seconds: &Typed, zone: &str) -> Typed {
    let seconds = &seconds.sql;
    let instant = Both {
        engine: format!("arrow_cast(cast({} as bigint), 'Timestamp(Second, Some(\"UTC\"))')", seconds.engine),
        duckdb: format!("to_timestamp(cast({} as bigint))", seconds.duckdb),
    };
    Typed::new(of_instant(&instant, zone), Type::Timestamp)
}

/// A text of the mapping as the day or timestamp that it names.
pub(super) fn literal(text: &str, as_timestamp: bool) -> Result<Typed, String> {
    let cannot = || format!("`{text}` is no date; write it as `2024-01-31` or `2024-01-31 12:00:00`");
    let trimmed = text.trim();
    if !as_timestamp
        && let Ok(day) = trimmed.parse::<jiff::civil::Date>()
        && trimmed.len() == 10
    {
        return Ok(Typed::same(format!("cast('{day}' as date)"), Type::Date));
    }
    let timestamp: jiff::civil::DateTime = trimmed.parse().map_err(|_| cannot())?;
    let has_offset = trimmed.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-', '[']));
    if has_offset {
        return Err(format!("`{text}` names an offset; write business time"));
    }
    let written = timestamp.to_string().replace('T', " ");
    Ok(Typed::same(format!("cast('{written}' as timestamp(6))"), Type::Timestamp))
}

/// A day or timestamp as a timestamp.
pub(super) fn timestamp(value: &Typed) -> Both {
    match value.kind {
        Type::Date | Type::Null => value.sql.map(|sql| format!("cast({sql} as timestamp(6))")),
        _ => value.sql.clone(),
    }
}

/// Brings values to one type, for a comparison or a choice between them; a text that the mapping says is read as what it is beside.
pub(super) fn alike(values: &[&Typed]) -> Result<(Vec<Both>, Type), String> {
    let kinds = || values.iter().map(|value| &value.kind).filter(|kind| **kind != Type::Null);
    let Some(first) = kinds().next() else {
        return Ok((values.iter().map(|value| value.sql.clone()).collect(), Type::Null));
    };
    if kinds().all(Type::is_number) {
        return Ok(numbers::alike(values));
    }
    if kinds().any(Type::is_of_time) {
        let as_timestamp = kinds().any(|kind| *kind == Type::Timestamp);
        let times: Vec<Typed> = values
            .iter()
            .map(|value| match (&value.kind, &value.literal) {
                (Type::Text, Some(text)) => literal(text, as_timestamp),
                (kind, _) if kind.is_of_time() || *kind == Type::Null => Ok((*value).clone()),
                (kind, _) => Err(mixed(&Type::Timestamp, kind)),
            })
            .collect::<Result<_, _>>()?;
        if times.iter().any(|time| time.kind == Type::Timestamp) {
            return Ok((times.iter().map(timestamp).collect(), Type::Timestamp));
        }
        return Ok((times.into_iter().map(|time| time.sql).collect(), Type::Date));
    }
    if let Some(other) = kinds().find(|kind| *kind != first) {
        return Err(mixed(first, other));
    }
    if !matches!(first, Type::Text | Type::Boolean) {
        return Err(format!("{first} cannot be compared or chosen"));
    }
    Ok((values.iter().map(|value| value.sql.clone()).collect(), first.clone()))
}

fn mixed(first: &Type, other: &Type) -> String {
    format!("{first} and {other} do not go together; write a `cast`")
}
