//! `${NAME}`: values that come from the environment, and the places where a literal secret is refused.
//!
//! Messages name the variable and never its value, nor the text around it.

use super::problem::{Parsed, Refusal};

/// Asks the environment for a variable.
pub(super) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A part of a value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Variable(&'t str),
}

/// How a variable's value is put into the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Insert {
    /// As it is.
    Plain,
    /// Percent-encoded, so that a password may hold any character of a URL.
    Encoded,
}

/// Whether an option of this name holds a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    ["key", "secret", "token", "password", "credential", "sas"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether nothing but variables is written: then no secret stands in the file.
pub(super) fn is_only_variables(text: &str) -> bool {
    pieces(text).is_ok_and(|pieces| {
        !pieces.is_empty() && pieces.iter().all(|piece| matches!(piece, Piece::Variable(_)))
    })
}

/// The variable, when the whole value is one.
pub(super) fn only_variable(text: &str) -> Option<&str> {
    match pieces(text).ok()?.as_slice() {
        [Piece::Variable(name)] => Some(name),
        _ => None,
    }
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

/// Fills the variables in.
pub(super) fn expand(text: &str, insert: Insert, environment: Environment<'_>) -> Parsed<String> {
    let mut value = String::new();
    let mut reasons = Vec::new();
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => value.push_str(text),
            Piece::Variable(name) => match lookup(name, environment) {
                Ok(found) if insert == Insert::Encoded => encode(&found, &mut value),
                Ok(found) => value.push_str(&found),
                Err(refusal) => reasons.push(refusal.reason),
            },
        }
    }
    if reasons.is_empty() {
        Ok(value)
    } else {
        Err(Refusal::new(reasons.join("; ")))
    }
}

fn lookup(name: &str, environment: Environment<'_>) -> Parsed<String> {
    let value = environment(name)
        .ok_or_else(|| Refusal::new(format!("the environment variable {name} is not set")))?;
    if value.is_empty() {
        return Err(Refusal::new(format!("the environment variable {name} is empty")));
    }
    if value.contains(['\r', '\n']) {
        return Err(Refusal::new(format!(
            "the environment variable {name} contains a line break"
        )));
    }
    if value.chars().any(char::is_control) {
        return Err(Refusal::new(format!(
            "the environment variable {name} contains a control character"
        )));
    }
    Ok(value)
}

fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push_str(&hex::encode_upper([byte]));
        }
    }
}

fn pieces(text: &str) -> Parsed<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = (&rest[..start], &rest[start + 2..]);
        let name = after
            .split_once('}')
            .map(|(name, _)| name)
            .filter(|name| is_name(name));
        let name = name.ok_or_else(|| {
            Refusal::new(
                "`${` must be followed by the name of an environment variable and `}`, as in ${NAME}",
            )
        })?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Variable(name));
        rest = &after[name.len() + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

fn is_name(name: &str) -> bool {
    name.len() <= 100
        && name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
