//! How numbers and days are written, by language: separators and dates from ICU, the rest from the language's own file.
//! Rounds half away from zero; exact decimals throughout; never computes a figure.

use bigdecimal::{BigDecimal, RoundingMode, Zero as _};
use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use jiff::civil::Date;

/// What stands where a value is not known or not applicable.
pub(crate) const NONE: &str = "–";
/// What stands for a value that an edition does not show.
pub(crate) const HIDDEN: &str = "*";

/// U+2212, and never a hyphen.
const MINUS: char = '−';

/// Why a formatter can be made again.
const KNOWN: &str = "formats are made for languages that ICU knows";

/// What a language's file says about numbers, where ICU4X has no stable word yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Before and after a number in percent.
    pub(crate) percent: (String, String),
    /// Between the sign of the currency and the amount, in the order in which they stand.
    pub(crate) money: Order,
    /// Words for large amounts: number of zeros and word, smallest first; none where amounts are written in full.
    pub(crate) scales: Vec<(i64, String)>,
}

/// Where the sign of the currency stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// Before the amount, followed by this.
    SignFirst(String),
    /// After the amount, led by this.
    SignLast(String),
}

/// Writes numbers and days as readers of one language expect them.
pub(crate) struct Formats {
    // ICU's formatters cannot pass between threads as the templates do; made from data in the program, each costs next to nothing.
    locale: icu_locale_core::Locale,
    habits: Habits,
}

impl Formats {
    /// Makes the formats of a language; `None` when ICU does not know such a name.
    pub(crate) fn new(language: &str, habits: Habits) -> Option<Self> {
        // The day stands before the month in this house's English.
        let name = if language == "en" { "en-GB" } else { language };
        let locale: icu_locale_core::Locale = name.parse().ok()?;
        let formats = Self { locale, habits };
        formats.decimals().and(formats.days())?;
        Some(formats)
    }

    fn decimals(&self) -> Option<DecimalFormatter> {
        DecimalFormatter::try_new((&self.locale).into(), DecimalFormatterOptions::default()).ok()
    }

    fn days(&self) -> Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>> {
        FixedCalendarDateTimeFormatter::try_new((&self.locale).into(), YMD::long()).ok()
    }

    /// Makes the formats of the command line, which is English.
    pub(crate) fn english() -> Self {
        let habits = Habits {
            percent: (String::new(), "%".into()),
            money: Order::SignFirst(String::new()),
            scales: Vec::new(),
        };
        Self::new("en", habits).expect("ICU knows English")
    }

    /// Writes `value` with the language's separators and `decimals` places.
    pub(crate) fn number(&self, value: &BigDecimal, decimals: i64) -> String {
        self.signed(value, decimals, "", "")
    }

    /// Writes an amount of money: the minus stands before the sign of the currency.
    pub(crate) fn money(&self, value: &BigDecimal, sign: &str, decimals: i64) -> String {
        match &self.habits.money {
            Order::SignFirst(between) => self.signed(value, decimals, &format!("{sign}{between}"), ""),
            Order::SignLast(between) => self.signed(value, decimals, "", &format!("{between}{sign}")),
        }
    }

    /// Writes an amount of money as a sentence does: a large one by the language's word for its scale, with two decimals.
    pub(crate) fn abbreviated(&self, value: &BigDecimal, sign: &str, decimals: i64) -> String {
        // Rounding can reach the next word: 9,999.996 of a scale of four zeros is one of the next.
        let rounded = |zeros: i64| scaled(value, zeros).with_scale_round(2, RoundingMode::HalfUp);
        let whole = value.with_scale_round(decimals, RoundingMode::HalfUp).abs();
        let mut scales = self.habits.scales.iter().enumerate().rev();
        let found = scales.find(|(place, (zeros, _))| {
            let below = self.habits.scales[..*place].last();
            match below {
                // As the smaller scale would write it.
                Some((smaller, _)) => rounded(*smaller).abs() >= BigDecimal::new(1.into(), smaller - zeros),
                None => whole >= BigDecimal::new(1.into(), -zeros),
            }
        });
        let Some((_, (zeros, word))) = found else {
            return self.money(value, sign, decimals);
        };
        let short = scaled(value, *zeros);
        match &self.habits.money {
            Order::SignFirst(between) => self.signed(&short, 2, &format!("{sign}{between}"), word),
            Order::SignLast(between) => self.signed(&short, 2, "", &format!("{word}{between}{sign}")),
        }
    }

