//! The step that SQL cannot express: fits the models of buying and predicts each customer, as `model.*` tables.
//!
//! It reads two tables that SQL made and writes four that SQL reads. Too little history, or a fit that does not converge,
//! is a row in `model.fits` with its reason, never a failure: the rule-based figures stand without it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use bigdecimal::ToPrimitive;

use crate::calendar::{Calendar, Moment};
use crate::config::{Config, PolicyValue};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::model::{Estimated, Fit, Group, ModelError, Parameters, bg_nbd, gamma_gamma, mbg_nbd, value};
use crate::query::TableName;
use crate::settings::SettingsTable;
use crate::table::{Cell, Table};

/// Quarters of a year over which purchases are discounted.
const VALUE_QUARTERS: u32 = 12;
/// Weeks of a quarter of a year of 365.25 days.
const QUARTER_WEEKS: f64 = 365.25 / 28.0;

/// What the step needs to know of the run.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    moments: Vec<Moment>,
    min_customers: u64,
    min_days: i64,
    discount_rate: f64,
}

impl Terms {
    /// Reads the terms; the configuration always holds them.
    pub(super) fn new(config: &Config, calendar: &Calendar) -> Result<Self, Failure> {
        let missing = |name: &str| {
            Failure::new(
                Exit::Usage,
                "config",
                format!("policy.{name} is missing or of the wrong kind"),
            )
        };
        let number = |name: &str| match config.threshold(name) {
            Some(PolicyValue::Integer(number)) => Ok(*number),
            _ => Err(missing(name)),
        };
        let min_customers = number("model_min_customers")?;
        let discount_rate = match config.threshold("clv_discount_rate") {
            Some(PolicyValue::Decimal(rate)) => rate.to_f64(),
            _ => None,
        };
        Ok(Self {
            moments: calendar.moments.clone(),
            min_customers: u64::try_from(min_customers).map_err(|_| missing("model_min_customers"))?,
            min_days: number("model_min_days")?,
            discount_rate: discount_rate.ok_or_else(|| missing("clv_discount_rate"))?,
        })
    }
}

/// Tables that the step reads.
pub(super) fn inputs() -> [TableName; 1] {
    [TableName::new("business", "purchase_histories")]
}

/// Tables that the step makes.
#[must_use]
pub fn outputs() -> [TableName; 4] {
    ["fits", "parameters", "customer_outlook", "backtest_outlook"].map(|table| TableName::new("model", table))
}

/// One customer at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct History {
    frequency: u32,
    recency_days: i64,
    age_days: i64,
    mean_spend: f64,
}

impl History {
    fn group(&self, customers: u64) -> Group {
        Group {
            frequency: self.frequency,
            recency_weeks: weeks(self.recency_days),
            age_weeks: weeks(self.age_days),
            customers,
        }
    }
}

/// The three fits of a moment, or why there is none.
struct Fits {
    bg_nbd: Result<Fit<Parameters>, String>,
    mbg_nbd: Result<Fit<Parameters>, String>,
    gamma_gamma: Result<Fit<gamma_gamma::Parameters>, String>,
}

/// Fits and predicts; the tables are written and registered.
pub(super) async fn run(engine: &Engine, terms: &Terms) -> Result<Vec<(SettingsTable, u64)>, Failure> {
    let mut fits = BTreeMap::new();
    let mut outlooks = BTreeMap::new();
    for moment in &terms.moments {
        let (customers, histories) = histories(engine, moment).await?;
        let (moment, limits) = (moment.clone(), terms.clone());
        // The fits compute for seconds: they keep to a thread of their own.
        let (found, rows) = tokio::task::spawn_blocking(move || {
            let found = fit(&histories, &limits);
            let rows = predict(&found, &histories, &moment, &limits);
            (found, rows)
        })
        .await
        .map_err(|error| Failure::new(Exit::Bug, "model", "a model gave up").cause(error))?;
        let name = terms.moments[fits.len()].name;
        fits.insert(name, found);
        outlooks.insert(name, (customers, rows));
    }
    let tables = [
        fits_table(&fits)?,
        parameters_table(&fits)?,
        outlook_table(&outlooks["now"])?,
        backtest_table(&outlooks["backtest"])?,
    ];
    let mut written = Vec::new();
    for table in tables {
        let rows = engine
            .add_rows(&table.name, &table.key, table.batch.clone())
            .await?
            .rows;
        written.push((table, rows));
    }
    Ok(written)
}

