//! The tables below a location: which objects belong together, by their folders and names.
//!
//! Looks at names only. Files of one folder whose names differ in numbers are one table; folders `name=value` and folders of
//! numbers, as of years and months, belong to the table above them.

use std::collections::BTreeMap;

use super::{holds, names};
use crate::source;
use crate::store::Object;

/// In what form the files of a table come, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Parquet,
    Delta,
    Iceberg,
    Csv,
    Json,
}

impl Form {
    fn is_lakehouse(self) -> bool {
        matches!(self, Self::Delta | Self::Iceberg)
    }
}

/// Objects that seem to be one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// A name for it, as a table of SQL.
    pub(super) name: String,
    /// What the configuration says of where it lies.
    pub(super) location: String,
    /// The pattern of its files, where others lie beside them.
    pub(super) files: Option<String>,
    pub(super) form: Form,
    /// Its objects, as listed below the location that was asked for.
    pub(super) objects: Vec<Object>,
    /// The folder below that location.
    folder: String,
    /// The location that was asked for.
    base: String,
    /// What the names of its files share.
    family: String,
}

/// What was found below a location.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) groups: Vec<Group>,
    /// What holds data and cannot be read, with the reason.
    pub(super) unread: Vec<String>,
}

const CSV: [&str; 2] = ["csv", "tsv"];
const JSON: [&str; 3] = ["json", "jsonl", "ndjson"];

fn form(name: &str) -> Option<Form> {
    let small = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    let ending = small.rsplit_once('.')?.1;
    match ending {
        "parquet" if small == name => Some(Form::Parquet),
        _ if CSV.contains(&ending) => Some(Form::Csv),
        _ if JSON.contains(&ending) => Some(Form::Json),
        _ => None,
    }
}

/// Sorts the objects below `base` into tables.
pub(super) fn group(base: &str, objects: Vec<Object>) -> Listed {
    let mut listed = Listed::default();
    // A pattern or a single file says already what belongs together.
    let name_of_base = base.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_one = base.contains('*') || (objects.len() == 1 && objects[0].path == name_of_base);
    let roots: Vec<(String, Form)> = objects.iter().filter_map(|object| root(&object.path)).collect();
    let (mut lakes, mut groups) = (
        BTreeMap::<(String, Form), Vec<Object>>::new(),
        BTreeMap::<(String, Form, String), Vec<Object>>::new(),
    );
    for object in objects {
        let path = object.path.clone();
        if let Some(root) = roots.iter().find(|(root, _)| path.starts_with(root.as_str())) {
            lakes.entry(root.clone()).or_default().push(object);
            continue;
        }
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let is_hidden = |part: &str| part.starts_with('.') || (part.starts_with('_') && !part.contains('='));
        if path.split('/').any(|part| part == ".hoodie") {
            let folder = join(base, path.split("/.hoodie/").next().unwrap_or(folders));
            let text = format!("`{folder}` is a table of Hudi: its files alone do not show which rows count");
            if !listed.unread.contains(&text) {
                listed.unread.push(text);
            }
            continue;
        }
        if is_hidden(file) || folders.split('/').any(is_hidden) || object.size == 0 {
            continue;
        }
        let form = form(file).or_else(|| is_one.then_some(Form::Parquet));
        if let Some(form) = form {
            let family = if is_one { String::new() } else { family(file) };
            let folder = if is_one { String::new() } else { table_folder(folders) };
            groups.entry((folder, form, family)).or_default().push(object);
        }
    }
    let lakes = lakes.into_iter().map(|((folder, form), objects)| {
        ((folder.trim_end_matches('/').to_owned(), form, String::new()), objects)
    });
    let all: Vec<_> = lakes.chain(groups).collect();
    for (key, objects) in &all {
        let (folder, form, family) = key.clone();
        let beside: Vec<&Object> = all
            .iter()
            .filter(|(other, _)| other != key && other.1 == form && is_below(&other.0, &folder))
            .flat_map(|(_, objects)| objects)
            .collect();
        let mut group = Group {
            name: String::new(),
            location: String::new(),
            files: None,
            form,
            objects: objects.clone(),
            folder,
            base: base.to_owned(),
            family,
        };
        let is_alone = all.iter().all(|(other, _)| other == key || !is_below(&other.0, &group.folder));
        match group.place(&beside, is_one, is_alone) {
            Ok(()) => listed.groups.push(group),
            Err(text) => listed.unread.push(text),
        }
    }
    listed
}

