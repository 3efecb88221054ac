//! `report.pdf`: the report as an installed browser prints it; nothing is downloaded and no service is asked.
//!
//! The same report, browser and fonts give the same bytes; another browser gives others. So the manifest does not name the file,
//! `verify` does not compare it, and `volatile.json` says which browser made it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use super::program::ended;
use crate::error::{Exit, Failure};
use crate::output::Progress;
use crate::publish::StagedRun;
use crate::record::layout;

const STAGE: &str = "report";

/// Names under which the browser is installed.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/// How long the browser may take for one report, and to say its version.
const PATIENCE: Duration = Duration::from_mins(1);

/// An installed browser.
#[derive(Debug)]
pub(super) struct Browser {
    program: PathBuf,
    /// Name and version as it says them.
    pub(super) version: String,
}

impl Browser {
    /// Finds the browser, and sees whether it has letters of these languages; looked for before any input is read.
    pub(super) async fn find(languages: impl Iterator<Item = &str>) -> Result<Self, Failure> {
        for name in NAMES {
            if let Some(found) = Self::asked(Path::new(name)).await {
                for language in languages {
                    Self::expect_font(language).await?;
                }
                return Ok(found);
            }
        }
        let message = "`publish.pdf` needs Chromium or Chrome, and none was found";
        let hint = format!(
            "Nothing was computed. Install one that runs as {}, or set `publish.pdf: false`.",
            NAMES.join(", ")
        );
        Err(Failure::new(Exit::Usage, STAGE, message).hint(hint))
    }

    /// Asks a program for its version.
    async fn asked(program: &Path) -> Option<Self> {
        let version = said(program, "--version").await.filter(|version| !version.is_empty())?;
        Some(Self { program: program.to_owned(), version })
    }

    /// Refuses a language of which no installed font has the letters: a browser prints a box for each, and sees no fault in it.
    ///
    /// Where fontconfig's `fc-list` is not installed nobody can tell.
    async fn expect_font(language: &str) -> Result<(), Failure> {
        if said(Path::new("fc-list"), &format!(":lang={}", language.split('-').next().unwrap_or(language)))
            .await
            .is_none_or(|fonts| !fonts.is_empty())
        {
            return Ok(());
        }
        let message =
            format!("`publish.pdf` needs a font for the language `{language}`, and none is installed");
        Err(Failure::new(Exit::Usage, STAGE, message)
            .hint("Nothing was computed. Install one, such as Noto Sans CJK for Chinese, or set `publish.pdf: false`."))
    }

    /// Prints a page into a file, with `scratch` for what the browser keeps of itself; ends it when it takes longer.
    async fn print(
        &self,
        page: &Path,
        pdf: &Path,
        scratch: &Path,
        patience: Duration,
    ) -> Result<(), Failure> {
        let name = self.program.display();
        let failed = |what: String| {
            let message = format!("`{name}` did not print `{}`: {what}", layout::PDF);
            Failure::new(Exit::Resources, STAGE, message).hint(
                "Nothing new is published; the same command does the job again. Set `publish.pdf: false` to do without the file.",
            )
        };
        let cannot = |error: io::Error| failed(error.to_string());
        fs::create_dir_all(scratch).map_err(cannot)?;
        let said = scratch.join("said");
        let mut command = self.command(page, pdf, scratch).map_err(cannot)?;
        command.stderr(File::create(&said).map_err(cannot)?);
        let Ok(status) = tokio::time::timeout(patience, ended(&mut command)).await else {
            let seconds = patience.as_secs();
            return Err(failed(format!("it had not ended after {seconds} seconds")).retryable());
        };
        let status = status.map_err(cannot)?;
        let is_whole =
            |bytes: &[u8]| bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF");
        if status.success() && fs::read(pdf).is_ok_and(|bytes| is_whole(&bytes)) {
            return Ok(());
        }
        let said = fs::read(&said).map_err(cannot)?;
        Err(failed(format!("{status}; {}", reason(&String::from_utf8_lossy(&said)))))
    }

    /// What makes the browser print a page and do nothing else.
    fn command(&self, page: &Path, pdf: &Path, scratch: &Path) -> io::Result<Command> {
        let page = std::path::absolute(page)?;
        let page = url::Url::from_file_path(page).map_err(|()| io::Error::other("no address of a file"))?;
        let option = |name: &str, path: &Path| format!("--{name}={}", path.display());
        let mut command = Command::new(&self.program);
        command
            .args(["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync"])
            .args(["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"])
            .arg("--no-pdf-header-footer")
            .arg(option("user-data-dir", &std::path::absolute(scratch.join("profile"))?))
            .arg(option("print-to-pdf", &std::path::absolute(pdf)?));
        // Chromium does not start as root with its sandbox. The page escapes every text, and its policy lets no script run.
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::uid(&fs::metadata(scratch)?) == 0 {
            command.arg("--no-sandbox");
        }
        // Killed, it leaves a socket in this folder, whose path may be too long for one if it is not relative.
        command.current_dir(scratch).env("TMPDIR", ".");
        command.arg(page.as_str()).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(command)
    }
}

/// What a program says to one question; nothing when it is not there, fails, or takes too long.
async fn said(program: &Path, question: &str) -> Option<String> {
    let said = tempfile::NamedTempFile::new().ok()?;
    let mut command = Command::new(program);
    command.arg(question).stdin(Stdio::null()).stdout(said.reopen().ok()?).stderr(Stdio::null());
    let status = tokio::time::timeout(PATIENCE, ended(&mut command)).await.ok()?.ok()?;
    let answer = fs::read_to_string(said.path()).ok()?.trim().to_owned();
    status.success().then_some(answer)
}

