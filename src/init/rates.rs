//! Exchange rates: the query that gives one rate for each currency and day.

use super::holds::Holds;
use super::names::Role;
use super::profile::{Column, Table};
use super::terms::Place;
use super::text::Text;
use super::text::name;

/// The query of the rates.
pub(super) struct Rates {
    pub(super) text: Text,
}

/// Names of the columns of such a table, without signs.
const FROM: [&str; 6] =
    ["fromcurrency", "basecurrency", "sourcecurrency", "currency", "currencycode", "waehrung"];
const TO: [&str; 4] = ["tocurrency", "quotecurrency", "targetcurrency", "countercurrency"];
const DAY: [&str; 6] = ["ratedate", "date", "validfrom", "datum", "fecha", "日期"];
const RATE: [&str; 8] = ["rate", "exchangerate", "exchange", "fxrate", "kurs", "taux", "tipocambio", "汇率"];

impl Rates {
    /// Proposes the query for the rates of a table into `currency`; none where it has no such columns.
    pub(super) fn propose(table: &Table, currency: &str) -> Option<Self> {
        let find = |names: &[&str]| -> Option<&Column> {
            names.iter().find_map(|name| table.columns.iter().find(|column| column.meaning.plain == *name))
        };
        let (from, day, rate) = (find(&FROM)?, find(&DAY)?, find(&RATE)?);
        let is_of_rates = table.holds == Some(Holds::Rates) || find(&TO).is_some();
        if !is_of_rates
            || !from.is_text()
            || !day.is_timestamp()
            || !rate.is_number()
            || table.of(Role::OrderId).is_some()
        {
            return None;
        }
        let column = |column: &Column| Place::Staging.column(table, column);
        let mut text = Text::new("queries/0_staging/exchange_rates.sql");
        text.line(format_args!("-- title:  Exchange rates into {currency}"));
        text.line("-- grain:  one row per currency and day");
        text.line("-- key:    [currency, rate_date]");
        text.line(format_args!("-- inputs: [source.{}]", table.name()));
        text.line("");
        text.line("select");
        text.line(format_args!("    {} as currency,", column(from)));
        text.line(format_args!("    {} as rate_date,", Place::Staging.timestamp(table, day).ok()?));
        text.line("    -- Units of the currency of the project for one unit of this one.");
        text.ask(&format!(
            "rate: is `{}` what one unit costs in {currency}, and not the other way round?",
            rate.name
        ));
        text.line(format_args!("    cast({} as decimal(28, 10)) as rate", column(rate)));
        text.line(format_args!("from source.{}", name(table.name())));
        if let Some(to) = find(&TO) {
            text.line(format_args!("where {} = '{}'", column(to), currency.replace('\'', "''")));
        }
        Some(Self { text })
    }
}