/// The folder, with `/` at its end, and the form of the table that keeps a record of its files at this path.
fn root(path: &str) -> Option<(String, Form)> {
    if let Some((folder, _)) = path.split_once("_delta_log/") {
        return Some((folder.to_owned(), Form::Delta));
    }
    let (folder, file) = path.rsplit_once('/')?;
    let table = folder.strip_suffix("metadata").filter(|table| table.is_empty() || table.ends_with('/'))?;
    source::is_iceberg_metadata(file).then(|| (table.to_owned(), Form::Iceberg))
}

fn is_below(folder: &str, above: &str) -> bool {
    above.is_empty()
        || folder == above
        || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

fn join(base: &str, path: &str) -> String {
    match (base.trim_end_matches('/'), path.trim_matches('/')) {
        (base, "") => base.to_owned(),
        (base, path) => format!("{base}/{path}"),
    }
}

/// The folders of a table: without those of values and of numbers.
fn table_folder(folders: &str) -> String {
    let is_of_values = |part: &&str| {
        part.contains('=') || part.chars().all(|letter| letter.is_ascii_digit() || letter == '-')
    };
    let parts: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
    let end = parts.iter().position(is_of_values).unwrap_or(parts.len());
    parts[..end].join("/")
}

/// What the name of a file shares with those of the same table: its words without numbers.
fn family(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or(file);
    let has_number = |part: &&str| part.chars().any(|letter| letter.is_ascii_digit());
    let parts = stem
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty() && !has_number(part));
    let parts: Vec<&str> = parts.filter(|part| !["part", "data", "chunk", "file"].contains(part)).collect();
    parts.join("_").to_lowercase()
}

impl Group {
    /// Tells whether two groups of the same columns are one table: their names do not say that they hold other things.
    pub(super) fn may_join(&self, other: &Self) -> bool {
        let first = |family: &str| family.split('_').next().unwrap_or_default().to_owned();
        let is_beside = self.base == other.base && self.folder == other.folder && self.form == other.form;
        is_beside
            && !self.form.is_lakehouse()
            && (first(&self.family) == first(&other.family)
                || holds::table(&self.family).is_none()
                || holds::table(&other.family).is_none())
    }

    /// Adds the objects of another group, which lie beside its own.
    ///
    /// # Errors
    /// As [`Self::place`].
    pub(super) fn join(&mut self, other: &Self, beside: &[&Object]) -> Result<(), String> {
        let shared = self.family.chars().zip(other.family.chars()).take_while(|(one, other)| one == other);
        let shared: String = shared.map(|(letter, _)| letter).collect();
        shared.trim_end_matches('_').clone_into(&mut self.family);
        self.objects.extend(other.objects.iter().cloned());
        self.place(beside, false, false)
    }

