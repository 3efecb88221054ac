//! Tables that keep a record of their files, found by where it lies: files of such a table stay there after their rows were deleted.

/// A kind of table whose files alone do not show which rows it holds.
struct Lakehouse {
    name: &'static str,
    /// Tells, by the parts of the path, whether an object belongs to the records of such a table.
    is_record: fn(&[&str]) -> bool,
    hint: &'static str,
}

const LAKEHOUSES: [Lakehouse; 3] = [
    Lakehouse {
        name: "Delta Lake",
        is_record: |parts| parts.contains(&"_delta_log"),
        hint: "Write `format: delta`, with the folder that holds `_delta_log` as the location.",
    },
    Lakehouse {
        name: "Iceberg",
        is_record: |parts| match parts {
            [.., "metadata", name] => is_metadata(name) || *name == "version-hint.text",
            _ => false,
        },
        hint: "Write `format: iceberg`, with the folder that holds `metadata` or a metadata file as the location, or a catalogue and its `table`.",
    },
    Lakehouse {
        name: "Hudi",
        is_record: |parts| parts.contains(&".hoodie"),
        hint: "This program does not read Hudi tables: let the engine that keeps the table write its rows as Parquet \
               (CREATE TABLE … AS SELECT), and read that with `format: parquet`.",
    },
];

/// Finds records of a table among the objects that lie in a location or above it: its kind, one record, and what to do.
///
/// Files of such a table stay there after their rows were deleted or replaced; only its records tell which count.
pub(super) fn lakehouse<'p>(
    paths: impl Iterator<Item = &'p str>,
) -> Option<(&'static str, &'p str, &'static str)> {
    paths.into_iter().find_map(|path| {
        let parts: Vec<&str> = path.split('/').collect();
        let kind = LAKEHOUSES.iter().find(|kind| (kind.is_record)(&parts))?;
        Some((kind.name, path, kind.hint))
    })
}

/// Tells whether a file has the name of an Iceberg table's metadata.
#[must_use]
pub fn is_metadata(name: &str) -> bool {
    name.ends_with(".metadata.json") || name.ends_with(".metadata.json.gz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_records_of_a_lakehouse_are_found_wherever_they_lie() {
        let kind = |path: &str| lakehouse([path].into_iter()).map(|(name, _, _)| name);
        for (path, name) in [
            ("_delta_log/00000000000000000000.json", "Delta Lake"),
            ("eu/orders/_delta_log/00000000000000000010.checkpoint.parquet", "Delta Lake"),
            ("metadata/00001-a.metadata.json", "Iceberg"),
            ("orders/metadata/v3.gz.metadata.json", "Iceberg"),
            ("orders/metadata/v3.metadata.json.gz", "Iceberg"),
            ("metadata/version-hint.text", "Iceberg"),
            ("a/.hoodie/hoodie.properties", "Hudi"),
        ] {
            assert_eq!(kind(path), Some(name), "{path}");
        }
        for path in ["metadata/a.json", "delta_log/a.parquet", "a.metadata.json", "hoodie/a"] {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
