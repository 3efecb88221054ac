//! How numbers and days are written. Rounds half away from zero; never computes a figure.

use bigdecimal::{BigDecimal, RoundingMode, Zero as _};
use jiff::civil::Date;

/// What stands where a value is not known or not applicable.
pub(crate) const NONE: &str = "–";
/// What stands for a value that an edition does not show.
pub(crate) const HIDDEN: &str = "*";

/// U+2212, and never a hyphen.
const MINUS: char = '−';

/// Writes `value` with thousands separators and `decimals` places.
pub(crate) fn number(value: &BigDecimal, decimals: i64) -> String {
    signed(value, decimals, "", "")
}

/// Writes an amount of money: the minus stands before the sign of the currency.
pub(crate) fn money(value: &BigDecimal, currency: &str, decimals: i64) -> String {
    signed(value, decimals, &symbol(currency), "")
}

/// Writes a share or rate of 0 to 1 in percent; what would become 0% although it is not gets a decimal more.
pub(crate) fn percent(value: &BigDecimal, decimals: i64) -> String {
    let vanishes = decimals == 0 && !value.is_zero() && value.abs() < BigDecimal::new(5.into(), 3);
    let decimals = if vanishes { 1 } else { decimals };
    signed(&(value * BigDecimal::from(100)), decimals, "", "%")
}

/// Writes a difference of rates in points, without its unit.
pub(crate) fn points(value: &BigDecimal) -> String {
    signed(&(value * BigDecimal::from(100)), 2, "", "")
}

/// Writes a whole number of bytes in a unit that a person reads.
pub(crate) fn bytes(count: u64) -> String {
    let count = BigDecimal::from(count);
    let (divisor, unit) = [(1_000_000_000_u64, "GB"), (1_000_000, "MB"), (1_000, "kB")]
        .into_iter()
        .find(|(divisor, _)| count >= *divisor)
        .unwrap_or((1, "bytes"));
    let decimals = i64::from(divisor > 1);
    format!(
        "{}\u{a0}{unit}",
        number(&(count / BigDecimal::from(divisor)), decimals)
    )
}

/// Writes a day in full: 1 January 2018.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// Finds the sign of a currency, or its code and a space that does not break.
pub(crate) fn symbol(currency: &str) -> String {
    match currency {
        "USD" => "$".into(),
        "EUR" => "€".into(),
        "GBP" => "£".into(),
        "JPY" | "CNY" => "¥".into(),
        code => format!("{code}\u{a0}"),
    }
}

/// Escapes text for HTML and SVG, in elements and in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Controls and non-characters are not allowed in HTML, however they are written.
            other if other.is_control() && !matches!(other, '\n' | '\t') => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Escapes text for a string inside a style sheet, so that it can end neither the string nor the block.
pub(crate) fn escape_css(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || letter == ' ' {
            escaped.push(letter);
        } else {
            write!(escaped, "\\{:x} ", u32::from(letter)).expect("writing to a string cannot fail");
        }
    }
    escaped
}

fn signed(value: &BigDecimal, decimals: i64, before: &str, after: &str) -> String {
    let rounded = value.with_scale_round(decimals, RoundingMode::HalfUp);
    let plain = rounded.abs().to_plain_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    if rounded < BigDecimal::zero() {
        text.push(MINUS);
    }
    text.push_str(before);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text.push_str(after);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> BigDecimal {
        text.parse().expect("a test writes a number")
    }

    #[test]
    fn groups_thousands_and_rounds_half_away_from_zero() {
        for (value, decimals, expected) in [
            ("0", 0, "0"),
            ("999", 0, "999"),
            ("1000", 0, "1,000"),
            ("1234567.5", 0, "1,234,568"),
            ("-1234567.5", 0, "−1,234,568"),
            ("0.5", 0, "1"),
            ("-0.5", 0, "−1"),
            ("-0.4", 0, "0"),
            ("2.005", 2, "2.01"),
            ("1E+6", 0, "1,000,000"),
            ("12", 2, "12.00"),
        ] {
            assert_eq!(number(&decimal(value), decimals), expected, "{value}");
        }
    }

    #[test]
    fn puts_the_minus_before_the_sign_of_the_currency() {
        assert_eq!(money(&decimal("-41687.7688"), "USD", 0), "−$41,688");
        assert_eq!(money(&decimal("5"), "GBP", 2), "£5.00");
        assert_eq!(money(&decimal("5"), "EUR", 0), "€5");
        assert_eq!(money(&decimal("5"), "CNY", 0), "¥5");
        assert_eq!(money(&decimal("-5"), "CHF", 0), "−CHF\u{a0}5");
    }

    #[test]
    fn writes_shares_in_percent_and_differences_in_points() {
        assert_eq!(percent(&decimal("0.0491"), 1), "4.9%");
        assert_eq!(percent(&decimal("-0.5611"), 0), "−56%");
        assert_eq!(percent(&decimal("0.0005"), 1), "0.1%");
        assert_eq!(percent(&decimal("0.004"), 0), "0.4%");
        assert_eq!(percent(&decimal("0"), 0), "0%");
        assert_eq!(points(&decimal("-0.007264")), "−0.73");
    }

    #[test]
    fn escapes_what_could_leave_its_place() {
        assert_eq!(
            escape("<a b=\"'&\u{0}\">"),
            "&lt;a b=&quot;&#39;&amp;\u{fffd}&quot;&gt;"
        );
        assert_eq!(escape_css("A \"</style>\n"), "A \\22 \\3c \\2f style\\3e \\a ");
    }
}
