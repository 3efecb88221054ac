//! A class of the user's own: one file in `2_business/` that says `class: <column>` gets the sums of its values.
//!
//! The sums are SQL like any other: the text made here is checked, run, published and re-performed as
//! `3_results/<name of the file>.sql`. Nothing is computed here.

use super::header::Header;
use super::{Problems, TableName};

/// What a file that declares a class must have as its key.
const KEY: [&str; 2] = ["snapshot", "customer_id"];

/// The text, with places for the names of the table and the class, the order of the values and the title.
const TEXT: &str = include_str!("own_class.sql");

/// Path and text of the file that adds up the class of `path`, or `None` when it declares none or a wrong one.
pub(super) fn sums(
    path: &str,
    name: &TableName,
    header: &Header,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let Some(class) = &header.class else {
        if !header.values.is_empty() {
            problems.add(path, 0, "`values` belongs to a file that declares a `class`");
        }
        return None;
    };
    let mut is_right = true;
    let mut refuse = |what: &str| {
        problems.add(path, 0, what);
        is_right = false;
    };
    if name.schema != "business" {
        refuse("`class` belongs to files of `2_business/`");
    }
    if header.key != KEY {
        refuse("a file that declares a `class` has `key: [snapshot, customer_id]`");
    }
    if TableName::parse(&format!("business.{class}")).is_none() || KEY.contains(&class.as_str()) {
        refuse("`class` names the column of the class: lower case letters, digits and `_`");
    }
    if header.values.iter().any(|value| value == "total") {
        refuse("`total` is the sum of all values: give the value another name");
    }
    is_right.then(|| {
        let path = format!("3_results/{}.sql", name.table);
        (path, text(&name.table, class, header))
    })
}

fn text(table: &str, class: &str, header: &Header) -> String {
    // A JSON string is a YAML string, on one line.
    let title = serde_json::Value::from(format!("{}, in sums", header.title.trim()));
    let places: Vec<String> = (1..)
        .zip(&header.values)
        .map(|(place, value)| format!("when '{}' then {place}", value.replace('\'', "''")))
        .collect();
    let place = if places.is_empty() {
        "1".to_owned()
    } else {
        format!("case {class} {} else 1000 end", places.join(" "))
    };
    // The words of the user go in last, so that nothing in them is taken for a place.
    TEXT.replace("{table}", table)
        .replace("{class}", class)
        .replace("{place}", &place)
        .replace("{title}", &title.to_string())
}
