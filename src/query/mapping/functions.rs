//! Functions of a mapping, each with the types that were compared on both engines.

use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, TrimWhereField};

use super::catalogue::FUNCTIONS;
use super::typed::{Both, Type, Typed, Write, not_compared, text};
use super::{numbers, timestamps};
use crate::query::lint;

/// Parts of a timestamp that both engines count alike.
const PARTS: [&str; 7] = ["year", "quarter", "month", "day", "hour", "minute", "second"];
/// Where a timestamp may be cut off.
const CUTS: [&str; 7] = ["year", "quarter", "month", "week", "day", "hour", "minute"];

/// A call of a function, in whatever form SQL has for it.
pub(super) fn call(writer: &mut dyn Write, expression: &Expr) -> Result<Typed, String> {
    match expression {
        Expr::Extract { field, expr, .. } => part(writer, &field.to_string().to_lowercase(), expr),
        Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
            substring(writer, expr, from, substring_for.as_deref())
        }
        Expr::Trim { trim_where, trim_what: Some(what), expr, trim_characters: None } => {
            let (what, value) = (text(&writer.write(what)?)?, text(&writer.write(expr)?)?);
            let side = match trim_where {
                None | Some(TrimWhereField::Both) => "both",
                Some(TrimWhereField::Leading) => "leading",
                Some(TrimWhereField::Trailing) => "trailing",
            };
            let sql =
                Both::join([&what, &value], |[what, value]| format!("trim({side} {what} from {value})"));
            Ok(Typed::new(sql, Type::Text))
        }
        Expr::Trim { .. } => Err(
            "a plain `trim` removes other blanks on each engine: list them, as in `trim(both ' ' from a)`"
                .to_owned(),
        ),
        Expr::Position { expr, r#in } => position(writer, r#in, expr),
        Expr::Ceil { expr, .. } => whole(writer, "ceil", expr),
        Expr::Floor { expr, .. } => whole(writer, "floor", expr),
        Expr::Function(function) => named(writer, function),
        other => Err(not_compared(other)),
    }
}

/// A function of which some arguments are known; none where the group does not hold it.
type Known = Result<Option<Typed>, String>;

fn named(writer: &mut dyn Write, function: &Function) -> Result<Typed, String> {
    let name = function.name.to_string().to_lowercase();
    if lint::is_of_many_rows(&name) || function.over.is_some() {
        return Err(format!("`{name}`: a column mapping is computed row by row"));
    }
    if let Some(arguments) = arguments(function) {
        for group in [chosen, of_numbers, of_texts, of_moments] {
            if let Some(value) = group(writer, &name, &arguments)? {
                return Ok(value);
            }
        }
        if lint::is_of_one_row(&name) {
            return Err(format!(
                "`{name}` has other arguments than those that were compared on both engines"
            ));
        }
    }
    Err(unknown(&name))
}

/// Says that there is no such function, why, and which one may be meant.
fn unknown(name: &str) -> String {
    if let Some(why) = lint::reason(name) {
        return format!("`{name}`: {why}");
    }
    let known =
        FUNCTIONS.iter().flat_map(|function| function.form.split(|letter: char| !is_of_a_name(letter)));
    let nearest = known
        .filter(|known| known.len() > 2)
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let meant = nearest.filter(|(likeness, _)| *likeness > 0.75);
    let meant = meant.map_or_else(String::new, |(_, known)| format!(" (perhaps `{known}`)"));
    format!(
        "mappings have no function `{name}`{meant}; `karat functions` lists those that both engines compute alike"
    )
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter == '_'
}

/// The arguments of a plain call.
fn arguments(function: &Function) -> Option<Vec<&Expr>> {
    let is_plain = function.filter.is_none()
        && function.null_treatment.is_none()
        && function.within_group.is_empty()
        && matches!(function.parameters, FunctionArguments::None);
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    if !is_plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return None;
    }
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
            _ => None,
        })
        .collect()
}

/// One of several values.
fn chosen(writer: &mut dyn Write, name: &str, arguments: &[&Expr]) -> Known {
    let value = match (name, arguments) {
        ("coalesce" | "greatest" | "least", [_, ..]) | ("nullif", [_, _]) => {
            let (sqls, kind) = writer.alike(arguments)?;
            if kind == Type::Null {
                return Ok(Some(Typed::null()));
            }
            Ok(Typed::new(Both::list(&sqls).map(|list| format!("{name}({list})")), kind))
        }
        _ => return Ok(None),
    };
    value.map(Some)
}

