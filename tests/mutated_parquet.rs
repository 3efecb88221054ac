//! Damaged Parquet files through the way in which a run reads its sources: nothing escapes but an error with its exit code.
//!
//! Where the hash of a file is known, every change is found. Where it is not, some damage reads like data: how much is
//! counted here and told in `docs/bad-data.md`, where `KARAT_WRITE_DOCS=1 cargo test damaged_files` writes it after a change that
//! is meant. `KARAT_MUTATIONS=100000 cargo test mutated` damages more files.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use karat::config::Config;
use karat::engine::Engine;
use karat::error::{Exit, Failure};
use karat::query::{Header, Query, TableName};
use karat::source;
use karat::table::Table;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use sha2::{Digest as _, Sha256};

use crate::support::bench::{CLONE, start};
use crate::support::block_on;
use crate::support::project::{config, history, sources};

/// Files in `cargo test`; the figures of the documentation are theirs.
const FILES: usize = 2_000;

/// A small history in every codec and encoding that writers use.
fn originals() -> Vec<Vec<u8>> {
    let rows = history(&DataType::Utf8, &DataType::Decimal128(10, 2), &DataType::Date32);
    let plain = |compression: Compression| WriterProperties::builder().set_compression(compression);
    let zstd = ZstdLevel::try_new(1).expect("a level");
    let delta = |column: &str, encoding: Encoding| (ColumnPath::from(column), encoding);
    let deltas = [
        delta("order", Encoding::DELTA_BYTE_ARRAY),
        delta("customer", Encoding::DELTA_LENGTH_BYTE_ARRAY),
        delta("day", Encoding::DELTA_BINARY_PACKED),
    ]
    .into_iter()
    .fold(
        plain(Compression::UNCOMPRESSED).set_dictionary_enabled(false),
        |properties, (column, encoding)| properties.set_column_encoding(column, encoding),
    );
    [
        plain(Compression::UNCOMPRESSED),
        plain(Compression::UNCOMPRESSED).set_dictionary_enabled(false),
        plain(Compression::SNAPPY),
        plain(Compression::SNAPPY).set_writer_version(WriterVersion::PARQUET_2_0),
        plain(Compression::GZIP(parquet::basic::GzipLevel::default())),
        plain(Compression::ZSTD(zstd)).set_max_row_group_row_count(Some(10)),
        plain(Compression::LZ4_RAW).set_statistics_enabled(EnabledStatistics::None),
        plain(Compression::BROTLI(parquet::basic::BrotliLevel::default())),
        deltas.set_writer_version(WriterVersion::PARQUET_2_0),
    ]
    .into_iter()
    .map(|properties| written(&rows, properties.build()))
    .collect()
}

fn written(rows: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties)).expect("a Parquet writer");
    writer.write(rows).expect("rows that fit the schema");
    writer.close().expect("a Parquet file");
    bytes
}

/// Flips a bit, zeroes a block, cuts the end off, or doubles some bytes.
fn damaged(original: &[u8], dice: &mut impl Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let at = dice.random_range(0..bytes.len());
    let end = (at + dice.random_range(1..=64)).min(bytes.len());
    match dice.random_range(0..4_u8) {
        0 => bytes[at] ^= 1 << dice.random_range(0..8_u8),
        1 => bytes[at..end].fill(0),
        2 => bytes.truncate(at),
        _ => {
            let block = bytes[at..end].to_vec();
            bytes.splice(at..at, block);
        }
    }
    bytes
}

fn configured(root: &Path, settings: &str) -> Config {
    let text = config(&[("sources", &sources(&format!("location: data/{settings}")))]);
    karat::config::parse("config.yaml", &text, root, &|_| None)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Everything that is in the rows, in one row.
fn query() -> Query {
    let text = "select count(*) as row_count, sum(net_amount) as amount, count(distinct customer_id) as customers, \
                min(order_id) as first_order, max(order_id) as last_order, min(ordered_at) as first_day, \
                max(ordered_at) as last_day, sum(char_length(order_id)) as letters, count(ordered_at) as days \
                from raw.order_lines";
    Query {
        path: "trial.sql".to_owned(),
        name: TableName::new("results", "trial"),
        header: Header {
            title: "Trial".to_owned(),
            inputs: vec!["raw.order_lines".to_owned()],
            ..Header::default()
        },
        text: text.to_owned(),
        sha256: String::new(),
    }
}

/// Reads the source of a project as a run does.
async fn read(config: &Config, work: &Path) -> Result<Table, Failure> {
    let source = &config.sources["order_lines"];
    let pinned = source::pin("order_lines", source, &config.root, work, false).await?;
    pinned.refuse_excess(config)?;
    let engine: Engine = start(work)?;
    engine.add_source(
        "order_lines",
        &pinned.source_files(),
        Arc::clone(&pinned.schema),
        &pinned.folders(),
    )?;
    let raw =
        source::raw_table(&engine, source::Rows::Files(&pinned), source, &config.project.timezone).await?;
    engine.add_view(&TableName::new("raw", "order_lines"), &raw.sql).await?;
    let query = query();
    engine.run(&query).await?;
    Engine::read_file(&query.name, &engine.file_of(&query.name))
}

/// What became of the files.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    refused: usize,
    same: usize,
    other: usize,
}

