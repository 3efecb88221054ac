//! The words of one language, from `reports/messages/<language>.ftl`: sentences, names of classes, labels on charts.
//!
//! Fluent chooses among the forms of a sentence; numbers and days come in written, as text or as elements that name their
//! cell. A file is read whole before anything is computed: a word that is missing, or that asks for something nobody gives,
//! is refused by name and file. A sentence with a hole in it is never written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::{FluentNumber, FluentNumberOptions};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::format::{self, Formats, Habits, Order};
use super::places::{Places, places};
use crate::error::{Exit, Failure};

/// The language that every other one is compared with.
pub(crate) const FIRST: &str = "en";

/// The English that ships; its sections headed so hold the messages that the program asks for by itself, not by a template.
const SHIPPED: &str = include_str!("../../reports/messages/en.ftl");
const HEADING: &str = "The program asks";

/// Stand around what is filled in until the sentence is whole; no message and no value may hold them.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// What fills a place of a message.
#[derive(Debug, Clone)]
pub(crate) enum Filling {
    /// Text; escaped where the page is.
    Text(String),
    /// What is finished: an element that was escaped where it was made, or text for a text.
    Finished(String),
    /// A number as it is written, with its size, by which a language chooses its words.
    Number {
        /// The size; only the form of words hangs on it.
        size: f64,
        /// Finished.
        written: String,
    },
}

/// Ends the name of a message that replaces another one where profit rests on an assumed margin.
const ASSUMED: &str = "_if_assumed";

/// The words of a language; and whether profit rests on an assumed margin.
#[derive(Clone)]
pub(crate) struct Messages(Arc<Loaded>, pub(super) bool);

struct Loaded {
    path: PathBuf,
    bundle: FluentBundle<FluentResource>,
    /// What each message fills in, whichever of its forms is chosen.
    places: BTreeMap<String, Places>,
    /// The language, as ICU and Fluent name it.
    language: String,
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Messages").field(&self.0.path).finish()
    }
}

/// Lists the languages that have a file below `folder`.
pub(crate) fn languages(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("messages")).into_iter().flatten().flatten();
    let mut languages: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ftl"))
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    languages.sort();
    languages
}

/// Names the messages that the program asks for by itself.
pub(crate) fn asked_here() -> impl Iterator<Item = &'static str> {
    let sections = SHIPPED.split("\n## ").filter(|section| section.starts_with(HEADING));
    let names = sections.flat_map(str::lines).filter_map(|line| Some(line.split_once(" = ")?.0));
    names.filter(|name| !name.starts_with([' ', '#']) && !name.ends_with(ASSUMED))
}

/// Reads the words of one language; what English has must be there.
pub(crate) fn read(folder: &Path, language: &str) -> Result<Messages, Failure> {
    let messages = load(folder, language)?;
    let shipped = FluentResource::try_new(SHIPPED.to_owned()).expect("every test reads it");
    let shipped = places(&shipped).expect("every test reads it");
    for id in asked_here() {
        let given: Vec<&str> = shipped[id].wanted.iter().map(String::as_str).collect();
        messages.must_have(id, &given, "the charts and the mail")?;
    }
    messages.formats()?;
    if language != FIRST {
        let first = load(folder, FIRST)?;
        for (id, places) in &first.0.places {
            let given: Vec<&str> = places.wanted.iter().map(String::as_str).collect();
            let whom = format!("`{}`", first.0.path.display());
            messages.must_have(id, &given, &whom)?;
            // A number that a sentence leaves out is as bad as a sentence that is missing.
            let shown = messages.0.places.get(id).map(|places| &places.shown);
            if let Some(lost) =
                places.shown.iter().find(|place| shown.is_some_and(|shown| !shown.contains(*place)))
            {
                let message = format!("cannot use the words of `{}`", messages.0.path.display());
                let reason = format!("message `{id}` leaves out `${lost}`, which {whom} shows");
                return Err(Failure::new(Exit::Usage, "report", message).cause(reason));
            }
        }
    }
    Ok(messages)
}