    /// The objects of `all` groups that lie below the same folder.
    pub(super) fn beside<'g>(&self, all: impl Iterator<Item = &'g Self>) -> Vec<&'g Object> {
        all.filter(|other| {
            other.base == self.base && other.form == self.form && is_below(&other.folder, &self.folder)
        })
        .flat_map(|other| &other.objects)
        .collect()
    }

    /// Writes location, pattern and name; `beside` are the other objects of this form below the same folder, which is the
    /// table's own where it `is_alone`.
    fn place(&mut self, beside: &[&Object], is_one: bool, is_alone: bool) -> Result<(), String> {
        let folder = join(&self.base, &self.folder);
        (self.location, self.files) = if is_one {
            (self.base.clone(), None)
        } else if let ([object], false, false) = (self.objects.as_slice(), is_alone, self.form.is_lakehouse())
        {
            (join(&self.base, &object.path), None)
        } else if beside.is_empty() || self.form.is_lakehouse() {
            let ending = if self.folder.is_empty() { "" } else { "/" };
            (if self.folder.is_empty() { self.base.clone() } else { folder + ending }, None)
        } else {
            let names: Vec<&str> = self.objects.iter().map(|object| file_name(&object.path)).collect();
            // The next year is of the same table.
            let start = shared_start(&names).trim_end_matches(|letter: char| letter.is_ascii_digit());
            if start.is_empty() || beside.iter().any(|object| file_name(&object.path).starts_with(start)) {
                return Err(format!(
                    "`{folder}` holds files of several tables whose names do not distinguish them: {}",
                    names.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                ));
            }
            (folder + "/", Some(format!("{start}*")))
        };
        let spoken = [
            self.family.as_str(),
            self.folder.rsplit('/').next().unwrap_or_default(),
            self.base.trim_end_matches('/').rsplit('/').next().unwrap_or_default(),
        ];
        let spoken = if beside.is_empty() && (is_alone || self.objects.len() > 1 || !self.folder.is_empty()) {
            [spoken[1], spoken[0], spoken[2]]
        } else {
            spoken
        };
        let name = spoken.into_iter().find(|name| !name.is_empty()).unwrap_or("orders");
        self.name = table_name(name);
        Ok(())
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn shared_start<'n>(names: &[&'n str]) -> &'n str {
    let Some((first, others)) = names.split_first() else {
        return "";
    };
    let ends = first.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let end = ends.take_while(|end| others.iter().all(|other| other.starts_with(&first[..*end]))).last();
    &first[..end.unwrap_or(0)]
}

/// A text as a name of a table: small letters, digits and `_`.
fn table_name(text: &str) -> String {
    let stem = text.split('.').next().unwrap_or(text);
    let words = names::words(stem);
    let name: String =
        words.join("_").chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
    let name = name.trim_matches('_');
    if name.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        format!("table_{name}").trim_end_matches('_').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(base: &str, paths: &[&str]) -> Vec<String> {
        let listed = group(base, paths.iter().map(|path| Object::for_test(path, 9)).collect());
        let text = |group: Group| {
            let files = group.files.map(|files| format!(" {files}")).unwrap_or_default();
            format!("{} {}{files} {}", group.name, group.location, group.objects.len())
        };
        listed.groups.into_iter().map(text).chain(listed.unread).collect()
    }

    #[test]
    fn files_are_sorted_into_tables_by_folders_and_names() {
        assert_eq!(
            found("/shop", &["orders.parquet", "order_details.parquet", "readme.txt"]),
            ["order_details /shop/order_details.parquet 1", "orders /shop/orders.parquet 1"]
        );
        assert_eq!(
            found(
                "s3://b/shop/",
                &["orders/month=01/a-1.parquet", "orders/month=02/a-2.parquet", "Kunden/k.csv.gz"]
            ),
            ["kunden s3://b/shop/Kunden/ 1", "orders s3://b/shop/orders/ 2"]
        );
        assert_eq!(
            found("/x", &["orders_2023.csv", "orders_2024.csv", "customers.csv"]),
            ["customers /x/customers.csv 1", "orders /x/ orders_* 2"]
        );
        assert_eq!(
            found("/data/orders", &["2023/01/part-0.parquet", "2023/02/part-0.parquet"]),
            ["orders /data/orders 2"]
        );
        assert_eq!(found("/data/Sales 2024.csv", &["Sales 2024.csv"]), ["sales_2024 /data/Sales 2024.csv 1"]);
        assert_eq!(
            found("/lake", &["t/_delta_log/0.json", "t/a.parquet", "i/metadata/1.metadata.json", "i/.x"]),
            ["i /lake/i/ 2", "t /lake/t/ 2"]
        );
    }
}
