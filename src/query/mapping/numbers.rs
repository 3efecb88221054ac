//! Numbers of a mapping: computed so that nothing is lost, and alike on both engines.
//!
//! Whole numbers and decimals are exact: they are computed as decimals of up to 38 digits, whatever the width of the columns,
//! and what needs more stops the run. A division by a number such as 100 or 8 is a multiplication by 0.01 or 0.125. Any other
//! division is one of floating point, which both engines round alike.

use sqlparser::ast::BinaryOperator;

use super::typed::{Both, Type, Typed};

/// Digits of the decimals that are computed with: more than 18, or `DuckDB` would stop at 18.
const WIDE: u8 = 20;
/// Most digits of a decimal.
const MOST: u8 = 38;
/// Most decimals of a product: what is left holds any amount.
const MOST_DECIMALS: u8 = 24;
/// Digits that floating point holds exactly.
const DOUBLE_DIGITS: u8 = 15;

/// A number as the mapping says it.
pub(super) fn literal(text: &str) -> Result<Typed, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.trim_start_matches('0').len() + fraction.len();
    let (digits, scale) = match (u8::try_from(digits), u8::try_from(fraction.len())) {
        _ if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            return Err(format!("`{text}`: write the number without an exponent"));
        }
        (Ok(digits), Ok(scale)) if digits <= DOUBLE_DIGITS && scale <= DOUBLE_DIGITS => {
            (digits.max(1), scale)
        }
        _ => return Err(format!("`{text}` has more than {DOUBLE_DIGITS} digits")),
    };
    let kind =
        if fraction.is_empty() { Type::Integer(digits) } else { Type::Decimal(digits.max(scale), scale) };
    let text = match (whole, fraction) {
        ("", _) => format!("0.{fraction}"),
        (_, "") => whole.to_owned(),
        _ => text.to_owned(),
    };
    Ok(Typed::literal(&text, kind, &text))
}

/// The number with its sign turned.
pub(super) fn negative(value: &Typed) -> Result<Typed, String> {
    if let (Some(text), true) = (&value.literal, value.kind.is_exact()) {
        let text = text.strip_prefix('-').map_or_else(|| format!("-{text}"), ToOwned::to_owned);
        return Ok(Typed::literal(&text, value.kind.clone(), &text));
    }
    match &value.kind {
        Type::Null => Ok(Typed::null()),
        kind if kind.is_exact() => {
            let exact = exact(value);
            Ok(Typed { sql: exact.sql.map(|sql| format!("-({sql})")), ..exact })
        }
        kind if kind.is_floating() => Ok(Typed::new(value.sql.map(|sql| format!("-({sql})")), kind.clone())),
        kind => Err(format!("`-` is written before {kind}; it needs a number")),
    }
}

/// `left op right`, for `+`, `-`, `*` and `/`.
pub(super) fn arithmetic(left: &Typed, op: &BinaryOperator, right: &Typed) -> Result<Typed, String> {
    if left.kind == Type::Null || right.kind == Type::Null {
        return Ok(Typed::null());
    }
    for side in [left, right] {
        if !side.kind.is_number() {
            return Err(format!("`{op}` is given {}; it needs numbers{}", side.kind, advice(&side.kind)));
        }
    }
    if left.kind.is_floating() || right.kind.is_floating() {
        return Ok(floating(left, op, right));
    }
    if *op == BinaryOperator::Divide {
        return match right.literal.as_deref().map(reciprocal) {
            Some(Err(problem)) => Err(problem),
            Some(Ok(Some(reciprocal))) => exactly(left, &BinaryOperator::Multiply, &reciprocal),
            _ => Ok(floating(left, op, right)),
        };
    }
    exactly(left, op, right)
}

/// What to write in place of a value that is no number.
fn advice(kind: &Type) -> &'static str {
    match kind {
        Type::Text => ": write `cast(… as decimal(18, 2))` if the text holds one",
        Type::Date | Type::Timestamp => {
            ": a timestamp moves by an interval, as in `ordered_at + interval '8 hours'`; days between two cannot be computed in a mapping"
        }
        _ => "",
    }
}

/// The decimal by which one multiplies in place of dividing, if it has an end.
fn reciprocal(text: &str) -> Result<Option<Typed>, String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let mut rest: u128 = digits.parse().map_err(|_| format!("`{text}` is too long"))?;
    if rest == 0 {
        return Err("it divides by zero".to_owned());
    }
    // 1 / (2^a 5^b) is 2^(n-a) 5^(n-b) / 10^n, where n is the larger of both.
    let mut powers = [0_u32; 2];
    for (power, prime) in powers.iter_mut().zip([2, 5]) {
        while rest.is_multiple_of(prime) {
            rest /= prime;
            *power += 1;
        }
    }
    let [twos, fives] = powers;
    let places = twos.max(fives);
    if rest != 1 || places > 9 {
        return Ok(None);
    }
    let quotient = 2_u128.pow(places - twos)
        * 5_u128.pow(places - fives)
        * 10_u128.pow(u32::try_from(decimals).unwrap_or(0));
    let places = places as usize;
    let padded = format!("{quotient:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let fraction = fraction.trim_end_matches('0');
    let unsigned = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    let Ok(value) = literal(&unsigned) else {
        return Ok(None);
    };
    Ok(Some(if text.starts_with('-') { negative(&value)? } else { value }))
}