#[test]
fn damaged_files_end_in_an_error_and_never_in_a_wrong_total_where_the_hash_is_known() {
    let files = std::env::var("KARAT_MUTATIONS").map_or(FILES, |text| text.parse().expect("a number"));
    let counts = block_on(move || async move {
        let originals = originals();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("data/orders.parquet");
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        let (without, with) =
            (configured(folder.path(), ""), configured(folder.path(), ", manifest: manifest.csv"));
        let mut right = Vec::new();
        for original in &originals {
            std::fs::write(&file, original).expect("a file");
            let table = read(&without, folder.path()).await.unwrap_or_else(|failure| panic!("{failure:?}"));
            right.push(table);
        }
        assert!(right.iter().all(|table| *table == right[0]), "all files hold the same rows");
        let mut dice = Pcg64::seed_from_u64(20_260_101);
        let mut counts = Counts::default();
        for number in 0..files {
            let original = &originals[number % originals.len()];
            let bytes = damaged(original, &mut dice);
            if bytes == *original {
                counts.same += 1;
                continue;
            }
            std::fs::write(&file, &bytes).expect("a file");
            let manifest = format!("path,sha256\norders.parquet,{}\n", hex::encode(Sha256::digest(original)));
            std::fs::write(folder.path().join("data/manifest.csv"), manifest).expect("a file");
            let source = &with.sources["order_lines"];
            let known = source::pin("order_lines", source, &with.root, folder.path(), false).await;
            let failure = known.expect_err("the hash is another");
            assert_eq!(failure.exit, Exit::Input, "file {number}: {failure}");
            match read(&without, folder.path()).await {
                Ok(table) if table == right[0] => counts.same += 1,
                Ok(_) => counts.other += 1,
                // A damaged name or type in a footer is a file of another shape, which the owner is told of.
                Err(failure) => {
                    let is_expected = matches!(failure.exit, Exit::Input | Exit::Refused);
                    assert!(
                        is_expected,
                        "file {number} ends with {:?}: {failure}: {:?}",
                        failure.exit, failure.cause
                    );
                    counts.refused += 1;
                }
            }
        }
        counts
    });
    if files != FILES {
        assert!(counts.other * 5 < files, "{counts:?}");
        return;
    }
    let said = format!(
        "Of {FILES} damaged files without a known hash, {} were refused, {} gave the same figures and {} gave other figures \
         without an error. With a known hash all that differed were refused.",
        counts.refused, counts.same, counts.other
    );
    let _told = writeln!(std::io::stdout(), "{said}");
    let file = Path::new(CLONE).join("docs/bad-data.md");
    let documentation = std::fs::read_to_string(&file).expect("docs/bad-data.md");
    let mut paragraphs: Vec<&str> = documentation.split("\n\n").collect();
    let told = paragraphs
        .iter_mut()
        .find(|paragraph| paragraph.starts_with(&format!("Of {FILES} damaged files")))
        .expect("the paragraph with the figures");
    let joined = told.split_whitespace().collect::<Vec<_>>().join(" ");
    if std::env::var_os("KARAT_WRITE_DOCS").is_some() {
        let wrapped = wrapped(&said);
        *told = &wrapped;
        std::fs::write(file, paragraphs.join("\n\n")).expect("docs/bad-data.md can be written");
        return;
    }
    assert_eq!(joined, said, "`KARAT_WRITE_DOCS=1 cargo test damaged_files` writes the figures anew");
}

/// Breaks a paragraph into lines.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + word.len() < 120 {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}
