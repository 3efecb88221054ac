//! Files: empty, damaged, hostile, foreign, missing, doubled, oddly named.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use arrow::array::{ArrayRef, Int64Array};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use sha2::{Digest as _, Sha256};

use super::super::support::crafted::{self, Codec, Page};
use super::super::support::project::{Project, batch, config, plain, sources, trial};
use super::{input, plain_bytes, trial_with};

/// A project whose only file is this.
fn only(bytes: &[u8]) -> Project {
    let project = trial(&[]);
    project.file("data/orders.parquet", bytes);
    project
}

/// The bytes of a good file with this footer in place of its own.
fn with_footer(footer: &[u8], claimed: u32) -> Vec<u8> {
    [b"PAR1", footer, &claimed.to_le_bytes(), b"PAR1"].concat()
}

/// Writes numbers in one row group.
fn write_numbers(file: &Path, numbers: Vec<i64>, compression: Compression) {
    let rows = numbers.len();
    let column: ArrayRef = Arc::new(Int64Array::from(numbers));
    let batch = batch(vec![("number", column)]);
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(rows))
        .build();
    let output = File::create(file).expect("a file in the temporary folder");
    let mut writer =
        ArrowWriter::try_new(output, batch.schema(), Some(properties)).expect("a Parquet writer");
    writer.write(&batch).expect("rows that fit the schema");
    writer.close().expect("a Parquet file");
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn i01_zero_byte_file() {
    let project = trial(&[]);
    project.file("data/empty.parquet", b"");
    input("I01", "a file of zero bytes", &project).is_refused(4, &["`empty.parquet` is empty (0 bytes)"]);
}

#[test]
fn i02_truncated_footer_or_bad_magic() {
    let bytes = plain_bytes();
    input("I02", "a file that is cut in half", &only(&bytes[..bytes.len() / 2]))
        .is_refused(4, &["orders.parquet` is no readable Parquet file"]);
    let mut other = bytes.clone();
    let end = other.len();
    other[end - 4..].copy_from_slice(b"PAR9");
    input("I02", "a file whose last four bytes are not those of Parquet", &only(&other))
        .is_refused(4, &["orders.parquet` is no readable Parquet file"]);
}

#[test]
fn i03_footer_that_claims_what_is_not_there() {
    let bytes = plain_bytes();
    let mut longer = bytes.clone();
    let end = longer.len();
    longer[end - 8..end - 4].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    input("I03", "a footer that claims to be longer than its file", &only(&longer))
        .is_refused(4, &["its footer claims 2147483647 bytes"]);
    // Version, a schema of one column, rows, then a list of row groups of 2,147,483,647.
    let bomb = [
        0x15, 0x02, 0x19, 0x1c, 0x48, 0x01, b'a', 0x00, 0x16, 0x02, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07,
    ];
    input("I03", "a footer that claims two thousand million row groups", &only(&with_footer(&bomb, 17)))
        .is_refused(4, &["claims a list of 2147483647 values"]);
}

#[test]
fn i04_flipped_bit_in_a_data_page() {
    let mut bytes = plain_bytes();
    let project = trial_with("manifest: manifest.csv");
    project.file("data/manifest.csv", format!("path,sha256\norders.parquet,{}\n", sha256(&bytes)).as_bytes());
    // The first page begins behind the four bytes of the mark.
    bytes[40] ^= 1;
    project.file("data/orders.parquet", &bytes);
    input("I04", "one bit of a file with a manifest is flipped", &project)
        .is_refused(4, &["the SHA-256 of `orders.parquet` is another"]);
}

#[test]
fn i05_decompression_bomb() {
    let project = Project::new(&config(&[]));
    let level = ZstdLevel::try_new(3).expect("a level");
    write_numbers(&project.path("data/bomb.parquet"), vec![0; 10_000_000], Compression::ZSTD(level));
    input("I05", "a file that unpacks to more than a thousand times its size", &project)
        .is_refused(4, &["`bomb.parquet` unpacks from", "checks.max_unpacked_ratio"]);
}

