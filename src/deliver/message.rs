//! The message as bytes: the same for the same run and reader, whenever and how often it is made.

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as Mime};

use super::{Letter, STAGE};
use crate::error::{Exit, Failure};
use crate::store::sha256;

/// Hex digits of a reader's mark.
const MARK: usize = 20;

/// A message to one reader.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Stands for the reader in records and in the Message-ID: a hash of the run and the address.
    pub(super) mark: String,
    /// Message-ID, with its brackets.
    pub(super) id: String,
    /// Sender.
    pub(super) from: Address,
    /// Reader.
    pub(super) to: Address,
    /// The message, lines ending in CRLF, ASCII only.
    pub(super) bytes: Vec<u8>,
}

/// Makes the message to `to`.
pub(super) fn message(letter: &Letter, to: &str) -> Result<Message, Failure> {
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
        .from(Mailbox::new(Some(letter.sender.clone()), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(letter.subject.clone())
        .date(letter.date.into())
        .message_id(Some(id.clone()))
        // Keeps out-of-office programs from answering.
        .raw_header(plain_header("Auto-Submitted", "auto-generated"))
        .raw_header(plain_header("X-Run-Id", &letter.run_id));
    let mime = match &letter.report {
        None => builder.multipart(alternatives),
        Some(report) => builder.multipart(
            MultiPart::mixed()
                .boundary(boundary(&mark, "parts"))
                .multipart(alternatives)
                // Bytes, not text: the attachment has the hash that the manifest records.
                .singlepart(
                    Attachment::new("report.html".to_owned()).body(report.clone(), ContentType::TEXT_HTML),
                ),
        ),
    };
    let mime = mime.map_err(|error| Failure::new(Exit::Bug, STAGE, "cannot make the mail").cause(error))?;
    Ok(Message {
        bytes: mime.formatted(),
        mark,
        id,
        from,
        to,
    })
}

/// Stands for a reader where others may read: who does not know the address does not learn it.
pub(super) fn mark(run_id: &str, to: &str) -> String {
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
