//! Languages: the same messages in each, no word left in a template, numbers and days as readers of the language write them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{addresses, attributes, changed, fixture, rendered};
use crate::report::messages;
use crate::report::{Inputs, check_templates, render};

/// Every template below the folder, by path.
pub(super) fn templates() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path
                .extension()
                .is_some_and(|ending| ending == "html" || ending == "txt" || ending == "css")
            {
                let text = std::fs::read_to_string(&path).expect("a template");
                found.push((path.display().to_string(), text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&fixture::templates(), &mut found);
    found
}

/// Messages with their text, of a file in which each begins at the start of a line.
pub(super) fn messages(language: &str) -> BTreeMap<String, String> {
    let path = fixture::templates().join(format!("messages/{language}.ftl"));
    let text = std::fs::read_to_string(path).expect("a file of words");
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(" = ") {
            Some((id, rest)) if id.starts_with(|letter: char| letter.is_ascii_alphabetic()) => {
                id.clone_into(&mut last);
                found.insert(last.clone(), rest.to_owned());
            }
            _ => {
                if let Some(text) = found.get_mut(&last) {
                    text.push('\n');
                    text.push_str(line);
                }
            }
        }
    }
    found
}

/// What a message shows: its places but those that only choose among forms.
fn shown(text: &str) -> BTreeSet<String> {
    text.split("{ $")
        .skip(1)
        .filter_map(|rest| rest.split_once(' '))
        .filter(|(_, after)| after.starts_with('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Names within `opening"…"` of every template.
fn named(opening: &str) -> BTreeSet<String> {
    templates()
        .iter()
        .flat_map(|(_, text)| text.split(opening).skip(1).map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned()))
        .collect()
}

#[test]
fn every_message_is_used() {
    let used: BTreeSet<String> = named("t(id=\"").union(&named("counted(of=\"")).cloned().collect();
    let mut groups: BTreeSet<String> = named("label(of=\"").union(&named("group=\"")).cloned().collect();
    // Charts, the view and the sign of the currency look these up.
    groups.extend(["currency", "sign", "any"].map(String::from));
    groups.extend(named("t(of=\""));
    let workbook = std::fs::read_to_string(fixture::templates().join("workbook.yaml")).expect("the sheets");
    let of_sheets = |key: &str| -> BTreeSet<String> {
        let rest =
            workbook.split(key).skip(1).map(|rest| rest.split([',', '}', '\n']).next().unwrap_or_default());
        rest.map(str::to_owned).collect()
    };
    groups.extend(of_sheets("label: "));
    let sheets: BTreeSet<String> = ["name: ", "head: ", "means: "]
        .into_iter()
        .flat_map(of_sheets)
        .chain(["workbook-definitions".into()])
        .collect();
    // The heads of the definitions.
    let heads = ["workbook-sheet", "workbook-column", "workbook-meaning"];
    let here: BTreeSet<&str> = messages::asked_here().chain(heads).collect();
    let idle: Vec<String> = messages("en")
        .into_keys()
        // Where a margin is assumed, a message stands for that of its name.
        .map(|id| id.strip_suffix("_if_assumed").unwrap_or(&id).to_owned())
        .filter(|id| !used.contains(id) && !here.contains(id.as_str()) && !sheets.contains(id))
        .filter(|id| id.split_once('-').is_none_or(|(group, _)| !groups.contains(group)))
        .collect();
    assert_eq!(idle, Vec::<String>::new(), "nothing shows these messages");
}

/// What the SQL may find in a section: the words between `<section> as (` and the next `as finding`.
fn found_by_sql(section: &str) -> BTreeSet<String> {
    let rule = fixture::FINDINGS.iter().find_map(|(_, sql)| {
        let (_, rest) = sql.split_once(&format!("\n{section} as (\n"))?;
        Some(rest.split_once(" as finding")?.0)
    });
    let rule = rule.unwrap_or_else(|| panic!("no rule of {section}"));
    rule.lines()
        .filter_map(|line| line.rsplit_once("then '").or_else(|| line.rsplit_once("else '")))
        .filter_map(|(_, word)| word.split_once('\'').map(|(word, _)| word.to_owned()))
        .collect()
}

#[test]
fn every_finding_has_its_message_and_every_message_its_finding() {
    let groups: Vec<String> =
        named("t(of=\"").into_iter().filter(|group| group.starts_with("finding_")).collect();
    assert!(groups.len() > 1, "{groups:?}");
    for group in groups {
        let of_group = |id: String| id.strip_prefix(&format!("{group}-")).map(str::to_owned);
        let said: BTreeSet<String> = messages("en")
            .into_keys()
            .filter_map(of_group)
            .filter(|id| !id.ends_with("_if_assumed"))
            .collect();
        assert_eq!(found_by_sql(group.trim_start_matches("finding_")), said, "{group}");
    }
}

#[test]
fn every_language_that_ships_says_the_same() {
    let first = messages("en");
    assert!(first.len() > 900, "{}", first.len());
    for language in messages::languages(&fixture::templates()) {
        let mut other = messages(&language);
        // English reads the title of a check in its SQL; `glossary` counts those of the others.
        other.retain(|id, _| !id.starts_with("check-"));
        assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{language}");
        for (id, text) in &first {
            // A count that only chooses between `is` and `are` need not stand in a language without such forms.
            let (wanted, given) = (shown(text), shown(&other[id]));
            assert_eq!(wanted, given, "{id} of {language}");
        }
        check_templates(&fixture::templates(), &language, |_| true).expect("the words fit the templates");
    }
}

fn in_language(language: &str) -> Inputs {
    let mut inputs = fixture::inputs();
    inputs.facts.language = language.into();
    inputs
}

#[test]
fn traces_every_number_of_a_chinese_report_to_its_cell() {
    let inputs = in_language("zh");
    let pages = rendered(&inputs);
    let cells = addresses(&inputs);
    for page in [&pages.report, &pages.appendix, &pages.method, &pages.mail.html] {
        for element in page.split("<data ").skip(1) {
            let (head, _) = element.split_once('>').expect("an element ends");
            let head = format!(" {head}");
            let (value, address) = (attributes(&head, "value")[0], attributes(&head, "data-cell")[0]);
            assert_eq!(cells.get(address).map(String::as_str), Some(value), "{address}");
        }
    }
    // As many numbers as in English: a sentence of a language leaves none out.
    let english = rendered(&in_language("en"));
    let count = |page: &str| page.matches("<data ").count();
    assert_eq!(count(&pages.method), count(&english.method));
    assert_eq!(count(&pages.report), count(&english.report));
}

#[test]
fn a_chinese_report_speaks_chinese() {
    let pages = rendered(&in_language("zh"));
    assert!(pages.report.contains("<html lang=\"zh-Hans\">"));
    assert!(pages.mail.html.contains("<html lang=\"zh-Hans\">"));
    for word in ["铂金", "黄金", "钢铁", "铅级客户", "2018年1月1日", "73.32万美元"] {
        assert!(pages.report.contains(word), "{word}");
    }
    assert!(pages.mail.text.contains("净收入"), "{}", pages.mail.text);
    assert!(pages.mail.subject.contains("客户利润报告"), "{}", pages.mail.subject);
}

#[test]
fn plain_text_in_chinese_breaks_between_letters_and_never_before_a_mark() {
    use unicode_width::UnicodeWidthStr as _;
    let text = rendered(&in_language("zh")).mail.text;
    for line in text.lines() {
        assert!(line.width() <= 72 || !line.contains(' '), "{} columns: {line}", line.width());
        assert!(!line.starts_with(|letter| "，。、；：）”".contains(letter)), "{line}");
    }
    assert!(text.lines().any(|line| line.width() > 60), "no line is full");
}

/// A language made of English with every letter of its words changed: what stays English was not asked of the messages.
fn changed_letters(english: &str) -> String {
    let letter = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' => {
            char::from_u32(u32::from(letter.to_ascii_lowercase()) - u32::from('a') + 0x3b1).unwrap_or(letter)
        }
        other => other,
    };
    let words = |text: &str| {
        let mut depth = 0_u32;
        let mut changed = String::new();
        for each in text.chars() {
            match each {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            changed.push(if depth == 0 { letter(each) } else { each });
        }
        changed
    };
    let line = |line: &str| {
        if line.starts_with('#') {
            return String::new();
        }
        match (line.split_once(" = "), line.split_once("] ")) {
            (Some((id, text)), _) if !id.contains(' ') => format!("{id} = {}", words(text)),
            (_, Some((key, text))) => format!("{key}] {}", words(text)),
            _ => line.to_owned(),
        }
    };
    english.lines().map(|each| line(each) + "\n").collect()
}

/// The words of a page that a reader sees or hears, without SQL, code and names.
fn seen(page: &str) -> Vec<String> {
    let mut rest = page.split_once("</style>").map_or(page, |(_, rest)| rest).to_owned();
    for (open, close) in [("<pre", "</pre>"), ("<code", "</code>"), ("<!--", "-->")] {
        while let Some(start) = rest.find(open) {
            let end = rest[start..].find(close).expect("it is closed") + start + close.len();
            rest.replace_range(start..end, " ");
        }
    }
    let mut text: Vec<String> = ["aria-label", "data-label"]
        .iter()
        .flat_map(|name| attributes(&rest, name).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut inside = false;
    let mut run = String::new();
    for letter in rest.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push(std::mem::take(&mut run));
            }
            '>' => inside = false,
            other if !inside => run.push(other),
            _ => {}
        }
    }
    text.push(run);
    text
}

