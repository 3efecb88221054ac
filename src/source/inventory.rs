//! Sorts the objects of a location: read, or excluded with a reason.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::config::Format;
use crate::files::matches;
use crate::store::Object;

/// An object that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Path below the location.
    pub path: String,
    /// Why.
    pub reason: Cow<'static, str>,
}

/// How the names of files tell whether they are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'n> {
    /// The names of what is read, as the configuration says; by its ending when it does not.
    asked: Option<&'n str>,
    /// Endings of what is read.
    taken: &'static [&'static str],
    /// Parts between dots, in small letters, of the names of what is probably meant.
    alike: &'static [&'static str],
    /// Said of what is probably meant.
    perhaps: &'static str,
    /// Said of everything else.
    other: &'static str,
}

/// Endings of names under which writers put packed files of any form.
const PACKED: [&str; 7] = ["gz", "gzip", "snappy", "zst", "zstd", "lz4", "bz2"];

impl<'n> Names<'n> {
    /// The names of a form, or those that are asked for.
    pub(super) fn of(format: &Format, asked: Option<&'n str>) -> Self {
        match format {
            Format::Parquet | Format::Delta { .. } | Format::Iceberg { .. } => Self {
                asked,
                taken: &[".parquet"],
                alike: &["parquet", "parq", "pq", "par"],
                perhaps: "may hold data, but its name does not end in .parquet; `files` names what is read",
                other: "not a Parquet file by its name",
            },
            Format::Csv { .. } => Self {
                asked,
                taken: &[".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zst", ".tsv.zst"],
                alike: &["csv", "tsv", "tab", "txt"],
                perhaps: "may hold data, but its name does not end in .csv or .tsv, nor in .gz or .zst after that; `files` names what is read",
                other: "not a CSV file by its name",
            },
            Format::Json { .. } => Self {
                asked,
                taken: &[
                    ".json",
                    ".jsonl",
                    ".ndjson",
                    ".json.gz",
                    ".jsonl.gz",
                    ".ndjson.gz",
                    ".json.zst",
                    ".jsonl.zst",
                    ".ndjson.zst",
                ],
                alike: &["json", "jsonl", "ndjson"],
                perhaps: "may hold data, but its name does not end in .json, .jsonl or .ndjson, nor in .gz or .zst after that; `files` names what is read",
                other: "not a JSON file by its name",
            },
        }
    }

    fn are_read(&self, name: &str) -> bool {
        match self.asked {
            Some(pattern) => matches(pattern, name),
            None => self.taken.iter().any(|ending| name.ends_with(ending)),
        }
    }

    fn reason(&self, name: &str) -> &'static str {
        let small = name.to_lowercase();
        let mut parts = small.split('.').skip(1).peekable();
        let has_no_ending = parts.peek().is_none();
        let looks_alike = |part: &str| self.alike.contains(&part) || PACKED.contains(&part);
        if self.asked.is_some() {
            "not among the names that `files` asks for"
        } else if has_no_ending || parts.any(looks_alike) {
            self.perhaps
        } else {
            self.other
        }
    }
}

/// The objects of a location.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) read: Vec<Object>,
    pub(super) excluded: Vec<Excluded>,
    pub(super) partitions: Vec<String>,
}

/// What is said of an object that looks as if it should be read.
pub(super) const MAY_HOLD_DATA: &str = "may hold data";

/// Sorts out what is read; `manifest` is the object that describes the others.
///
/// # Errors
/// Returns what contradicts itself: an empty Parquet file, files whose hive folders differ, or a name that would not
/// be the same in a message, a log and a report.
pub(super) fn sort_out(
    objects: Vec<Object>,
    names: Names<'_>,
    manifest: Option<&str>,
) -> Result<Listed, String> {
    let is_single = objects.len() == 1;
    let mut read = Vec::new();
    let mut excluded = Vec::new();
    for object in objects {
        if object.path.chars().any(char::is_control) {
            return Err(format!("the name `{}` holds a control character", object.path.escape_default()));
        }
        if manifest == Some(object.path.as_str()) {
            excluded.push(Excluded { path: object.path, reason: "the manifest of the source".into() });
            continue;
        }
        match reason(&object.path, is_single, names) {
            Some(reason) => excluded.push(Excluded { path: object.path, reason: reason.into() }),
            None if object.size == 0 => return Err(format!("`{}` is empty (0 bytes)", object.path)),
            None => read.push(object),
        }
    }
    let partitions = shared_folders(&read)?;
    Ok(Listed { read, excluded, partitions })
}

