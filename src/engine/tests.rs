//! The session on small query files of its own.

use std::sync::Arc;

use arrow::array::{Int64Array, StringArray};
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::physical_plan::expressions::Column;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{Partitioning, PhysicalExpr, collect, displayable};
use tempfile::TempDir;

use super::*;
use crate::query::{QuerySet, load};
use crate::table::Cell;

const MIB: u64 = 1 << 20;

struct Bench {
    engine: Engine,
    queries: QuerySet,
    _folder: TempDir,
}

impl Bench {
    /// A session with `settings.long` (rows 0, 1, … of `id` and `text`) and `settings.short` (one row, `limit_id`).
    async fn start(memory: u64, rows: i64, files: &[(&str, &str)]) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("queries")).expect("a folder");
        for (path, text) in files {
            let file = folder.path().join("queries").join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
        let given = ["long", "short"].map(|name| TableName::new("settings", name));
        let queries = load(&folder.path().join("queries"), &given.into())?;
        let limits = EngineLimits {
            memory,
            spill: None,
            threads: Some(2),
            cluster: None,
            cluster_rows: 1_000_000,
            batch_rows: 1024,
            deadline: std::time::Duration::from_hours(1),
        };
        let engine = Engine::start(&limits, folder.path(), folder.path())?;
        let ids: Vec<i64> = (0..rows).collect();
        let texts = ids.iter().map(|id| format!("{id:0>100}"));
        let long = RecordBatch::try_from_iter([
            ("id", Arc::new(Int64Array::from(ids.clone())) as _),
            ("text", Arc::new(texts.map(Some).collect::<StringArray>()) as _),
        ]);
        let short =
            RecordBatch::try_from_iter([("limit_id", Arc::new(Int64Array::from(vec![rows / 2])) as _)]);
        for (name, key, batch) in [("long", "id", long), ("short", "limit_id", short)] {
            engine
                .add_rows(&TableName::new("settings", name), &[key.to_owned()], batch.expect("rows"))
                .await?;
        }
        Ok(Self { engine, queries, _folder: folder })
    }

    fn query(&self, name: &str) -> &Query {
        let found = self.queries.queries.iter().find(|query| query.name.table == name);
        found.expect("a query of that name")
    }
}

fn scratch(order_by: &str) -> String {
    format!(
        "-- title: Long\n-- grain: one row per id\n-- order: [id]\n-- publish: no\n-- inputs: [settings.long]\n\n\
         select id, text from settings.long order by {order_by}\n"
    )
}

#[tokio::test]
async fn a_scratch_table_in_its_order_is_kept_and_out_of_its_order_refused() {
    let files = [
        ("1_canonical/good.sql", scratch("id nulls last")),
        ("1_canonical/bad.sql", scratch("0 - id nulls last")),
    ];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let bench = Bench::start(256 * MIB, 3000, &files).await.expect("a session");
    let good = bench.engine.run(bench.query("good")).await.expect("a table");
    assert_eq!((good.rows, good.order.as_slice()), (3000, &["id".to_owned()][..]));
    let bad = bench.engine.run(bench.query("bad")).await.expect_err("the wrong order");
    assert_eq!(bad.exit, Exit::Refused);
    assert!(bad.message.contains("do not ascend by `order` (id)"), "{}", bad.message);
}

#[tokio::test]
async fn a_view_keeps_no_rows_and_its_readers_compute_it() {
    let files = [
        (
            "1_canonical/seen.sql",
            "-- title: Seen\n-- grain: one row per id\n-- publish: view\n-- inputs: [settings.long]\n\n\
             select id from settings.long where id < 10\n",
        ),
        (
            "2_business/counted.sql",
            "-- title: Counted\n-- grain: one row per rows\n-- key: [rows]\n-- inputs: [canonical.seen]\n\n\
             select count(*) as rows from canonical.seen\n",
        ),
    ];
    let bench = Bench::start(256 * MIB, 3000, &files).await.expect("a session");
    let seen = bench.engine.run(bench.query("seen")).await.expect("a view");
    assert_eq!(seen.file, None);
    bench.engine.run(bench.query("counted")).await.expect("a table");
    let table = bench.engine.read("rows", "select rows from business.counted").await.expect("rows");
    assert_eq!(table.cell(0, "rows").map(ToString::to_string), Some("10".to_owned()));
}