/// A codec, and 256 MiB of zeros (of Brotli 32) in it.
fn bombs() -> Vec<(Codec, Vec<u8>)> {
    let zeros = vec![0; 1 << 20];
    // What is packed once more is repeated: a page may hold several members, frames or blocks.
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    member.write_all(&zeros).expect("a vector takes all");
    let member = member.finish().expect("a vector takes all");
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
    (0..32).for_each(|_| brotli.write_all(&zeros).expect("a vector takes all"));
    let mut frame = lz4_flex::frame::FrameEncoder::new(Vec::new());
    (0..256).for_each(|_| frame.write_all(&zeros).expect("a vector takes all"));
    let frame = frame.finish().expect("a vector takes all");
    let zstd = zstd::bulk::compress(&zeros, 1).expect("zeros can be packed");
    let raw = lz4_flex::block::compress(&vec![0; 1 << 28]);
    let snappy = snap::raw::Encoder::new().compress_vec(&vec![0; 1 << 28]);
    vec![
        (Codec::Gzip, member.repeat(256)),
        (Codec::Brotli, brotli.into_inner()),
        (Codec::Lz4, frame),
        (Codec::Zstd, zstd.repeat(256)),
        (Codec::Lz4Raw, raw),
        (Codec::Snappy, snappy.expect("zeros can be packed")),
    ]
}

/// Refused, with no more memory than a good file takes and 64 MiB.
#[track_caller]
fn is_refused_in_little_memory(name: &'static str, file: &[u8], words: &[&str]) {
    static USUAL: OnceLock<u64> = OnceLock::new();
    let usual = *USUAL.get_or_init(|| {
        let good = crafted::file(Codec::Uncompressed, &[Page::of(crafted::amounts(), 192)], 192 + 20);
        let (outcome, peak) = only(&good).karat_measured(&["run"]);
        outcome.exits(0);
        peak
    });
    let project = only(file);
    let (_, peak) = project.karat_measured(&["run"]);
    let _told = writeln!(std::io::stdout(), "{name}: {} MiB of {} MiB", peak >> 20, usual >> 20);
    assert!(usual > 1 << 20 && peak > 1 << 20, "nothing was measured");
    assert!(peak < usual + (64 << 20), "{name}: {peak} bytes of memory, usual are {usual}");
    input("I05", name, &project).is_refused(4, words);
}

#[test]
fn i05_page_that_claims_two_gigabytes() {
    let most = 0x7fff_ffff;
    for (codec, name, words) in [
        (Codec::Uncompressed, "a page that is not packed and claims 2 GiB", "unpacks from"),
        (Codec::Gzip, "a page of gzip that claims 2 GiB", "unpacks from"),
        (Codec::Brotli, "a page of Brotli that claims 2 GiB", "unpacks from"),
        (Codec::Lz4, "a page of LZ4 that claims 2 GiB", "unpacks from"),
        (Codec::Zstd, "a page of Zstandard that claims 2 GiB", "unpacks from"),
        (Codec::Lz4Raw, "a page of raw LZ4 that claims 2 GiB", "cannot hold so much"),
        (Codec::Snappy, "a page of Snappy that claims 2 GiB", "cannot hold so much"),
    ] {
        let body = match codec {
            Codec::Gzip => {
                let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                member.write_all(&crafted::amounts()).expect("a vector takes all");
                member.finish().expect("a vector takes all")
            }
            Codec::Brotli => {
                let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
                brotli.write_all(&crafted::amounts()).expect("a vector takes all");
                brotli.into_inner()
            }
            _ => crafted::amounts(),
        };
        let file = crafted::file(codec, &[Page::of(body, most)], 212);
        is_refused_in_little_memory(name, &file, &[words]);
    }
}

#[test]
fn i05_page_that_holds_more_than_it_claims() {
    for (codec, body) in bombs() {
        let (name, words) = match codec {
            Codec::Gzip => ("a page of gzip that claims 192 bytes and holds 256 MiB", "and holds more"),
            Codec::Brotli => ("a page of Brotli that claims 192 bytes and holds 32 MiB", "and holds more"),
            Codec::Lz4 => ("a page of LZ4 frames that claims 192 bytes and holds 256 MiB", "and holds more"),
            Codec::Zstd => {
                ("a page of Zstandard that claims 192 bytes and holds 256 MiB", "data/orders.parquet`")
            }
            Codec::Lz4Raw => {
                ("a page of raw LZ4 that claims 192 bytes and holds 256 MiB", "data/orders.parquet`")
            }
            Codec::Snappy => {
                ("a page of Snappy that claims 192 bytes and holds 256 MiB", "data/orders.parquet`")
            }
            Codec::Uncompressed => unreachable!("nothing is packed"),
        };
        let file = crafted::file(codec, &[Page::of(body, 192)], 212);
        is_refused_in_little_memory(name, &file, &[words]);
    }
}