/// The names of the hive folders whose values are columns: none of an Iceberg table, whose files hold all of them.
pub(super) fn folders(format: &Format, objects: &[Object]) -> Result<Vec<String>, String> {
    if matches!(format, Format::Iceberg { .. }) { Ok(Vec::new()) } else { shared_folders(objects) }
}

/// The names of the hive folders, which all objects must share.
pub(super) fn shared_folders(objects: &[Object]) -> Result<Vec<String>, String> {
    let mut partitions: Option<Vec<String>> = None;
    for object in objects {
        let keys: Vec<String> = hive_folders(&object.path)?.into_iter().map(|(key, _)| key).collect();
        if let Some(twice) = keys.iter().enumerate().find(|(at, key)| keys[..*at].contains(key)) {
            return Err(format!("`{}` lies in two folders `{}=`", object.path, twice.1));
        }
        if keys.iter().any(|key| key.chars().any(char::is_control)) {
            return Err(format!("a folder of `{}` names a control character", object.path));
        }
        match &partitions {
            None => partitions = Some(keys),
            Some(first) if *first == keys => {}
            Some(first) => {
                let listed = |keys: &[String]| match keys {
                    [] => "no folder with a value".to_owned(),
                    _ => format!("`{}=`", keys.join("=/")),
                };
                return Err(format!(
                    "`{}` lies in {}, other files in {}",
                    object.path,
                    listed(&keys),
                    listed(first)
                ));
            }
        }
    }
    Ok(partitions.unwrap_or_default())
}

fn reason(path: &str, is_single: bool, names: Names<'_>) -> Option<&'static str> {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or(path);
    let is_hidden = |part: &str| part.starts_with('.') || (part.starts_with('_') && !part.contains('='));
    if is_hidden(name) || parts.any(is_hidden) {
        Some("hidden or temporary")
    } else if names.are_read(name) || (is_single && names.asked.is_none()) {
        None
    } else {
        Some(names.reason(name))
    }
}

/// Names and values of the folders `name=value`, outermost first; `%2F` and its like stand for what writers escape.
///
/// # Errors
/// Returns what is wrong when the escaped bytes are no text.
pub(super) fn hive_folders(path: &str) -> Result<Vec<(String, String)>, String> {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let text = |part: &str| {
        let decoded = percent_decode_str(part).decode_utf8();
        decoded.map(Cow::into_owned)
    };
    folders
        .split('/')
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| Ok((text(key)?, text(value)?)))
        .collect::<Result<_, std::str::Utf8Error>>()
        .map_err(|_| format!("a folder of `{path}` is no UTF-8 text once its % signs are resolved"))
}

/// How Hive, Spark and most other writers name the folder of rows whose value is NULL.
pub(super) const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// A path for readers of a report, to whom the word that writers have for NULL says nothing; the record keeps the path.
#[must_use]
pub fn shown_path(path: &str) -> String {
    path.replace(&format!("={HIVE_NULL}/"), "=NULL/")
}