/// Registers empty tables of the right types, so that queries which read them can be planned.
///
/// # Errors
/// Returns exit code 2 when a table cannot be registered.
pub fn plan_only(engine: &Engine) -> Result<(), Failure> {
    let nobody = (Vec::new(), Vec::new());
    let none = BTreeMap::new();
    for table in [
        fits_table(&none)?,
        parameters_table(&none)?,
        outlook_table(&nobody)?,
        backtest_table(&nobody)?,
    ] {
        engine.add_empty(&table.name, table.batch.schema())?;
    }
    Ok(())
}

async fn histories(engine: &Engine, moment: &Moment) -> Result<(Vec<String>, Vec<History>), Failure> {
    let sql = format!(
        "select customer_id, frequency, recency_days, age_days, repeat_revenue from business.purchase_histories \
         where moment = '{}' order by customer_id",
        moment.name
    );
    let table = engine.read("the purchase histories", &sql).await?;
    let mut customers = Vec::with_capacity(table.rows.len());
    let mut histories = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        customers.push(row[0].to_string());
        histories.push(history(&table, row)?);
    }
    Ok((customers, histories))
}

fn history(table: &Table, row: &[Cell]) -> Result<History, Failure> {
    let wrong = || {
        Failure::new(
            Exit::Bug,
            "model",
            format!("unexpected history {row:?} of {:?}", table.columns),
        )
    };
    match row {
        [
            _,
            Cell::Integer(frequency),
            Cell::Integer(recency_days),
            Cell::Integer(age_days),
            Cell::Decimal(revenue),
        ] => {
            let frequency = u32::try_from(*frequency).map_err(|_| wrong())?;
            let revenue = revenue.to_f64().ok_or_else(wrong)?;
            let mean_spend = if frequency > 0 {
                revenue / f64::from(frequency)
            } else {
                0.0
            };
            Ok(History {
                frequency,
                recency_days: *recency_days,
                age_days: *age_days,
                mean_spend,
            })
        }
        _ => Err(wrong()),
    }
}

fn fit(histories: &[History], terms: &Terms) -> Fits {
    let longest = histories
        .iter()
        .map(|history| history.age_days)
        .max()
        .unwrap_or_default();
    let customers = u64::try_from(histories.len()).unwrap_or(u64::MAX);
    let refused = if customers < terms.min_customers {
        Some("too_few_customers")
    } else if longest < terms.min_days {
        Some("history_too_short")
    } else {
        None
    };
    if let Some(reason) = refused {
        let none = || Err(reason.to_owned());
        return Fits {
            bg_nbd: none(),
            mbg_nbd: none(),
            gamma_gamma: Err(reason.to_owned()),
        };
    }
    let mut counts: BTreeMap<(u32, i64, i64), u64> = BTreeMap::new();
    for history in histories {
        *counts
            .entry((history.frequency, history.recency_days, history.age_days))
            .or_default() += 1;
    }
    let groups: Vec<Group> = counts
        .into_iter()
        .map(|((frequency, recency_days, age_days), customers)| {
            History {
                frequency,
                recency_days,
                age_days,
                mean_spend: 0.0,
            }
            .group(customers)
        })
        .collect();
    let spends: Vec<gamma_gamma::Spend> = histories
        .iter()
        .filter(|history| history.frequency > 0 && history.mean_spend > 0.0)
        .map(|history| gamma_gamma::Spend {
            frequency: history.frequency,
            mean_value: history.mean_spend,
            customers: 1,
        })
        .collect();
    Fits {
        bg_nbd: judged(bg_nbd::fit(&groups)),
        mbg_nbd: judged(mbg_nbd::fit(&groups)),
        gamma_gamma: judged(gamma_gamma::fit(&spends)),
    }
}

/// A fit that can be used, or the reason why not, as a code.
fn judged<P>(fit: Result<Fit<P>, ModelError>) -> Result<Fit<P>, String> {
    match fit {
        Ok(fit) if fit.converged => Ok(fit),
        Ok(_) => Err("not_converged".to_owned()),
        Err(ModelError::NoCustomers) => Err("too_few_spenders".to_owned()),
        Err(ModelError::NoRepeatBuyers { .. }) => Err("no_repeat_buyers".to_owned()),
        Err(ModelError::ImpossibleHistory { .. } | ModelError::ImpossibleSpend { .. }) => {
            Err("impossible_history".to_owned())
        }
    }
}

/// What is expected of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Outlook {
    alive: f64,
    alive_bg_nbd: Option<f64>,
    orders: f64,
    spend: Option<f64>,
    discounted_orders: f64,
}

