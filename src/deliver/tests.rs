//! At most one mail to a recipient, whatever fails; and messages in which there is nothing but what was put there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use futures::FutureExt as _;
use jiff::Timestamp;
use jiff::civil::date;
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use proptest::prelude::*;

use super::carrier::{Answer, Carrier, NotOffered, Offered, Reply};
use super::message::{Message, message};
use super::*;
use crate::store::faulty::{Fault, Faulty};

/// What the server does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Take,
    /// Takes it, and the answer is lost.
    TakeSilently,
    /// Does not take it, and the connection breaks.
    Break,
    RefuseMessage,
    RefuseRecipient,
    Unreachable,
}

/// A server that does as its script says and counts.
#[derive(Debug, Default, Clone)]
struct Server {
    /// What it does next, by recipient; it takes what the script does not name.
    scripts: Arc<Mutex<BTreeMap<String, Vec<Script>>>>,
    /// Message-IDs of the mails that it has taken, by recipient.
    taken: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    offers: Arc<Mutex<usize>>,
}

impl Server {
    fn scripted(scripts: &[(&str, &[Script])]) -> Self {
        let server = Self::default();
        server.script(scripts);
        server
    }

    fn script(&self, scripts: &[(&str, &[Script])]) {
        *self.scripts.lock().expect("no panic") = scripts
            .iter()
            .map(|(recipient, scripts)| ((*recipient).to_owned(), scripts.iter().rev().copied().collect()))
            .collect();
    }

    /// How many mails each of the three recipients has got.
    fn counts(&self) -> [usize; 3] {
        let taken = self.taken.lock().expect("no panic");
        RECIPIENTS.map(|recipient| taken.get(recipient).map_or(0, Vec::len))
    }
}

struct Talk {
    server: Server,
    script: Script,
}

#[async_trait::async_trait]
impl Carrier for Server {
    async fn offer(&self, message: &Message) -> Result<Box<dyn Offered>, NotOffered> {
        tokio::task::yield_now().await;
        *self.offers.lock().expect("no panic") += 1;
        let mut scripts = self.scripts.lock().expect("no panic");
        let script = scripts.get_mut(message.to.as_str()).and_then(Vec::pop);
        match script.unwrap_or(Script::Take) {
            Script::Unreachable => Err(NotOffered::Server("mail.example.com:465: no connection".into())),
            Script::RefuseRecipient => Err(NotOffered::Recipient(Reply::new(550, "no such user"))),
            script => Ok(Box::new(Talk { server: self.clone(), script })),
        }
    }
}

#[async_trait::async_trait]
impl Offered for Talk {
    async fn hand_over(self: Box<Self>, message: &Message) -> Answer {
        tokio::task::yield_now().await;
        if matches!(self.script, Script::Take | Script::TakeSilently) {
            let mut taken = self.server.taken.lock().expect("no panic");
            taken.entry(message.to.clone()).or_default().push(message.id.clone());
        }
        match self.script {
            Script::Take => Answer::Accepted(Reply::new(250, "queued for ann@example.com")),
            Script::RefuseMessage => Answer::Refused(Reply::new(552, "too big")),
            _ => Answer::Unknown(Reply::new(0, "the connection broke")),
        }
    }

    async fn withdraw(self: Box<Self>) {}
}

const RECIPIENTS: [&str; 3] = ["ann@example.com", "bob@example.com", "cem@example.com"];

fn letter() -> Letter {
    Letter {
        as_of: date(2018, 1, 1),
        run_id: "0123456789abcdef".into(),
        sender: "Superstore".into(),
        from: "reports@example.com".into(),
        date: "2018-01-01T06:00:00Z".parse().expect("an instant"),
        subject: "Superstore: customer profit report".into(),
        html: "<p>Profit −$5</p>\n".into(),
        text: "Profit −$5\n".into(),
        report: Some(b"<html>\nreport\r\n</html>".to_vec()),
        appendix: Some(b"<html>appendix</html>".to_vec()),
        method: Some(b"<html>method</html>".to_vec()),
    }
}

fn recipients(resend: bool) -> Vec<Recipient> {
    RECIPIENTS.iter().map(|to| Recipient { to: (*to).into(), letter: Arc::new(letter()), resend }).collect()
}

fn clock() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

async fn send(place: &Location, server: &Server, resend: bool) -> Vec<Fate> {
    let deliveries =
        deliver_by(place, server, &recipients(resend), clock).await.expect("the messages can be made");
    assert_eq!(
        verdict("latest", &deliveries).is_none(),
        deliveries.iter().all(|delivery| delivery.fate.is_complete())
    );
    deliveries.into_iter().map(|delivery| delivery.fate).collect()
}

