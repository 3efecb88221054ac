//! The conversation with the mail server: encrypted or not at all, one per message.
//!
//! Speaks through lettre, command by command, because its own transport does not distinguish a refusal before the message from an
//! answer that is lost after it.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;

use super::carrier::{Answer, Carrier, NotOffered, Offered, Reply};
use super::message::Message;
use super::{STAGE, described};
use crate::config::{Encryption, FORBIDDEN, MailServer};
use crate::error::{Exit, Failure};
use crate::store::names::{self, Names};

/// How long one answer may take.
const STEP: Duration = Duration::from_mins(1);
/// How long the answer to a message may take: RFC 5321 allows a server ten minutes to look through it.
const LAST_STEP: Duration = Duration::from_mins(10);

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// A mail server, ready to be talked to.
pub(super) struct Server<'a> {
    server: &'a MailServer,
    tls: TlsParameters,
}

impl<'a> Server<'a> {
    /// Reads the certificates; connects to nothing.
    pub(super) fn new(server: &'a MailServer, ca_file: Option<&Path>) -> Result<Self, Failure> {
        let mut tls = TlsParameters::builder(server.host.clone());
        if let Some(path) = ca_file {
            // This authority and no other.
            tls = tls.certificate_store(CertificateStore::None).add_root_certificate(certificates(path)?);
        }
        let tls = tls.build().map_err(|error| {
            let what = ca_file.map_or_else(
                || "cannot prepare an encrypted connection".to_owned(),
                |path| format!("cannot use the certificates in `{}`", path.display()),
            );
            Failure::new(Exit::Usage, STAGE, what).cause(described(&error))
        })?;
        Ok(Self { server, tls })
    }

    /// Connects, encrypts, and says who sends.
    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let address = (self.server.host.as_str(), self.server.port);
        if Names::new(names::system).lead_astray(&self.server.host).await {
            return Err(self.failed("the server is refused", FORBIDDEN));
        }
        let name = ClientId::default();
        let implicit = (self.server.encryption == Encryption::Implicit).then(|| self.tls.clone());
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(STEP), &name, implicit, None);
        let mut connection = self.within(connecting, "no connection").await?;
        if self.server.encryption == Encryption::StartTls {
            if !connection.can_starttls() {
                leave(&mut connection).await;
                return Err(self.failed("the server offers no encryption, so nothing is sent", ""));
            }
            self.within(connection.starttls(self.tls.clone(), &name), "no encryption").await?;
        }
        if !connection.is_encrypted() {
            leave(&mut connection).await;
            return Err(self.failed("the connection is not encrypted, so nothing is sent", ""));
        }
        if let Some(credentials) = &self.server.credentials {
            let login = Credentials::new(credentials.user.clone(), credentials.password.expose().to_owned());
            let welcome = self.within(connection.auth(DEFAULT_MECHANISMS, &login), "no login").await;
            if let Err(reason) = welcome {
                leave(&mut connection).await;
                return Err(reason);
            }
        }
        Ok(connection)
    }

    async fn within<T>(&self, step: impl Future<Output = Result<T, Error>>, what: &str) -> Result<T, String> {
        match tokio::time::timeout(STEP, step).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(self.failed(what, &said(&error))),
            Err(_) => Err(self.failed(what, &format!("no answer within {} seconds", STEP.as_secs()))),
        }
    }

    /// Names the server and never the login.
    fn failed(&self, what: &str, why: &str) -> String {
        let server = format!("{}:{}", self.server.host, self.server.port);
        if why.is_empty() { format!("{server}: {what}") } else { format!("{server}: {what}: {why}") }
    }
}

/// Reads the certificates of an authority.
fn certificates(path: &Path) -> Result<Certificate, Failure> {
    let unusable = |cause: String| {
        let message = format!("cannot use the certificates in `{}`", path.display());
        Failure::new(Exit::Usage, STAGE, message)
            .hint("`deliver.ca_file` names a file of certificates in PEM.")
            .cause(cause)
    };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    // An empty list would be taken without a word, and then no server is trusted.
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    Certificate::from_pem(&pem).map_err(|error| unusable(described(&error)))
}

#[async_trait::async_trait]
impl Carrier for Server<'_> {
    async fn offer(&self, message: &Message) -> Result<Box<dyn Offered>, NotOffered> {
        let address = |text: &str| {
            text.parse::<Address>().map_err(|error| NotOffered::Recipient(Reply::new(0, &described(&error))))
        };
        let (from, to) = (address(&message.from)?, address(&message.to)?);
        let commands = [Mail::new(Some(from), Vec::new()).to_string(), Rcpt::new(to, Vec::new()).to_string()];
        let mut connection = self.connect().await.map_err(NotOffered::Server)?;
        for command in commands {
            let refused = match tokio::time::timeout(STEP, connection.command(command)).await {
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => match refusal(&error) {
                    Some(reply) => NotOffered::Recipient(reply),
                    None => NotOffered::Server(self.failed("the connection broke", &said(&error))),
                },
                Err(_) => NotOffered::Server(self.failed("no answer", "")),
            };
            leave(&mut connection).await;
            return Err(refused);
        }
        Ok(Box::new(Conversation { connection }))
    }
}

