//! Sorts the objects of a location: read, or excluded with a reason.

use std::borrow::Cow;

use crate::config::Format;
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
pub(super) struct Endings {
    /// Endings of what is read.
    taken: &'static [&'static str],
    /// Endings, in small letters and without the dot, of what is probably meant.
    alike: &'static [&'static str],
    /// Said of what is probably meant.
    perhaps: &'static str,
    /// Said of everything else.
    other: &'static str,
}

impl Endings {
    /// The endings of a form.
    pub(super) fn of(format: &Format) -> Self {
        match format {
            Format::Parquet | Format::Delta { .. } => Self {
                taken: &[".parquet"],
                alike: &["parquet", "parq"],
                perhaps: "may hold data, but its name does not end in .parquet",
                other: "not a Parquet file by its name",
            },
            Format::Csv { .. } => Self {
                taken: &[".csv", ".tsv"],
                alike: &["csv", "tsv", "txt"],
                perhaps: "may hold data, but its name does not end in .csv or .tsv",
                other: "not a CSV file by its name",
            },
            Format::Json { .. } => Self {
                taken: &[".json", ".jsonl", ".ndjson"],
                alike: &["json", "jsonl", "ndjson"],
                perhaps: "may hold data, but its name does not end in .json, .jsonl or .ndjson",
                other: "not a JSON file by its name",
            },
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
    endings: Endings,
    manifest: Option<&str>,
) -> Result<Listed, String> {
    let is_single = objects.len() == 1;
    let mut read = Vec::new();
    let mut excluded = Vec::new();
    for object in objects {
        if object.path.chars().any(char::is_control) {
            return Err(format!(
                "the name `{}` holds a control character",
                object.path.escape_default()
            ));
        }
        if manifest == Some(object.path.as_str()) {
            excluded.push(Excluded {
                path: object.path,
                reason: "the manifest of the source".into(),
            });
            continue;
        }
        match reason(&object.path, is_single, endings) {
            Some(reason) => excluded.push(Excluded {
                path: object.path,
                reason: reason.into(),
            }),
            None if object.size == 0 => return Err(format!("`{}` is empty (0 bytes)", object.path)),
            None => read.push(object),
        }
    }
    let partitions = shared_folders(&read)?;
    Ok(Listed {
        read,
        excluded,
        partitions,
    })
}

/// The names of the hive folders, which all objects must share.
pub(super) fn shared_folders(objects: &[Object]) -> Result<Vec<String>, String> {
    let mut partitions: Option<Vec<String>> = None;
    for object in objects {
        let keys = hive_keys(&object.path);
        match &partitions {
            None => partitions = Some(keys),
            Some(first) if *first == keys => {}
            Some(first) => {
                return Err(format!(
                    "`{}` lies in folders {keys:?}, other files in {first:?}",
                    object.path
                ));
            }
        }
    }
    Ok(partitions.unwrap_or_default())
}

fn reason(path: &str, is_single: bool, endings: Endings) -> Option<&'static str> {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or(path);
    let is_hidden = |part: &str| part.starts_with('.') || (part.starts_with('_') && !part.contains('='));
    if is_hidden(name) || parts.any(is_hidden) {
        Some("hidden or temporary")
    } else if is_single || endings.taken.iter().any(|ending| name.ends_with(ending)) {
        None
    } else if extension(name).is_none_or(|ending| endings.alike.contains(&ending.as_str())) {
        Some(endings.perhaps)
    } else {
        Some(endings.other)
    }
}

/// What stands after the last dot, in lower case.
fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase())
}

/// Names of the folders `name=value`, outermost first.
fn hive_keys(path: &str) -> Vec<String> {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders
        .split('/')
        .filter_map(|part| part.split_once('=').map(|(key, _)| key.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths read, paths excluded with their reasons, hive folder names.
    type Sorted = (Vec<String>, Vec<String>, Vec<String>);

    fn sorted(paths: &[&str]) -> Result<Sorted, String> {
        let objects = paths.iter().map(|path| Object::for_test(path, 10)).collect();
        let listed = sort_out(objects, Endings::of(&Format::Parquet), None)?;
        Ok((
            listed.read.into_iter().map(|object| object.path).collect(),
            listed
                .excluded
                .into_iter()
                .map(|object| format!("{} {}", object.path, object.reason))
                .collect(),
            listed.partitions,
        ))
    }

    #[test]
    fn reads_parquet_files_and_gives_a_reason_for_every_other() {
        let (read, excluded, _) = sorted(&[
            "a.parquet",
            "_SUCCESS",
            "_temporary/b.parquet",
            ".c.parquet",
            "d.PARQUET",
            "e.csv",
        ])
        .expect("nothing contradicts itself");
        assert_eq!(read, ["a.parquet"]);
        assert_eq!(excluded.len(), 5);
        assert!(
            excluded
                .iter()
                .any(|line| line.starts_with("d.PARQUET may hold data"))
        );
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
            let said = sort_out(
                vec![Object::for_test(name, 10)],
                Endings::of(&Format::Parquet),
                None,
            )
            .expect_err(name);
            assert!(!said.chars().any(char::is_control), "{said:?}");
        }
    }

    #[test]
    fn an_empty_file_is_an_error_and_never_skipped() {
        let empty = vec![Object::for_test("a.parquet", 0)];
        assert!(sort_out(empty, Endings::of(&Format::Parquet), None).is_err());
    }
}
