//! The step that SQL cannot express: fits the models of buying and predicts each customer, as `model.*` tables.
//!
//! It reads two tables that SQL made and writes five that SQL reads. Too little history, or a fit that does not converge,
//! is a row in `model.fits` with its reason, never a failure: the rule-based figures hold without it.

mod customers;
mod tables;

use arrow::array::ArrayRef;
use bigdecimal::ToPrimitive;

use crate::calendar::{Calendar, Moment, Stopwatch};
use crate::config::{Config, PolicyValue};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::settings::SettingsTable;
use karat_model::forecast::{Horizon, forecasts};
use karat_model::uncertainty::{self, Basis, FIGURES, Member, Method, Sums};
use karat_model::{Buying, Fit, Group, ModelError, Parameters, gamma_gamma, merged, value};

use customers::Customers;

/// The ways of saying how many purchases to expect, as `business.backtest_errors` names them; the rules in the order of
/// [`Member::by_rule`].
const METHODS: [(&str, Method); 3] =
    [("model", Method::Model), ("last_year_rate", Method::Rule(0)), ("recency_rule", Method::Rule(1))];

/// What the step needs to know of the run.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    moments: Vec<Moment>,
    min_customers: u64,
    min_days: i64,
    quarters: u32,
    discount_rate: f64,
    interval_share: f64,
    least_alive: f64,
}

impl Terms {
    /// Reads the terms; the configuration always holds them.
    pub(super) fn new(config: &Config, calendar: &Calendar) -> Result<Self, Failure> {
        let missing = |name: &str| {
            Failure::new(Exit::Usage, "config", format!("policy.{name} is missing or of the wrong kind"))
        };
        let count = |name: &str| match config.threshold(name) {
            Some(PolicyValue::Integer(number)) => Ok(*number),
            _ => Err(missing(name)),
        };
        let share = |name: &str| match config.threshold(name) {
            Some(PolicyValue::Decimal(share)) => share.to_f64().ok_or_else(|| missing(name)),
            _ => Err(missing(name)),
        };
        Ok(Self {
            moments: calendar.moments.clone(),
            min_customers: u64::try_from(count("model_min_customers")?)
                .map_err(|_| missing("model_min_customers"))?,
            min_days: count("model_min_days")?,
            quarters: u32::try_from(count("clv_quarters")?).map_err(|_| missing("clv_quarters"))?,
            discount_rate: share("clv_discount_rate")?,
            interval_share: share("interval_share")?,
            least_alive: share("value_at_risk_min_p_alive")?,
        })
    }
}

/// Tables that the step reads.
pub(super) fn inputs() -> [TableName; 2] {
    ["purchase_histories", "outlook_customers"].map(|table| TableName::new("business", table))
}

/// Tables that the step makes.
#[must_use]
pub fn outputs() -> [TableName; 5] {
    ["fits", "parameters", "customer_outlook", "group_ranges", "backtest_outlook"]
        .map(|table| TableName::new("model", table))
}

/// All that was found at one moment.
struct Findings {
    moment: &'static str,
    fits: Fits,
    fit_milliseconds: u64,
    /// Ids of the customers, in parts.
    customers: Vec<ArrayRef>,
    /// As many as customers, or none.
    outlooks: Vec<Outlook>,
    ranges: Vec<Range>,
}

/// The three fits of a moment, or why there is none.
struct Fits {
    bg_nbd: Result<Fit<Parameters>, &'static str>,
    mbg_nbd: Result<Fit<Parameters>, &'static str>,
    gamma_gamma: Result<Fit<gamma_gamma::Parameters>, &'static str>,
}

/// What is expected of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Outlook {
    alive: f64,
    alive_bg_nbd: Option<f64>,
    orders: f64,
    spend: Option<f64>,
    clv: Option<f64>,
    value_at_risk: Option<f64>,
}

/// How far the sums of one group may be off, each way.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    method: &'static str,
    class_name: String,
    value: String,
    half_widths: [Option<f64>; FIGURES],
}

/// A table that the step made.
pub(super) struct Made {
    pub(super) table: SettingsTable,
    pub(super) rows: u64,
    /// What the fits took, for what they found; else what the whole step took.
    pub(super) milliseconds: u64,
}

/// Fits and predicts; the tables are written and registered.
pub(super) async fn run(engine: &Engine, terms: &Terms) -> Result<Vec<Made>, Failure> {
    let watch = Stopwatch::start();
    let mut findings = Vec::new();
    for moment in &terms.moments {
        let customers = customers::read(engine, moment).await?;
        let (moment, terms) = (moment.clone(), terms.clone());
        // The fits compute for seconds: they keep to a thread of their own.
        let found = tokio::task::spawn_blocking(move || find(customers, &moment, &terms))
            .await
            .map_err(|error| Failure::new(Exit::Bug, "model", "a model gave up").cause(error))?;
        findings.push(found);
    }
    let fit_milliseconds = findings.iter().map(|found| found.fit_milliseconds).sum();
    let mut made = Vec::new();
    for table in tables::all(&findings)? {
        let rows = engine.add_rows(&table.name, &table.key, table.batch.clone()).await?.rows;
        let milliseconds = match table.name.table.as_str() {
            "fits" | "parameters" => fit_milliseconds,
            _ => watch.milliseconds(),
        };
        made.push(Made { table, rows, milliseconds });
    }
    Ok(made)
}

/// Registers empty tables of the right types, so that queries which read them can be planned.
///
/// # Errors
/// Returns exit code 2 when a table cannot be registered.
pub fn plan_only(engine: &Engine) -> Result<(), Failure> {
    for table in tables::all(&[])? {
        engine.add_empty(&table.name, table.batch.schema())?;
    }
    Ok(())
}