fn words(fates: &[Fate]) -> Vec<&'static str> {
    fates.iter().map(Fate::word).collect()
}

fn folder() -> (tempfile::TempDir, Location) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place =
        crate::store::open(&folder.path().display().to_string(), std::path::Path::new("."), &BTreeMap::new())
            .expect("a folder opens");
    (folder, place)
}

#[tokio::test]
async fn each_reader_gets_one_mail_and_a_second_delivery_sends_nothing() {
    let (_folder, place) = folder();
    let server = Server::default();
    assert_eq!(words(&send(&place, &server, false).await), ["sent"; 3]);
    let offers = *server.offers.lock().expect("no panic");
    // Not even on demand: it is known that they have it.
    for resend in [false, true] {
        assert_eq!(words(&send(&place, &server, resend).await), ["sent_before"; 3]);
    }
    assert_eq!((server.counts(), offers), ([1; 3], 3));
    assert_eq!(*server.offers.lock().expect("no panic"), 3, "the server is not asked again");
}

#[tokio::test]
async fn a_refused_reader_does_not_stop_the_others_and_is_tried_again() {
    let (_folder, place) = folder();
    let server = Server::scripted(&[
        (RECIPIENTS[0], &[Script::RefuseRecipient, Script::RefuseRecipient]),
        (RECIPIENTS[1], &[Script::RefuseMessage]),
    ]);
    let fates = send(&place, &server, false).await;
    assert_eq!(words(&fates), ["not_sent", "not_sent", "sent"]);
    assert_eq!(fates[0].reason(), "refused: 550 no such user");
    assert_eq!(fates[1].reason(), "refused: 552 too big");
    assert_eq!(words(&send(&place, &server, false).await), ["not_sent", "sent", "sent_before"]);
    assert_eq!(words(&send(&place, &server, false).await), ["sent", "sent_before", "sent_before"]);
    assert_eq!(server.counts(), [1; 3]);
}

#[tokio::test]
async fn a_mail_without_an_answer_is_held_until_a_person_decides() {
    for (script, after_resend) in [(Script::TakeSilently, 2), (Script::Break, 1)] {
        let (_folder, place) = folder();
        let server = Server::scripted(&[(RECIPIENTS[1], &[script])]);
        assert_eq!(words(&send(&place, &server, false).await), ["sent", "held", "sent"]);
        for _ in 0..3 {
            let fates = send(&place, &server, false).await;
            assert_eq!(words(&fates), ["sent_before", "held", "sent_before"]);
            assert!(fates[1].reason().ends_with("the connection broke, at 1970-01-01T00:00:00Z"));
        }
        assert_eq!(words(&send(&place, &server, true).await), ["sent_before", "sent", "sent_before"]);
        assert_eq!(words(&send(&place, &server, true).await), ["sent_before"; 3]);
        assert_eq!(server.counts(), [1, after_resend, 1], "{script:?}");
        // The same name, so that the recipient's mail program sees that it is the same mail.
        let taken = server.taken.lock().expect("no panic").clone();
        assert!(taken[RECIPIENTS[1]].iter().all(|id| *id == taken[RECIPIENTS[1]][0]));
    }
}