#[test]
fn i05_footer_that_hides_what_its_pages_are() {
    let packed = zstd::bulk::compress(&vec![0; 1 << 20], 1).expect("zeros can be packed");
    let pages: Vec<Page> = (0..256).map(|_| Page::of(packed.clone(), 1 << 20)).collect();
    is_refused_in_little_memory(
        "256 pages of 1 MiB each, of which the footer says 212 bytes",
        &crafted::file(Codec::Zstd, &pages, 212),
        &["unpacks from"],
    );
}

#[test]
fn i05_dictionary_that_claims_more_values_than_bytes() {
    let dictionary = Page { body: crafted::amounts(), claims: 192, values: 0x7fff_ffff, is_dictionary: true };
    is_refused_in_little_memory(
        "a dictionary of 192 bytes that claims two thousand million values",
        &crafted::file(Codec::Uncompressed, &[dictionary, Page::of(crafted::amounts(), 192)], 424),
        &["claims 2147483647 values in 192 bytes"],
    );
}

#[test]
fn i06_pages_larger_than_the_memory() {
    let project = Project::new(&config(&[("engine", "{memory: 64MiB}")]));
    let page = |seed: u64| {
        let mut dice = Pcg64::seed_from_u64(seed);
        // A third is chance, the rest is zeros: 30 MB, packed to some 10.
        let body: Vec<u8> =
            (0..30_000_000_u32).map(|at| if at % 96 < 32 { dice.random() } else { 0 }).collect();
        body
    };
    let body = [page(1), page(2), page(3)].concat();
    let packed = zstd::bulk::compress(&body, 1).expect("it can be packed");
    let file = crafted::file(Codec::Zstd, &[Page::of(packed, 90_000_000)], 90_000_020);
    project.file("data/orders.parquet", &file);
    input("I06", "a page that unpacks to more than the memory of the engine", &project)
        .is_refused(5, &["the pages of `orders.parquet`", "smaller pages"]);
}

#[test]
fn i06_row_group_larger_than_the_memory() {
    let project = Project::new(&config(&[("engine", "{memory: 64MiB}")]));
    let mut dice = Pcg64::seed_from_u64(6);
    let numbers = (0..9_000_000).map(|_| dice.random()).collect();
    write_numbers(&project.path("data/large.parquet"), numbers, Compression::UNCOMPRESSED);
    input("I06", "a row group that is larger than the memory of the engine", &project)
        .is_refused(5, &["a row group of `large.parquet`", "smaller row groups"]);
}

/// `KARAT_MANY_FILES=100000 cargo test i07` takes as many, and runs to the end.
#[test]
fn i07_many_tiny_files() {
    let project = Project::new(&config(&[]));
    let files: u32 =
        std::env::var("KARAT_MANY_FILES").ok().map_or(1_000, |text| text.parse().expect("a number"));
    for number in 0..files {
        project.file(&format!("data/{number:06}.parquet"), &crafted::part(number));
    }
    if files == 1_000 {
        input("I07", "a thousand tiny files", &project)
            .is_read("read, noted", &["1000 files of", "24000 rows"]);
        return;
    }
    for verb in ["check", "run"] {
        let started = Instant::now();
        let (outcome, peak) = project.karat_measured(&[verb]);
        let outcome = outcome.exits(0);
        let _told = writeln!(
            std::io::stdout(),
            "{verb}, {files} files: {:.0} s, {} MiB",
            started.elapsed().as_secs_f64(),
            peak >> 20
        );
        if verb == "check" {
            outcome.gives(&format!("{} rows", files * 24));
        }
    }
    let customers = project.line("results.tier_profitability", "tier", "total");
    assert_eq!(customers["customers"], files.min(5_000).to_string());
}