#[test]
fn a_third_language_is_one_file_and_no_template_holds_a_word_of_its_own() {
    let english = std::fs::read_to_string(fixture::templates().join("messages/en.ftl")).expect("English");
    let folder = changed("messages/xx.ftl", |_| changed_letters(&english));
    check_templates(folder.path(), "xx", |_| true).expect("one file is a language");
    let mut inputs = in_language("xx");
    inputs.templates = folder.path().to_path_buf();
    let pages = render(&fixture::updated(&inputs)).expect("it renders");
    // What comes from the data, the SQL and the configuration stays as it is.
    let mut given = vec![
        inputs.facts.project.clone(),
        inputs.facts.timezone.clone(),
        inputs.facts.version.clone(),
        inputs.facts.run_id.clone(),
        inputs.facts.run_id.chars().take(12).collect(),
        // The name of the program.
        "Karat".into(),
        // Signs of the notation, not words.
        "SHA kB MB GB GBP CHF br nbsp middot quot amp lt gt".into(),
        // The name of the program, where no brand stands in its place.
        "Karat".into(),
    ];
    given.extend(inputs.facts.checks.iter().map(|check| check.title.clone()));
    given.extend(inputs.facts.inputs.iter().flat_map(|input| {
        [
            input.path.clone(),
            input.source.clone(),
            input.excluded.clone().unwrap_or_default().into_owned(),
            input.sha256.clone(),
        ]
    }));
    given.extend(inputs.facts.tables.iter().flat_map(|table| [table.title.clone(), table.name.clone()]));
    for file in &inputs.sql {
        given.extend([file.title.clone(), file.grain.clone(), file.note.clone().unwrap_or_default()]);
        given.extend(file.columns.values().cloned());
    }
    // Thresholds are shown as they are stored.
    let policy = &inputs.tables["settings.policy"].rows;
    given.extend(policy.iter().flatten().map(ToString::to_string));
    for table in inputs.tables.values() {
        for (row, _) in table.rows.iter().enumerate() {
            for column in [
                "identity",
                "customer_id",
                "name",
                "owner",
                "channel",
                "parameter",
                "country",
                "region",
                "referrer_id",
            ] {
                given.extend(table.cell(row, column).map(ToString::to_string));
            }
        }
    }
    let given: BTreeSet<String> = given.iter().flat_map(|text| latin(text)).collect();
    for page in [&pages.report, &pages.appendix, &pages.method, &pages.mail.html, &pages.mail.text] {
        let left: BTreeSet<String> = seen(page)
            .iter()
            .filter(|text| latin(text).iter().any(|word| !given.contains(word)))
            .cloned()
            .collect();
        assert_eq!(left, BTreeSet::new(), "these words stand in a template or in the program");
    }
}

