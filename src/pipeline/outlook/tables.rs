//! The tables that the models make: `model.fits`, `parameters`, `customer_outlook`, `group_ranges`, `backtest_outlook`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, new_empty_array};
use arrow::compute::concat;
use arrow::datatypes::DataType;

use super::{Findings, Fits, Outlook, Range};
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::settings::SettingsTable;
use karat_model::{Estimated, Fit};

type Columns = Vec<(&'static str, ArrayRef)>;

/// All tables, in the order of [`super::outputs`]; without findings they are empty.
pub(super) fn all(findings: &[Findings]) -> Result<Vec<SettingsTable>, Failure> {
    let at = |moment: &str| findings.iter().find(|found| found.moment == moment);
    Ok(vec![
        fits(findings)?,
        parameters(findings)?,
        customer_outlook(at("now"))?,
        group_ranges(at("now"))?,
        backtest_outlook(at("backtest"))?,
    ])
}

fn table(
    name: &str,
    title: &'static str,
    grain: &'static str,
    key: &[&str],
    columns: Columns,
) -> Result<SettingsTable, Failure> {
    let columns = columns.into_iter().map(|(name, array)| (name.to_owned(), array, true)).collect();
    SettingsTable::new(TableName::new("model", name), title, grain, key, columns)
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

/// Nine decimals: far finer than the estimate, and the same on every machine.
fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.map(|value| value.map(|number| (number * 1e9).round() / 1e9)).collect::<Float64Array>())
}

fn counts(values: impl Iterator<Item = Option<u64>>) -> ArrayRef {
    Arc::new(values.map(|value| value.and_then(|count| i64::try_from(count).ok())).collect::<Int64Array>())
}

/// What all fits have in common: customers, iterations and log-likelihood, or the reason why there is none.
struct Outcome {
    moment: &'static str,
    model: &'static str,
    found: Result<(u64, u64, f64), &'static str>,
}