/// Computes with decimals.
fn exactly(left: &Typed, op: &BinaryOperator, right: &Typed) -> Result<Typed, String> {
    // A whole number beside a decimal is one by itself; two of them would be added as they are.
    let keeps = |side: &Typed, other: &Typed| {
        matches!(side.kind, Type::Integer(_)) && side.is_literal() && !other.is_literal()
    };
    let (bare_left, bare_right) = (keeps(left, right), keeps(right, left));
    let (wide_left, wide_right) = (exact(left), exact(right));
    let ((left_digits, left_scale), (right_digits, right_scale)) = (size(&wide_left), size(&wide_right));
    let (digits, scale) = if *op == BinaryOperator::Multiply {
        (left_digits + right_digits, left_scale + right_scale)
    } else {
        let scale = left_scale.max(right_scale);
        ((left_digits - left_scale).max(right_digits - right_scale) + scale + 1, scale)
    };
    if scale > MOST_DECIMALS {
        return Err(format!(
            "a product has {scale} decimals, and {MOST_DECIMALS} are the most: say how many a column has, as in `cast(… as decimal(18, 4))`"
        ));
    }
    let pick = |is_bare: bool, bare: &Typed, wide: &Typed| {
        if is_bare { bare.sql.clone() } else { wide.sql.clone() }
    };
    let sql = Both::join(
        [&pick(bare_left, left, &wide_left), &pick(bare_right, right, &wide_right)],
        |[left, right]| format!("{left} {op} {right}"),
    );
    Ok(checked(sql, digits, scale))
}

/// A decimal that could have more digits than fit is cast, so that one which has them stops both engines.
fn checked(sql: Both, digits: u8, scale: u8) -> Typed {
    if digits <= MOST {
        return Typed::wide(sql, digits, scale);
    }
    let most = MOST - 1;
    Typed::wide(sql.map(|sql| format!("cast({sql} as decimal({most}, {scale}))")), most, scale)
}

fn size(value: &Typed) -> (u8, u8) {
    match value.kind {
        Type::Decimal(digits, scale) => (digits, scale),
        Type::Integer(digits) => (digits, 0),
        _ => (0, 0),
    }
}

/// An exact number as a decimal of enough digits.
pub(super) fn exact(value: &Typed) -> Typed {
    if value.is_wide {
        return value.clone();
    }
    let (digits, scale) = size(value);
    Typed::wide(
        value.sql.map(|sql| format!("cast({sql} as decimal({}, {scale}))", digits.max(WIDE))),
        digits,
        scale,
    )
}

/// What numbers of which one is in floating point give: no more digits than the shortest of them holds.
fn of_floats(values: &[&Typed]) -> Type {
    [Type::Single, Type::Double]
        .into_iter()
        .find(|kind| values.iter().any(|value| value.kind == *kind))
        .unwrap_or(Type::Quotient)
}

/// Computes in floating point.
fn floating(left: &Typed, op: &BinaryOperator, right: &Typed) -> Typed {
    let kind = of_floats(&[left, right]);
    let sql = Both::join([&double(left), &double(right)], |[left, right]| format!("{left} {op} {right}"));
    Typed::new(sql, kind)
}

/// A number in floating point. A long decimal goes through its text: engines differ in the last bit otherwise.
pub(super) fn double(value: &Typed) -> Both {
    match value.kind {
        Type::Decimal(digits, _) if digits > DOUBLE_DIGITS => {
            value.sql.map(|sql| format!("cast(cast({sql} as varchar) as double)"))
        }
        Type::Integer(_) | Type::Decimal(..) => value.sql.map(|sql| format!("cast({sql} as double)")),
        _ => value.sql.clone(),
    }
}

/// A number in floating point as it is compared. The engine of a run tells -0 from 0 and one NaN from another, `DuckDB` does
/// not; that one believes the largest value in a file's footer, which leaves NaN out, until it sees where NaN may come from.
fn comparable(value: &Typed) -> Both {
    let sql = double(value);
    if !value.kind.is_floating() {
        return sql;
    }
    Both {
        engine: format!("nanvl({} + 0.0, cast('NaN' as double))", sql.engine),
        duckdb: format!("case when isnan({0}) then cast('NaN' as double) else {0} end", sql.duckdb),
    }
}

/// Brings numbers to one type, for a comparison or a choice between them.
pub(super) fn alike(values: &[&Typed]) -> (Vec<Both>, Type) {
    let kinds = || values.iter().map(|value| &value.kind);
    if kinds().any(Type::is_floating) {
        let kind = of_floats(values);
        return (values.iter().map(|value| comparable(value)).collect(), kind);
    }
    let sizes = || values.iter().map(|value| size(value)).filter(|(digits, _)| *digits > 0);
    let scale = sizes().map(|(_, scale)| scale).max().unwrap_or(0);
    let whole = sizes().map(|(digits, scale)| digits - scale).max().unwrap_or(1);
    if kinds().all(|kind| matches!(kind, Type::Integer(digits) if *digits < WIDE)) {
        return (values.iter().map(|value| value.sql.clone()).collect(), Type::Integer(whole));
    }
    let digits = (whole + scale).clamp(WIDE, MOST);
    let cast = |value: &&Typed| value.sql.map(|sql| format!("cast({sql} as decimal({digits}, {scale}))"));
    (values.iter().map(cast).collect(), Type::Decimal(digits, scale))
}

/// A number in floating point, or a quotient, as a decimal.
///
/// A quotient is rounded four decimals further on first, so that a half, which floating point cannot say, is seen as one.
/// Halves are rounded away from zero.
#[must_use]
pub fn rounded(cast: &str, sql: &str, kind: &Type, digits: u8, scale: u8) -> String {
    if *kind == Type::Quotient && scale <= 18 {
        return format!("{cast}({cast}({sql} as decimal(38, {})) as decimal({digits}, {scale}))", scale + 4);
    }
    format!("{cast}({sql} as decimal({digits}, {scale}))")
}