/// Functions of numbers.
fn of_numbers(writer: &mut dyn Write, name: &str, arguments: &[&Expr]) -> Known {
    let value = match (name, arguments) {
        ("abs", [value]) => {
            let value = writer.write(value)?;
            match &value.kind {
                Type::Null => Ok(value),
                kind if kind.is_exact() => {
                    let exact = numbers::exact(&value);
                    Ok(Typed { sql: exact.sql.map(|sql| format!("abs({sql})")), ..exact })
                }
                kind if kind.is_floating() => {
                    Ok(Typed::new(value.sql.map(|sql| format!("abs({sql})")), kind.clone()))
                }
                kind => Err(format!("`abs` is given {kind}; it needs a number")),
            }
        }
        ("floor", [value]) => whole(writer, "floor", value),
        ("ceil", [value]) => whole(writer, "ceil", value),
        ("sqrt" | "exp" | "ln", [value]) => {
            let value = double(writer, name, value)?;
            Ok(Typed::new(value.map(|sql| format!("{name}({sql})")), Type::Double))
        }
        ("power", [base, exponent]) => {
            let (base, exponent) = (double(writer, name, base)?, double(writer, name, exponent)?);
            let sql = Both::join([&base, &exponent], |[base, exponent]| format!("power({base}, {exponent})"));
            Ok(Typed::new(sql, Type::Double))
        }
        _ => return Ok(None),
    };
    value.map(Some)
}

/// Functions of texts.
fn of_texts(writer: &mut dyn Write, name: &str, arguments: &[&Expr]) -> Known {
    let value = match (name, arguments) {
        ("lower" | "upper" | "sha256", [value]) => {
            let value = text(&writer.write(value)?)?;
            Ok(Typed::new(value.map(|sql| format!("{name}({sql})")), Type::Text))
        }
        ("length" | "char_length", [value]) => {
            let value = text(&writer.write(value)?)?;
            Ok(Typed::new(value.map(|sql| format!("char_length({sql})")), Type::Integer(10)))
        }
        ("left" | "right", [value, count]) => {
            let value = text(&writer.write(value)?)?;
            let count = said_number(writer, name, count, 0)?;
            Ok(Typed::new(value.map(|sql| format!("{name}({sql}, {count})")), Type::Text))
        }
        ("substr", [value, from]) => substring(writer, value, from, None),
        ("substr", [value, from, length]) => substring(writer, value, from, Some(length)),
        ("lpad" | "rpad", [value, count]) => {
            let value = text(&writer.write(value)?)?;
            let count = said_number(writer, name, count, 0)?;
            Ok(Typed::new(value.map(|sql| format!("{name}({sql}, {count}, ' ')")), Type::Text))
        }
        ("lpad" | "rpad", [value, count, fill]) => {
            let value = text(&writer.write(value)?)?;
            let (count, fill) = (said_number(writer, name, count, 0)?, said_text(writer, name, fill)?);
            Ok(Typed::new(value.map(|sql| format!("{name}({sql}, {count}, {fill})")), Type::Text))
        }
        ("replace", [value, from, to]) => {
            let (value, to) = (text(&writer.write(value)?)?, text(&writer.write(to)?)?);
            let from = said_text(writer, name, from)?;
            let sql = Both::join([&value, &to], |[value, to]| format!("replace({value}, {from}, {to})"));
            Ok(Typed::new(sql, Type::Text))
        }
        ("split_part", [value, sign, count]) => {
            let value = text(&writer.write(value)?)?;
            let (sign, count) = (said_text(writer, name, sign)?, said_number(writer, name, count, 1)?);
            Ok(Typed::new(value.map(|sql| format!("split_part({sql}, {sign}, {count})")), Type::Text))
        }
        ("starts_with", [value, start]) => {
            let (value, start) = (text(&writer.write(value)?)?, text(&writer.write(start)?)?);
            let sql = Both::join([&value, &start], |[value, start]| format!("starts_with({value}, {start})"));
            Ok(Typed::new(sql, Type::Boolean))
        }
        ("strpos", [value, part]) => position(writer, value, part),
        ("plain_number", [value, sign]) => plain_number(writer, value, sign),
        ("concat", [_, ..]) => {
            let texts = arguments
                .iter()
                .map(|argument| text(&writer.write(argument)?))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Typed::new(Both::list(&texts).map(|list| format!("concat({list})")), Type::Text))
        }
        ("chr", [code]) => {
            let code = said_number(writer, name, code, 1)?;
            Ok(Typed::same(format!("chr({code})"), Type::Text))
        }
        _ => return Ok(None),
    };
    value.map(Some)
}

