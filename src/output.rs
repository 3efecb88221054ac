//! What the program says: data on stdout, progress on stderr. The only module that prints.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

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
    /// The line that shows how far a stage is; on a terminal only.
    line: Option<Mutex<Line>>,
    watch: Stopwatch,
    /// The stage that began last.
    stage: Mutex<Stage>,
}

/// How far a stage is, drawn over itself.
#[derive(Debug, Default)]
struct Line {
    done: usize,
    steps: usize,
    message: String,
}

/// Letters of the bar.
const BAR: usize = 24;

/// Takes the line away.
const CLEAR: &str = "\r\u{1b}[K";

impl Line {
    fn text(&self) -> String {
        let filled = (self.done * BAR).checked_div(self.steps).unwrap_or_default().min(BAR);
        let bar = ["━".repeat(filled), "─".repeat(BAR - filled)].concat();
        format!("{CLEAR}{bar} {}/{} {}", self.done, self.steps, harmless(&self.message))
    }
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

/// Stages that are reported to people when they end, each with what one of its steps is, and several.
const REPORTED: [(&str, [&str; 2]); 6] = [
    ("read", ["source", "sources"]),
    ("compute", ["table", "tables"]),
    ("check", ["check", "checks"]),
    ("report", ["part", "parts"]),
    ("publish", ["run", "runs"]),
    ("deliver", ["message", "messages"]),
];

/// How many of the slowest steps are named.
const SLOWEST: usize = 3;

impl Stage {
    fn begin(name: &'static str) -> Self {
        Self { name, watch: Stopwatch::start(), steps: 0, rows: 0, times: Vec::new() }
    }

    /// The line for people; none of a stage that did nothing.
    fn report(&mut self) -> Option<String> {
        let (_, units) = REPORTED.iter().find(|(name, _)| *name == self.name && self.steps > 0)?;
        let unit = units[usize::from(self.steps != 1)];
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
        let is_drawn = style == Style::Text && std::io::stderr().is_terminal();
        Self {
            style,
            line: is_drawn.then(Mutex::default),
            watch: Stopwatch::start(),
            stage: Mutex::new(Stage::begin("run")),
        }
    }

    /// Begins a stage of `steps` steps.
    pub fn stage(&self, name: &'static str, steps: usize) {
        self.end_stage(Stage::begin(name));
        self.draw(|line| *line = Line { done: 0, steps, message: name.to_owned() });
        self.event(name, &json!({"event": "stage", "steps": steps}));
    }

    /// The stage that began last.
    #[must_use]
    pub fn current_stage(&self) -> &'static str {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).name
    }

    /// Ends a step of a stage; one of another stage than the last is told, and not counted.
    pub fn step(&self, stage: &str, what: &str, facts: &Value) {
        let counts = {
            let number = |key: &str| facts.get(key).and_then(Value::as_u64);
            let mut current = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
            let counts = current.name == stage;
            if counts {
                current.steps += 1;
                current.rows += number("rows").unwrap_or_default();
                current.times.extend(number("milliseconds").map(|time| (time, what.to_owned())));
            }
            counts
        };
        self.draw(|line| {
            line.done += usize::from(counts);
            what.clone_into(&mut line.message);
        });
        let mut line = json!({"event": "step", "step": what});
        merge(&mut line, facts);
        self.event(stage, &line);
    }

    /// Says something to people.
    pub fn say(&self, text: &str) {
        match self.style {
            Style::Text => {
                let line = self.line.as_ref().map(|line| line.lock().unwrap_or_else(PoisonError::into_inner));
                if line.is_some() {
                    draw(CLEAR);
                }
                err(text);
                if let Some(line) = line.filter(|line| line.steps > 0) {
                    draw(&line.text());
                }
            }
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
        self.draw(|line| *line = Line::default());
        if self.line.is_some() {
            draw(CLEAR);
        }
    }

    /// Milliseconds since the invocation began.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        self.watch.milliseconds()
    }

    /// Changes the line and draws it again.
    fn draw(&self, change: impl FnOnce(&mut Line)) {
        if let Some(line) = &self.line {
            let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut line);
            draw(&line.text());
        }
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

fn draw(text: &str) {
    let mut out = std::io::stderr().lock();
    let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
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

/// The causes of a failure, without those that repeat words of one before: libraries wrap an error and print it whole at each level.
fn causes(failure: &Failure) -> Vec<String> {
    let first = std::error::Error::source(failure);
    let mut causes: Vec<String> = Vec::new();
    for cause in std::iter::successors(first, |cause| cause.source()).map(ToString::to_string) {
        if !causes.iter().any(|before| before.contains(&cause)) {
            causes.push(cause);
        }
    }
    causes
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
    fn one_is_said_of_one() {
        for (name, steps, said) in
            [("deliver", 1, "1 message "), ("deliver", 3, "3 messages "), ("read", 1, "1 source ")]
        {
            let line = Stage { steps, ..Stage::begin(name) }.report().expect("a line");
            assert!(line.contains(said), "{line}");
        }
    }

    #[test]
    fn a_step_of_another_stage_is_not_counted() {
        let progress = Progress::new(Style::Quiet);
        progress.stage("check", 1);
        progress.step("report", "page", &json!({}));
        progress.step("check", "rule", &json!({}));
        assert_eq!(progress.stage.lock().expect("no panic").steps, 1);
    }

    #[test]
    fn a_cause_that_repeats_one_before_is_told_once() {
        let inner = Failure::new(crate::error::Exit::Usage, "engine", "no field x");
        let same = Failure::new(crate::error::Exit::Usage, "engine", "no field x").cause(inner);
        let outer = Failure::new(crate::error::Exit::Usage, "engine", "planning: no field x").cause(same);
        let failure = Failure::new(crate::error::Exit::Usage, "query", "the query fails").cause(outer);
        assert_eq!(causes(&failure), ["planning: no field x"]);
    }

    #[test]
    fn the_line_of_a_stage_shows_how_far_it_is() {
        let line = Line { done: 3, steps: 4, message: "a\rb".to_owned() };
        assert_eq!(line.text(), format!("{CLEAR}{}{} 3/4 a\\rb", "━".repeat(18), "─".repeat(6)));
        assert!(Line::default().text().contains(&"─".repeat(24)));
    }

    #[test]
    fn nothing_that_is_said_can_steer_a_terminal_or_turn_its_text() {
        assert_eq!(harmless("a\u{1b}[2Jb\r\u{202e}c\u{9b}"), "a\\u{1b}[2Jb\\r\\u{202e}c\\u{9b}");
        assert_eq!(harmless("line\n\tnext 注文"), "line\n\tnext 注文");
    }
}
