//! What the pages cannot do without, read from the templates: tables that they show without asking whether they are there, and
//! findings.

use std::collections::BTreeSet;

/// What all templates together need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Full names of results.
    pub(crate) tables: BTreeSet<String>,
    /// Sections of which a result says the finding.
    pub(crate) findings: BTreeSet<String>,
}

/// Words before the name of a table that make it a question, as in `{% if results.targets %}`.
const ASKING: [&str; 5] = ["if", "elif", "and", "or", "not"];

/// What may follow a name in a question.
const ASKED: [&str; 6] = ["%}", "-%}", ")", "and ", "or ", "is defined"];

/// Reads every template. What any of them asks about may be missing; everything else that one names must be there.
pub(crate) fn needs<'a>(templates: impl Iterator<Item = &'a str>) -> Needs {
    let (mut needs, mut optional) = (Needs::default(), BTreeSet::new());
    for text in templates {
        let mut before = "";
        for (at, path) in paths(text) {
            let after = text[at + path.len()..].trim_start();
            let parts: Vec<&str> = path.split('.').collect();
            match parts.as_slice() {
                ["results", table]
                    if after.starts_with("is defined")
                        || ASKING.contains(&before) && ASKED.iter().any(|asked| after.starts_with(asked)) =>
                {
                    optional.insert(format!("results.{table}"));
                }
                ["results" | "by" | "shown", table, ..] => {
                    needs.tables.insert(format!("results.{table}"));
                }
                ["finding" | "findings", section, ..] => {
                    needs.findings.insert((*section).to_owned());
                }
                _ => {}
            }
            before = path;
        }
    }
    needs.tables.retain(|table| !optional.contains(table));
    needs
}

/// Words of letters, digits and `_`, joined by points, each with its place.
fn paths(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_part)?;
        let length = text[start..].find(|letter| !is_part(letter)).unwrap_or(text.len() - start);
        rest = start + length;
        Some((start, text[start..rest].trim_end_matches('.')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_template_names_is_needed_unless_one_asks_whether_it_is_there() {
        let templates = [
            "{% for row in results.a %}{{ row.x }}{% endfor %}{{ by.b.total.profit | money }} results.",
            "{% if results.c and not results.d %}{{ <e rows={results.e} /> }}{% endif %}{{ by.c.all.x }}",
            "{% if results.f is defined %}x{% endif %}{% if results.g | length > 1 %}{% elif results.h %}",
            "{% for told in shown.i %}{{ findings.j.about }}{% if finding.k == \"no\" %}{% endif %}{% endfor %}",
        ];
        let expected = Needs {
            tables: set(&["results.a", "results.b", "results.e", "results.g", "results.i"]),
            findings: set(&["j", "k"]),
        };
        assert_eq!(needs(templates.into_iter()), expected);
    }
}