/// Functions of days and timestamps.
fn of_moments(writer: &mut dyn Write, name: &str, arguments: &[&Expr]) -> Known {
    let value = match (name, arguments) {
        ("date_part", [unit, timestamp]) => {
            let unit = said(writer, unit)?;
            part(writer, &unit, timestamp)
        }
        ("date_trunc", [unit, timestamp]) => {
            let unit = said(writer, unit)?;
            let timestamp = time(writer, timestamp)?;
            if !CUTS.contains(&unit.as_str()) {
                return Err(format!("`date_trunc` cuts at {}", CUTS.join(", ")));
            }
            let sql = timestamp.map(|sql| format!("cast(date_trunc('{unit}', {sql}) as timestamp(6))"));
            Ok(Typed::new(sql, Type::Timestamp))
        }
        ("to_date", [value, pattern]) => {
            let value = text(&writer.write(value)?)?;
            let pattern = said(writer, pattern)?;
            Ok(Typed::new(timestamps::of_pattern(&value, &pattern, writer.zone())?, Type::Timestamp))
        }
        ("to_timestamp", [seconds]) => {
            let seconds = writer.write(seconds)?;
            match seconds.kind {
                Type::Null => Ok(Typed::null()),
                Type::Integer(_) | Type::Decimal(_, 0) => Ok(timestamps::of_seconds(&seconds, writer.zone())),
                ref kind => Err(format!(
                    "`to_timestamp` is given {kind}; it needs whole seconds since 1970, as in `to_timestamp(floor(ms / 1000))`"
                )),
            }
        }
        _ => return Ok(None),
    };
    value.map(Some)
}

/// The largest whole number that is not above a number, or the smallest that is not below.
fn whole(writer: &mut dyn Write, name: &str, value: &Expr) -> Result<Typed, String> {
    let value = writer.write(value)?;
    match value.kind {
        Type::Null | Type::Integer(_) | Type::Decimal(_, 0) => Ok(value),
        Type::Decimal(digits, scale) => {
            let exact = numbers::exact(&value);
            let digits = digits - scale + 1;
            let sql = exact.sql.map(|sql| format!("cast({name}({sql}) as decimal(38, 0))"));
            Ok(Typed::wide(sql, digits, 0))
        }
        ref kind if kind.is_floating() => Ok(Typed {
            is_whole: true,
            ..Typed::new(
                value.sql.map(|sql| format!("{name}({sql})")),
                if *kind == Type::Single { Type::Single } else { Type::Double },
            )
        }),
        ref kind => Err(format!("`{name}` is given {kind}; it needs a number")),
    }
}

fn double(writer: &mut dyn Write, name: &str, value: &Expr) -> Result<Both, String> {
    let value = writer.write(value)?;
    match &value.kind {
        Type::Null => Ok(Both::same("cast(null as double)")),
        kind if kind.is_number() => Ok(numbers::double(&value)),
        kind => Err(format!("`{name}` is given {kind}; it needs a number")),
    }
}

fn time(writer: &mut dyn Write, value: &Expr) -> Result<Both, String> {
    let value = writer.write(value)?;
    if value.kind.is_of_time() || value.kind == Type::Null {
        return Ok(timestamps::timestamp(&value));
    }
    Err(format!("a timestamp is needed in place of {}: write `cast(… as timestamp)`", value.kind))
}

fn part(writer: &mut dyn Write, unit: &str, value: &Expr) -> Result<Typed, String> {
    if !PARTS.contains(&unit) {
        return Err(format!("one may take {} of a timestamp", PARTS.join(", ")));
    }
    let timestamp = time(writer, value)?;
    // One engine gives seconds with their fraction, in another type.
    let sql = timestamp.map(|sql| format!("cast(floor(date_part('{unit}', {sql})) as bigint)"));
    Ok(Typed::new(sql, Type::Integer(10)))
}

