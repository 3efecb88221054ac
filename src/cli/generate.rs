//! `karat generate`: a synthetic history of any size.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use karat_generate::{Error, Generate, generate};
use serde_json::json;

use super::options::General;
use super::print::answer;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::private::PrivateFolder;

/// The history that is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct History {
    /// How many customers, prospects included
    #[arg(long, value_name = "N")]
    customers: u64,
    /// Folder or URL; must be empty
    #[arg(long, value_name = "LOCATION")]
    out: String,
    /// The same seed gives the same history
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// First day of the history
    #[arg(long, value_name = "DATE", default_value = "2023-01-01")]
    from: Date,
    /// Day after the last
    #[arg(long, value_name = "DATE", default_value = "2026-01-01")]
    to: Date,
    /// Share of order lines that are spoilt on purpose, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    flaws: f64,
}

/// Writes a history, to a folder or an object store.
pub(super) async fn write_history(
    general: &General,
    asked: &History,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let out = asked.out.as_str();
    let request = &Generate {
        customers: asked.customers,
        seed: asked.seed,
        from: asked.from,
        to: asked.to,
        defects: asked.flaws,
    };
    let is_local = !out.contains("://") || out.starts_with("file://");
    let temporary = if is_local { None } else { Some(PrivateFolder::make(&std::env::temp_dir())?) };
    let folder = temporary.as_ref().map_or_else(
        || PathBuf::from(out.strip_prefix("file://").unwrap_or(out)),
        |folder| folder.path().join("history"),
    );
    progress.stage("generate", usize::try_from(request.customers / 256).unwrap_or(0));
    let summary = generate(request, &folder, &mut |done| {
        progress.step("generate", &format!("{done} customers"), &json!({"customers": done}));
    })?;
    if temporary.is_some() {
        upload(&folder, out).await?;
    }
    progress.finish();
    answer(
        general,
        || {
            json!({
                "location": out, "customers": summary.customers, "orders": summary.orders, "order_lines": summary.order_lines,
                "service_cases": summary.service_cases, "payments": summary.payments, "visits": summary.visits,
                "files": summary.files, "bytes": summary.bytes,
            })
        },
        || {
            output::data(&format!(
                "{} customers, {} orders, {} order lines in {} files at {out}",
                summary.customers, summary.orders, summary.order_lines, summary.files
            ));
            output::data(&if temporary.is_some() {
                format!("Next: copy {out}/config.yaml here, set its locations to {out}/…, then karat run")
            } else {
                format!("Next: karat run --config {out}/config.yaml")
            });
        },
    );
    Ok(Exit::Published)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let failure = |exit| Self::new(exit, "generate", message);
        match error {
            Error::Refused { hint, .. } => failure(Exit::Usage).hint(hint),
            Error::Mismatch { .. } => failure(Exit::Bug),
            Error::CannotWrite { source, .. } => failure(Exit::Resources).cause(source),
        }
    }
}

/// Copies a generated history to an object store, the configuration last.
async fn upload(folder: &Path, out: &str) -> Result<(), Failure> {
    let none = std::collections::BTreeMap::new();
    let from = crate::store::open(&folder.display().to_string(), folder, &none)
        .map_err(|error| error.reading("generate"))?;
    let to = crate::store::open(out, folder, &none).map_err(|error| error.writing("generate"))?;
    let mut objects = from.list().await.map_err(|error| error.reading("generate"))?;
    objects.sort_by_key(|object| (object.path == "config.yaml", object.path.clone()));
    for object in objects {
        to.upload(&object.path, &folder.join(&object.path))
            .await
            .map_err(|error| error.writing("generate"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_is_named_once_and_its_cause_is_that_of_the_system() {
        let cause = || Box::new(std::io::Error::from_raw_os_error(28));
        let failure = Failure::from(Error::CannotWrite { path: "out/a".to_owned(), source: cause() });
        assert_eq!((failure.exit, failure.message.as_str()), (Exit::Resources, "cannot write `out/a`"));
        assert_eq!(failure.cause.map(|found| found.to_string()), Some(cause().to_string()));
    }
}