fn load(folder: &Path, language: &str) -> Result<Messages, Failure> {
    let path = folder.join("messages").join(format!("{language}.ftl"));
    let refuse = |reason: String| {
        Failure::new(Exit::Usage, "report", format!("cannot use the words of `{}`", path.display()))
            .cause(reason)
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::new(
            Exit::Usage,
            "report",
            format!("cannot read the words of language `{language}`"),
        )
        .hint(format!(
            "Write `messages/{language}.ftl` in the folder of `reports`, or set `project.language` to a language that has one: {}.",
            languages(folder).join(", ")
        ))
        .cause(error)
    })?;
    if text.contains(MARKS) {
        return Err(refuse("it holds U+E000 or U+E001, which Karat needs for itself".into()));
    }
    let resource = FluentResource::try_new(text).map_err(|(resource, errors)| {
        let at = errors.first().map_or(0, |error| error.pos.start);
        let line = resource.source()[..at].matches('\n').count() + 1;
        let reasons: Vec<_> = errors.iter().map(ToString::to_string).collect();
        refuse(format!("line {line}: {}", reasons.join("; ")))
    })?;
    let places = places(&resource).map_err(&refuse)?;
    let locale: LanguageIdentifier = language
        .parse()
        .map_err(|_| refuse(format!("`{language}` is not the name of a language, as `de` or `pt-BR` is")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    // A number is written before it comes here; its text travels where Fluent keeps the name of a currency.
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => number.options.currency.clone(),
        _ => None,
    }));
    bundle.add_resource(resource).map_err(|errors| {
        let reasons: Vec<_> = errors.iter().map(ToString::to_string).collect();
        refuse(reasons.join("; "))
    })?;
    Ok(Messages(Arc::new(Loaded { path, bundle, places, language: language.to_owned() }), false))
}

impl Messages {
    /// The words for a run whose profit rests on an assumed margin, if it does.
    pub(crate) fn assuming(self, margin_is_assumed: bool) -> Self {
        Self(self.0, margin_is_assumed)
    }

    /// Refuses when `group` has no message, or one that wants what is not `given` by `whom`.
    pub(crate) fn must_have_group(&self, group: &str, given: &[&str], whom: &str) -> Result<(), Failure> {
        let is_of = |id: &&String| id.strip_prefix(group).is_some_and(|rest| rest.starts_with('-'));
        let mut of_group = self.0.places.keys().filter(is_of).peekable();
        match of_group.peek() {
            None => self.must_have(&format!("{group}-…"), given, whom),
            Some(_) => of_group.try_for_each(|id| self.must_have(id, given, whom)),
        }
    }

    /// Refuses when message `id` is not there, or wants what is not `given` by `whom`.
    pub(crate) fn must_have(&self, id: &str, given: &[&str], whom: &str) -> Result<(), Failure> {
        let reason = match self.0.places.get(id) {
            None => format!("message `{id}` is missing; {whom} shows it"),
            Some(places) => match places.wanted.iter().find(|place| !given.contains(&place.as_str())) {
                Some(place) => format!("message `{id}` wants `${place}`, which {whom} does not give"),
                None if self.0.places.contains_key(&format!("{id}{ASSUMED}")) => {
                    return self.must_have(&format!("{id}{ASSUMED}"), given, whom);
                }
                None => return Ok(()),
            },
        };
        let message = format!("cannot use the words of `{}`", self.0.path.display());
        Err(Failure::new(Exit::Usage, "report", message).cause(reason))
    }

    /// Looks `id` up.
    pub(crate) fn get(&self, id: &str) -> String {
        self.fill(id, &[])
    }

    /// Looks `code` up within `group`, then among the words that stand for `any` group; an unknown word is shown as it is written in the data.
    pub(crate) fn of(&self, group: &str, code: &str) -> String {
        self.known(group, code).unwrap_or_else(|| code.replace('_', " "))
    }

    /// Looks `code` up within `group`, then among the words that stand for `any` group.
    pub(crate) fn known(&self, group: &str, code: &str) -> Option<String> {
        let is_word = |id: &&String| self.0.places.get(*id).is_some_and(|it| it.wanted.is_empty());
        [format!("{group}-{code}"), format!("any-{code}")].iter().find(is_word).map(|id| self.get(id))
    }