#[tokio::test]
async fn the_short_side_of_a_cross_join_is_the_kept_one_also_behind_a_join() {
    let files = [("1_canonical/long.sql", scratch("id nulls last"))];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let bench = Bench::start(256 * MIB, 3000, &files).await.expect("a session");
    let sql = "select a.id from settings.long as a \
               inner join (select text from settings.long group by text having min(id) <> max(id)) as b on a.text = b.text \
               cross join settings.short as short where a.id < short.limit_id";
    let plan = plan(bench.engine.fallback.usual(), sql).await.expect("a plan");
    let physical = plan.create_physical_plan().await.expect("a physical plan");
    let shown = displayable(physical.as_ref()).indent(false).to_string();
    let lines: Vec<&str> = shown.lines().collect();
    let join = lines
        .iter()
        .position(|line| line.contains("NestedLoopJoinExec") || line.contains("CrossJoinExec"))
        .unwrap_or_else(|| panic!("{shown}"));
    // The first side is kept; the other one is a join.
    assert!(lines[join + 1].trim_start().starts_with("DataSourceExec"), "{shown}");
}

/// The plan of a statement, of so many partitions.
async fn shown(bench: &Bench, threads: usize, sql: &str) -> String {
    let (_, session) = bench.engine.fallback.sessions_of(threads).next().expect("a session");
    let plan = plan(session, sql).await.expect("a plan");
    let physical = plan.create_physical_plan().await.expect("a physical plan");
    displayable(physical.as_ref()).indent(false).to_string()
}

#[tokio::test]
async fn a_plan_of_one_partition_adds_up_once_and_keeps_the_short_side_of_a_join() {
    let files = [("1_canonical/long.sql", scratch("id nulls last"))];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let bench = Bench::start(256 * MIB, 3000, &files).await.expect("a session");
    let sql = "with unknown as (select text from settings.long group by text having min(id) <> max(id)), \
               joined as (select unknown.text, short.limit_id from unknown \
               left join settings.short as short on unknown.text = cast(short.limit_id as varchar)) \
               select text, count(*) as rows from \
               (select text from joined union all select text from settings.long where id < 7) as both group by text";
    let one = shown(&bench, 1, sql).await;
    assert!(one.contains("mode=Single") && !one.contains("mode=Partial"), "{one}");
    let join = one.lines().position(|line| line.contains("HashJoinExec")).expect("a join");
    let kept = one.lines().nth(join + 1).expect("a side");
    assert!(one.contains("join_type=Right") && !kept.contains("Aggregate"), "{one}");
    let two = shown(&bench, 2, sql).await;
    assert!(two.contains("mode=Partial"), "{two}");
}

#[tokio::test]
async fn a_condition_beside_one_row_is_a_filter() {
    let files = [("1_canonical/long.sql", scratch("id nulls last"))];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let bench = Bench::start(256 * MIB, 3000, &files).await.expect("a session");
    let sql = "select short.limit_id, long.id from settings.short as short cross join settings.long as long \
               where long.id < short.limit_id - 1490 or long.text = cast(short.limit_id as varchar) order by long.id";
    let plan = shown(&bench, 2, sql).await;
    assert!(plan.contains("FilterExec") && !plan.contains("NestedLoopJoinExec"), "{plan}");
    let rows = bench.engine.read("rows", sql).await.expect("rows").rows;
    let wanted: Vec<_> = (0..10).map(|id| vec![Cell::Integer(1500), Cell::Integer(id)]).collect();
    assert_eq!(rows, wanted);
}

/// Four times as many rows on each side as the table has.
fn pairs() -> String {
    let copies = (0..4)
        .map(|copy| format!("select id * 4 + {copy} as id, text from settings.long"))
        .collect::<Vec<_>>()
        .join(" union all ");
    format!(
        "-- title: Pairs\n-- grain: one row per id\n-- key: [id]\n-- inputs: [settings.long]\n\n\
         with copies as ({copies})\n\
         select a.id, b.text from copies as a inner join copies as b on a.id = b.id and a.text = b.text\n"
    )
}

