//! Sends a published run, as a mail to each recipient and as JSON to each web address, at most once.
//!
//! Between the last dot of a message and the server's answer nobody can know whether it was taken. So an intent is created,
//! only if absent, after the server has accepted sender and recipient and before the message goes out; the answer is
//! recorded in a receipt. An intent without a receipt means "delivery unknown": such a mail is held and reported, and goes out
//! again only when a person says so. Records lie in the publish location, so that a second scheduler sees them.
//!
//! This room knows no report, no table and no log of publications: `pipeline` hands over what is to be sent.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::{MailServer, Secret};
use crate::error::{Exit, Failure};
use crate::store::{Location, StoreError};

mod carrier;
mod message;
mod records;
mod smtp;
mod webhook;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use carrier::Offered;
pub(crate) use carrier::{Answer, Carrier, NotOffered, Reply};
pub use message::Letter;
pub(crate) use message::Message;
use message::STAGE;
use records::{Outcome, Records, State};
pub(crate) use webhook::body;

/// A recipient, and whether a mail that is held goes out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Address.
    pub to: String,
    /// What they get, and nothing else.
    pub letter: Arc<Letter>,
    /// Whether a person has decided that a mail whose delivery is unknown goes out again.
    pub resend: bool,
}

/// A web address that gets the summary of a run.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Stands for the address.
    pub name: String,
    /// The address.
    pub url: Secret,
    /// What is posted.
    pub body: Vec<u8>,
    /// Whether a person has decided that a summary which is perhaps posted goes out again.
    pub resend: bool,
}

/// What became of the mail to one recipient, or of the summary to one web address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Address.
    pub to: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server has taken it now.
    Sent,
    /// The server had taken it before; nothing was done.
    SentBefore,
    /// It was not sent, and the next delivery tries again; why.
    NotSent(String),
    /// The server has taken it, but that could not be recorded; it is held from now on; why.
    Unrecorded(String),
    /// Its delivery is unknown: one began and has not recorded its end, or has recorded that the server did not say.
    Held(String),
}

impl Fate {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Sent | Self::SentBefore)
    }

    /// One word for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::SentBefore => "sent_before",
            Self::NotSent(_) => "not_sent",
            Self::Unrecorded(_) => "sent_unrecorded",
            Self::Held(_) => "held",
        }
    }

    /// Why it is not complete.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Sent | Self::SentBefore => "",
            Self::NotSent(reason) | Self::Unrecorded(reason) | Self::Held(reason) => reason,
        }
    }
}

/// How to reach the mail server.
#[derive(Debug)]
pub struct Post<'a> {
    /// The server.
    pub server: &'a MailServer,
    /// Certificates (PEM) that are trusted in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Reads the clock, for the records.
    pub clock: fn() -> Timestamp,
}

/// Sends each of `recipients`, all of one run, their letter unless they have got it; one recipient's failure does not stop the others.
///
/// # Errors
/// Returns exit code 2 when the certificates cannot be read, 10 when a message cannot be made; nothing is sent then.
pub async fn deliver(
    place: &Location,
    post: &Post<'_>,
    recipients: &[Recipient],
) -> Result<Vec<Delivery>, Failure> {
    let server = smtp::Server::new(post.server, post.ca_file.as_deref())?;
    deliver_by(place, &server, recipients, post.clock).await
}

pub(crate) async fn deliver_by(
    place: &Location,
    carrier: &dyn Carrier,
    recipients: &[Recipient],
    clock: fn() -> Timestamp,
) -> Result<Vec<Delivery>, Failure> {
    let Some(first) = recipients.first() else {
        return Ok(Vec::new());
    };
    let records = Records::new(place, first.letter.as_of, &first.letter.run_id, clock);
    let messages: Vec<(Message, bool)> = recipients
        .iter()
        .map(|recipient| Ok((message::message(&recipient.letter, &recipient.to)?, recipient.resend)))
        .collect::<Result<_, Failure>>()?;
    Ok(hand_over(&records, carrier, &messages).await)
}

/// Posts the summary of run `run_id` to each of `hooks` unless it got it; one failure does not stop the others.
pub async fn post_all(
    place: &Location,
    (as_of, run_id): (Date, &str),
    hooks: &[Hook],
    patience: Duration,
    clock: fn() -> Timestamp,
) -> Vec<Delivery> {
    let records = Records::new(place, as_of, run_id, clock);
    let mut deliveries = Vec::new();
    for hook in hooks {
        let address = webhook::Address { url: hook.url.clone(), patience };
        let message = message::post(run_id, &hook.name, hook.body.clone());
        deliveries.extend(hand_over(&records, &address, &[(message, hook.resend)]).await);
    }
    deliveries
}

