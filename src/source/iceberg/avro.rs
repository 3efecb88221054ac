//! Avro as Iceberg writes its lists of files: a container of records, each of which becomes JSON.
//!
//! Numbers, flags and texts are given; bytes, lists and maps are passed over and become null: nobody asks for those of a list of files.
//! The whole is short because the files are; the library for it brings a second decompressor, and every crate above it is built anew.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::DeflateDecoder;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Kinds within kinds, more than which no writer has.
const DEEPEST: usize = 64;

/// Reads all records of a container.
///
/// # Errors
/// Returns what is wrong with it.
pub(super) fn records<T: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<T>, String> {
    const CUT: &str = "it is damaged or cut short";
    let mut from = Input(bytes);
    if from.take(4) != Some(b"Obj\x01") {
        return Err("it is no Avro file".to_owned());
    }
    let mut header = BTreeMap::new();
    from.blocks(|from| {
        let key = from.bytes()?;
        header.insert(key, from.bytes()?);
        Some(())
    })
    .ok_or(CUT)?;
    let sync = from.take(16).ok_or(CUT)?;
    let schema: Value = serde_json::from_slice(header.get(&b"avro.schema"[..]).copied().unwrap_or_default())
        .map_err(|error| format!("its schema cannot be read: {error}"))?;
    let mut named = BTreeMap::new();
    name(&schema, &mut named);
    let codec = header.get(&b"avro.codec"[..]).copied().unwrap_or(b"null");
    let mut records = Vec::new();
    while !from.0.is_empty() {
        let count = from.long().ok_or(CUT)?;
        let packed = from.bytes().ok_or(CUT)?;
        if from.take(16) != Some(sync) {
            return Err(CUT.to_owned());
        }
        let block = unpacked(codec, packed)?;
        let mut from = Input(&block);
        let count = usize::try_from(count).ok().filter(|count| *count <= block.len()).ok_or(CUT)?;
        for _ in 0..count {
            let record = from.value(&schema, &named, DEEPEST).ok_or(CUT)?;
            let record = serde_json::from_value(record);
            records.push(record.map_err(|error| format!("a record cannot be read: {error}"))?);
        }
    }
    Ok(records)
}

fn unpacked(codec: &[u8], packed: &[u8]) -> Result<Vec<u8>, String> {
    let reader: Box<dyn Read + '_> = match codec {
        b"null" => Box::new(packed),
        b"deflate" => Box::new(DeflateDecoder::new(packed)),
        b"zstandard" => {
            Box::new(zstd::stream::read::Decoder::new(packed).map_err(|error| error.to_string())?)
        }
        other => return Err(format!("its codec {} is not read", other.escape_ascii())),
    };
    super::read_all(reader)
}

/// Collects the kinds that have names, by which others may call them.
fn name<'s>(schema: &'s Value, named: &mut BTreeMap<String, &'s Value>) {
    match schema {
        Value::Array(branches) => branches.iter().for_each(|branch| name(branch, named)),
        Value::Object(kind) => {
            let text = |key: &str| kind.get(key).and_then(Value::as_str);
            if let (Some(called), Some("record" | "fixed" | "enum")) = (text("name"), text("type")) {
                if let Some(space) = text("namespace") {
                    named.insert(format!("{space}.{called}"), schema);
                }
                named.insert(called.to_owned(), schema);
            }
            for key in ["type", "items", "values"] {
                kind.get(key).into_iter().for_each(|inner| name(inner, named));
            }
            let fields = kind.get("fields").and_then(Value::as_array);
            fields.into_iter().flatten().for_each(|field| {
                field.get("type").into_iter().for_each(|inner| name(inner, named));
            });
        }
        _ => {}
    }
}

/// What is left to read.
struct Input<'b>(&'b [u8]);

impl<'b> Input<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A whole number, seven bits in each byte, the sign last.
    fn long(&mut self) -> Option<i64> {
        let mut bits = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            bits |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let half = i64::try_from(bits >> 1).ok()?;
                return Some(if bits & 1 == 0 { half } else { !half });
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.long()?).ok()?;
        self.take(length)
    }

    /// The items of a list or a map, in blocks; each takes a byte at least.
    fn blocks(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        loop {
            let count = self.long()?;
            if count < 0 {
                self.long()?;
            }
            let count = usize::try_from(count.unsigned_abs()).ok()?;
            if count == 0 {
                return Some(());
            }
            if count > self.0.len() {
                return None;
            }
            for _ in 0..count {
                item(self)?;
            }
        }
    }

    fn value(&mut self, kind: &Value, named: &BTreeMap<String, &Value>, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let kind = match kind {
            Value::Array(branches) => {
                let branch = usize::try_from(self.long()?).ok()?;
                return self.value(branches.get(branch)?, named, depth);
            }
            Value::String(word) => return self.simple(word, named, depth),
            Value::Object(kind) => kind,
            _ => return None,
        };
        match kind.get("type")? {
            Value::String(word) if word == "record" => {
                let mut record = Map::new();
                for field in kind.get("fields")?.as_array()? {
                    let value = self.value(field.get("type")?, named, depth)?;
                    record.insert(field.get("name")?.as_str()?.to_owned(), value);
                }
                Some(Value::Object(record))
            }
            Value::String(word) if word == "array" || word == "map" => {
                let item = kind.get(if word == "array" { "items" } else { "values" })?;
                self.blocks(|from| {
                    if word == "map" {
                        from.bytes()?;
                    }
                    from.value(item, named, depth).map(drop)
                })?;
                Some(Value::Null)
            }
            Value::String(word) if word == "fixed" => {
                self.take(usize::try_from(kind.get("size")?.as_u64()?).ok()?)?;
                Some(Value::Null)
            }
            Value::String(word) if word == "enum" => {
                let place = usize::try_from(self.long()?).ok()?;
                kind.get("symbols")?.get(place).cloned()
            }
            inner => self.value(inner, named, depth),
        }
    }

    fn simple(&mut self, word: &str, named: &BTreeMap<String, &Value>, depth: usize) -> Option<Value> {
        match word {
            "null" => Some(Value::Null),
            "boolean" => Some((*self.take(1)?.first()? != 0).into()),
            "int" | "long" => Some(self.long()?.into()),
            "float" => self.take(4).map(|_| Value::Null),
            "double" => self.take(8).map(|_| Value::Null),
            "bytes" => self.bytes().map(|_| Value::Null),
            "string" => Some(std::str::from_utf8(self.bytes()?).ok()?.into()),
            other => self.value(named.get(other)?, named, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_list_that_is_cut_or_changed_anywhere_is_an_error_and_no_other_list() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/iceberg/deletes/metadata");
        for name in ["vector-list.avro", "equality-m0.avro"] {
            let whole = std::fs::read(folder.join(name)).expect("a list");
            let records: Vec<Value> = records(&whole).expect("a list");
            assert!(records.len() == 2 || records[0]["data_file"]["content"] == 2, "{records:?}");
            for end in 0..whole.len() {
                let cut = super::records::<Value>(&whole[..end]);
                // The header alone is a list of nothing.
                assert!(cut.is_err() || cut.is_ok_and(|records| records.is_empty()), "{name} cut at {end}");
                for bit in [1, 0x80] {
                    let mut changed = whole.clone();
                    changed[end] ^= bit;
                    // It ends, one way or the other.
                    let _told = super::records::<Value>(&changed);
                }
            }
        }
    }
}