#[test]
fn i08_encrypted_file_or_unknown_codec() {
    let mut bytes = plain_bytes();
    let end = bytes.len();
    bytes[..4].copy_from_slice(b"PARE");
    bytes[end - 4..].copy_from_slice(b"PARE");
    input("I08", "an encrypted file", &only(&bytes))
        .is_refused(4, &["orders.parquet` is no readable Parquet file"]);
    let mut bytes = plain_bytes();
    // The name of the column, its codec (0: none), and the field after it; 3 is LZO.
    let mark = b"amount\x15\x00\x16";
    let at = bytes.windows(mark.len()).position(|window| window == mark).expect("the column in the footer");
    bytes[at + 7] = 6;
    input("I08", "a codec that no reader has (LZO)", &only(&bytes)).is_refused(4, &["LZO"]);
}

#[test]
fn i09_file_of_another_format() {
    input(
        "I09",
        "a CSV file that is named .parquet",
        &only(b"order,customer,day,amount\n1,1,2024-02-01,10\n"),
    )
    .is_refused(4, &["orders.parquet` is no readable Parquet file"]);
}

#[test]
fn i10_files_of_other_programs() {
    let project = trial(&[]);
    std::fs::create_dir(project.path("data/_temporary")).expect("a folder");
    for name in ["_SUCCESS", "_temporary/part.parquet", ".orders.parquet.crc", "part.tmp", ".hidden.parquet"]
    {
        project.file(&format!("data/{name}"), b"x");
    }
    input("I10", "_SUCCESS, _temporary/, .crc, .tmp and hidden files", &project).is_read(
        "read, listed as excluded",
        &[
            "1 files read, 5 excluded",
            "excluded: _SUCCESS (hidden or temporary)",
            "excluded: _temporary/part.parquet (hidden or temporary)",
            "excluded: .orders.parquet.crc (hidden or temporary)",
            "excluded: .hidden.parquet (hidden or temporary)",
            "excluded: part.tmp (not a Parquet file by its name)",
        ],
    );
}

#[test]
fn i11_name_that_only_looks_like_another() {
    let project = trial(&[]);
    for name in ["later.PARQUET", "later.parq", "later"] {
        project.file(&format!("data/{name}"), &plain_bytes());
    }
    input("I11", "a name that ends in .PARQUET, .parq or nothing", &project)
        .is_noted(&["not read: `later` and 2 more", "may hold data"]);
}

#[test]
fn i12_same_content_twice() {
    let project = trial(&[]);
    project.parquet("data/copy.parquet", &plain());
    input("I12", "a copy of a file under another name", &project).is_refused(
        3,
        &["`orders.parquet` and `copy.parquet` have the same content", "allow_duplicate_files"],
    );
}

#[test]
fn i13_files_with_overlapping_orders() {
    let project = trial(&[]);
    let rows = plain();
    project.parquet("data/again.parquet", &rows.slice(4, 10));
    input("I13", "two files that share ten of 24 rows", &project)
        .is_refused(3, &["10 of 34 order lines cannot be used (29.4%, limit 0.5%): 10 repeat another row"]);
    let project = trial(&[("checks", "{orders_in_two_files: keep_last}")]);
    project.parquet("data/again.parquet", &rows.slice(4, 10));
    input("I13", "the same with keep_last, and names without a number", &project).is_refused(
        3,
        &["no number in their names says which of `again.parquet` and `orders.parquet` is later"],
    );
}

/// The history in folders after its months.
fn by_month(settings: &str) -> Project {
    let project = Project::new(&config(&[(
        "sources",
        &sources(&format!("location: data/, period_folder: month{settings}")),
    )]));
    let rows = plain();
    // Two lines each 20 days, from 2024-02-01: four in February (1 and 21), four in March (12), and so on.
    for (month, from, length) in [("2024-02", 0, 4), ("2024-03", 4, 2), ("2024-04", 6, 4), ("2024-05", 10, 4)]
    {
        project.parquet(&format!("data/month={month}/part.parquet"), &rows.slice(from, length));
    }
    project
}

