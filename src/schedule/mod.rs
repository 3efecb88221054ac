//! Runs by the cron line: which slots are due, what a failed run sets off, and what monitoring sees.
//!
//! Knows no pipeline: the caller hands over what to do in a slot. A slot is done when its as-of date is published, whoever
//! published it, so a second scheduler or a run by hand does no harm.

mod alert;
mod slots;
mod watch;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

pub use alert::Alert;
pub use slots::{CatchUp, Slots};
pub use watch::{Outcome, Watch};

use crate::calendar;
use crate::error::Failure;

/// Longest sleep: the clock may be set, and a machine may be suspended.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Pauses before a failed run that may succeed later is tried again.
const PAUSES: [Duration; 3] = [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(15)];

/// Does `missed` slots, oldest first, then each slot as it comes; ends only with an error of the calendar.
///
/// # Errors
/// Returns exit code 2 when the cron line has no further slot.
pub async fn keep<Run, Running>(
    slots: &Slots,
    missed: Vec<Timestamp>,
    watch: &Watch,
    mut run: Run,
) -> Result<(), Failure>
where
    Run: FnMut(Timestamp, u32) -> Running,
    Running: Future<Output = Outcome>,
{
    let mut seen = calendar::now();
    for slot in missed {
        watch.waits_for(slot);
        with_retries(slot, watch, &mut run).await;
    }
    loop {
        let slot = slots.after(seen)?;
        watch.waits_for(slot);
        until(slot).await;
        with_retries(slot, watch, &mut run).await;
        // Slots that passed during the run are not made up for: their data is in it.
        seen = slot.max(calendar::now());
    }
}

async fn with_retries<Run, Running>(slot: Timestamp, watch: &Watch, run: &mut Run)
where
    Run: FnMut(Timestamp, u32) -> Running,
    Running: Future<Output = Outcome>,
{
    let pauses = PAUSES.iter().map(Some).chain([None]);
    for (attempt, pause) in (1..).zip(pauses) {
        let outcome = run(slot, attempt).await;
        watch.saw(slot, &outcome);
        match pause {
            Some(pause) if outcome.is_retryable => tokio::time::sleep(*pause).await,
            _ => break,
        }
    }
}

async fn until(timestamp: Timestamp) {
    loop {
        let left = Duration::try_from(timestamp.duration_since(calendar::now())).unwrap_or_default();
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
    }
}