#[tokio::test]
async fn a_join_whose_hash_table_does_not_fit_is_done_by_sorting() {
    // The hash table of the pairs does not fit, the table itself does.
    let bench =
        Bench::start(48 * MIB, 100_000, &[("2_business/pairs.sql", &pairs())]).await.expect("a session");
    let query = bench.query("pairs");
    let hashed = bench.engine.attempt(bench.engine.fallback.usual(), query).await;
    assert_eq!(hashed.expect_err("too little memory").exit, Exit::Resources);
    let written = bench.engine.run(query).await.expect("a table");
    assert_eq!((written.rows, written.level), (400_000, 1));
    assert_eq!(bench.engine.levels().into_iter().collect::<Vec<_>>(), [("business.pairs".to_owned(), 1)]);
}

/// A join of all rows with all rows, each of which has some two kilobytes.
fn crossed(result: &str, condition: &str) -> String {
    let long = ["text"; 20].join(" || ");
    format!(
        "-- title: Crossed\n-- grain: one row per pairs\n-- key: [pairs]\n-- inputs: [settings.long]\n\n\
         with sides as (select {long} as text from settings.long)\n\n\
         select {result} from sides as a cross join sides as b {condition}\n"
    )
}

#[tokio::test]
async fn a_join_that_would_read_its_kept_side_twice_is_out_of_memory_and_no_defect() {
    let crossed = crossed("count(*) as pairs", "where a.text || b.text = 'none'");
    let bench =
        Bench::start(2 * MIB, 2_000, &[("2_business/crossed.sql", &crossed)]).await.expect("a session");
    let query = bench.query("crossed");
    let failure = bench.engine.attempt(bench.engine.fallback.usual(), query).await;
    let failure = failure.expect_err("too little memory");
    assert_eq!(failure.exit, Exit::Resources, "{failure}");
}

#[tokio::test]
async fn a_query_that_fits_on_no_level_of_the_fallback_plan_ends_with_5_and_names_itself() {
    // Every level keeps one side of a cross join in memory, and neither fits.
    let crossed = crossed("max(a.text || b.text) as pairs", "");
    let bench =
        Bench::start(48 * MIB, 100_000, &[("2_business/crossed.sql", &crossed)]).await.expect("a session");
    let query = bench.query("crossed");
    for (_, session) in bench.engine.fallback.sessions() {
        let failure = bench.engine.attempt(session, query).await;
        let failure = failure.expect_err("too little memory");
        assert_eq!(failure.exit, Exit::Resources, "{failure}");
    }
    let failure = bench.engine.run(query).await.expect_err("no level fits");
    assert_eq!((failure.exit, failure.stage), (Exit::Resources, "engine"));
    assert!(failure.message.contains("queries/2_business/crossed.sql"), "{failure}");
    assert!(failure.hint.contains("engine.memory"), "{failure}");
    assert!(bench.engine.levels().is_empty(), "none of them ended well");
}

#[tokio::test]
async fn every_level_of_the_fallback_plan_gives_the_same_bytes() {
    let bench =
        Bench::start(256 * MIB, 5_000, &[("2_business/pairs.sql", &pairs())]).await.expect("a session");
    let query = bench.query("pairs");
    let mut all = Vec::new();
    for (_, session) in bench.engine.fallback.sessions() {
        let written = bench.engine.attempt(session, query).await.expect("a table");
        let bytes = std::fs::read(written.file.expect("a file")).expect("a table can be read");
        assert_eq!((written.rows, bytes.is_empty()), (20_000, false));
        all.push(bytes);
        // The next level makes the table anew.
        let schema = bench.engine.schema("business").expect("a layer");
        schema.deregister_table("pairs").expect("it was there");
    }
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|bytes| *bytes == all[0]));
}