/// The line in which a browser says why it ended: the fatal one, or the last.
fn reason(said: &str) -> String {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let found = lines.clone().find(|line| line.contains(":FATAL:")).or_else(|| lines.next_back());
    found.unwrap_or("it wrote no whole file and said nothing").chars().take(300).collect()
}

/// Prints `report.html` of the staged run and of each edition.
pub(super) async fn stage(
    staged: &StagedRun,
    browser: &Browser,
    scratch: &Path,
    progress: &Progress,
) -> Result<(), Failure> {
    let editions = staged.manifest.editions.iter().map(|edition| layout::of_edition(&edition.name, ""));
    let day = staged.manifest.as_of.strftime("%Y%m%d000000").to_string();
    for folder in std::iter::once(String::new()).chain(editions) {
        let folder = staged.folder.join(folder);
        let pdf = folder.join(layout::PDF);
        browser.print(&folder.join(layout::REPORT), &pdf, &scratch.join("browser"), PATIENCE).await?;
        let cannot = |error: io::Error| {
            let message = format!("cannot date `{}`", pdf.display());
            Failure::new(Exit::Resources, STAGE, message).cause(error)
        };
        fs::write(&pdf, dated(fs::read(&pdf).map_err(cannot)?, &day)).map_err(cannot)?;
        progress.step(STAGE, layout::PDF, &json!({"browser": browser.version}));
    }
    Ok(())
}

/// Puts `moment`, fourteen digits, in place of the moments at which the browser made and changed the file.
fn dated(mut bytes: Vec<u8>, moment: &str) -> Vec<u8> {
    for key in [&b"/CreationDate (D:"[..], b"/ModDate (D:"] {
        let found = bytes.windows(key.len()).position(|window| window == key);
        let place = found.and_then(|at| bytes.get_mut(at + key.len()..at + key.len() + moment.len()));
        if let Some(place) = place {
            place.copy_from_slice(moment.as_bytes());
        }
    }
    bytes
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_moments_of_a_file_are_those_of_its_report_and_nothing_moves() {
        let file = |moment: &str| {
            format!("%PDF-1.4\n<</CreationDate (D:{moment}+00'00')\n/ModDate (D:{moment}+00'00')>>\nend")
                .into_bytes()
        };
        assert_eq!(dated(file("20261128161249"), "20180101000000"), file("20180101000000"));
        assert_eq!(dated(b"%PDF".to_vec(), "20180101000000"), b"%PDF");
    }

    #[test]
    fn the_reason_is_the_fatal_line_or_the_last() {
        assert_eq!(
            reason("[1:ERROR:a] bus\n[1:FATAL:b] No usable sandbox!\n#0 0x1\n"),
            "[1:FATAL:b] No usable sandbox!"
        );
        assert_eq!(reason("first\nlast\n\n"), "last");
    }

    /// Has a script print as a browser; gives the failure, and the file that it wrote.
    async fn printed(script: &str, patience: Duration) -> (Result<(), Failure>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("browser");
        fs::write(&program, format!("#!/bin/sh\ncd '{}'\n{script}\n", folder.path().display()))
            .expect("a file");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(&program, mode).expect("a program");
        let browser = Browser { program, version: "Fake 1".to_owned() };
        let at = |name: &str| folder.path().join(name);
        let result = browser.print(&at("report.html"), &at("report.pdf"), &at("scratch"), patience).await;
        (result, folder)
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_browser_that_hangs_is_killed_with_all_that_it_started() {
        let script = "sleep 600 & echo $! > child; echo $$ > self; wait";
        let (result, folder) = printed(script, Duration::from_secs(2)).await;
        let failure = result.expect_err("it hangs");
        assert!(failure.retryable && failure.exit == Exit::Resources, "{failure:?}");
        assert!(failure.message.contains("not ended after 2 seconds"), "{failure:?}");
        for name in ["self", "child"] {
            let id = fs::read_to_string(folder.path().join(name)).expect("a process");
            // Of a killed process init or a shell may not have taken the status yet.
            let is_there = || {
                let state = fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
                !state.is_empty() && !state.contains(") Z ")
            };
            // It was killed, which takes a moment where the machine is busy.
            let gone = async {
                while is_there() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            tokio::time::timeout(PATIENCE, gone).await.unwrap_or_else(|_| panic!("{name} {id} goes on"));
        }
    }

    #[tokio::test]
    async fn a_browser_that_fails_or_writes_half_a_file_prints_nothing() {
        let whole = "printf '%%PDF-1.4\\n%%%%EOF\\n' > report.pdf";
        let half = "printf '%%PDF-1.4\\n' > report.pdf";
        let refused = "echo '[1:FATAL:zygote] No usable sandbox!' >&2; exit 1";
        printed(whole, PATIENCE).await.0.expect("a whole file");
        for (script, said) in [
            (half.to_owned(), "no whole file"),
            ("true".to_owned(), "no whole file"),
            (format!("{whole}; {refused}"), "No usable sandbox!"),
        ] {
            let failure = printed(&script, PATIENCE).await.0.expect_err("no PDF");
            assert!(failure.message.contains(said), "{script}: {failure:?}");
            assert_eq!(failure.exit, Exit::Resources);
        }
    }
}
