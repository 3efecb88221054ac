//! What the protocol needs of a mail server, in the two steps between which the intent is recorded.

use super::message::Message;

/// Takes mails; a real server, or one that a test scripts.
#[async_trait::async_trait]
pub(crate) trait Carrier: Send + Sync {
    /// Connects and has the server accept sender and recipient; the message itself is not sent yet.
    async fn offer(&self, message: &Message) -> Result<Box<dyn Offered>, NotOffered>;
}

/// A conversation in which the server has accepted sender and recipient.
#[async_trait::async_trait]
pub(crate) trait Offered: Send {
    /// Sends the message and waits for the answer.
    async fn hand_over(self: Box<Self>, message: &Message) -> Answer;

    /// Ends the conversation without sending anything.
    async fn withdraw(self: Box<Self>);
}

/// Why a message was not offered; it was certainly not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotOffered {
    /// The server cannot be reached, is not trusted, or does not know the sender: true for every recipient.
    Server(String),
    /// The server does not take this mail.
    Recipient(Reply),
}

/// What the server said to the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has taken it.
    Accepted(Reply),
    /// It has not taken it.
    Refused(Reply),
    /// It said nothing, or nothing that can be understood: perhaps taken. What it said, or what went wrong.
    Unknown(Reply),
}

/// Code and text of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Three digits; 0 where there was no answer.
    pub(crate) code: u16,
    /// Text, without addresses.
    pub(crate) text: String,
}

/// Longest text of an answer that is kept.
const MOST: usize = 200;

impl Reply {
    /// Keeps what may be published: no address, no control character, not too much.
    pub(crate) fn new(code: u16, text: &str) -> Self {
        let words = text.split_whitespace().map(|word| {
            if word.contains('@') {
                "(address)".to_owned()
            } else {
                word.chars().filter(|letter| !letter.is_control()).collect()
            }
        });
        let text = words.collect::<Vec<_>>().join(" ");
        Self { code, text: text.chars().take(MOST).collect() }
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without a code nobody has answered.
        if self.code == 0 {
            formatter.write_str(&self.text)
        } else {
            write!(formatter, "{} {}", self.code, self.text)
        }
    }
}