    /// The largest scale that is not above `amount`: number of zeros and word.
    pub(crate) fn scale(&self, amount: f64) -> Option<(i64, &str)> {
        let fits = |zeros: i64| i32::try_from(zeros).is_ok_and(|zeros| amount >= 10_f64.powi(zeros));
        let mut scales = self.habits.scales.iter().rev();
        scales.find(|(zeros, _)| fits(*zeros)).map(|(zeros, word)| (*zeros, word.as_str()))
    }

    /// Writes a share or rate of 0 to 1 in percent; what would become 0% although it is not gets a decimal more.
    pub(crate) fn percent(&self, value: &BigDecimal, decimals: i64) -> String {
        let vanishes = decimals == 0 && !value.is_zero() && value.abs() < BigDecimal::new(5.into(), 3);
        let decimals = if vanishes { 1 } else { decimals };
        let (before, after) = &self.habits.percent;
        self.signed(&(value * BigDecimal::from(100)), decimals, before, after)
    }

    /// Writes a threshold of 0 to 1 in percent, with all its decimals.
    pub(crate) fn whole_percent(&self, value: &BigDecimal) -> String {
        self.percent(value, places(value, 2))
    }

    /// Writes a difference of rates in points, without its unit.
    pub(crate) fn points(&self, value: &BigDecimal) -> String {
        self.signed(&(value * BigDecimal::from(100)), 2, "", "")
    }

    /// Writes a whole number of bytes in a unit that a person reads.
    pub(crate) fn bytes(&self, count: u64) -> String {
        let count = BigDecimal::from(count);
        let (divisor, unit) = [(1_000_000_000_u64, "GB"), (1_000_000, "MB"), (1_000, "kB")]
            .into_iter()
            .find(|(divisor, _)| count >= *divisor)
            .unwrap_or((1, "B"));
        let decimals = i64::from(divisor > 1);
        format!("{}\u{a0}{unit}", self.number(&(count / BigDecimal::from(divisor)), decimals))
    }

    /// Writes a day in full: 1 January 2018.
    pub(crate) fn day(&self, date: Date) -> String {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        icu_calendar::Date::try_new_gregorian(i32::from(date.year()), month, day)
            .map_or_else(|_| date.to_string(), |day| self.days().expect(KNOWN).format(&day).to_string())
    }

    fn signed(&self, value: &BigDecimal, decimals: i64, before: &str, after: &str) -> String {
        let rounded = value.with_scale_round(decimals, RoundingMode::HalfUp);
        let minus = if rounded < BigDecimal::zero() { MINUS.to_string() } else { String::new() };
        let plain = rounded.abs().to_plain_string();
        let digits = Decimal::try_from_str(&plain).expect("a decimal is written in digits");
        format!("{minus}{before}{}{after}", self.decimals().expect(KNOWN).format(&digits))
    }
}

/// The decimals that lose nothing of `value` once its point has moved to the right by `shift` places.
pub(crate) fn places(value: &BigDecimal, shift: i64) -> i64 {
    (value.normalized().fractional_digit_count() - shift).max(0)
}

