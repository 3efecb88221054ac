//! The functions and operators of a mapping, described for people; each example is computed by a test.

/// A group of functions, for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Arithmetic and other functions of numbers.
    Numbers,
    /// Functions of text.
    Text,
    /// Dates and timestamps.
    Time,
    /// Conditions, and choices between values.
    Conditions,
    /// Changes of type.
    Casts,
}

impl Group {
    /// The title of the group.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Text => "text",
            Self::Time => "dates and timestamps",
            Self::Conditions => "conditions and choices",
            Self::Casts => "casts",
        }
    }
}

/// A function or an operator.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Where it is listed.
    pub group: Group,
    /// How it is written.
    pub form: &'static str,
    /// What it gives.
    pub meaning: &'static str,
    /// A call with literals where a mapping has columns.
    pub example: &'static str,
    /// What the example gives, as text; empty for NULL.
    pub result: &'static str,
}

const fn function(
    group: Group,
    form: &'static str,
    meaning: &'static str,
    example: &'static str,
    result: &'static str,
) -> Function {
    Function { group, form, meaning, example, result }
}

use self::Group::{Casts, Conditions, Numbers, Text, Time};

/// All that a mapping may use.
pub const FUNCTIONS: &[Function] = &[
    function(
        Numbers,
        "a + b, a - b, a * b",
        "exact for whole numbers and decimals, checked for overflow",
        "3 * 19.99",
        "59.97",
    ),
    function(
        Numbers,
        "a / b",
        "exact where b is a constant, as for minor units; else a quotient, for which `amount_scale` names the decimals",
        "1999 / 100",
        "19.99",
    ),
    function(Numbers, "abs(a)", "without its sign", "abs(-2.50)", "2.50"),
    function(Numbers, "floor(a)", "the largest whole number that is not above a", "floor(2.7)", "2"),
    function(Numbers, "ceil(a)", "the smallest whole number that is not below a", "ceil(2.1)", "3"),
    function(Numbers, "sqrt(a), exp(a), ln(a)", "in double precision", "sqrt(16)", "4"),
    function(Numbers, "power(a, b)", "a raised to b, in double precision", "power(2, 3)", "8"),
    function(Text, "a || b, concat(a, b, …)", "texts joined", "'DE-' || '1042'", "DE-1042"),
    function(
        Text,
        "lower(a), upper(a)",
        "in small or in capital letters",
        "lower('Ada@Example.org')",
        "ada@example.org",
    ),
    function(
        Text,
        "trim(both ' ' from a)",
        "without these characters at its ends; also `leading` and `trailing`",
        "trim(leading '0' from '0042')",
        "42",
    ),
    function(Text, "length(a), char_length(a)", "number of characters", "length('Köln')", "4"),
    function(
        Text,
        "left(a, n), right(a, n)",
        "the first or last n characters",
        "left('20240105', 4)",
        "2024",
    ),
    function(
        Text,
        "substr(a, from), substr(a, from, n)",
        "characters from a position, which counts from 1; also `substring(a from m for n)`",
        "substr('20240105', 5, 2)",
        "01",
    ),
    function(
        Text,
        "lpad(a, n, fill), rpad(a, n, fill)",
        "filled up, or cut, to n characters",
        "lpad('42', 6, '0')",
        "000042",
    ),
    function(Text, "replace(a, from, to)", "every occurrence replaced", "replace('1 999', ' ', '')", "1999"),
    function(
        Text,
        "split_part(a, separator, n)",
        "the part at position n",
        "split_part('DE/Berlin', '/', 1)",
        "DE",
    ),
    function(Text, "starts_with(a, b)", "whether a begins with b", "starts_with('TEST-1', 'TEST')", "true"),
    function(
        Text,
        "strpos(a, b), position(b in a)",
        "position of b, 0 where it is absent",
        "strpos('a@b', '@')",
        "2",
    ),
    function(
        Text,
        "chr(n)",
        "the character with this number, for separators that cannot be typed",
        "split_part(concat('a', chr(9), 'b'), chr(9), 2)",
        "b",
    ),
    function(
        Text,
        "sha256(a)",
        "64 hexadecimal digits that stand for a text and do not tell it, such as an e-mail address for an id",
        "left(sha256(lower('Ada@example.org')), 12)",
        "cfe00dde46ef",
    ),
    function(
        Text,
        "plain_number(a, ',')",
        "a number with groups of digits as a text that a cast reads; the sign before its decimals is `,` (1.234,56) or `.` (1,234.56). A minus \
         may follow it. Any other text stops the cast",
        "cast(plain_number('1.234,56-', ',') as decimal(18, 2))",
        "-1234.56",
    ),
    function(
        Time,
        "to_date(a, 'dd.mm.yyyy')",
        "timestamp of a text in another pattern: dd, mm and yyyy in any order with one of . / - or a blank between them; a time may follow. Any \
         other text is no date. A whole number such as 20240105 is `cast(a as varchar)`",
        "cast(to_date('5.1.2024', 'dd.mm.yyyy') as date)",
        "2024-01-05",
    ),
    function(
        Time,
        "to_timestamp(a)",
        "timestamp of whole seconds since 1970 in UTC, in the time zone of the business; of milliseconds: `to_timestamp(floor(a / 1000))`",
        "cast(to_timestamp(1704412800) as date)",
        "2024-01-05",
    ),
    function(
        Time,
        "date_part('unit', a), extract(unit from a)",
        "year, quarter, month, day, hour, minute or second",
        "date_part('year', date '2024-01-05')",
        "2024",
    ),
    function(
        Time,
        "date_trunc('unit', a)",
        "the begin of the year, quarter, month, week, day, hour or minute",
        "cast(date_trunc('month', date '2024-01-25') as date)",
        "2024-01-01",
    ),
    function(
        Time,
        "a + interval 'n' day, a - interval 'n' day",
        "a timestamp or date, moved",
        "cast(date '2024-01-31' + interval '1' day as date)",
        "2024-02-01",
    ),
    function(Conditions, "=, <>, <, <=, >, >=, between, in (…)", "comparison", "5 between 1 and 9", "true"),
    function(
        Conditions,
        "and, or, not, is null, is not null, is distinct from",
        "logic",
        "null is null",
        "true",
    ),
    function(
        Conditions,
        "a like 'pattern'",
        "`%` stands for any text, `_` for one character",
        "'returned' like 'ret%'",
        "true",
    ),
    function(
        Conditions,
        "case when … then … else … end",
        "the value of the first condition that holds",
        "case when 3 < 0 then 'return' else 'sale' end",
        "sale",
    ),
    function(
        Conditions,
        "coalesce(a, b, …)",
        "the first value that is not NULL",
        "coalesce(null, 'unknown')",
        "unknown",
    ),
    function(Conditions, "nullif(a, b)", "NULL where a equals b", "nullif('N/A', 'N/A')", ""),
    function(
        Conditions,
        "greatest(a, b, …), least(a, b, …)",
        "the largest or smallest value",
        "greatest(0, 7)",
        "7",
    ),
    function(
        Casts,
        "cast(a as decimal(p, s))",
        "an exact number; text that is no number stops the run and names its row",
        "cast('19.99' as decimal(18, 2))",
        "19.99",
    ),
    function(
        Casts,
        "cast(a as bigint), cast(a as double)",
        "a whole number, or one in double precision",
        "cast('42' as bigint)",
        "42",
    ),
    function(
        Casts,
        "cast(a as date), cast(a as timestamp)",
        "a date or timestamp of ISO 8601 text",
        "cast('2024-01-05' as date)",
        "2024-01-05",
    ),
    function(Casts, "cast(a as varchar)", "as text", "cast(42 as varchar)", "42"),
    function(
        Casts,
        "try_cast(a as …)",
        "NULL where `cast` would stop the run",
        "try_cast('n/a' as bigint)",
        "",
    ),
];
