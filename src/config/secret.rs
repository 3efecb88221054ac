//! Values that come from the environment as `${NAME}`, and the places where a literal secret is refused.
//!
//! Messages name the variable and never its value, nor the text around it.

use std::sync::LazyLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::{Parsed, Refusal, printable, refuse};
use super::value::{Environment, Given, Leaf, fits, path, scalar};

/// A variable as written.
static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,99})\}").expect("a valid expression"));

/// What a URL does not hold as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value that is never printed, logged or published.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret {
    value: String,
    written: String,
}

impl Secret {
    /// Wraps `value`.
    #[must_use]
    pub fn new(value: String) -> Self {
        let written = "(secret)".to_owned();
        Self { value, written }
    }

    /// Hands the value out, for the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// How the configuration wrote it, with `${NAME}` in place of what is secret; safe to publish.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// What becomes a [`Secret`]: a value that the configuration wrote as `written`, with `${NAME}` in place of what is secret.
pub(super) fn secret(value: &str, written: &str) -> Value {
    json!({"value": value, "written": written})
}

/// Whether nothing but variables is written: then no secret is in the file.
fn is_only_variables(text: &str) -> bool {
    !text.is_empty() && VARIABLE.replace_all(text, "").is_empty()
}

/// The part of a URL before the host: `user:password`.
pub(super) fn userinfo(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    authority.rsplit_once('@').map(|(userinfo, _)| userinfo)
}

/// Whether a URL, as written, holds a password that is not a variable.
pub(super) fn has_literal_password(url: &str) -> bool {
    userinfo(url)
        .and_then(|userinfo| userinfo.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty() && !is_only_variables(password))
}

/// Fills the variables in; those within a URL percent-encoded, so that a password may hold any character.
pub(super) fn expand(text: &str, is_url: bool, environment: Environment<'_>) -> Parsed<String> {
    let is_whole = VARIABLE.find(text).is_some_and(|variable| variable.as_str() == text);
    let encode = |value: String| {
        if is_url && !is_whole { utf8_percent_encode(&value, ENCODED).to_string() } else { value }
    };
    if VARIABLE.replace_all(text, " ").contains("${") {
        let reason = "`${` must be followed by the name of an environment variable and `}`, as in ${NAME}";
        return refuse(reason);
    }
    let mut reasons = Vec::new();
    let value =
        VARIABLE.replace_all(text, |variable: &Captures<'_>| match lookup(&variable[1], environment) {
            Ok(value) => encode(value),
            Err(refusal) => {
                reasons.push(refusal.reason);
                String::new()
            }
        });
    if reasons.is_empty() { Ok(value.into_owned()) } else { refuse(reasons.join("; ")) }
}

fn lookup(name: &str, environment: Environment<'_>) -> Parsed<String> {
    let problem = |what: &str| Refusal::from(format!("the environment variable {name} {what}"));
    let value = environment(name).ok_or_else(|| problem("is not set"))?;
    printable(&value).map_err(|refusal| problem(&refusal.reason))?;
    Ok(value)
}

/// Reads an option of the object store; one whose name is that of a secret must be a variable.
pub(super) fn store_option(given: &Given<'_>) -> Parsed<Leaf> {
    let (name, written) = (given.name, given.text);
    if !fits("[a-z0-9_]+", name) {
        return refuse("the name of an option consists of small letters, digits and _");
    }
    let words = ["key", "secret", "token", "password", "credential", "sas"];
    // Switches such as `bucket_key_enabled: true` are no secret, whatever their name.
    let is_secret = words.iter().any(|word| name.contains(word)) && !["true", "false"].contains(&written);
    if is_secret && !is_only_variables(written) {
        let variable = name.to_uppercase();
        return refuse(format!(
            "a secret must not be in the file; put it into an environment variable and write ${{{variable}}}"
        ));
    }
    if has_literal_password(written) {
        return refuse("a password must not be in the file; write it as ${NAME}");
    }
    let value = expand(written, false, given.environment)?;
    printable(&value)?;
    Ok((secret(&value, written), scalar(written)))
}

/// Reads where the key is that signs manifests. One of its own is a secret, so it comes from a variable; everything else is the path of
/// a file.
pub(super) fn signing_key(given: &Given<'_>) -> Parsed<Leaf> {
    let key = if is_only_variables(given.text) {
        json!({"Given": variables(given)?})
    } else {
        json!({"File": path(given)?.0})
    };
    Ok(unrecorded(key))
}

/// Reads a secret, which must not be in the file.
pub(super) fn token(given: &Given<'_>) -> Parsed<Leaf> {
    if is_only_variables(given.text) {
        return variables(given).map(unrecorded);
    }
    let reason = "a secret must not be in the file; put it into an environment variable and write ${NAME}";
    refuse(reason)
}

/// A secret that is nothing but variables.
fn variables(given: &Given<'_>) -> Parsed<Value> {
    Ok(secret(&expand(given.text, false, given.environment)?, given.text))
}

/// A value that bears on no byte of a report.
pub(super) fn unrecorded(value: Value) -> Leaf {
    (value, String::new())
}
