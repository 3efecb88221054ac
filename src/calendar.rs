//! Dates of a run: as-of, windows and snapshots. The only reader of the clock.

use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use crate::config::{AsOfRule, Config, PolicyValue};
use crate::error::{Exit, Failure};

/// Weeks that the trend of the headline measures shows, the current one included.
const TREND_WEEKS: i32 = 53;

/// Weeks of a year: what the plain rules count, and what the months ahead are taken from.
const YEAR_WEEKS: i32 = 52;

/// Days between the as-of dates of `year_ago` and `current`.
const YEAR_DAYS: i32 = 365;

/// The dates on which a run's figures depend; all of them are published as `settings.snapshots` and `settings.weeks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// End of the current window, exclusive.
    pub as_of: Date,
    /// Length of a window in days.
    pub window_days: u32,
    /// `current`, `previous` and `year_ago`, in this order.
    pub snapshots: Vec<Snapshot>,
    /// Moments at which the models look back and ahead: `now` and `backtest`.
    pub moments: Vec<Moment>,
    /// Trend weeks, the latest first: end (exclusive) and start of the window.
    pub weeks: Vec<(Date, Date)>,
}

/// How far a run looks back and ahead, as the configuration says.
#[derive(Debug, Clone, Copy)]
pub struct Spans {
    /// Length of a window.
    pub window_days: u32,
    /// Days between `current` and `previous`.
    pub compare_days: u32,
    /// Recent days in which an order can end a lapse.
    pub reactivated_days: u32,
    /// Months that the models predict.
    pub expected_orders_months: u32,
    /// Weeks that the backtest predicts.
    pub backtest_weeks: u32,
}

impl Spans {
    /// Those of a configuration.
    ///
    /// # Errors
    /// Returns exit code 2 when a threshold is missing.
    pub fn of(config: &Config) -> Result<Self, Failure> {
        let threshold = |name: &str| match config.threshold(name) {
            Some(PolicyValue::Integer(count)) => Ok(u32::try_from(*count).unwrap_or(u32::MAX)),
            _ => Err(Failure::new(Exit::Usage, "config", format!("policy.{name} is missing"))),
        };
        Ok(Self {
            window_days: config.window_days,
            compare_days: config.compare_days,
            reactivated_days: threshold("reactivated_days")?,
            expected_orders_months: threshold("expected_orders_months")?,
            backtest_weeks: threshold("backtest_weeks")?,
        })
    }
}

/// One moment at which every customer is measured and classed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// `current`, `previous` or `year_ago`.
    pub name: &'static str,
    /// End of the window, exclusive.
    pub as_of: Date,
    /// First day of the window.
    pub window_start: Date,
    /// Last complete day, the day before as-of.
    pub last_day: Date,
    /// First of the recent days in which an order can end a lapse.
    pub recent_start: Date,
    /// First days of the last four quarters before as-of, the latest first.
    pub quarter_starts: [Date; 4],
}

/// One moment at which a model learns from what was before and predicts what comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `now` or `backtest`.
    pub name: &'static str,
    /// Orders before this day are known.
    pub before_date: Date,
    /// Last complete day, the day before.
    pub last_day: Date,
    /// Weeks that are predicted.
    pub horizon_weeks: i32,
    /// Weeks before the moment over which the plain rules count.
    pub counted_weeks: i32,
}

/// Finds the as-of date: `explicit` if given, else by the rule of the configuration.
///
/// # Errors
/// Returns exit code 2 when the time zone is unknown.
pub fn as_of(rule: AsOfRule, explicit: Option<Date>, timezone: &str) -> Result<Date, Failure> {
    match explicit {
        Some(date) => Ok(date),
        None => as_of_at(rule, now(), timezone),
    }
}

/// The as-of date that the rule gives at `moment`.
///
/// # Errors
/// Returns exit code 2 when the time zone is unknown.
pub fn as_of_at(rule: AsOfRule, moment: Timestamp, timezone: &str) -> Result<Date, Failure> {
    let day = day_of(moment, timezone)?;
    Ok(match rule {
        AsOfRule::Date(date) => date,
        AsOfRule::Today => day,
        AsOfRule::FirstOfMonth => day.first_of_month(),
        AsOfRule::LastMonday => last_monday(day),
    })
}

/// The most recent Monday, `day` itself included.
fn last_monday(day: Date) -> Date {
    let back = day.weekday().since(Weekday::Monday);
    day.saturating_sub(Span::new().days(back))
}

/// Today in the business time zone.
///
/// # Errors
/// Returns exit code 2 when the time zone is unknown.
pub fn today(timezone: &str) -> Result<Date, Failure> {
    day_of(now(), timezone)
}

fn day_of(moment: Timestamp, timezone: &str) -> Result<Date, Failure> {
    let zone = TimeZone::get(timezone).map_err(|error| {
        Failure::new(Exit::Usage, "config", format!("`{timezone}` is no time zone")).cause(error)
    })?;
    Ok(moment.to_zoned(zone).date())
}

