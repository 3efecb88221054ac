//! `preview`: renders a published run again, once, or each time that a designer changes something.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::{Loaded, load_to_read};
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Preview, Reload};

/// How often the files are looked at. Polled, because folders shared with a container or over a network send no events.
const PAUSE: Duration = Duration::from_millis(250);

/// Renders a run once.
pub(super) async fn once(general: &General, run: &str, out: &Path) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let stored = pipeline::stored(&loaded.config, run).await?;
    let preview = pipeline::preview(&loaded.config, &stored, out, Reload::Never)?;
    print(general, &preview);
    Ok(Exit::Published)
}

/// Renders a run, and again whenever its templates or its look change, until the program is asked to stop.
///
/// # Errors
/// Fails only before the first page: a mistake made while watching is reported, and the last good pages stay.
pub(super) async fn watch(
    general: &General,
    run: &str,
    out: &Path,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let mut loaded = load_to_read(general)?;
    refuse_builtin(&loaded)?;
    let stored = pipeline::stored(&loaded.config, run).await?;
    let show = |loaded: &Loaded| match pipeline::preview(&loaded.config, &stored, out, Reload::EachSecond) {
        Ok(preview) => print(general, &preview),
        Err(failure) => {
            output::failure(&failure, general.style(), false);
            progress.say("the pages stay as they were; watching on");
        }
    };
    // The look may be in the middle of a change already, so even the first pages may be reported instead of made.
    let mut seen = fingerprint(general, &loaded)?;
    show(&loaded);
    progress.say("watching the templates and the look; Ctrl-C ends it");
    let mut waiting: Option<String> = None;
    loop {
        tokio::time::sleep(PAUSE).await;
        // A file that is being saved may be gone for a moment; the next look finds it.
        let Ok(now) = fingerprint(general, &loaded) else {
            continue;
        };
        if now == seen {
            waiting = None;
            continue;
        }
        // Rendered when nothing has changed since the last look, so that files saved together make one page.
        if waiting.as_ref() != Some(&now) {
            waiting = Some(now);
            continue;
        }
        waiting = None;
        match load_to_read(general) {
            Ok(again) => {
                loaded = again;
                seen = fingerprint(general, &loaded).unwrap_or(now);
                show(&loaded);
            }
            Err(failure) => {
                seen = now;
                output::failure(&failure, general.style(), false);
            }
        }
    }
}

/// What the pages are made of, the configuration with it.
fn fingerprint(general: &General, loaded: &Loaded) -> Result<String, Failure> {
    let config = std::fs::read(&general.config).unwrap_or_default();
    Ok(format!("{} {}", pipeline::fingerprint(&loaded.config)?, crate::files::sha256(&config)))
}

/// Built-in templates lie in a folder that nobody edits.
fn refuse_builtin(loaded: &Loaded) -> Result<(), Failure> {
    if loaded.has_own_reports {
        return Ok(());
    }
    let message = "there are no templates to watch; this project has no folder of its own for them";
    Err(Failure::new(Exit::Usage, "report", message).hint(
        "It uses the built-in ones. `karat init DIR` writes a project with all of them: copy its reports/ beside your configuration.",
    ))
}

fn print(general: &General, preview: &Preview) {
    answer(
        general,
        || json!({"report": preview.pages.first(), "appendix": preview.pages.get(1), "method": preview.pages.get(2), "pages": preview.pages, "unchanged": preview.is_unchanged}),
        || {
            for page in &preview.pages {
                output::data(&page.display().to_string());
            }
            output::data(if preview.is_unchanged {
                "the same bytes as published"
            } else {
                "differs from what is published"
            });
        },
    );
}
