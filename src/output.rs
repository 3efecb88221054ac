//! What the program says: data on stdout, progress on stderr. The only module that prints.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::calendar::{Stopwatch, now};
use crate::error::Failure;

/// How progress is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Lines for people, a progress bar on a terminal.
    Text,
    /// One JSON object a line, for log collectors.
    Json,
    /// Errors only.
    Quiet,
}

/// Progress and log of one invocation.
#[derive(Debug)]
pub struct Progress {
    style: Style,
    bar: ProgressBar,
    watch: Stopwatch,
    /// The stage that began last.
    stage: Mutex<Stage>,
}

/// What happened in a stage so far.
#[derive(Debug)]
struct Stage {
    name: &'static str,
    watch: Stopwatch,
    steps: usize,
    rows: u64,
    /// Steps with the milliseconds that they took.
    times: Vec<(u64, String)>,
}

/// Stages that are reported to people when they end, each with what its steps are.
const REPORTED: [(&str, &str); 6] = [
    ("read", "sources"),
    ("compute", "tables"),
    ("check", "checks"),
    ("report", "parts"),
    ("publish", "run"),
    ("deliver", "mails"),
];

/// How many of the slowest steps are named.
const SLOWEST: usize = 3;

impl Stage {
    fn begin(name: &'static str) -> Self {
        Self { name, watch: Stopwatch::start(), steps: 0, rows: 0, times: Vec::new() }
    }

    /// The line for people; none of a stage that did nothing.
    fn report(&mut self) -> Option<String> {
        let (_, unit) = REPORTED.iter().find(|(name, _)| *name == self.name && self.steps > 0)?;
        let mut line =
            format!("{:<8}{:>5} {unit:<10}{:>7}", self.name, self.steps, seconds(self.watch.milliseconds()));
        if self.name == "read" {
            let _infallible = write!(line, "   {} rows", grouped(self.rows));
        }
        self.times.sort_by(|left, right| right.cmp(left));
        // Tables that one step makes have one time.
        self.times.dedup_by_key(|(time, _)| *time);
        let slowest = self.times.iter().take(SLOWEST);
        let slowest: Vec<String> = slowest.map(|(time, step)| format!("{step} {}", seconds(*time))).collect();
        if self.times.len() > SLOWEST {
            let _infallible = write!(line, "   slowest: {}", slowest.join(", "));
        }
        Some(line)
    }
}

/// A whole number with a comma between thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.into_iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

/// Milliseconds as seconds with a tenth.
#[must_use]
pub fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

impl Progress {
    /// Starts with `style`.
    #[must_use]
    pub fn new(style: Style) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar =
            if style == Style::Text && is_terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        bar.set_draw_target(if style == Style::Text && is_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        if let Ok(look) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}") {
            bar.set_style(look.progress_chars("━╸─"));
        }
        Self { style, bar, watch: Stopwatch::start(), stage: Mutex::new(Stage::begin("run")) }
    }

    /// Begins a stage of `steps` steps.
    pub fn stage(&self, name: &'static str, steps: usize) {
        self.end_stage(Stage::begin(name));
        self.bar.set_length(u64::try_from(steps).unwrap_or(u64::MAX));
        self.bar.set_position(0);
        self.bar.set_message(name.to_owned());
        self.event(name, &json!({"event": "stage", "steps": steps}));
    }

    /// The stage that began last.
    #[must_use]
    pub fn current_stage(&self) -> &'static str {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).name
    }

    /// Ends a step of a stage.
    pub fn step(&self, stage: &str, what: &str, facts: &Value) {
        {
            let number = |key: &str| facts.get(key).and_then(Value::as_u64);
            let mut current = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
            current.steps += 1;
            current.rows += number("rows").unwrap_or_default();
            current.times.extend(number("milliseconds").map(|time| (time, what.to_owned())));
        }
        self.bar.inc(1);
        self.bar.set_message(what.to_owned());
        let mut line = json!({"event": "step", "step": what});
        merge(&mut line, facts);
        self.event(stage, &line);
    }

    /// Says something to people.
    pub fn say(&self, text: &str) {
        match self.style {
            Style::Text => self.bar.suspend(|| err(text)),
            Style::Json => self.event("run", &json!({"event": "message", "message": text})),
            Style::Quiet => {}
        }
    }

    /// Ends the stage that began last, and reports it.
    fn end_stage(&self, next: Stage) {
        let mut ended =
            std::mem::replace(&mut *self.stage.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(line) = ended.report() {
            let slowest = ended.times.iter().take(SLOWEST);
            let slowest = slowest.map(|(time, step)| json!({"step": step, "milliseconds": time}));
            let facts = json!({
                "event": "stage_end", "steps": ended.steps, "milliseconds": ended.watch.milliseconds(),
                "slowest": slowest.collect::<Vec<_>>(),
            });
            self.event(ended.name, &facts);
            if self.style == Style::Text {
                self.say(&line);
            }
        }
    }

    /// Sums a run up: lines for people, facts for a log.
    pub fn summary(&self, lines: &[String], facts: &Value) {
        let mut event = json!({"event": "summary"});
        merge(&mut event, facts);
        self.event("run", &event);
        if self.style == Style::Text {
            for line in lines {
                self.say(line);
            }
        }
    }

    /// Reports the last stage and clears the progress bar.
    pub fn finish(&self) {
        self.end_stage(Stage::begin("run"));
        self.bar.finish_and_clear();
    }

    /// Milliseconds since the invocation began.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        self.watch.milliseconds()
    }

    fn event(&self, stage: &str, facts: &Value) {
        if self.style == Style::Json {
            let mut line =
                json!({"time": now().to_string(), "stage": stage, "elapsed_ms": self.watch.milliseconds()});
            merge(&mut line, facts);
            err(&line.to_string());
        }
    }
}

