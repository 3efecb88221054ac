//! `karat schedule`: stays in the foreground and runs by the cron line until it is asked to stop.

use std::sync::Arc;

use jiff::Timestamp;
use karat_schedule::{CatchUp, Error, Outcome, Slots, Watch, keep};
use serde_json::json;

use super::options::General;
use super::project::load;
use super::run::{RunOptions, run};
use crate::alert::Alert;
use crate::calendar::{self, Stopwatch};
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline;
use crate::publish;

/// Keeps the schedule; returns only with a failure that no later slot can mend.
pub(super) async fn schedule(general: &Arc<General>, progress: &Arc<Progress>) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let config = loaded.config;
    let Some(schedule) = &config.schedule else {
        let message = format!("`{}` has no `schedule`", general.config.display());
        return Err(Failure::new(Exit::Usage, "schedule", message)
            .hint("Add it, as in `schedule: {cron: \"0 6 * * MON\"}`."));
    };
    let slots = Slots::new(&schedule.cron, &schedule.timezone)?;
    let catch_up = match schedule.catch_up.as_str() {
        "none" => CatchUp::None,
        "all" => CatchUp::All,
        _ => CatchUp::Latest,
    };
    let as_of = {
        let (rule, zone) = (config.as_of, config.project.timezone.clone());
        move |slot: Timestamp| calendar::as_of_at(rule, slot, &zone)
    };
    let published = publish::history(&pipeline::open(&config)?).await?;
    let missed = slots.missed(catch_up, calendar::now(), !published.is_empty(), |slot| {
        let day = as_of(slot)?;
        Ok::<_, Failure>(published.iter().any(|entry| entry.as_of == day))
    })?;
    let watch = Watch::default();
    if let Some(address) = schedule.health {
        watch.listen(address)?;
        progress.say(&format!("/health and /metrics answer on http://{address}"));
    }
    let alert = schedule.alert.as_ref().map(Alert::new);
    progress.say(&match missed.len() {
        0 => format!("waiting for {}", slots.after(calendar::now())?),
        count => format!("{count} missed runs come first, then {}", slots.after(calendar::now())?),
    });
    keep(&slots, missed, &watch, calendar::now, |slot, attempt| {
        let (general, progress, alert) = (Arc::clone(general), Arc::clone(progress), alert.clone());
        let day = as_of(slot);
        async move {
            progress.say(&format!("slot {slot}, attempt {attempt}"));
            let stopwatch = Stopwatch::start();
            let result = match day {
                Ok(day) => in_a_task(&general, day, &progress).await,
                Err(failure) => Err(failure),
            };
            let failure = result.err();
            if let Some(failure) = &failure {
                output::failure(failure, general.style(), true);
                tell(alert.as_ref(), slot, failure, &progress).await;
            }
            Outcome {
                code: failure.as_ref().map_or(Exit::Published, |failure| failure.exit) as u8,
                is_retryable: failure.as_ref().is_some_and(|failure| failure.retryable),
                milliseconds: stopwatch.milliseconds(),
            }
        }
    })
    .await?;
    Ok(Exit::Published)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let failure = Self::new(Exit::Usage, "schedule", message);
        match error {
            Error::NoCronLine { source, .. } | Error::NoSlot { source, .. } => failure.cause(source),
            Error::NoTimeZone { source, .. } => failure.cause(source),
            Error::CannotListen { source, .. } => failure.cause(source),
        }
    }
}

/// A run of its own task: a defect ends the run and not the schedule. The configuration is read anew.
async fn in_a_task(
    general: &Arc<General>,
    as_of: jiff::civil::Date,
    progress: &Arc<Progress>,
) -> Result<Exit, Failure> {
    let (general, progress) = (Arc::clone(general), Arc::clone(progress));
    let options = RunOptions { as_of: Some(as_of), draft: false };
    let running = tokio::spawn(async move { run(&general, &options, &progress).await });
    running.await.unwrap_or_else(|panic| {
        Err(Failure::new(Exit::Bug, "run", "the program gave up; this is a defect of it").cause(panic))
    })
}

async fn tell(alert: Option<&Alert>, slot: Timestamp, failure: &Failure, progress: &Progress) {
    let Some(alert) = alert else { return };
    let mut event = output::status(failure);
    event["slot"] = json!(slot.to_string());
    if let Err(undelivered) = alert.send(&event).await {
        progress.say(&format!("the alert did not get through: {undelivered}"));
    }
}