/// A connection on which the server waits for the message.
struct Conversation {
    connection: AsyncSmtpConnection,
}

#[async_trait::async_trait]
impl Offered for Conversation {
    async fn hand_over(mut self: Box<Self>, message: &Message) -> Answer {
        let answer = match tokio::time::timeout(STEP, self.connection.command(Data)).await {
            Ok(Ok(_)) => last_answer(self.connection.message(&message.bytes), LAST_STEP).await,
            Ok(Err(error)) => answered(&error),
            Err(_) => Answer::Unknown(Reply::new(0, "no answer in time")),
        };
        leave(&mut self.connection).await;
        answer
    }

    async fn withdraw(mut self: Box<Self>) {
        leave(&mut self.connection).await;
    }
}

/// Waits for the answer to a message, which takes longer than any other.
async fn last_answer(answer: impl Future<Output = Result<Response, Error>>, patience: Duration) -> Answer {
    match tokio::time::timeout(patience, answer).await {
        Ok(Ok(response)) => Answer::Accepted(reply(&response)),
        Ok(Err(error)) => answered(&error),
        Err(_) => Answer::Unknown(Reply::new(0, "no answer in time")),
    }
}

/// Says goodbye; a server that does not answer is left without.
async fn leave(connection: &mut AsyncSmtpConnection) {
    let _goodbye = tokio::time::timeout(GOODBYE, connection.abort()).await;
}

/// A reply with a code is a refusal; anything else is not clear.
fn answered(error: &Error) -> Answer {
    refusal(error).map_or_else(|| Answer::Unknown(Reply::new(0, &said(error))), Answer::Refused)
}

fn refusal(error: &Error) -> Option<Reply> {
    let code: u16 = error.status()?.to_string().parse().ok()?;
    Some(Reply::new(code, &cause(error)))
}

fn reply(response: &Response) -> Reply {
    let code = response.code().to_string().parse().unwrap_or_default();
    Reply::new(code, &response.message().collect::<Vec<_>>().join(" "))
}

/// What the server said, or what went wrong.
fn said(error: &Error) -> String {
    match refusal(error) {
        Some(reply) => reply.to_string(),
        None => certificate(&described(error)),
    }
}

/// What is wrong with the certificate of a server, and what helps, behind the words of the library; others as they are.
fn certificate(words: &str) -> String {
    const KINDS: [(&str, &str); 4] = [
        (
            "UnknownIssuer",
            "its certificate is of an authority that is not trusted; `deliver.ca_file` names one to trust",
        ),
        (
            "CaUsedAsEndEntity",
            "its certificate is that of an authority, signed by itself; it needs one of its own that the authority has signed (CA:FALSE), and \
             `deliver.ca_file` names the authority",
        ),
        ("not valid for name", "its certificate is for another name than the one in `deliver.smtp`"),
        ("expired", "its certificate has expired"),
    ];
    let known =
        KINDS.iter().find(|(kind, _)| words.contains("invalid peer certificate") && words.contains(kind));
    known.map_or_else(|| words.to_owned(), |(kind, what)| format!("{what} ({kind})"))
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error).map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use lettre::transport::smtp::response::{Category, Code, Detail, Severity};

    use super::*;

    /// An answer of a server that looks through the message for so long first.
    async fn after(time: Duration) -> Result<Response, Error> {
        tokio::time::sleep(time).await;
        let code = Code {
            severity: Severity::PositiveCompletion,
            category: Category::MailSystem,
            detail: Detail::Zero,
        };
        Ok(Response::new(code, vec!["queued".to_owned()]))
    }

    #[tokio::test]
    async fn the_answer_to_a_message_is_waited_for_ten_minutes_and_not_for_ever() {
        // The time that RFC 5321 (4.5.3.2.6) asks for.
        assert_eq!((LAST_STEP.as_secs(), STEP.as_secs()), (600, 60));
        let [soon, late] = [30, 3000].map(Duration::from_millis);
        let queued = Answer::Accepted(Reply::new(250, "queued"));
        assert_eq!(last_answer(after(soon), late).await, queued);
        let unknown = Answer::Unknown(Reply::new(0, "no answer in time"));
        assert_eq!(last_answer(after(late), soon).await, unknown);
    }
}