    /// Looks `id` up and fills its places with text.
    pub(crate) fn fill(&self, id: &str, places: &[(&str, &str)]) -> String {
        let fillings = places
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Filling::Text((*text).to_owned())))
            .collect();
        self.say(id, &fillings, false).expect("`read` refuses a file without what charts and mail ask for")
    }

    /// Names a number of something; `size` chooses the form of the words.
    pub(crate) fn counted(&self, id: &str, size: f64, written: String) -> String {
        let fillings = [("n".to_owned(), Filling::Number { size, written })].into();
        self.say(id, &fillings, false).expect("`read` refuses a file without what charts and mail ask for")
    }

    /// Makes the formats that writes numbers and days of this language.
    pub(crate) fn formats(&self) -> Result<Formats, Failure> {
        let wrong = |reason: String| {
            let message = format!("cannot use the words of `{}`", self.0.path.display());
            Failure::new(Exit::Usage, "report", message).cause(reason)
        };
        let habits = self.habits().map_err(wrong)?;
        Formats::new(&self.0.language, habits)
            .ok_or_else(|| wrong(format!("`{}` is not the name of a language", self.0.language)))
    }

    /// Reads what the file says about numbers.
    pub(crate) fn habits(&self) -> Result<Habits, String> {
        let around = |id: &str, place: &str| -> Result<(String, String), String> {
            let text = self.get_filled(id, &[(place, "\u{1}")])?;
            match text.split_once('\u{1}') {
                Some((before, after)) => Ok((before.to_owned(), after.to_owned())),
                None => Err(format!("message `{id}` does not hold `${place}`")),
            }
        };
        let money = self.get_filled("number-money", &[("sign", "\u{1}"), ("n", "\u{2}")])?;
        let order = money
            .strip_prefix('\u{1}')
            .and_then(|rest| rest.strip_suffix('\u{2}'))
            .map(|between| Order::SignFirst(between.to_owned()))
            .or_else(|| {
                let rest = money.strip_prefix('\u{2}')?.strip_suffix('\u{1}')?;
                Some(Order::SignLast(rest.to_owned()))
            })
            .ok_or("message `number-money` begins with one of `$sign` and `$n`, and ends with the other")?;
        let mut scales: Vec<(i64, String)> = Vec::new();
        for pair in self.get_filled("number-scales", &[])?.split_whitespace() {
            let scale = pair
                .split_once('=')
                .and_then(|(zeros, word)| Some((zeros.parse::<i64>().ok()?, word.to_owned())))
                .filter(|(zeros, word)| (1..=30).contains(zeros) && !word.is_empty())
                .filter(|(zeros, _)| scales.last().is_none_or(|(before, _)| before < zeros))
                .ok_or_else(|| {
                    format!("`{pair}` of message `number-scales` is not a number of zeros, `=` and a word, smallest first")
                })?;
            scales.push(scale);
        }
        Ok(Habits { percent: around("number-percent", "n")?, money: order, scales })
    }

    /// The sign of a currency, or its code and a space that does not break.
    pub(crate) fn sign(&self, currency: &str) -> String {
        let id = format!("sign-{currency}");
        if self.0.places.contains_key(&id) { self.get(&id) } else { format::symbol(currency) }
    }

    fn get_filled(&self, id: &str, places: &[(&str, &str)]) -> Result<String, String> {
        let finished = |text: &str| Filling::Finished(text.to_owned());
        let fillings = places.iter().map(|(name, text)| ((*name).to_owned(), finished(text)));
        self.say(id, &fillings.collect(), false)
    }

    /// Fills a message. As `markup` the words and texts are escaped, and what is finished stays as it is.
    pub(crate) fn say(
        &self,
        id: &str,
        fillings: &BTreeMap<String, Filling>,
        markup: bool,
    ) -> Result<String, String> {
        let path = self.0.path.display();
        let other = Some(format!("{id}{ASSUMED}")).filter(|id| self.1 && self.0.places.contains_key(id));
        let id = other.as_deref().unwrap_or(id);
        let message = self.0.bundle.get_message(id);
        let pattern = message
            .and_then(|message| message.value())
            .ok_or_else(|| format!("message `{id}` is missing in `{path}`"))?;
        let mut finished = Vec::new();
        let mut arguments = FluentArgs::new();
        for (name, filling) in fillings {
            let mut mark = |text: &str| {
                finished.push(text.to_owned());
                format!("{}{}{}", MARKS[0], finished.len() - 1, MARKS[1])
            };
            let value = match filling {
                Filling::Text(text) => FluentValue::from(text.replace(MARKS, "\u{fffd}")),
                Filling::Finished(text) => FluentValue::from(mark(text)),
                Filling::Number { size, written } => FluentValue::Number(FluentNumber::new(
                    *size,
                    FluentNumberOptions { currency: Some(mark(written)), ..FluentNumberOptions::default() },
                )),
            };
            arguments.set(name.clone(), value);
        }
        let mut errors = Vec::new();
        let text = self.0.bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        if let Some(error) = errors.first() {
            return Err(format!("cannot fill message `{id}` of `{path}`: {error}"));
        }
        let text = if markup { format::escape(&text) } else { text.into_owned() };
        Ok(unmarked(&text, &finished))
    }
}

/// Puts what is finished into its places.
fn unmarked(text: &str, finished: &[String]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARKS[0]) {
        let (index, after) = after.split_once(MARKS[1]).unwrap_or((after, ""));
        whole.push_str(before);
        whole.push_str(
            index.parse().ok().and_then(|index: usize| finished.get(index)).map_or("", String::as_str),
        );
        rest = after;
    }
    whole + rest
}
