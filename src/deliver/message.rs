//! A message as bytes: the same for the same run and recipient, whenever and how often it is made.

use jiff::Timestamp;
use jiff::civil::Date;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as Mime};

use crate::error::{Exit, Failure};
use crate::files::sha256;

/// Hex digits of a recipient's mark.
const MARK: usize = 20;

/// The stage that failures of this module name.
pub(super) const STAGE: &str = "deliver";

/// A mail about an edition of a published run, for each of its recipients the same but for the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The day before which the data counts.
    pub as_of: Date,
    /// Name of the run.
    pub run_id: String,
    /// Name of the sender, as mail programs show it.
    pub sender: String,
    /// Address of the sender.
    pub from: String,
    /// When the run was made; the mail bears this time whenever it goes out.
    pub date: Timestamp,
    /// Subject, one line.
    pub subject: String,
    /// Body in HTML.
    pub html: String,
    /// Body in plain text.
    pub text: String,
    /// `report.html`, byte for byte as it was published, when it goes along.
    pub report: Option<Vec<u8>>,
    /// `appendix.html`, to which the attached report links; goes along with it.
    pub appendix: Option<Vec<u8>>,
    /// `method.html`, to which the attached report links too.
    pub method: Option<Vec<u8>>,
}

/// A message to one recipient.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Stands for the recipient in records and in the Message-ID: a hash of the run and the address.
    pub(crate) mark: String,
    /// Message-ID, with its brackets.
    pub(crate) id: String,
    /// Address of the sender; empty for a web address.
    pub(crate) from: String,
    /// Address of the recipient, or name of the web address.
    pub(crate) to: String,
    /// The mail, lines ending in CRLF, ASCII only; or what is posted.
    pub(crate) bytes: Vec<u8>,
}

/// Makes the message to `to`.
pub(crate) fn message(letter: &Letter, to: &str) -> Result<Message, Failure> {
    let address = |text: &str| -> Result<Address, Failure> {
        text.parse().map_err(|error: lettre::address::AddressError| {
            Failure::new(Exit::Usage, STAGE, format!("`{text}` is no e-mail address")).cause(error)
        })
    };
    let (from, to) = (address(&letter.from)?, address(to)?);
    let mark = mark(&letter.run_id, to.as_ref());
    let id = format!("<{}.{mark}@{}>", letter.run_id, from.domain());
    let alternatives = MultiPart::alternative()
        .boundary(boundary(&mark, "alternatives"))
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(SinglePart::html(letter.html.clone()));
    let builder = Mime::builder()
        .from(Mailbox::new(one_line(&letter.sender), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&letter.subject).unwrap_or_default())
        .date(letter.date.into())
        .message_id(Some(id.clone()))
        // Keeps out-of-office programs from answering.
        .raw_header(plain_header("Auto-Submitted", "auto-generated"))
        .raw_header(plain_header("X-Run-Id", &letter.run_id));
    let pages = [
        ("report.html", &letter.report),
        ("appendix.html", &letter.appendix),
        ("method.html", &letter.method),
    ];
    let mime = if letter.report.is_none() {
        builder.multipart(alternatives)
    } else {
        let parts = MultiPart::mixed().boundary(boundary(&mark, "parts"));
        let mut parts = parts.multipart(alternatives);
        for (name, page) in pages {
            if let Some(page) = page {
                parts = parts.singlepart(attached(name, page)?);
            }
        }
        builder.multipart(parts)
    };
    let mime = mime.map_err(|error| Failure::new(Exit::Bug, STAGE, "cannot make the mail").cause(error))?;
    Ok(Message { bytes: mime.formatted(), mark, id, from: from.to_string(), to: to.to_string() })
}

/// Makes what is posted to the web address `name` about a run.
pub(crate) fn post(run_id: &str, name: &str, bytes: Vec<u8>) -> Message {
    let mark = mark(run_id, name);
    Message { id: format!("{run_id}.{mark}"), mark, from: String::new(), to: name.to_owned(), bytes }
}

/// A page as an attachment, in bytes that no server rewrites on its way: it has the hash that the manifest records.
fn attached(name: &str, page: &[u8]) -> Result<SinglePart, Failure> {
    let body = Body::new_with_encoding(page.to_vec(), ContentTransferEncoding::Base64)
        .map_err(|_| Failure::new(Exit::Bug, STAGE, format!("cannot attach `{name}`")))?;
    Ok(Attachment::new(name.to_owned()).body(body, ContentType::TEXT_HTML))
}

/// The text of a header: no control character, so that it stays one line; `None` when nothing is left.
fn one_line(text: &str) -> Option<String> {
    let spaced: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

/// Stands for a recipient where others may read: who does not know the address does not learn it.
pub(crate) fn mark(run_id: &str, to: &str) -> String {
    let mut mark = sha256(format!("{run_id}\n{}", to.to_lowercase()).as_bytes());
    mark.truncate(MARK);
    mark
}

/// A boundary that no text of ours holds: a hash, and the same in each attempt.
fn boundary(mark: &str, part: &str) -> String {
    let mut hash = sha256(format!("boundary of {part} {mark}").as_bytes());
    hash.truncate(32);
    hash
}

/// A header with a value of ours, which needs no encoding.
fn plain_header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