#[tokio::test]
async fn a_delivery_that_ends_while_it_is_given_up_counts() {
    let inner = Arc::new(InMemory::new());
    let receipt = format!("{}.001.receipt.json", super::message::mark("0123456789abcdef", RECIPIENTS[1]));
    let place = Faulty::new(&inner, move |_, operation, key| {
        if operation == "put" && key.ends_with(&receipt) { Fault::Denied } else { Fault::None }
    })
    .location();
    let server = Server::scripted(&[(RECIPIENTS[1], &[Script::TakeSilently])]);
    assert_eq!(words(&send(&place, &server, false).await), ["sent", "held", "sent"]);
    // The first delivery gets its answer after all, just before the person's decision is recorded.
    let late = Arc::clone(&inner);
    let place = Faulty::new(&inner, move |_, operation, key| {
        if operation == "put" && key.ends_with(".001.receipt.json") {
            let receipt = r#"{"schema": "karat-delivery/1", "attempt": 1, "outcome": "accepted", "code": 250, "text": "", "at": ""}"#;
            let put = late.put(&Key::from(key), receipt.into()).now_or_never();
            put.expect("memory does not wait").expect("memory holds it");
        }
        Fault::None
    })
    .location();
    assert_eq!(words(&send(&place, &server, true).await), ["sent_before"; 3]);
    assert_eq!(server.counts(), [1; 3]);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_asked_once() {
    let (_folder, place) = folder();
    let server = Server::scripted(&[(RECIPIENTS[0], &[Script::Unreachable])]);
    let fates = send(&place, &server, false).await;
    assert_eq!(words(&fates), ["not_sent"; 3]);
    assert_eq!(*server.offers.lock().expect("no panic"), 1);
    let deliveries: Vec<Delivery> =
        RECIPIENTS.iter().zip(fates).map(|(to, fate)| Delivery { to: (*to).to_owned(), fate }).collect();
    let failure = verdict("latest", &deliveries).expect("three mails are not sent");
    assert_eq!((failure.exit, failure.retryable), (Exit::Mail, true));
    assert_eq!(words(&send(&place, &server, false).await), ["sent"; 3]);
}

#[tokio::test]
async fn deliveries_at_the_same_time_send_one_mail_to_each_reader() {
    for _ in 0..20 {
        let faulty = Faulty::new(&Arc::new(InMemory::new()), |_, _, _| Fault::None);
        let (place, server) = (faulty.location(), Server::default());
        let at_once = (0..8).map(|_| send(&place, &server, false));
        let all = futures::future::join_all(at_once).await;
        assert_eq!(server.counts(), [1; 3]);
        for recipient in 0..3 {
            let sent = all.iter().filter(|fates| fates[recipient] == Fate::Sent).count();
            assert_eq!(sent, 1, "{all:?}");
        }
        assert_eq!(words(&send(&place, &server, false).await), ["sent_before"; 3]);
    }
}

/// Every operation of the store fails once, in every way: nobody gets two mails, and who has none is known.
#[tokio::test]
async fn a_store_that_fails_anywhere_never_makes_a_second_mail() {
    let faults = [Fault::Before, Fault::After, Fault::FalselyExists, Fault::Denied];
    for fault in faults {
        for failing in 1.. {
            let inner = Arc::new(InMemory::new());
            // From this operation on all fail for a while, as in an outage: single failures are tried again.
            let broken = Faulty::new(&inner, move |number, _, _| {
                if (failing..failing + 30).contains(&number) { fault } else { Fault::None }
            });
            let server = Server::default();
            let first = send(&broken.location(), &server, false).await;
            let is_over = broken.operations() < failing;
            let whole = Faulty::new(&inner, |_, _, _| Fault::None);
            let second = send(&whole.location(), &server, false).await;
            let third = send(&whole.location(), &server, false).await;
            for recipient in 0..3 {
                let count = server.counts()[recipient];
                assert!(count <= 1, "{fault:?} at {failing}: {count} mails to recipient {recipient}");
                let said = (&first[recipient], &second[recipient], &third[recipient]);
                match &third[recipient] {
                    Fate::SentBefore => assert_eq!(count, 1, "{fault:?} at {failing}: {said:?}"),
                    Fate::Held(_) => {}
                    _ => panic!("{fault:?} at {failing}: {said:?}"),
                }
                if first[recipient] == Fate::Sent {
                    assert_eq!(third[recipient], Fate::SentBefore, "{fault:?} at {failing}: {said:?}");
                }
            }
            if is_over {
                break;
            }
        }
    }
}

#[tokio::test]
async fn records_say_what_happened_and_hold_no_address() {
    let (folder, place) = folder();
    let server = Server::scripted(&[(RECIPIENTS[0], &[Script::RefuseMessage])]);
    send(&place, &server, false).await;
    send(&place, &server, false).await;
    let records = folder.path().join("deliveries/2018-01-01/0123456789abcdef");
    let mut names: Vec<String> = std::fs::read_dir(&records)
        .expect("the folder of records")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 8, "{names:?}");
    for name in &names {
        let text = std::fs::read_to_string(records.join(name)).expect("a record");
        for word in ["ann", "bob", "cem", "@example.com\""] {
            assert!(!text.contains(word) && !name.contains(word), "{name}: {text}");
        }
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
    }
    let mark = super::message::mark("0123456789abcdef", "Ann@Example.com");
    let receipt = |attempt: &str| {
        let path = records.join(format!("{mark}.{attempt}.receipt.json"));
        let text = std::fs::read(path).expect("a receipt");
        serde_json::from_slice::<serde_json::Value>(&text).expect("JSON")
    };
    assert_eq!(receipt("001")["outcome"], "refused");
    assert_eq!(receipt("001")["code"], 552);
    assert_eq!(receipt("002")["outcome"], "accepted");
    assert_eq!(receipt("002")["text"], "queued for (address)");
}

