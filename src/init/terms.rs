//! Source columns as terms of a mapping of `config.yaml`, or of the SQL of a staging query: the same meaning in both.

use arrow::datatypes::DataType;

use super::profile::{Column, Table, Written};
use super::text::name;

/// Where a proposal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Under `columns:`, over one flat table.
    Mapping,
    /// In a query over several tables.
    Staging,
}

impl Place {
    /// A column as it is.
    pub(super) fn column(self, table: &Table, column: &Column) -> String {
        match self {
            Self::Mapping => name(&column.name),
            Self::Staging => format!("{}.{}", name(table.name()), name(&column.name)),
        }
    }

    /// A number, exact; `is_wide` where it is multiplied with others.
    pub(super) fn number(self, table: &Table, column: &Column, is_wide: bool) -> String {
        let bare = self.column(table, column);
        let scale = match column.decimals {
            0..=2 => 2,
            3 | 4 => 4,
            // What is multiplied is rounded once, at the end.
            _ if is_wide => 6,
            _ => 4,
        };
        let digits = if is_wide { 28 } else { 18 };
        match (column.written, self) {
            (Written::CommaNumber | Written::Unclear('.'), _) => {
                format!("cast(plain_number({bare}, ',') as decimal({digits}, {scale}))")
            }
            (Written::PointNumber | Written::Unclear(_), _) => {
                format!("cast(plain_number({bare}, '.') as decimal({digits}, {scale}))")
            }
            (Written::Number, _) => format!("cast({bare} as decimal({digits}, {scale}))"),
            (_, Self::Mapping) => bare,
            _ if column.kind.is_floating() => format!("cast({bare} as decimal({digits}, {scale}))"),
            _ if is_wide && column.kind.is_integer() => format!("cast({bare} as decimal(28, 0))"),
            (_, Self::Staging) if is_wide => format!("cast({bare} as decimal(28, 4))"),
            _ => bare,
        }
    }

    /// Hundredths as money.
    pub(super) fn of_hundredths(self, number: &str) -> String {
        match self {
            Self::Mapping => format!("{number} / 100"),
            Self::Staging => format!("{number} * cast('0.01' as decimal(3, 2))"),
        }
    }

    /// An amount that was computed, with no more decimals than an amount may have.
    pub(super) fn amount(self, term: &str) -> String {
        match self {
            Self::Mapping => term.to_owned(),
            Self::Staging if term.starts_with("cast(") && !term.contains(" * ") => term.to_owned(),
            Self::Staging => format!("cast({term} as decimal(18, 4))"),
        }
    }

    /// A whole number.
    pub(super) fn whole(self, table: &Table, column: &Column) -> String {
        let bare = self.column(table, column);
        if column.is_text() {
            format!("cast({bare} as bigint)")
        } else if column.kind.is_floating() || matches!(column.kind, DataType::Decimal128(_, 1..)) {
            format!("cast(floor({bare}) as bigint)")
        } else {
            bare
        }
    }

    /// A timestamp, or what is missing for it.
    pub(super) fn timestamp(self, table: &Table, column: &Column) -> Result<String, String> {
        let bare = self.column(table, column);
        let parts = |day: u8, month: u8| {
            let separator =
                if column.least.as_deref().is_some_and(|least| least.contains('.')) { '.' } else { '/' };
            let part = |which: u8| format!("lpad(split_part({bare}, '{separator}', {which}), 2, '0')");
            format!("split_part({bare}, '{separator}', 3) || '-' || {} || '-' || {}", part(month), part(day))
        };
        match column.written {
            Written::DayFirst => Ok(parts(1, 2)),
            Written::MonthFirst => Ok(parts(2, 1)),
            Written::DayOrMonth => Err(format!(
                "no value of `{}` tells whether day or month comes first; where it is the day: {}",
                column.name,
                parts(1, 2)
            )),
            _ if column.kind.is_integer() => {
                let is_compact = |text: &Option<String>| {
                    text.as_deref().is_some_and(|text| {
                        text.len() == 8 && (text.starts_with("19") || text.starts_with("20"))
                    })
                };
                if is_compact(&column.least) && is_compact(&column.greatest) {
                    Ok(format!("cast({bare} as varchar)"))
                } else if self == Self::Mapping {
                    Err(format!("`{}` is a number; seconds since 1970 are to_timestamp({bare})", column.name))
                } else {
                    Err(format!("`{}` is a number and no date", column.name))
                }
            }
            _ => Ok(bare),
        }
    }
}