fn fits(findings: &[Findings]) -> Result<SettingsTable, Failure> {
    fn outcome<P>(fit: &Result<Fit<P>, &'static str>) -> Result<(u64, u64, f64), &'static str> {
        fit.as_ref().map(|fit| (fit.customers, fit.iterations, fit.log_likelihood)).map_err(|reason| *reason)
    }
    let of_moment = |found: &Findings| {
        let Fits { bg_nbd, mbg_nbd, gamma_gamma } = &found.fits;
        let moment = found.moment;
        [("bg_nbd", outcome(bg_nbd)), ("mbg_nbd", outcome(mbg_nbd)), ("gamma_gamma", outcome(gamma_gamma))]
            .map(|(model, found)| Outcome { moment, model, found })
    };
    let rows: Vec<Outcome> = findings.iter().flat_map(of_moment).collect();
    let found = |row: &Outcome| row.found.ok();
    let converged: BooleanArray = rows.iter().map(|row| Some(row.found.is_ok())).collect();
    table(
        "fits",
        "Fits of the models of buying",
        "one row per moment and model",
        &["moment", "model"],
        vec![
            ("moment", texts(rows.iter().map(|row| Some(row.moment)))),
            ("model", texts(rows.iter().map(|row| Some(row.model)))),
            ("customers", counts(rows.iter().map(|row| found(row).map(|fit| fit.0)))),
            ("is_converged", Arc::new(converged)),
            ("iterations", counts(rows.iter().map(|row| found(row).map(|fit| fit.1)))),
            ("log_likelihood", numbers(rows.iter().map(|row| found(row).map(|fit| fit.2)))),
            ("reason", texts(rows.iter().map(|row| row.found.err()))),
        ],
    )
}

/// One estimate with its standard error.
struct Estimate {
    moment: &'static str,
    model: &'static str,
    parameter: &'static str,
    value: f64,
    standard_error: Option<f64>,
}

fn parameters(findings: &[Findings]) -> Result<SettingsTable, Failure> {
    fn estimates<P: Estimated>(
        moment: &'static str,
        model: &'static str,
        fit: &Result<Fit<P>, &'static str>,
        names: &[&'static str],
    ) -> Vec<Estimate> {
        let Ok(fit) = fit else { return Vec::new() };
        let errors = fit.standard_errors.as_ref().map(Estimated::values);
        names
            .iter()
            .zip(fit.parameters.values())
            .enumerate()
            .map(|(place, (&parameter, value))| Estimate {
                moment,
                model,
                parameter,
                value,
                standard_error: errors.as_ref().map(|errors| errors[place]),
            })
            .collect()
    }
    let buying = ["r", "alpha", "a", "b"];
    let of_moment = |found: &Findings| {
        let (moment, fits) = (found.moment, &found.fits);
        let mut list = estimates(moment, "bg_nbd", &fits.bg_nbd, &buying);
        list.extend(estimates(moment, "mbg_nbd", &fits.mbg_nbd, &buying));
        list.extend(estimates(moment, "gamma_gamma", &fits.gamma_gamma, &["p", "q", "gamma"]));
        list
    };
    let rows: Vec<Estimate> = findings.iter().flat_map(of_moment).collect();
    table(
        "parameters",
        "Parameters of the models of buying",
        "one row per model, moment and parameter",
        &["model", "moment", "parameter"],
        vec![
            ("model", texts(rows.iter().map(|row| Some(row.model)))),
            ("moment", texts(rows.iter().map(|row| Some(row.moment)))),
            ("parameter", texts(rows.iter().map(|row| Some(row.parameter)))),
            ("value", numbers(rows.iter().map(|row| Some(row.value)))),
            ("standard_error", numbers(rows.iter().map(|row| row.standard_error))),
        ],
    )
}

/// Ids of the customers with an outlook, and the outlooks.
fn outlooks(found: Option<&Findings>) -> Result<(ArrayRef, &[Outlook]), Failure> {
    match found {
        Some(found) if !found.outlooks.is_empty() => {
            let parts: Vec<&dyn arrow::array::Array> = found.customers.iter().map(AsRef::as_ref).collect();
            let ids = concat(&parts).map_err(|error| {
                Failure::new(Exit::Resources, "model", "there are too many customers for a table")
                    .cause(error)
            })?;
            Ok((ids, &found.outlooks))
        }
        _ => Ok((new_empty_array(&DataType::Utf8), &[])),
    }
}

fn customer_outlook(found: Option<&Findings>) -> Result<SettingsTable, Failure> {
    let (ids, outlooks) = outlooks(found)?;
    let of = |pick: fn(&Outlook) -> Option<f64>| numbers(outlooks.iter().map(pick));
    table(
        "customer_outlook",
        "What is expected of each customer",
        "one row per customer_id with a purchase",
        &["customer_id"],
        vec![
            ("customer_id", ids),
            ("p_alive", of(|outlook| Some(outlook.alive))),
            ("p_alive_bg_nbd", of(|outlook| outlook.alive_bg_nbd)),
            ("expected_orders", of(|outlook| Some(outlook.orders))),
            ("expected_spend", of(|outlook| outlook.spend)),
            ("clv", of(|outlook| outlook.clv)),
            ("value_at_risk", of(|outlook| outlook.value_at_risk)),
        ],
    )
}

fn group_ranges(found: Option<&Findings>) -> Result<SettingsTable, Failure> {
    let rows: &[Range] = found.map_or(&[], |found| &found.ranges);
    let half_width = |figure: usize| numbers(rows.iter().map(|row| row.half_widths[figure]));
    table(
        "group_ranges",
        "How far the sums over groups of customers may be off, each way",
        "one row per method, class_name and value",
        &["method", "class_name", "value"],
        vec![
            ("method", texts(rows.iter().map(|row| Some(row.method)))),
            ("class_name", texts(rows.iter().map(|row| Some(row.class_name.as_str())))),
            ("value", texts(rows.iter().map(|row| Some(row.value.as_str())))),
            ("expected_orders_half_width", half_width(0)),
            ("expected_profit_half_width", half_width(1)),
            ("clv_half_width", half_width(2)),
            ("value_at_risk_half_width", half_width(3)),
        ],
    )
}

fn backtest_outlook(found: Option<&Findings>) -> Result<SettingsTable, Failure> {
    let (ids, outlooks) = outlooks(found)?;
    table(
        "backtest_outlook",
        "What was expected at the backtest",
        "one row per customer_id with a purchase before the backtest",
        &["customer_id"],
        vec![
            ("customer_id", ids),
            ("expected_orders", numbers(outlooks.iter().map(|outlook| Some(outlook.orders)))),
        ],
    )
}