/// Hands over each message, with whether it goes out again when it is held.
async fn hand_over(
    records: &Records<'_>,
    carrier: &dyn Carrier,
    messages: &[(Message, bool)],
) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    // Without a connection for one recipient there is none for the next: a wrong password tried fifty times locks the account.
    let mut unreachable: Option<String> = None;
    for (message, resend) in messages {
        let fate = match one(records, carrier, *resend, message, unreachable.as_deref()).await {
            Ok(Step::Fate(fate)) => fate,
            Ok(Step::Unreachable(reason)) => {
                unreachable = Some(reason.clone());
                Fate::NotSent(reason)
            }
            Err(error) => {
                Fate::NotSent(format!("its records cannot be read or written: {}", described(&error)))
            }
        };
        deliveries.push(Delivery { to: message.to.clone(), fate });
    }
    deliveries
}

/// How far one mail came.
enum Step {
    Fate(Fate),
    /// The server does not take any mail; why.
    Unreachable(String),
}

/// Sends one mail, unless it was sent before or its delivery is unknown.
///
/// An error of the store that is returned means that nothing was sent.
async fn one(
    records: &Records<'_>,
    carrier: &dyn Carrier,
    resend: bool,
    message: &Message,
    unreachable: Option<&str>,
) -> Result<Step, StoreError> {
    let mut state = records.state(&message.mark).await?;
    if let State::Held { attempt, .. } = state
        && resend
    {
        records.close(&message.mark, attempt, Outcome::Abandoned, None).await?;
        // The delivery that was given up may have ended at this very moment; what was recorded first counts.
        state = records.state(&message.mark).await?;
    }
    let attempt = match state {
        State::Accepted => return Ok(Step::Fate(Fate::SentBefore)),
        State::Open { attempt } => attempt,
        // What its end was is known to be unknown, so no other delivery is at work on it.
        State::Unknown { attempt, .. } if resend => attempt + 1,
        State::Held { since, .. } => return Ok(Step::Fate(held(&since))),
        State::Unknown { at, said, .. } => return Ok(Step::Fate(unknown(&at, &said))),
    };
    if let Some(reason) = unreachable {
        return Ok(Step::Fate(Fate::NotSent(reason.to_owned())));
    }
    let offered = match carrier.offer(message).await {
        Ok(offered) => offered,
        Err(NotOffered::Server(reason)) => return Ok(Step::Unreachable(reason)),
        Err(NotOffered::Recipient(reply)) => {
            return Ok(Step::Fate(Fate::NotSent(format!("refused: {reply}"))));
        }
    };
    match records.begin(&message.mark, attempt, message).await {
        Ok(true) => {}
        Ok(false) => {
            offered.withdraw().await;
            let reason = "another delivery has begun at the same time".to_owned();
            return Ok(Step::Fate(Fate::Held(reason)));
        }
        Err(error) => {
            offered.withdraw().await;
            return Err(error);
        }
    }
    // From here on the delivery is unknown until a receipt says what became of it.
    let close = |outcome: Outcome, reply: Reply| async move {
        records.close(&message.mark, attempt, outcome, Some(&reply)).await.map_err(|error| described(&error))
    };
    Ok(Step::Fate(match offered.hand_over(message).await {
        Answer::Accepted(reply) => match close(Outcome::Accepted, reply).await {
            Ok(()) => Fate::Sent,
            Err(error) => {
                Fate::Unrecorded(format!("the server has taken it, but the receipt is not written: {error}"))
            }
        },
        Answer::Refused(reply) => {
            let (said, reply_code) = (reply.to_string(), reply.code);
            match close(Outcome::Refused, reply).await {
                Ok(()) => Fate::NotSent(format!("{}{said}", if reply_code == 0 { "" } else { "refused: " })),
                Err(error) => {
                    Fate::Held(format!("refused ({said}), but the receipt is not written: {error}"))
                }
            }
        }
        Answer::Unknown(reply) => {
            let said = reply.to_string();
            let recorded = close(Outcome::Unknown, reply).await;
            let unrecorded = recorded.err().map(|error| format!("; the receipt is not written: {error}"));
            Fate::Held(format!("{UNKNOWN}: {said}{}", unrecorded.unwrap_or_default()))
        }
    }))
}

fn held(since: &str) -> Fate {
    Fate::Held(format!(
        "a delivery began at {since} and has not recorded its end: it was stopped, or another process is sending now"
    ))
}

