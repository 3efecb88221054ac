//! `karat open`: a published report in the browser.

use std::process::{Command, Stdio};

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load_to_read;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline;

/// The program that opens a file the way its user wants it.
const OPENER: &[&str] = if cfg!(target_os = "macos") {
    &["open"]
} else if cfg!(windows) {
    &["cmd", "/C", "start", ""]
} else {
    &["xdg-open"]
};

/// Prints where the report is, and opens it.
pub(super) async fn open(general: &General, run: &str) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let (address, is_local) = pipeline::report_file(&loaded.config, run).await?;
    answer(general, || json!({"report": address}), || output::data(&address));
    if !is_local {
        let message = format!("`{address}` is in an object store, which no browser opens");
        return Err(Failure::new(Exit::Usage, "open", message)
            .hint(format!("`karat preview {run} --out DIR` writes the pages to a folder.")));
    }
    // As other tools do: BROWSER wins over what the desktop would choose.
    let browser = std::env::var("BROWSER").ok().filter(|name| !name.is_empty());
    let mut command = Command::new(browser.as_deref().unwrap_or(OPENER[0]));
    if browser.is_none() {
        command.args(&OPENER[1..]);
    }
    let opened =
        command.arg(&address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match opened {
        Ok(status) if status.success() => Ok(Exit::Published),
        Ok(status) => Err(cannot(browser.as_deref(), &format!("it ended with {status}"))),
        Err(error) => Err(cannot(browser.as_deref(), &error.to_string())),
    }
}

fn cannot(browser: Option<&str>, why: &str) -> Failure {
    let program = browser.unwrap_or(OPENER[0]);
    Failure::new(Exit::Usage, "open", format!("`{program}` cannot open the report: {why}"))
        .hint("Open the file by its address above, or name a program in BROWSER.")
}
