//! `karat gc`: shows or removes what interrupted runs left in the publish location.

use jiff::SignedDuration;
use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load_to_read;
use crate::calendar;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline;
use crate::publish;

/// Lists what is older than `keep_days`, and removes it unless this is a dry run.
pub(super) async fn gc(general: &General, keep_days: u32, dry_run: bool) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let place = pipeline::open(&loaded.config)?;
    let limit = calendar::now() - SignedDuration::from_hours(24 * i64::from(keep_days));
    let garbage = publish::find_garbage(&place, limit).await?;
    if !dry_run {
        publish::remove_garbage(&place, &garbage).await?;
    }
    answer(
        general,
        || json!({"removed": !dry_run, "bytes": garbage.bytes, "objects": garbage.paths}),
        || {
            garbage.paths.iter().for_each(|path| output::data(path));
            output::data(&format!(
                "{} {} objects of {} bytes; what changed within {keep_days} days stays (--keep-days), as does what is published",
                if dry_run { "to be removed:" } else { "removed" },
                garbage.paths.len(),
                garbage.bytes,
            ));
        },
    );
    Ok(Exit::Published)
}