/// Moves the decimal point; exact.
fn scaled(value: &BigDecimal, zeros: i64) -> BigDecimal {
    value * BigDecimal::new(1.into(), zeros)
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
            assert_eq!(Formats::english().number(&decimal(value), decimals), expected, "{value}");
        }
    }

    #[test]
    fn puts_the_minus_before_the_sign_of_the_currency() {
        assert_eq!(Formats::english().money(&decimal("-41687.7688"), &symbol("USD"), 0), "−$41,688");
        assert_eq!(Formats::english().money(&decimal("5"), &symbol("GBP"), 2), "£5.00");
        assert_eq!(Formats::english().money(&decimal("5"), &symbol("EUR"), 0), "€5");
        assert_eq!(Formats::english().money(&decimal("5"), &symbol("CNY"), 0), "¥5");
        assert_eq!(Formats::english().money(&decimal("-5"), &symbol("CHF"), 0), "−CHF\u{a0}5");
    }

    #[test]
    fn writes_shares_in_percent_and_differences_in_points() {
        assert_eq!(Formats::english().percent(&decimal("0.0491"), 1), "4.9%");
        assert_eq!(Formats::english().percent(&decimal("-0.5611"), 0), "−56%");
        assert_eq!(Formats::english().percent(&decimal("0.0005"), 1), "0.1%");
        assert_eq!(Formats::english().percent(&decimal("0.004"), 0), "0.4%");
        assert_eq!(Formats::english().percent(&decimal("0"), 0), "0%");
        assert_eq!(Formats::english().points(&decimal("-0.007264")), "−0.73");
    }

    #[test]
    fn escapes_what_could_leave_its_place() {
        assert_eq!(escape("<a b=\"'&\u{0}\">"), "&lt;a b=&quot;&#39;&amp;\u{fffd}&quot;&gt;");
        assert_eq!(escape_css("A \"</style>\n"), "A \\22 \\3c \\2f style\\3e \\a ");
    }

    fn formats(language: &str) -> Formats {
        let folder = crate::report::fixture::templates();
        let messages = crate::report::messages::read(&folder, language).expect("a language that ships");
        let habits = messages.habits().expect("habits that can be read");
        Formats::new(language, habits).expect("a language of ICU")
    }

    #[test]
    fn chinese_tells_large_amounts_by_ten_thousands_and_hundred_millions() {
        let formats = formats("zh");
        for (value, expected) in [
            ("0", "0元"),
            ("9999.4", "9,999元"),
            ("9999.5", "1.00万元"),
            ("10000", "1.00万元"),
            ("74302.49", "7.43万元"),
            ("-74302.49", "−7.43万元"),
            ("733215", "73.32万元"),
            ("12345678", "1,234.57万元"),
            ("99999949.99", "9,999.99万元"),
            ("99999950", "1.00亿元"),
            ("100000000", "1.00亿元"),
            ("125000000", "1.25亿元"),
            ("-1234567890123", "−12,345.68亿元"),
        ] {
            assert_eq!(formats.abbreviated(&decimal(value), "元", 0), expected, "{value}");
        }
        // Tables keep every digit.
        assert_eq!(formats.money(&decimal("12345678"), "元", 0), "12,345,678元");
        assert_eq!(formats.number(&decimal("-1234.5"), 1), "−1,234.5");
        assert_eq!(formats.percent(&decimal("0.0491"), 1), "4.9%");
    }

    #[test]
    fn english_writes_every_amount_in_full() {
        let formats = formats("en");
        assert_eq!(formats.abbreviated(&decimal("12345678"), "$", 0), "$12,345,678");
        assert_eq!(formats.abbreviated(&decimal("-41687.7688"), "$", 0), "−$41,688");
    }

    #[test]
    fn german_habits_turn_the_separators_and_put_the_sign_last() {
        let habits = Habits {
            percent: (String::new(), "\u{a0}%".into()),
            money: Order::SignLast("\u{a0}".into()),
            scales: Vec::new(),
        };
        let formats = Formats::new("de", habits).expect("ICU knows German");
        assert_eq!(formats.number(&decimal("1234567.5"), 1), "1.234.567,5");
        assert_eq!(formats.money(&decimal("-41687.7688"), "€", 2), "−41.687,77\u{a0}€");
        assert_eq!(formats.percent(&decimal("0.0491"), 1), "4,9\u{a0}%");
        assert_eq!(formats.day(jiff::civil::date(2018, 3, 1)), "1. März 2018");
    }

    #[test]
    fn days_are_written_as_each_language_writes_them() {
        for (language, expected) in [("en", "1 January 2018"), ("zh", "2018年1月1日")] {
            assert_eq!(formats(language).day(jiff::civil::date(2018, 1, 1)), expected);
        }
        assert_eq!(formats("zh").day(jiff::civil::date(2020, 2, 29)), "2020年2月29日");
    }
}