/// Words of at least two Latin letters.
fn latin(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_ascii_alphabetic())
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_a_template_fills_in_is_escaped_unless_it_is_an_element() {
    let mut inputs = in_language("zh");
    inputs.facts.project = "<b>&".into();
    let pages = rendered(&inputs);
    assert!(!pages.report.contains("<b>&"), "the name of the project became an element");
    assert!(pages.report.contains("&lt;b&gt;&amp;"));
    assert!(pages.mail.text.contains("<b>&"), "plain text has no markup to escape");
}

/// Takes out of `text` everything between `open` and `close`; gives what was taken, too.
fn without(text: &str, open: &str, close: &str) -> (String, Vec<String>) {
    let (mut kept, mut taken, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once(open) {
        let (inside, after) = after.split_once(close).expect("it is closed");
        kept.push_str(before);
        kept.push(' ');
        taken.push(inside.to_owned());
        rest = after;
    }
    (kept + rest, taken)
}

#[test]
fn no_branch_of_a_template_holds_words_whether_it_is_taken_or_not() {
    let mut found = Vec::new();
    for (path, text) in templates()
        .into_iter()
        .filter(|(path, _)| Path::new(path).extension().is_none_or(|ending| ending != "css"))
    {
        let (text, _) = without(&text, "{#", "#}");
        let (text, mut code) = without(&text, "{%", "%}");
        let (text, more) = without(&text, "{{", "}}");
        code.extend(more);
        let (text, tags) = without(&text, "<", ">");
        // What is left is text between elements; entities and one command are no words.
        let known = ["nbsp", "middot", "lt", "duckdb", "reproduce", "sql"];
        found.extend(
            latin(&text)
                .into_iter()
                .filter(|word| !known.contains(&word.as_str()))
                .map(|word| format!("{path}: {word}")),
        );
        // Attributes that are read aloud or shown.
        for tag in &tags {
            for name in ["aria-label", "data-label", "alt", "title"] {
                let spoken = attributes(tag, name).into_iter().filter(|value| !latin(value).is_empty());
                found.extend(spoken.map(|value| format!("{path}: {name}=\"{value}\"")));
            }
        }
        // Strings of expressions: a name has no space, a style has a colon.
        for expression in &code {
            let strings = expression.split('"').skip(1).step_by(2);
            let sentences = strings.filter(|string| latin(string).len() > 1 && string.contains(' '));
            let sentences = sentences.filter(|string| !string.contains([':', '<', '=', '_']));
            found.extend(sentences.map(|string| format!("{path}: \"{string}\"")));
        }
    }
    assert_eq!(found, Vec::<String>::new(), "these words belong to `messages/`");
}