fn merge(into: &mut Value, from: &Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}

/// Prints one line of data on stdout; a closed pipe is the reader's choice and no error.
pub fn data(line: &str) {
    let _closed = writeln!(std::io::stdout().lock(), "{}", harmless(line));
}

/// Copies bytes to stdout as they are: rows in a form that other programs read. A closed pipe is the reader's choice and no error.
pub fn bytes(from: &mut impl std::io::Read) {
    let _closed = std::io::copy(from, &mut std::io::stdout().lock());
}

fn err(line: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "{}", harmless(line));
}

/// Writes out what would move a terminal's cursor, colour it, or turn the direction of the text: names of files and columns
/// come from elsewhere.
fn harmless(line: &str) -> Cow<'_, str> {
    let is_harmful = |letter: char| {
        (letter.is_control() && !['\n', '\t'].contains(&letter))
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !line.contains(is_harmful) {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len());
    for letter in line.chars() {
        if is_harmful(letter) {
            text.extend(letter.escape_default());
        } else {
            text.push(letter);
        }
    }
    Cow::Owned(text)
}

/// Prints a failure: for people its causes and hint, and, for a scheduler or a log, one JSON line.
pub fn failure(failure: &Failure, style: Style, with_status_line: bool) {
    if style != Style::Json {
        let mut text = format!("error: {failure}");
        for cause in &causes(failure) {
            let _infallible = write!(text, "\n  because: {cause}");
        }
        if !failure.hint.is_empty() {
            let _infallible = write!(text, "\n\nhint: {}", failure.hint);
        }
        err(&text);
    }
    if with_status_line || style == Style::Json {
        err(&status(failure).to_string());
    }
}

/// A failure as one JSON object, for a scheduler, a log or an alert.
#[must_use]
pub fn status(failure: &Failure) -> Value {
    json!({
        "code": failure.exit as u8,
        "stage": failure.stage,
        "message": failure.message,
        "causes": causes(failure),
        "hint": failure.hint,
        "retryable": failure.retryable,
    })
}

fn causes(failure: &Failure) -> Vec<String> {
    let first = std::error::Error::source(failure);
    std::iter::successors(first, |cause| cause.source()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_ended_is_one_line_with_its_slowest_steps() {
        let mut stage = Stage::begin("compute");
        assert_eq!(stage.report(), None);
        stage.steps = 5;
        stage.times = [900, 20, 1500, 20, 310].map(|time| (time, format!("t{time}"))).to_vec();
        let line = stage.report().expect("a line");
        assert!(line.starts_with("compute     5 tables "), "{line}");
        assert!(line.ends_with("   slowest: t1500 1.5 s, t900 0.9 s, t310 0.3 s"), "{line}");
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn nothing_that_is_said_can_steer_a_terminal_or_turn_its_text() {
        assert_eq!(harmless("a\u{1b}[2Jb\r\u{202e}c\u{9b}"), "a\\u{1b}[2Jb\\r\\u{202e}c\\u{9b}");
        assert_eq!(harmless("line\n\tnext 注文"), "line\n\tnext 注文");
    }
}
