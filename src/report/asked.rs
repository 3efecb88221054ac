//! What templates ask of the messages: which, and what they fill in.
//!
//! Read from the text of a template, so that a missing word is found before anything is computed and not only where a branch
//! happens to be taken.

/// One place of a template that asks for a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Name of the message; of a group, its name and `-`: any message of it may be shown.
    pub(crate) id: String,
    /// Names of what is filled in.
    pub(crate) given: Vec<String>,
}

/// Finds every `t(id="…", …)`, `t(of="…", code=…, …)` and `counted(of="…")` of a template; an error names what cannot be read beforehand.
pub(crate) fn asked(template: &str) -> Result<Vec<Asked>, String> {
    let mut found = Vec::new();
    for (name, key) in [("t", "id"), ("counted", "of")] {
        for arguments in calls(template, name) {
            let mut id = None;
            let mut given = Vec::new();
            for (argument, value) in arguments {
                let is_group = name == "t" && argument == "of";
                if is_group || argument == key {
                    let quoted = value.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                    let text = quoted.filter(|text| !text.contains('"'));
                    let text =
                        text.ok_or_else(|| format!("`{name}({argument}={value})` is not a plain name"))?;
                    id = Some(if is_group { format!("{text}-") } else { text.to_owned() });
                } else if argument != "code" {
                    given.push(argument.to_owned());
                }
            }
            let id = id.ok_or_else(|| format!("`{name}(` without `{key}=`"))?;
            if name == "counted" {
                given = vec!["n".to_owned()];
            }
            found.push(Asked { id, given });
        }
    }
    Ok(found)
}

/// The arguments of every call of `name`, each with its text.
fn calls<'a>(template: &'a str, name: &str) -> Vec<Vec<(&'a str, &'a str)>> {
    let start = format!("{name}(");
    template
        .match_indices(&start)
        .filter(|(at, _)| {
            let before = template[..*at].chars().next_back();
            !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.')
        })
        .map(|(at, _)| arguments(&template[at + start.len()..]))
        .collect()
}

/// Reads `name=value, …` up to the bracket that closes the call.
fn arguments(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let (mut depth, mut quote, mut from) = (0_usize, None, 0);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') if depth > 0 => depth -= 1,
            (None, ',' | ')') if depth == 0 => {
                if let Some((name, value)) = text[from..at].split_once('=') {
                    found.push((name.trim(), value));
                }
                from = at + 1;
                if letter == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &str, given: &[&str]) -> Asked {
        Asked { id: id.into(), given: given.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn finds_messages_and_what_fills_them() {
        let template = r#"{{ t(id="a") }}{% set x = at(id="no") %}{{ t(id="b", n=row["k, ) x="] , share=(x | percent(decimals=0, plain=true))) }}
            {{ row.n | counted(of="rows") }}{{ t(of="kind", code=row.code, n=1) }}{{ <chart caption={t(id="c")} /> }}"#;
        assert_eq!(
            asked(template).expect("plain names"),
            [
                one("a", &[]),
                one("b", &["n", "share"]),
                one("kind-", &["n"]),
                one("c", &[]),
                one("rows", &["n"])
            ]
        );
    }

    #[test]
    fn refuses_a_name_that_is_made_while_rendering() {
        let reason = asked(r#"{{ t(id="a-" ~ code) }}"#).expect_err("not a plain name");
        assert!(reason.contains("not a plain name"), "{reason}");
        assert!(asked("{{ t(n=1) }}").is_err());
    }
}