/// Predicts every customer, in the order given; nothing without a usable MBG/NBD fit.
fn predict(fits: &Fits, histories: &[History], moment: &Moment, terms: &Terms) -> Vec<Outlook> {
    let Ok(model) = &fits.mbg_nbd else {
        return Vec::new();
    };
    let of_one = |history: &History| {
        let group = history.group(1);
        let quarters: Vec<f64> = (1..=VALUE_QUARTERS)
            .map(|quarter| {
                mbg_nbd::expected_purchases(&model.parameters, &group, f64::from(quarter) * QUARTER_WEEKS)
            })
            .collect();
        let spend = fits.gamma_gamma.as_ref().ok().and_then(|fit| {
            gamma_gamma::expected_spend(&fit.parameters, history.frequency, history.mean_spend.max(0.0))
        });
        Outlook {
            alive: rounded(mbg_nbd::probability_alive(&model.parameters, &group)),
            alive_bg_nbd: fits
                .bg_nbd
                .as_ref()
                .ok()
                .map(|fit| rounded(bg_nbd::probability_alive(&fit.parameters, &group))),
            orders: rounded(mbg_nbd::expected_purchases(
                &model.parameters,
                &group,
                f64::from(moment.horizon_weeks),
            )),
            spend: spend.map(rounded),
            discounted_orders: rounded(value::discounted_purchases(&quarters, 4.0, terms.discount_rate)),
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let chunk = histories.len().div_ceil(threads).max(1);
    // Each customer is computed alone, so the split into threads changes nothing.
    std::thread::scope(|scope| {
        let parts: Vec<_> = histories
            .chunks(chunk)
            .map(|part| scope.spawn(move || part.iter().map(of_one).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            // A lost part would shift every later customer: a panic goes on instead.
            .flat_map(|part| {
                part.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

/// Nine decimals: far finer than the estimate, and the same on every machine.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a history has fewer days than a double has digits"
)]
fn weeks(days: i64) -> f64 {
    days as f64 / 7.0
}

type Columns = Vec<(&'static str, ArrayRef)>;

fn table(
    name: &str,
    title: &'static str,
    grain: &'static str,
    key: &[&str],
    columns: Columns,
) -> Result<SettingsTable, Failure> {
    let columns = columns
        .into_iter()
        .map(|(name, array)| (name.to_owned(), array, true))
        .collect();
    SettingsTable::new(TableName::new("model", name), title, grain, key, columns)
}

fn fits_table(fits: &BTreeMap<&str, Fits>) -> Result<SettingsTable, Failure> {
    struct Row<'a> {
        moment: &'a str,
        model: &'static str,
        customers: Option<i64>,
        converged: bool,
        iterations: Option<i64>,
        log_likelihood: Option<f64>,
        reason: Option<&'a str>,
    }
    fn row<'a, P>(moment: &'a str, model: &'static str, fit: &'a Result<Fit<P>, String>) -> Row<'a> {
        let found = fit.as_ref().ok();
        Row {
            moment,
            model,
            customers: found.and_then(|fit| i64::try_from(fit.customers).ok()),
            converged: found.is_some(),
            iterations: found.and_then(|fit| i64::try_from(fit.iterations).ok()),
            log_likelihood: found.map(|fit| rounded(fit.log_likelihood)),
            reason: fit.as_ref().err().map(String::as_str),
        }
    }
    let rows: Vec<Row<'_>> = fits
        .iter()
        .flat_map(|(moment, fits)| {
            [
                row(moment, "bg_nbd", &fits.bg_nbd),
                row(moment, "mbg_nbd", &fits.mbg_nbd),
                row(moment, "gamma_gamma", &fits.gamma_gamma),
            ]
        })
        .collect();
    let columns: Columns = vec![
        (
            "moment",
            Arc::new(rows.iter().map(|row| Some(row.moment)).collect::<StringArray>()),
        ),
        (
            "model",
            Arc::new(rows.iter().map(|row| Some(row.model)).collect::<StringArray>()),
        ),
        (
            "customers",
            Arc::new(rows.iter().map(|row| row.customers).collect::<Int64Array>()),
        ),
        (
            "is_converged",
            Arc::new(
                rows.iter()
                    .map(|row| Some(row.converged))
                    .collect::<BooleanArray>(),
            ),
        ),
        (
            "iterations",
            Arc::new(rows.iter().map(|row| row.iterations).collect::<Int64Array>()),
        ),
        (
            "log_likelihood",
            Arc::new(
                rows.iter()
                    .map(|row| row.log_likelihood)
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "reason",
            Arc::new(rows.iter().map(|row| row.reason).collect::<StringArray>()),
        ),
    ];
    table(
        "fits",
        "Fits of the models of buying",
        "one row per moment and model",
        &["moment", "model"],
        columns,
    )
}

fn parameters_table(fits: &BTreeMap<&str, Fits>) -> Result<SettingsTable, Failure> {
    type Row<'a> = (&'static str, &'a str, &'static str, f64, Option<f64>);
    fn rows<'a, P: Estimated>(
        model: &'static str,
        moment: &'a str,
        fit: &Result<Fit<P>, String>,
        names: &[&'static str],
    ) -> Vec<Row<'a>> {
        let Ok(fit) = fit else { return Vec::new() };
        let errors = fit.standard_errors.as_ref().map(Estimated::values);
        names
            .iter()
            .zip(fit.parameters.values())
            .enumerate()
            .map(|(place, (name, value))| {
                let error = errors.as_ref().and_then(|errors| errors.get(place)).copied();
                (model, moment, *name, rounded(value), error.map(rounded))
            })
            .collect()
    }
    let buying = ["r", "alpha", "a", "b"];
    let list: Vec<Row<'_>> = fits
        .iter()
        .flat_map(|(moment, fits)| {
            let mut list = rows("bg_nbd", moment, &fits.bg_nbd, &buying);
            list.extend(rows("mbg_nbd", moment, &fits.mbg_nbd, &buying));
            list.extend(rows(
                "gamma_gamma",
                moment,
                &fits.gamma_gamma,
                &["p", "q", "gamma"],
            ));
            list
        })
        .collect();
    let columns: Columns = vec![
        (
            "model",
            Arc::new(list.iter().map(|row| Some(row.0)).collect::<StringArray>()),
        ),
        (
            "moment",
            Arc::new(list.iter().map(|row| Some(row.1)).collect::<StringArray>()),
        ),
        (
            "parameter",
            Arc::new(list.iter().map(|row| Some(row.2)).collect::<StringArray>()),
        ),
        (
            "value",
            Arc::new(list.iter().map(|row| Some(row.3)).collect::<Float64Array>()),
        ),
        (
            "standard_error",
            Arc::new(list.iter().map(|row| row.4).collect::<Float64Array>()),
        ),
    ];
    let grain = "one row per model, moment and parameter";
    table(
        "parameters",
        "Parameters of the models of buying",
        grain,
        &["model", "moment", "parameter"],
        columns,
    )
}

fn outlook_table((customers, outlooks): &(Vec<String>, Vec<Outlook>)) -> Result<SettingsTable, Failure> {
    let of = |pick: fn(&Outlook) -> Option<f64>| -> ArrayRef {
        Arc::new(outlooks.iter().map(pick).collect::<Float64Array>())
    };
    let columns: Columns = vec![
        (
            "customer_id",
            Arc::new(
                customers
                    .iter()
                    .take(outlooks.len())
                    .map(Some)
                    .collect::<StringArray>(),
            ),
        ),
        ("p_alive", of(|outlook| Some(outlook.alive))),
        ("p_alive_bg_nbd", of(|outlook| outlook.alive_bg_nbd)),
        ("expected_orders", of(|outlook| Some(outlook.orders))),
        ("expected_spend", of(|outlook| outlook.spend)),
        ("discounted_orders", of(|outlook| Some(outlook.discounted_orders))),
    ];
    let grain = "one row per customer_id with a purchase";
    table(
        "customer_outlook",
        "What is expected of each customer",
        grain,
        &["customer_id"],
        columns,
    )
}

fn backtest_table((customers, outlooks): &(Vec<String>, Vec<Outlook>)) -> Result<SettingsTable, Failure> {
    let columns: Columns = vec![
        (
            "customer_id",
            Arc::new(
                customers
                    .iter()
                    .take(outlooks.len())
                    .map(Some)
                    .collect::<StringArray>(),
            ),
        ),
        (
            "expected_orders",
            Arc::new(
                outlooks
                    .iter()
                    .map(|outlook| Some(outlook.orders))
                    .collect::<Float64Array>(),
            ),
        ),
    ];
    let grain = "one row per customer_id with a purchase before the backtest";
    table(
        "backtest_outlook",
        "What was expected at the backtest",
        grain,
        &["customer_id"],
        columns,
    )
}