/// Names and unfolded values of the headers of a part, and its body.
fn parts(bytes: &[u8]) -> (Vec<(String, String)>, String) {
    let text = String::from_utf8(bytes.to_vec()).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("an empty line ends the headers");
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let headers = unfolded
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("a header has a name");
            (name.to_owned(), value.to_owned())
        })
        .collect();
    (headers, body.to_owned())
}

#[test]
fn a_message_is_the_same_each_time_and_says_who_sends_it() {
    let bytes = message(&letter(), RECIPIENTS[0]).expect("a message").bytes;
    assert_eq!(bytes, message(&letter(), RECIPIENTS[0]).expect("a message").bytes);
    assert_ne!(bytes, message(&letter(), RECIPIENTS[1]).expect("a message").bytes);
    assert!(bytes.is_ascii());
    assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 79));
    let (headers, body) = parts(&bytes);
    let headers: BTreeMap<_, _> = headers.into_iter().collect();
    let mark = super::message::mark("0123456789abcdef", RECIPIENTS[0]);
    for (name, value) in [
        ("From", "\"Superstore\" <reports@example.com>"),
        ("To", "ann@example.com"),
        ("Subject", "Superstore: customer profit report"),
        ("Date", "Mon, 01 Jan 2018 06:00:00 +0000"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Run-Id", "0123456789abcdef"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(headers[name].replace('"', ""), value.replace('"', ""), "{name}");
    }
    assert_eq!(headers["Message-ID"], format!("<0123456789abcdef.{mark}@example.com>"));
    assert!(headers["Content-Type"].starts_with("multipart/mixed;"));
    let order = [
        "multipart/alternative",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
        "report.html",
        "appendix.html",
        "method.html",
    ]
    .map(|part| body.find(part).unwrap_or_else(|| panic!("{part} in {body}")));
    assert!(order.is_sorted(), "{order:?}");
    let attached = base64::engine::general_purpose::STANDARD.encode(letter().report.expect("a report"));
    assert!(body.contains(&attached), "the attachment is the report, byte for byte: {body}");
    let linked = Letter { report: None, ..letter() };
    let (headers, _) = parts(&message(&linked, RECIPIENTS[0]).expect("a message").bytes);
    assert!(headers.iter().any(|(_, value)| value.starts_with("multipart/alternative;")));
}

proptest! {
    /// Whatever is in the name of a project, the message has these headers and no others.
    #[test]
    fn no_text_adds_a_header(
        sender in "[\\PC\r\n\t\0 \"<>@:;,]{0,120}",
        subject in "[\\PC\r\n\t\0 =?_:]{0,200}",
    ) {
        let letter = Letter { sender, subject, ..letter() };
        let (headers, _) = parts(&message(&letter, RECIPIENTS[0]).expect("a message").bytes);
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(
            names,
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Run-Id", "MIME-Version", "Content-Type"]
        );
        let to = headers.iter().find(|(name, _)| name == "To").map(|(_, value)| value.as_str());
        prop_assert_eq!(to, Some(RECIPIENTS[0]));
    }
}

#[test]
fn a_dry_run_writes_one_file_for_each_reader() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let one = [Recipient { to: "a/b|c@example.com".into(), letter: Arc::new(letter()), resend: false }];
    let files = dry_run(&one, &[], &folder.path().join("mails")).expect("files");
    assert_eq!(files, [folder.path().join("mails/01-a_b_c@example.com.eml")]);
    let bytes = std::fs::read(&files[0]).expect("a file");
    assert_eq!(bytes, message(&letter(), "a/b|c@example.com").expect("a message").bytes);
}

#[test]
fn certificates_that_are_none_are_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = crate::config::MailServer {
        host: "localhost".into(),
        port: 465,
        encryption: crate::config::Encryption::Implicit,
        credentials: None,
    };
    let path = folder.path().join("ca.pem");
    for text in [
        None,
        Some(""),
        Some("no certificate"),
        Some("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"),
    ] {
        if let Some(text) = text {
            std::fs::write(&path, text).expect("a file");
        }
        let refused = smtp::Server::new(&server, Some(&path)).err();
        let failure = refused.unwrap_or_else(|| panic!("{text:?} is accepted"));
        assert_eq!(failure.exit, Exit::Usage, "{text:?}");
        assert!(failure.message.contains("ca.pem"), "{}", failure.message);
    }
}
