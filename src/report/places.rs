//! What the messages of a file fill in.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

/// What a message fills in.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// All, those that only choose among forms included.
    pub(super) wanted: BTreeSet<String>,
    /// Those that a reader sees.
    pub(super) shown: BTreeSet<String>,
    /// Messages and terms that it refers to.
    references: BTreeSet<String>,
}

/// Finds what each message fills in, also through the messages that it refers to.
pub(super) fn places(resource: &FluentResource) -> Result<BTreeMap<String, Places>, String> {
    let mut found: BTreeMap<String, Places> = BTreeMap::new();
    for entry in resource.entries() {
        let (name, value) = match entry {
            Entry::Message(message) => {
                let value = message.value.as_ref();
                let value = value.ok_or_else(|| format!("message `{}` has no text", message.id.name))?;
                (message.id.name.to_owned(), value)
            }
            Entry::Term(term) => (format!("-{}", term.id.name), &term.value),
            _ => continue,
        };
        let mut own = Places::default();
        pattern(value, &mut own).map_err(|reason| format!("message `{name}`: {reason}"))?;
        found.insert(name, own);
    }
    let mut whole = BTreeMap::new();
    for name in found.keys().filter(|name| !name.starts_with('-')) {
        let (mut all, mut open) = (Places::default(), vec![name.clone()]);
        while let Some(next) = open.pop() {
            let Some(own) = found.get(&next) else {
                return Err(format!("message `{name}` refers to `{next}`, which is not there"));
            };
            all.wanted.extend(own.wanted.iter().cloned());
            all.shown.extend(own.shown.iter().cloned());
            for reference in &own.references {
                if reference == name {
                    return Err(format!("message `{name}` refers to itself"));
                }
                if all.references.insert(reference.clone()) {
                    open.push(reference.clone());
                }
            }
        }
        whole.insert(name.clone(), all);
    }
    Ok(whole)
}

fn pattern(pattern: &Pattern<&str>, places: &mut Places) -> Result<(), String> {
    pattern.elements.iter().try_for_each(|element| match element {
        PatternElement::TextElement { .. } => Ok(()),
        PatternElement::Placeable { expression: part } => expression(part, places),
    })
}

fn expression(part: &Expression<&str>, places: &mut Places) -> Result<(), String> {
    match part {
        Expression::Inline(part) => inline(part, places),
        Expression::Select { selector, variants } => {
            // What chooses is not yet seen.
            if let InlineExpression::VariableReference { id } = selector {
                places.wanted.insert(id.name.to_owned());
            } else {
                inline(selector, places)?;
            }
            variants.iter().try_for_each(|variant| pattern(&variant.value, places))
        }
    }
}

fn inline(part: &InlineExpression<&str>, places: &mut Places) -> Result<(), String> {
    match part {
        InlineExpression::StringLiteral { .. } => Ok(()),
        InlineExpression::VariableReference { id } => {
            places.wanted.insert(id.name.to_owned());
            places.shown.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::MessageReference { id, attribute: None } => {
            places.references.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::TermReference { id, attribute: None, arguments: None } => {
            places.references.insert(format!("-{}", id.name));
            Ok(())
        }
        InlineExpression::Placeable { expression: part } => expression(part, places),
        InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. }
        | InlineExpression::FunctionReference { .. } => {
            Err("functions, attributes and numbers are not for messages: a number comes in written".into())
        }
    }
}
