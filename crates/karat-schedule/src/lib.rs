//! A schedule by a cron line: which slots are due, how often a failed run is tried again, and what monitoring sees.
//!
//! Knows neither the job nor the clock: the caller hands over what to do in a slot, and what time it is. A slot is done when its as-of date is published, whoever
//! published it, so a second scheduler or a run by hand does no harm.

mod slots;
mod watch;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

pub use slots::{CatchUp, Slots};
pub use watch::{Outcome, Watch};

/// Longest sleep: the clock may be set, and a machine may be suspended.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Pauses before a failed run that may succeed later is tried again.
const PAUSES: [Duration; 3] = [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(15)];

/// Why there is no schedule.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cron line is not valid.
    #[error("`{line}` is no cron line")]
    NoCronLine {
        /// The line.
        line: String,
        /// What is wrong with it.
        source: croner::errors::CronError,
    },
    /// The time zone is not known.
    #[error("`{name}` is no time zone")]
    NoTimeZone {
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: jiff::Error,
    },
    /// The cron line has no slot there.
    #[error("the cron line `{line}` has no such slot")]
    NoSlot {
        /// The line.
        line: String,
        /// What is wrong with it.
        source: croner::errors::CronError,
    },
    /// Nobody can listen there.
    #[error("cannot listen on {address}")]
    CannotListen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system reported.
        source: std::io::Error,
    },
}

/// The clock of the caller.
pub type Clock = fn() -> Timestamp;

/// Does `missed` slots, oldest first, then each slot as it comes; ends only with an error of the calendar.
///
/// # Errors
/// Returns [`Error::NoSlot`] when the cron line has no further slot.
pub async fn keep<Run, Running>(
    slots: &Slots,
    missed: Vec<Timestamp>,
    watch: &Watch,
    now: Clock,
    mut run: Run,
) -> Result<(), Error>
where
    Run: FnMut(Timestamp, u32) -> Running,
    Running: Future<Output = Outcome>,
{
    let mut seen = now();
    for slot in missed {
        watch.waits_for(slot);
        with_retries(slot, watch, now, &mut run).await;
    }
    loop {
        let slot = slots.after(seen)?;
        watch.waits_for(slot);
        until(slot, now).await;
        with_retries(slot, watch, now, &mut run).await;
        // Slots that passed during the run are not made up for: their data is in it.
        seen = slot.max(now());
    }
}

async fn with_retries<Run, Running>(slot: Timestamp, watch: &Watch, now: Clock, run: &mut Run)
where
    Run: FnMut(Timestamp, u32) -> Running,
    Running: Future<Output = Outcome>,
{
    let pauses = PAUSES.iter().map(Some).chain([None]);
    for (attempt, pause) in (1..).zip(pauses) {
        let outcome = run(slot, attempt).await;
        watch.saw(slot, &outcome, now());
        match pause {
            Some(pause) if outcome.is_retryable => tokio::time::sleep(*pause).await,
            _ => break,
        }
    }
}

async fn until(timestamp: Timestamp, now: Clock) {
    loop {
        let left = Duration::try_from(timestamp.duration_since(now())).unwrap_or_default();
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
    }
}