#[test]
fn i14_folder_that_contradicts_its_rows() {
    let project = by_month("");
    project.karat(&["check"]).exits(0).gives("14 rows");
    project.parquet("data/month=2024-05/late.parquet", &plain().slice(14, 4));
    input("I14", "a folder of a month with rows of other months", &project)
        .is_refused(3, &["`month=2024-05` holds 4 rows of other periods, from 2024-06"]);
}

#[test]
fn i15_missing_day_partition() {
    let project = by_month("");
    std::fs::remove_dir_all(project.path("data/month=2024-04")).expect("the folder was there");
    input("I15", "a month without its folder", &project)
        .is_refused(3, &["there is no folder `month` for 2024-04", "allow_missing_periods"]);
    project.file(
        "config.yaml",
        config(&[
            ("sources", &sources("location: data/, period_folder: month")),
            ("checks", "{allow_missing_periods: true}"),
        ])
        .as_bytes(),
    );
    input("I15", "the same where checks.allow_missing_periods is set", &project)
        .is_read("read, noted", &["there is no folder `month` for 2024-04", "10 rows"]);
}

#[test]
fn i16_manifest_that_disagrees() {
    let project = trial_with("manifest: manifest.csv");
    let hash = sha256(&std::fs::read(project.path("data/orders.parquet")).expect("the file was written"));
    project.file("data/manifest.csv", format!("path,rows,sha256\norders.parquet,24,{hash}\n").as_bytes());
    project.karat(&["check"]).exits(0).gives("excluded: manifest.csv (the manifest of the source)");
    for (text, name, code, words) in [
        (
            "path,rows\norders.parquet,25\n",
            "a manifest with another number of rows",
            3,
            "`orders.parquet` has 24 rows, listed are 25",
        ),
        (
            "path,rows\norders.parquet,24\nmore.parquet,1\n",
            "a manifest with a file that is not there",
            4,
            "`more.parquet` is listed and not there",
        ),
        ("path,rows\n", "a file that the manifest lacks", 3, "`orders.parquet` is not listed"),
        (
            "file,rows\norders.parquet,24\n",
            "a manifest that cannot be read",
            4,
            "line 1: `file` is none of the columns",
        ),
    ] {
        project.file("data/manifest.csv", text.as_bytes());
        input("I16", name, &project).is_refused(code, &[words]);
    }
    std::fs::remove_file(project.path("data/manifest.csv")).expect("it was there");
    input("I16", "a manifest that is configured and not there", &project).is_refused(4, &["it is not there"]);
}

#[test]
fn i17_hostile_file_names() {
    let project = trial(&[("checks", "{allow_duplicate_files: true}")]);
    let rows = plain();
    for (number, name) in ["a..b", "%2e%2e", "two words #12", "注文", "<script>alert(1)<"].iter().enumerate()
    {
        project.parquet(&format!("data/{name}.parquet"), &rows.slice(number, 1));
    }
    std::fs::remove_file(project.path("data/orders.parquet")).expect("it was there");
    input("I17", "names with dots, %2e, blanks, #12, Unicode and <script>", &project)
        .is_read("read", &["5 files read, 0 excluded, 5 rows"]);
    project.karat(&["run"]).exits(0);
    for page in ["report.html", "appendix.html", "method.html", "mail.html"] {
        let html = std::fs::read_to_string(project.run_folder().join(page)).expect("a page");
        assert!(!html.contains("<script"), "{page}");
    }
    let method = std::fs::read_to_string(project.run_folder().join("method.html")).expect("a page");
    assert!(method.contains("&lt;script&gt;alert(1)&lt;.parquet"), "the name is shown as it is");
    let project = trial(&[]);
    project.file("data/two\nlines.parquet", b"x");
    input("I17", "a name with a line break", &project)
        .is_refused(4, &["`two\\\\nlines.parquet` holds a control character"]);
}

#[test]
fn i18_link_that_leaves_the_location() {
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(elsewhere.path().join("secret.parquet"), plain_bytes()).expect("a file");
    let project = trial(&[]);
    std::os::unix::fs::symlink(elsewhere.path().join("secret.parquet"), project.path("data/link.parquet"))
        .expect("a link");
    input("I18", "a symbolic link to a file outside of the location", &project)
        .is_refused(4, &["link.parquet", "a symbolic link that leaves the location"]);
}
