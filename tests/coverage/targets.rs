//! What fuzzing gives its inputs to, by the name of the folder of the corpus.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::datatypes::DataType;
use karat::config::Config;
use karat::query::{self, TableName, mapping};
use karat::{publish, report, source, store};

/// A target, and a folder of its own.
pub(crate) struct Trial {
    target: String,
    folder: PathBuf,
}

/// A project whose order lines have a manifest.
const PROJECT: &str = "project: {name: Trial, currency: USD, timezone: America/New_York, language: en}
as_of: 2025-01-01
sources: {order_lines: {location: data/, manifest: manifest.csv, columns: {order_id: order, customer_id: customer, \
                       ordered_at: day, net_amount: amount}}}
policy: {margin: 0.4}
publish: {location: published/}
";

impl Trial {
    /// Prepares `folder`; `None` when there is no such target.
    pub(crate) fn of(target: &str, folder: &Path) -> Option<Self> {
        let make = |below: &str| std::fs::create_dir_all(folder.join(below)).expect("a folder");
        let write = |below: &str, bytes: &[u8]| std::fs::write(folder.join(below), bytes).expect("a file");
        match target {
            "config" | "mapping" => {}
            "sql" => make("2_business"),
            "log" => make("log"),
            "manifest" => {
                make("log");
                make("runs/2025-01-01/0123456789abcdef");
            }
            "source" => {
                make("data");
                write("data/a.parquet", include_bytes!("../corpus/parquet/one.parquet"));
            }
            "parquet" => {
                make("data");
                write("data/manifest.csv", b"path\na.parquet\n");
            }
            "template" | "messages" => {
                for below in ["management", "method", "archive", "mail", "messages"] {
                    make(below);
                }
                for needed in report::needed_templates() {
                    write(needed, b"");
                }
                write("messages/en.ftl", include_bytes!("../../reports/messages/en.ftl"));
                write("workbook.yaml", include_bytes!("../../reports/workbook.yaml"));
            }
            _ => return None,
        }
        Some(Self { target: target.to_owned(), folder: folder.to_owned() })
    }

    fn write(&self, below: &str, bytes: &[u8]) {
        std::fs::write(self.folder.join(below), bytes).expect("a file");
    }

    /// Gives one input to the target.
    pub(crate) async fn take(&self, bytes: &[u8]) {
        match self.target.as_str() {
            "config" => config(bytes),
            "mapping" => mapped(bytes),
            "sql" => {
                self.write("2_business/trial.sql", bytes);
                let given = [TableName::new("raw", "order_lines"), TableName::new("settings", "policy")];
                let _either = query::load(&self.folder, &given.into());
            }
            "log" => {
                self.write("log/00000001.json", bytes);
                self.published().await;
            }
            "manifest" => {
                let entry = serde_json::json!({
                    "as_of": "2025-01-01", "latest": true, "manifest_sha256": sha256(bytes), "previous_sha256": null,
                    "run_id": "0123456789abcdef", "schema": 1, "seq": 1,
                    "summary": {"as_of": "2025-01-01", "currency": "USD", "draft": false, "headline": [],
                        "project": "Trial", "run_id": "0123456789abcdef"},
                });
                self.write("log/00000001.json", entry.to_string().as_bytes());
                self.write("runs/2025-01-01/0123456789abcdef/manifest.json", bytes);
                let manifests = self.published().await;
                // What is taken for a manifest is one, sections and all; every other text is refused.
                assert!(!manifests || serde_json::from_slice::<karat::record::Manifest>(bytes).is_ok());
                // What is stored is fetched and rendered by what the manifest says.
                let config = self.project("publish: {location: ./}");
                let _either = karat::pipeline::stored(&config, "latest").await;
            }
            "source" => {
                self.write("data/manifest.csv", bytes);
                self.pinned().await;
            }
            "parquet" => {
                self.write("data/a.parquet", bytes);
                self.pinned().await;
            }
            "template" => {
                self.write("management/report.html", bytes);
                let _either = report::check_templates(&self.folder, "en", |_| true);
            }
            "messages" => {
                self.write("messages/en.ftl", bytes);
                let _either = report::check_templates(&self.folder, "en", |_| true);
            }
            other => panic!("there is no target `{other}`"),
        }
    }

    fn project(&self, publish: &str) -> Config {
        let text = PROJECT.replace("publish: {location: published/}", publish);
        karat::config::parse("config.yaml", &text, &self.folder, &|_| None)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Reads the order lines as a run does before its first query.
    async fn pinned(&self) {
        let config = self.project("publish: {location: published/}");
        let source = &config.sources["order_lines"];
        let work = self.folder.join("work");
        if let Ok(pinned) = source::pin("order_lines", source, &self.folder, &work, true).await {
            let _either = pinned.refuse_excess(&config);
            assert_eq!(pinned.files.len(), 1);
        }
    }

    /// Reads the log and the manifest that it names; tells whether both could be read.
    async fn published(&self) -> bool {
        let place = store::open(".", &self.folder, &BTreeMap::new()).expect("a folder is a location");
        let Ok(entries) = publish::history(&place).await else {
            return false;
        };
        // What is believed of a hostile log is a name below its location.
        assert!(!place.address(&entries[0].report()).is_empty());
        publish::load_manifest(&place, &entries[0]).await.is_ok()
    }
}

fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let environment = |name: &str| (name != karat::config::ROOTS).then(|| "value".to_owned());
    let parsed = karat::config::parse("config.yaml", &text, Path::new("/srv"), &environment);
    if let Ok(config) = parsed {
        let again = karat::config::parse("again", &config.effective, Path::new("/srv"), &environment);
        if let Ok(again) = again {
            assert_eq!(again.effective, config.effective, "what takes effect reads back");
        }
    }
}

fn mapped(bytes: &[u8]) {
    let columns = mapping::Columns::from([
        ("Order ID".to_owned(), DataType::Utf8),
        ("Sales".to_owned(), DataType::Float64),
        ("Discount".to_owned(), DataType::Decimal128(4, 2)),
        ("a\"b".to_owned(), DataType::Int64),
    ]);
    // The configuration lets no more pass.
    let text: String = String::from_utf8_lossy(bytes).chars().take(4_000).collect();
    if let Ok(mapped) = mapping::resolve(&text, &columns, "UTC") {
        assert!(mapped.columns.iter().all(|name| columns.contains_key(name)), "{text}");
        assert!(!mapped.sql.engine.contains(';') || text.contains(';'), "{text}");
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}