/// The moment, for the volatile record of a run and for logs.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(test)]
    if let Some(moment) = skewed::read(Zoned::now().timestamp()) {
        return moment;
    }
    Zoned::now().timestamp()
}

/// A clock that is wrong, for tests of this thread.
#[cfg(test)]
pub(crate) mod skewed {
    use std::cell::Cell;

    use jiff::{SignedDuration, Timestamp};

    thread_local! {
        static READINGS: Cell<usize> = const { Cell::new(0) };
        /// From which reading on the clock is wrong, and by how much.
        static SKEW: Cell<(usize, SignedDuration)> = const { Cell::new((usize::MAX, SignedDuration::ZERO)) };
    }

    /// From reading `from` on (the first is 1), counted anew, this thread's clock is wrong by `skew`.
    pub(crate) fn set(from: usize, skew: SignedDuration) {
        READINGS.set(0);
        SKEW.set((from, skew));
    }

    /// How often this thread has read the clock since it was set.
    pub(crate) fn readings() -> usize {
        READINGS.get()
    }

    pub(super) fn read(right: Timestamp) -> Option<Timestamp> {
        READINGS.set(READINGS.get() + 1);
        let (from, skew) = SKEW.get();
        (READINGS.get() >= from).then(|| right + skew)
    }
}

/// Seconds that `work` took, rounded to milliseconds, with its result.
#[derive(Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts to measure.
    #[must_use]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The end of the time that a run may take.
#[derive(Debug)]
pub struct Deadline {
    watch: Stopwatch,
    /// How long it may take in all.
    pub allowed: Duration,
}

impl Deadline {
    /// Allows this much time from now on.
    #[must_use]
    pub fn after(allowed: Duration) -> Self {
        Self { watch: Stopwatch::start(), allowed }
    }

    /// What is left of it.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.allowed.saturating_sub(self.watch.0.elapsed())
    }
}

/// Derives every date of a run.
///
/// # Errors
/// Returns exit code 2 when a date falls outside of the calendar.
pub fn calendar(as_of: Date, spans: &Spans) -> Result<Calendar, Failure> {
    let window = days(spans.window_days)?;
    let recent = days(spans.reactivated_days)?;
    let snapshot = |name: &'static str, as_of: Date| -> Result<Snapshot, Failure> {
        let mut quarter_starts = [as_of; 4];
        for (start, months) in quarter_starts.iter_mut().zip([3, 6, 9, 12]) {
            *start = as_of.checked_sub(Span::new().months(months)).map_err(|error| outside(as_of, error))?;
        }
        Ok(Snapshot {
            name,
            as_of,
            window_start: back(as_of, window)?,
            last_day: back(as_of, 1)?,
            recent_start: back(as_of, recent)?,
            quarter_starts,
        })
    };
    let snapshots = vec![
        snapshot("current", as_of)?,
        snapshot("previous", back(as_of, days(spans.compare_days)?)?)?,
        snapshot("year_ago", back(as_of, YEAR_DAYS)?)?,
    ];
    let backtest_weeks = days(spans.backtest_weeks)?;
    // 12 months are 52 weeks; other horizons are rounded to whole weeks.
    let ahead_weeks = days(spans.expected_orders_months)?.saturating_mul(YEAR_WEEKS).saturating_add(6) / 12;
    let moment = |name: &'static str, before_date: Date, horizon_weeks: i32| -> Result<Moment, Failure> {
        Ok(Moment {
            name,
            before_date,
            last_day: back(before_date, 1)?,
            horizon_weeks,
            counted_weeks: YEAR_WEEKS,
        })
    };
    let moments = vec![
        moment("now", as_of, ahead_weeks)?,
        moment("backtest", back(as_of, backtest_weeks.saturating_mul(7))?, backtest_weeks)?,
    ];
    let weeks = (0..TREND_WEEKS)
        .map(|week| {
            let end = back(as_of, 7 * week)?;
            Ok((end, back(end, window)?))
        })
        .collect::<Result<_, Failure>>()?;
    Ok(Calendar { as_of, window_days: spans.window_days, snapshots, moments, weeks })
}

/// The day `days` before `date`.
fn back(date: Date, days: i32) -> Result<Date, Failure> {
    date.checked_sub(Span::new().days(days)).map_err(|error| outside(date, error))
}

/// The day `days` after `date`.
///
/// # Errors
/// Returns exit code 2 when the day falls outside of the calendar.
pub fn ahead(date: Date, days: i64) -> Result<Date, Failure> {
    Span::new().try_days(days).and_then(|span| date.checked_add(span)).map_err(|error| outside(date, error))
}

fn days(count: u32) -> Result<i32, Failure> {
    i32::try_from(count).map_err(|error| {
        Failure::new(Exit::Usage, "config", format!("{count} days reach beyond the calendar")).cause(error)
    })
}

fn outside(date: Date, error: jiff::Error) -> Failure {
    Failure::new(Exit::Usage, "config", format!("the window of {date} reaches beyond the calendar"))
        .cause(error)
}

#[cfg(test)]
mod tests;
