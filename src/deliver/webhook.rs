//! Posts the summary of a run to a web address, such as a channel of Slack or Teams.
//!
//! A web server answers once, to address and message together. So the intent is recorded before anything is sent. A connection
//! that is not made, and an answer of 4xx, mean that the summary was not taken; without an answer, and with one of 5xx, nobody
//! knows.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::carrier::{Answer, Carrier, NotOffered, Offered, Reply};
use super::message::Message;
use crate::config::{Secret, WebhookForm};
use crate::post::{Unanswered, answer};

/// Longest text of one block of Slack, in letters.
const LONGEST: usize = 2900;

/// A web address that takes summaries.
pub(super) struct Address {
    pub(super) url: Secret,
    pub(super) patience: Duration,
}

#[async_trait::async_trait]
impl Carrier for Address {
    async fn offer(&self, _message: &Message) -> Result<Box<dyn Offered>, NotOffered> {
        Ok(Box::new(Self { url: self.url.clone(), patience: self.patience }))
    }
}

#[async_trait::async_trait]
impl Offered for Address {
    async fn hand_over(self: Box<Self>, message: &Message) -> Answer {
        let answered =
            |status: StatusCode| Reply::new(status.as_u16(), status.canonical_reason().unwrap_or_default());
        match answer(&self.url, None, message.bytes.clone(), self.patience).await {
            Ok(status) if status.is_success() => Answer::Accepted(answered(status)),
            Ok(status) if status.is_server_error() => Answer::Unknown(answered(status)),
            Ok(status) => Answer::Refused(answered(status)),
            Err(Unanswered::NotReached(what)) => {
                Answer::Refused(Reply::new(0, &format!("the web address {what}")))
            }
            Err(Unanswered::Silent(what)) => {
                Answer::Unknown(Reply::new(0, &format!("the web address {what}")))
            }
        }
    }

    async fn withdraw(self: Box<Self>) {}
}

/// What is posted: the summary as it was published, or the same as a message of Slack or Teams.
pub(crate) fn body(form: WebhookForm, summary: &Value) -> Vec<u8> {
    let message = match form {
        WebhookForm::Json => summary.clone(),
        WebhookForm::Slack => slack(summary),
        WebhookForm::Teams => teams(summary),
    };
    message.to_string().into_bytes()
}

fn text<'s>(summary: &'s Value, key: &str) -> &'s str {
    summary[key].as_str().unwrap_or_default()
}

fn texts<'s>(summary: &'s Value, key: &str) -> Vec<&'s str> {
    summary[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Name and value of each headline figure, the value with how it changed.
fn figures(summary: &Value) -> Vec<(String, String)> {
    let figure = |figure: &Value| {
        let parts: Vec<&str> = ["value", "year", "previous"]
            .map(|key| text(figure, key))
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        // A mark of no language: the parts are in that of the edition.
        (text(figure, "name").to_owned(), parts.join(" · "))
    };
    summary["headline"].as_array().into_iter().flatten().map(figure).collect()
}

/// Blocks of Slack; all is plain text, so that nothing in a name is markup.
fn slack(summary: &Value) -> Value {
    let plain = |text: &str, most: usize| {
        let text: String = if text.chars().count() > most {
            text.chars().take(most - 1).chain(['…']).collect()
        } else {
            text.to_owned()
        };
        json!({"type": "plain_text", "text": text, "emoji": false})
    };
    let section = |text: &str| json!({"type": "section", "text": plain(text, LONGEST)});
    let fields: Vec<Value> =
        figures(summary).iter().map(|(name, value)| plain(&format!("{name}\n{value}"), LONGEST)).collect();
    let mut blocks = vec![
        json!({"type": "header", "text": plain(text(summary, "title"), 150)}),
        section(text(summary, "period")),
        json!({"type": "section", "fields": fields}),
        section(text(summary, "finding")),
    ];
    for key in ["sentences", "decisions"] {
        let listed = texts(summary, key);
        if !listed.is_empty() {
            blocks
                .push(section(&listed.iter().map(|line| format!("• {line}")).collect::<Vec<_>>().join("\n")));
        }
    }
    blocks.push(section(text(summary, "quality")));
    if let Some(url) = summary["url"].as_str() {
        let button = json!({"type": "button", "text": plain(text(summary, "open"), 75), "url": url});
        blocks.push(json!({"type": "actions", "elements": [button]}));
    }
    json!({"text": format!("{}: {}", text(summary, "title"), text(summary, "finding")), "blocks": blocks})
}

/// An adaptive card, as the workflows of Teams take it.
fn teams(summary: &Value) -> Value {
    let block = |text: &str| json!({"type": "TextBlock", "text": text, "wrap": true});
    let facts: Vec<Value> =
        figures(summary).into_iter().map(|(title, value)| json!({"title": title, "value": value})).collect();
    let mut body = vec![
        json!({"type": "TextBlock", "text": text(summary, "title"), "wrap": true, "size": "Large", "weight": "Bolder"}),
        block(text(summary, "period")),
        json!({"type": "FactSet", "facts": facts}),
        block(text(summary, "finding")),
    ];
    body.extend(["sentences", "decisions"].iter().flat_map(|key| texts(summary, key)).map(block));
    body.push(block(text(summary, "quality")));
    let open = |url: &str| json!({"type": "Action.OpenUrl", "title": text(summary, "open"), "url": url});
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": summary["url"].as_str().map(open).into_iter().collect::<Vec<_>>(),
    });
    let kind = "application/vnd.microsoft.card.adaptive";
    json!({"type": "message", "attachments": [{"contentType": kind, "contentUrl": null, "content": card}]})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use jiff::Timestamp;
    use jiff::civil::date;

    use super::super::{Delivery, Fate, Hook, post_all};
    use super::*;
    use crate::store;

    fn clock() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    #[tokio::test]
    async fn a_web_address_that_takes_a_summary_and_does_not_answer_gets_no_other() {
        let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
        let port = server.server_addr().to_ip().expect("an address").port();
        let taken = std::thread::spawn(move || {
            let first = server.recv().expect("a request");
            let second = server.recv_timeout(std::time::Duration::from_secs(2)).expect("no error");
            drop(first);
            usize::from(second.is_some()) + 1
        });
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = store::open(&folder.path().display().to_string(), Path::new("."), &BTreeMap::new())
            .expect("a folder opens");
        let hooks = [Hook {
            name: "channel".into(),
            url: Secret::new(format!("http://127.0.0.1:{port}/token-123")),
            body: b"{}".to_vec(),
            resend: false,
        }];
        let run = (date(2018, 1, 1), "0123456789abcdef");
        let patience = Duration::from_millis(300);
        for reason in ["whether it has taken it: the web address does not answer", "at 1970-01-01T00:00:00Z"]
        {
            let deliveries = post_all(&place, run, &hooks, patience, clock).await;
            let [Delivery { fate: Fate::Held(held), .. }] = deliveries.as_slice() else {
                panic!("{deliveries:?}")
            };
            assert!(held.contains(reason) && !held.contains("token"), "{held}");
        }
        assert_eq!(taken.join().expect("no panic"), 1);
    }
}