/// The case of `DataFusion` issue 24883: rows that wait on the disk between partitions, in several files at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_that_wait_on_the_disk_between_partitions_are_not_waited_for_in_vain() {
    let any = scratch("id nulls last");
    let bench = Bench::start(64 * MIB, 4_000, &[("1_canonical/long.sql", &any)]).await.expect("a session");
    let session = bench.engine.fallback.usual();
    let copies = ["select id, text from settings.long"; 4].join(" union all ");
    // Somebody holds all memory, so that each batch waits on the disk.
    let memory = MemoryConsumer::new("all").register(&session.runtime_env().memory_pool);
    memory.grow(64 << 20);
    for _ in 0..20 {
        let rows = plan(session, &copies).await.expect("a plan");
        let rows = rows.create_physical_plan().await.expect("a physical plan");
        let id: Arc<dyn PhysicalExpr> = Arc::new(Column::new("id", 0));
        let spread = RepartitionExec::try_new(rows, Partitioning::Hash(vec![id], 2)).expect("a plan");
        let all = collect(Arc::new(spread), session.task_ctx());
        let all = tokio::time::timeout(std::time::Duration::from_mins(1), all).await;
        let all = all.expect("the engine waits for ever").expect("rows");
        assert_eq!(all.iter().map(RecordBatch::num_rows).sum::<usize>(), 16_000);
    }
}

#[test]
fn the_manifest_names_the_version_that_is_linked() {
    let version = ENGINE.rsplit(' ').next().unwrap_or_default();
    assert!(LOCK_FILE.contains(&format!("name = \"datafusion\"\nversion = \"{version}\"")), "{ENGINE}");
}

#[test]
fn the_words_of_the_engine_do_not_tell_values() {
    for (text, shown) in [
        (
            "Cannot cast string 'Ann Example' to value of Int32 type",
            "Cannot cast string '…' to value of Int32 type",
        ),
        ("Error parsing 'O'Hara' as Date32", "Error parsing '…' as Date32"),
        ("Can't cast value 12345678 to type Int8", "Can't cast value … to type Int8"),
        (
            "99999999.5 is too large to store in a Decimal128 of precision 5",
            "… is too large to store in a Decimal128 of precision 5",
        ),
        ("no such \"Ann\", `Bea` and 'Cy", "no such \"…\", `…` and '…'"),
    ] {
        assert_eq!(super::failure::masked(text), shown);
    }
}

#[tokio::test]
async fn a_source_is_read_whole_whatever_its_footer_says_of_the_values() {
    let query = scratch("id nulls last");
    let bench = Bench::start(64 * MIB, 1, &[("1_canonical/long.sql", &query)]).await.expect("a session");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a.parquet");
    // Smallest and largest leave NaN out: the footer says that each amount is 1.
    let amounts = arrow::array::Float64Array::from(vec![f64::NAN, 1.0, 1.0, 1.0]);
    let batch = RecordBatch::try_from_iter([("amount", Arc::new(amounts) as _)]).expect("one column");
    let output = std::fs::File::create(&file).expect("a file");
    let mut writer = parquet::arrow::ArrowWriter::try_new(output, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a Parquet file");
    let files = [SourceFile { file, rows: 4, folder_values: Vec::new() }];
    bench.engine.add_source("lines", &files, batch.schema(), &[]).expect("a source");
    let sql = "select count(*) as lines, count(*) filter (where not (abs(amount) < 1e300)) as odd from source.lines";
    let all = bench.engine.read("a test", sql).await.expect("rows");
    assert_eq!(all.rows, [[Cell::Integer(4), Cell::Integer(1)]]);
    let sql = "select count(*) as odd from source.lines where not (abs(amount) < 1e300)";
    let odd = bench.engine.read("a test", sql).await.expect("rows");
    assert_eq!(odd.rows, [[Cell::Integer(1)]]);
}

#[tokio::test]
async fn every_example_of_the_functions_of_mappings_gives_what_its_description_says() {
    use crate::query::mapping::{self, catalogue::FUNCTIONS};
    let query = scratch("id nulls last");
    let bench = Bench::start(64 * MIB, 1, &[("1_canonical/long.sql", &query)]).await.expect("a session");
    for function in FUNCTIONS {
        let mapped = mapping::resolve(function.example, &mapping::Columns::new(), "UTC")
            .unwrap_or_else(|problem| panic!("{}: {problem}", function.example));
        let sql = format!("select {} as value", mapped.sql.engine);
        let read = bench.engine.read("an example", &sql).await;
        let table = read.unwrap_or_else(|failure| panic!("{sql}: {failure}: {:?}", failure.cause));
        assert_eq!(table.rows[0][0].to_string(), function.result, "{}", function.example);
    }
}