/// The values that the hive folders of an object give; NULL is written in several ways, in a Delta Lake table in one.
///
/// # Errors
/// As [`hive_folders`].
pub(super) fn hive_values(path: &str, format: &Format) -> Result<Vec<Option<String>>, String> {
    let nulls: &[&str] = match format {
        Format::Iceberg { .. } => return Ok(Vec::new()),
        Format::Delta { .. } => &[HIVE_NULL],
        _ => &[HIVE_NULL, "\\N", "null", "NULL"],
    };
    let folders = hive_folders(path)?.into_iter();
    Ok(folders.map(|(_, value)| (!nulls.contains(&value.as_str())).then_some(value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths read, paths excluded with their reasons, hive folder names.
    type Sorted = (Vec<String>, Vec<String>, Vec<String>);

    fn sorted(paths: &[&str]) -> Result<Sorted, String> {
        let objects = paths.iter().map(|path| Object::for_test(path, 10)).collect();
        let listed = sort_out(objects, Names::of(&Format::Parquet, None), None)?;
        Ok((
            listed.read.into_iter().map(|object| object.path).collect(),
            listed.excluded.into_iter().map(|object| format!("{} {}", object.path, object.reason)).collect(),
            listed.partitions,
        ))
    }

    #[test]
    fn reads_parquet_files_and_gives_a_reason_for_every_other() {
        let (read, excluded, _) =
            sorted(&["a.parquet", "_SUCCESS", "_temporary/b.parquet", ".c.parquet", "d.PARQUET", "e.csv"])
                .expect("nothing contradicts itself");
        assert_eq!(read, ["a.parquet"]);
        assert_eq!(excluded.len(), 5);
        assert!(excluded.iter().any(|line| line.starts_with("d.PARQUET may hold data")));
    }

    #[test]
    fn takes_the_names_of_hive_folders() {
        let (_, _, partitions) = sorted(&["year=2025/month=01/a.parquet", "year=2025/month=02/a.parquet"])
            .expect("the folders agree");
        assert_eq!(partitions, ["year", "month"]);
        assert!(sorted(&["year=2025/a.parquet", "b.parquet"]).is_err());
    }

    #[test]
    fn a_control_character_in_a_name_is_refused_and_shown_harmless() {
        for name in ["a\nb.parquet", "\u{1b}[2J.parquet", "x\u{85}/a.parquet", "_\r"] {
            let said = sort_out(vec![Object::for_test(name, 10)], Names::of(&Format::Parquet, None), None)
                .expect_err(name);
            assert!(!said.chars().any(char::is_control), "{said:?}");
        }
    }

    #[test]
    fn what_other_writers_call_parquet_may_hold_data_and_is_read_when_asked_for() {
        let names = [
            "a.parquet",
            "b.pq",
            "c.parquet.snappy",
            "d.parquet.gz",
            "000000_0",
            "20240101_0_abc.c000.snappy",
            "e.txt",
        ];
        let (read, excluded, _) = sorted(&names).expect("nothing contradicts itself");
        assert_eq!(read, ["a.parquet"]);
        let perhaps = excluded.iter().filter(|line| line.contains(" may hold data"));
        assert_eq!(perhaps.count(), 5, "{excluded:?}");
        let read = |pattern: &str| {
            let objects = names.iter().map(|path| Object::for_test(path, 10)).collect();
            let listed = sort_out(objects, Names::of(&Format::Parquet, Some(pattern)), None);
            let read = listed.expect("nothing contradicts itself").read;
            read.into_iter().map(|object| object.path).collect::<Vec<_>>()
        };
        assert_eq!(read("*"), names);
        assert_eq!(read("*.parquet*"), ["a.parquet", "c.parquet.snappy", "d.parquet.gz"]);
        assert_eq!(read("??????_?"), ["000000_0"]);
    }

    #[test]
    fn the_values_of_folders_are_what_their_writers_meant() {
        let one = |folder: &str, format: &Format| {
            let values = hive_values(&format!("{folder}/a.parquet"), format);
            values.map(|mut values| values.pop().expect("one folder"))
        };
        let text = |value: &str| Ok(Some(value.to_owned()));
        let parquet = Format::Parquet;
        assert_eq!(one("region=A%2FB", &parquet), text("A/B"));
        assert_eq!(one("region=100%", &parquet), text("100%"));
        assert_eq!(one("region=100%25", &parquet), text("100%"));
        assert_eq!(one("region=q=r", &parquet), text("q=r"));
        assert_eq!(one("region=S%C3%A3o Paulo", &parquet), text("São Paulo"));
        assert_eq!(one("region=", &parquet), text(""));
        assert!(one("region=S%E3o", &parquet).is_err());
        for null in ["__HIVE_DEFAULT_PARTITION__", "\\N", "%5CN", "null", "NULL"] {
            assert_eq!(one(&format!("region={null}"), &parquet), Ok(None), "{null}");
        }
        assert_eq!(one("region=Null", &parquet), text("Null"));
        assert_eq!(one("region=null", &Format::Delta { version: None }), text("null"));
        assert!(sorted(&["a=1/a=2/x.parquet"]).is_err());
    }

    #[test]
    fn an_empty_file_is_an_error_and_never_skipped() {
        let empty = vec![Object::for_test("a.parquet", 0)];
        assert!(sort_out(empty, Names::of(&Format::Parquet, None), None).is_err());
    }
}