/// The reason of an answer that is not clear.
const UNKNOWN: &str = "the server did not say whether it has taken it";

fn unknown(at: &str, said: &str) -> Fate {
    Fate::Held(format!("{UNKNOWN}: {said}, at {at}"))
}

/// Reads from the records who has got the mail of a run; connects to nothing.
///
/// # Errors
/// Returns exit code 4 when the records cannot be read.
pub async fn standing(
    place: &Location,
    as_of: Date,
    run_id: &str,
    recipients: &[String],
    clock: fn() -> Timestamp,
) -> Result<Vec<Delivery>, Failure> {
    let records = Records::new(place, as_of, run_id, clock);
    let mut deliveries = Vec::new();
    for to in recipients {
        let state = records.state(&message::mark(run_id, to)).await;
        let fate = match state.map_err(|error| error.reading(STAGE))? {
            State::Accepted => Fate::SentBefore,
            State::Open { attempt: 1 } => Fate::NotSent("not begun, or refused at once".to_owned()),
            State::Open { .. } => Fate::NotSent("the last attempt was refused or given up".to_owned()),
            State::Held { since, .. } => held(&since),
            State::Unknown { at, said, .. } => unknown(&at, &said),
        };
        deliveries.push(Delivery { to: to.clone(), fate });
    }
    Ok(deliveries)
}

/// Says what is not delivered; `None` when all is.
#[must_use]
pub fn verdict(run: &str, deliveries: &[Delivery]) -> Option<Failure> {
    let incomplete: Vec<&Delivery> =
        deliveries.iter().filter(|delivery| !delivery.fate.is_complete()).collect();
    if incomplete.is_empty() {
        return None;
    }
    let message = format!(
        "the report is published, but {} of {} messages {} not delivered for sure",
        incomplete.len(),
        deliveries.len(),
        if incomplete.len() == 1 { "is" } else { "are" }
    );
    let causes: Vec<String> = incomplete
        .iter()
        .map(|delivery| format!("{}: {}: {}", delivery.to, delivery.fate.word(), delivery.fate.reason()))
        .collect();
    let held = |delivery: &&&Delivery| !matches!(delivery.fate, Fate::NotSent(_));
    let mut hints = Vec::new();
    if incomplete.iter().any(|delivery| !held(&delivery)) {
        hints.push(format!("`karat deliver {run}` tries again what is not sent."));
    }
    if let Some(one) = incomplete.iter().find(held) {
        hints.push(format!(
            "Whether a held message was delivered is unknown, or another process is sending it, and `--resend` would send it twice: make sure that \
             no other `karat` is at work, ask its recipient or look into the log of the server, then `karat deliver {run} --resend {}`.",
            one.to
        ));
    }
    let mut failure = Failure::new(Exit::Mail, STAGE, message).cause(causes.join("; ")).hint(hints.join(" "));
    failure.retryable = incomplete.iter().any(|delivery| !held(&delivery));
    Some(failure)
}

/// Writes the messages as files instead of sending them; no record is made.
///
/// # Errors
/// Returns exit code 5 when a file cannot be written, 10 when a message cannot be made.
pub fn dry_run(recipients: &[Recipient], hooks: &[Hook], folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |path: &Path| {
        let message = format!("cannot write `{}`", path.display());
        move |error: std::io::Error| Failure::new(Exit::Resources, STAGE, message).cause(error)
    };
    std::fs::create_dir_all(folder).map_err(cannot(folder))?;
    let mut files = Vec::new();
    let mails = recipients.iter().map(|recipient| {
        Ok::<_, Failure>((&recipient.to, "eml", message::message(&recipient.letter, &recipient.to)?.bytes))
    });
    let posts = hooks.iter().map(|hook| Ok((&hook.name, "json", hook.body.clone())));
    for (number, message) in (1..).zip(mails.chain(posts)) {
        let (to, ending, bytes) = message?;
        let plain: String = to
            .chars()
            .map(
                |letter| {
                    if letter.is_ascii_alphanumeric() || "@._+-".contains(letter) { letter } else { '_' }
                },
            )
            .collect();
        let path = folder.join(format!("{number:02}-{plain}.{ending}"));
        std::fs::write(&path, &bytes).map_err(cannot(&path))?;
        files.push(path);
    }
    Ok(files)
}

/// An error with its causes, in one line.
fn described(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    // A library repeats the words of its cause.
    causes.fold(error.to_string(), |text, cause| {
        if text.contains(&cause.to_string()) { text } else { format!("{text}: {cause}") }
    })
}
