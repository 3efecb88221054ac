//! Reads the templates as text: which there are, that the messages have their words, that they make no page act.

use std::path::Path;

use super::asked::asked;
use super::messages::Messages;
use crate::error::{Exit, Failure};
use crate::files;

/// A page that the program renders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Report,
    Appendix,
    AggregateAppendix,
    Method,
    Archive,
    Mail,
    MailText,
    Summary,
}

impl Page {
    /// Every page; a folder without the template of one is refused.
    pub(super) const ALL: [Self; 8] = [
        Self::Report,
        Self::Appendix,
        Self::AggregateAppendix,
        Self::Method,
        Self::Archive,
        Self::Mail,
        Self::MailText,
        Self::Summary,
    ];

    /// The template that makes it.
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Report => "management/report.html",
            Self::Appendix => "management/appendix.html",
            Self::AggregateAppendix => "management/appendix_aggregate.html",
            Self::Method => "method/method.html",
            Self::Archive => "archive/index.html",
            Self::Mail => "mail/mail.html",
            Self::MailText => "mail/mail.txt",
            Self::Summary => "mail/summary.json",
        }
    }
}

/// Every template below `folder`, which `messages` have the words for.
pub(super) fn read(folder: &Path, messages: &Messages) -> Result<Vec<(String, String)>, Failure> {
    let one = |name: String| {
        let path = folder.join(&name);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::new(Exit::Usage, "report", format!("cannot read template `{}`", path.display()))
                .cause(error)
        })?;
        asked_of(messages, &name, &text)?;
        Ok((name, text))
    };
    names(folder)?.into_iter().map(one).collect()
}

/// Refuses a template that asks for a message that is not there or that wants more than it is given.
fn asked_of(messages: &Messages, name: &str, text: &str) -> Result<(), Failure> {
    let asked = asked(text).map_err(|reason| {
        let message = format!("cannot tell which messages template `{name}` shows");
        Failure::new(Exit::Usage, "report", message).cause(reason)
    })?;
    asked.iter().try_for_each(|message| {
        let given: Vec<&str> = message.given.iter().map(String::as_str).collect();
        let whom = format!("template `{name}`");
        match message.id.strip_suffix('-') {
            Some(group) => messages.must_have_group(group, &given, &whom),
            None => messages.must_have(&message.id, &given, &whom),
        }
    })
}

/// Lists templates in a fixed order: `.html`, `.css`, `.txt` and `.json`, at any depth.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut found = files::walk(folder).map_err(|(folder, error)| {
        let message = format!("cannot list the template folder `{}`", folder.display());
        Failure::new(Exit::Usage, "report", message).cause(error)
    })?;
    found.retain(|name| [".html", ".css", ".txt", ".json"].iter().any(|ending| name.ends_with(ending)));
    Ok(found)
}

/// What makes a page act or ask elsewhere. The policy in the page stops browsers; mail programs have no such policy.
const ACTIVE: [&str; 13] = [
    "<script",
    "<iframe",
    "<object",
    "<embed",
    "<link",
    "<base",
    "javascript:",
    "@import",
    "src=\"http:",
    "src=\"https:",
    "src='http",
    "src=http",
    "src=\"//",
];

/// Refuses a template that would make pages act or ask elsewhere.
pub(super) fn refuse_active(name: &str, text: &str) -> Result<(), Failure> {
    let lower = text.to_lowercase();
    let found = ACTIVE.iter().find(|word| lower.contains(*word)).copied();
    let remote = lower.split("url(").skip(1).any(|rest| {
        let target = rest.trim_start_matches(['"', '\'', ' ']);
        target.starts_with("http") || target.starts_with("//")
    });
    let Some(word) = found.or(remote.then_some("url(http")) else {
        return Ok(());
    };
    let message = format!("template `{name}` holds `{word}`");
    Err(Failure::new(Exit::Usage, "report", message).hint(
        "Reports hold no script and ask for nothing elsewhere: that is promised to those who open them.",
    ))
}