fn find(customers: Customers, moment: &Moment, terms: &Terms) -> Findings {
    let members = &customers.members;
    let horizon = Horizon {
        weeks: f64::from(moment.horizon_weeks),
        quarters: terms.quarters,
        discount_rate: terms.discount_rate,
    };
    let watch = Stopwatch::start();
    let fits = fit(members, terms);
    let fit_milliseconds = watch.milliseconds();
    let outlooks = predict(&fits, members, &horizon, terms.least_alive);
    let ranges = match moment.name {
        "now" => ranges(&fits, &customers, &horizon, moment, terms),
        // The sums of the backtest are compared with what happened instead.
        _ => Vec::new(),
    };
    Findings { moment: moment.name, fits, fit_milliseconds, customers: customers.ids, outlooks, ranges }
}

fn fit(members: &[Member], terms: &Terms) -> Fits {
    let longest = longest_age(members);
    let customers = u64::try_from(members.len()).unwrap_or(u64::MAX);
    let refused = |reason| Fits { bg_nbd: Err(reason), mbg_nbd: Err(reason), gamma_gamma: Err(reason) };
    if customers < terms.min_customers {
        return refused("too_few_customers");
    }
    if longest < customers::weeks(terms.min_days) {
        return refused("history_too_short");
    }
    let histories: Vec<Group> = members.iter().map(|member| member.history).collect();
    let spends: Vec<gamma_gamma::Spend> = members
        .iter()
        .filter(|member| member.paid_frequency > 0 && member.mean_spend > 0.0)
        .map(|member| gamma_gamma::Spend {
            frequency: member.paid_frequency,
            mean_value: member.mean_spend,
            customers: 1,
        })
        .collect();
    let Ok(groups) = merged(&histories) else {
        return refused("impossible_history");
    };
    Fits {
        bg_nbd: judged(Buying::BgNbd.fit(&groups)),
        mbg_nbd: judged(Buying::MbgNbd.fit(&groups)),
        gamma_gamma: judged(gamma_gamma::fit(&spends)),
    }
}

/// The weeks from the first purchase of all to the last complete day.
fn longest_age(members: &[Member]) -> f64 {
    members.iter().map(|member| member.history.age_weeks).fold(0.0, f64::max)
}

/// A fit that can be used, or the reason why not, as a code.
fn judged<P>(fit: Result<Fit<P>, ModelError>) -> Result<Fit<P>, &'static str> {
    match fit {
        Ok(fit) if fit.converged => Ok(fit),
        Ok(_) => Err("not_converged"),
        Err(ModelError::NoCustomers) => Err("too_few_spenders"),
        Err(ModelError::NoRepeatBuyers { .. }) => Err("no_repeat_buyers"),
        Err(ModelError::ImpossibleHistory { .. } | ModelError::ImpossibleSpend { .. }) => {
            Err("impossible_history")
        }
    }
}

/// Predicts every customer, in the order given; nothing without a usable MBG/NBD fit.
fn predict(fits: &Fits, members: &[Member], horizon: &Horizon, least_alive: f64) -> Vec<Outlook> {
    let Ok(model) = &fits.mbg_nbd else {
        return Vec::new();
    };
    let histories: Vec<Group> = members.iter().map(|member| member.history).collect();
    let forecasts = forecasts(&model.parameters, &histories, horizon);
    let bg_nbd = fits.bg_nbd.as_ref().ok();
    let gamma_gamma = fits.gamma_gamma.as_ref().ok();
    let of_one = |(member, forecast): (&Member, karat_model::forecast::Forecast)| {
        let spend = gamma_gamma.and_then(|fit| {
            gamma_gamma::expected_spend(&fit.parameters, member.paid_frequency, member.mean_spend)
        });
        let money = |purchases: f64, rate: Option<f64>| Some(purchases * spend? * rate?);
        let profit = money(forecast.purchases, member.profit_rate);
        Outlook {
            // The tables hold nine decimals, and nobody is certain to be alive or gone.
            alive: forecast.alive.clamp(1e-9, 1.0 - 1e-9),
            alive_bg_nbd: bg_nbd.map(|fit| Buying::BgNbd.probability_alive(&fit.parameters, &member.history)),
            orders: forecast.purchases,
            spend,
            clv: money(forecast.discounted, member.margin_rate),
            value_at_risk: profit.map(|profit| value::at_risk(profit, forecast.alive, least_alive)),
        }
    };
    members.iter().zip(forecasts).map(of_one).collect()
}

/// How far the sums over each group may be off, whichever method says how many purchases to expect.
fn ranges(
    fits: &Fits,
    customers: &Customers,
    horizon: &Horizon,
    moment: &Moment,
    terms: &Terms,
) -> Vec<Range> {
    let Customers { members, groups, .. } = customers;
    let Ok(buying) = &fits.mbg_nbd else {
        return Vec::new();
    };
    let sums = Sums::new(
        members,
        Basis {
            buying,
            spend: fits.gamma_gamma.as_ref().ok(),
            horizon: *horizon,
            weeks_counted: f64::from(moment.counted_weeks).min(longest_age(members) + customers::weeks(1)),
            least_alive: terms.least_alive,
        },
    );
    let times = uncertainty::standard_errors_of_share(terms.interval_share);
    let of_method = |(name, method)| {
        let errors = sums.standard_errors(groups.len(), method);
        groups.iter().zip(errors).map(move |((class_name, value), errors)| Range {
            method: name,
            class_name: class_name.clone(),
            value: value.clone(),
            half_widths: errors.map(|error| error.map(|error| times * error)),
        })
    };
    METHODS.into_iter().flat_map(of_method).collect()
}