fn substring(
    writer: &mut dyn Write,
    value: &Expr,
    from: &Expr,
    length: Option<&Expr>,
) -> Result<Typed, String> {
    let value = text(&writer.write(value)?)?;
    let from = said_number(writer, "substr", from, 1)?;
    let sql = match length {
        None => value.map(|sql| format!("substr({sql}, {from})")),
        Some(length) => {
            let length = said_number(writer, "substr", length, 0)?;
            value.map(|sql| format!("substr({sql}, {from}, {length})"))
        }
    };
    Ok(Typed::new(sql, Type::Text))
}

fn position(writer: &mut dyn Write, value: &Expr, part: &Expr) -> Result<Typed, String> {
    let value = text(&writer.write(value)?)?;
    let part = said_text(writer, "strpos", part)?;
    let sql = value.map(|sql| format!("cast(strpos({sql}, {part}) as bigint)"));
    Ok(Typed::new(sql, Type::Integer(10)))
}

/// A number as people write it, with groups of three digits and with its sign before or behind it, as a text that a cast reads.
///
/// What is no such number is a text that no cast reads.
fn plain_number(writer: &mut dyn Write, value: &Expr, sign: &Expr) -> Result<Typed, String> {
    let value = text(&writer.write(value)?)?;
    let decimal = match said(writer, sign)?.as_str() {
        "," => ',',
        "." => '.',
        _ => return Err("`plain_number` needs the sign before the decimals, ',' or '.'".to_owned()),
    };
    let engine = format!("plain_number({}, '{decimal}')", value.engine);
    let sql = Both { engine, duckdb: plain_number_sql(&value.duckdb, decimal) };
    Ok(Typed::new(sql, Type::Text))
}

/// The form of such a number, as a regular expression, and what stands between its groups; `decimal` is before its decimals.
#[must_use]
pub fn number_form(decimal: char) -> (String, [char; 4]) {
    let groups = [if decimal == ',' { '.' } else { ',' }, ' ', '\u{a0}', '\u{202f}'];
    let any: String = groups.iter().collect();
    let digits = format!("[0-9]{{1,3}}(?:[{any}][0-9]{{3}})+|[0-9]+");
    let form = format!("^[+-]?(?:{digits})(?:[{decimal}][0-9]+)?$|^(?:{digits})(?:[{decimal}][0-9]+)?-$");
    (form, groups)
}

/// `plain_number` of the SQL `value`, for `DuckDB`; the engine has a function of that name.
#[must_use]
pub fn plain_number_sql(value: &str, decimal: char) -> String {
    let (form, groups) = number_form(decimal);
    let trimmed = format!("trim(both ' ' from {value})");
    let bare = groups
        .iter()
        .chain(&['+', '-'])
        .fold(trimmed.clone(), |inner, group| format!("replace({inner}, '{group}', '')"));
    format!(
        "case when nullif({trimmed}, regexp_replace({trimmed}, '{form}', '')) is not null \
         then concat(case when strpos({trimmed}, '-') > 0 then '-' else '' end, replace({bare}, '{decimal}', '.')) \
         else {value} || '?' end"
    )
}

/// The words of a text that the mapping says.
fn said(writer: &mut dyn Write, value: &Expr) -> Result<String, String> {
    let value = writer.write(value)?;
    match (value.kind, value.literal) {
        (Type::Text, Some(words)) => Ok(words.to_lowercase()),
        _ => Err("the unit of a timestamp is written in quotes, as in `date_part('year', day)`".to_owned()),
    }
}

/// A number that the mapping says.
fn said_number(writer: &mut dyn Write, name: &str, value: &Expr, least: i64) -> Result<i64, String> {
    let value = writer.write(value)?;
    value
        .literal
        .filter(|_| matches!(value.kind, Type::Integer(_)))
        .and_then(|text| text.parse().ok())
        .filter(|number| (least..=1_000_000).contains(number))
        .ok_or_else(|| format!("`{name}` needs a number from {least}, written as such"))
}

/// A text that the mapping says and that is not empty, as SQL.
fn said_text(writer: &mut dyn Write, name: &str, value: &Expr) -> Result<String, String> {
    let value = writer.write(value)?;
    let is_chr = value.sql.engine.starts_with("chr(");
    if value.kind == Type::Text && (is_chr || value.literal.is_some_and(|text| !text.is_empty())) {
        return Ok(value.sql.engine);
    }
    Err(format!("`{name}` needs a text in quotes that is not empty"))
}
