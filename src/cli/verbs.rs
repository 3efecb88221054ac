//! What each verb does with the rooms, and how its answer is printed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde_json::json;

use super::backfill::backfill;
use super::diff::diff;
use super::explain::explain;
use super::gc::gc;
use super::plan::plan;
use super::schedule::schedule;
use super::verify::verify;
use super::{
    Cli, General, Log, Output, RunOptions, Verb, completions, functions, open, preview, rows, stop, tables,
    threads,
};
use crate::builtin;
use crate::calendar;
use crate::config::{self, Config};
use crate::deliver::{self, Delivery};
use crate::error::{Exit, Failure};
use crate::generate::{Generate, generate};
use crate::init;
use crate::pipeline::{self, Choice, Question, Report, Request};
use crate::private::PrivateFolder;
use crate::publish;
use crate::talk::{self, Style, Talk};

/// Days after which a weekly schedule is late.
const WEEKLY_MAX_AGE: u32 = 8;

/// Stack of a worker: plans of long expressions are walked recursively.
const STACK_BYTES: usize = 64 << 20;

/// How long work may take to end when the program is told to stop.
const PATIENCE: Duration = Duration::from_secs(8);

/// Parses the command line, does what it asks, prints what comes out.
#[must_use]
pub fn main() -> Exit {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => {
            let is_answer = !error.use_stderr();
            let _closed = error.print();
            return if is_answer { Exit::Published } else { Exit::Usage };
        }
    };
    let style = match (cli.general.quiet, cli.general.log) {
        (true, _) => Style::Quiet,
        (false, Log::Json) => Style::Json,
        (false, Log::Text) => Style::Text,
    };
    let verb = cli.verb.unwrap_or(Verb::Run(cli.run));
    let is_run = matches!(verb, Verb::Run(_) | Verb::Backfill(_) | Verb::Deliver { .. });
    match perform(verb, cli.general, style) {
        Ok(exit) => exit,
        Err(failure) => {
            talk::failure(&failure, style, is_run);
            failure.exit
        }
    }
}

/// Runs a verb on a runtime of its own; a panic becomes a failure.
fn perform(verb: Verb, general: General, style: Style) -> Result<Exit, Failure> {
    threads::can_start(STACK_BYTES)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .max_blocking_threads(threads::for_files())
        .build()
        .map_err(|error| Failure::new(Exit::Resources, "engine", "cannot start the runtime").cause(error))?;
    let talk = Arc::new(Talk::new(style));
    let told = Arc::clone(&talk);
    // To be stopped is how these end.
    let is_endless = matches!(verb, Verb::Schedule | Verb::Preview { watch: true, .. });
    let mut job = runtime.spawn(async move { dispatch(verb, &Arc::new(general), &told, style).await });
    let ended = runtime.block_on(async {
        stop::survive_large_files();
        tokio::select! {
            result = &mut job => Ok(result),
            signal = stop::asked() => Err(signal),
        }
    });
    talk.finish();
    match ended {
        Ok(Ok(result)) => {
            // After a deadline work may still be ending; it holds nothing that matters, and nobody waits for it for ever.
            runtime.shutdown_timeout(PATIENCE);
            result
        }
        Ok(Err(panic)) => {
            Err(Failure::new(Exit::Bug, "run", "the program gave up; this is a defect of it").cause(panic))
        }
        Err(signal) => {
            // What is half done is dropped with its temporary folders; what is published stays whole at any moment.
            job.abort();
            runtime.shutdown_timeout(PATIENCE);
            if is_endless {
                talk.say(&format!("stopped by {signal}"));
                return Ok(Exit::Published);
            }
            let exit = if signal == stop::SIGTERM {
                Exit::Terminated
            } else {
                Exit::Interrupted
            };
            Err(Failure::new(exit, "run", format!("stopped by {signal}"))
                .hint("The same command does the job from the beginning; nothing is half published.")
                .retryable())
        }
    }
}

async fn dispatch(
    verb: Verb,
    general: &Arc<General>,
    talk: &Arc<Talk>,
    style: Style,
) -> Result<Exit, Failure> {
    match verb {
        Verb::Run(options) => run(general, &options, talk).await,
        Verb::Check { as_of } => check(general, as_of, talk).await,
        Verb::Plan { as_of } => plan(general, as_of, talk).await,
        Verb::Backfill(days) => backfill(general, &days, talk).await,
        Verb::Init { dir, from } => start_project(general, &dir, from.as_deref()).await,
        Verb::Runs => runs(general).await,
        Verb::Status { max_age } => status(general, max_age).await,
        Verb::Preview { run, out, watch } => {
            if watch {
                preview::watch(general, &run, &out, talk, style).await
            } else {
                preview::once(general, &run, &out).await
            }
        }
        Verb::Explain { run, target, key } => explain(general, &run, &Question { target, key }).await,
        Verb::Show { what, rows } => rows::show(general, &what, rows).await,
        Verb::Query { what, rows } => rows::query(general, &what, rows).await,
        Verb::Open { run } => open::open(general, &run).await,
        Verb::Tables { table } => tables::tables(general, table.as_deref()),
        Verb::Functions => Ok(functions::functions(general)),
        Verb::Completions { shell, man } => completions::completions(shell, man.as_deref()),
        Verb::Diff { before, after, table } => diff(general, &before, &after, table.as_deref()).await,
        Verb::Verify {
            run,
            recorded_only,
            duckdb,
            public_key,
        } => {
            verify(
                general,
                &run,
                recorded_only,
                duckdb.as_deref(),
                public_key.as_deref(),
                talk,
            )
            .await
        }
        Verb::Gc { keep_days, dry_run } => gc(general, keep_days, dry_run).await,
        Verb::Deliver {
            run,
            to,
            resend,
            dry_run,
        } => {
            let choice = Choice { to, resend };
            match dry_run {
                Some(folder) => deliver_dry(general, &run, &choice, &folder).await,
                None => deliver(general, &run, &choice, talk).await,
            }
        }
        Verb::Schedule => schedule(general, talk, style).await,
        Verb::Generate {
            customers,
            out,
            seed,
            from,
            to,
            flaws,
        } => {
            write_history(
                general,
                &Generate {
                    customers,
                    seed,
                    from,
                    to,
                    flaws,
                },
                &out,
                talk,
            )
            .await
        }
    }
}

/// A configuration with the folder that holds built-in files for as long as it is used.
pub(super) struct Loaded {
    pub(super) config: Config,
    /// Whether the templates are the project's, and not built in.
    pub(super) has_own_reports: bool,
    _builtin: Option<PrivateFolder>,
}

/// The value of a variable of the environment.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Loads the configuration; a project without its own queries or reports uses the built-in ones.
pub(super) fn load(general: &General) -> Result<Loaded, Failure> {
    let mut config = config::load(&general.config, &environment).map_err(Failure::from)?;
    let lacks_queries = !config.root.join(&config.queries).exists();
    let lacks_reports = !config.root.join(&config.reports).exists();
    if !lacks_queries && !lacks_reports {
        return Ok(Loaded {
            config,
            has_own_reports: true,
            _builtin: None,
        });
    }
    let folder = PrivateFolder::make(&std::env::temp_dir())?;
    if lacks_queries {
        config.queries = builtin::write_queries(folder.path())?;
    }
    if lacks_reports {
        config.reports = builtin::write_reports(folder.path())?;
    }
    Ok(Loaded {
        config,
        has_own_reports: !lacks_reports,
        _builtin: Some(folder),
    })
}

pub(super) async fn run(general: &General, options: &RunOptions, talk: &Talk) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let request = Request {
        as_of: options.as_of,
        is_draft: options.draft,
    };
    let report = pipeline::run(&loaded.config, &request, talk).await?;
    talk.finish();
    for remark in &report.remarks {
        talk.say(&format!("note: {remark}"));
    }
    match general.output() {
        Output::Json => talk::data(&json_report(&report).to_string()),
        Output::Text => {
            if report.is_already_published {
                talk.say("Already published; nothing was done.");
            }
            print_report(&report);
            print_deliveries(&report.deliveries);
        }
    }
    // The report is published and printed; only then is told what its mail lacks.
    report.mail_failure.map_or(Ok(Exit::Published), Err)
}

fn json_report(report: &Report) -> serde_json::Value {
    json!({
        "run_id": report.run_id,
        "as_of": report.as_of.to_string(),
        "report": report.location,
        "already_published": report.is_already_published,
        "headline": report.headline.iter().map(|(label, text)| json!({"label": label, "text": text})).collect::<Vec<_>>(),
        "remarks": report.remarks,
        "deliveries": json_deliveries(&report.deliveries),
    })
}

fn json_deliveries(deliveries: &[Delivery]) -> Vec<serde_json::Value> {
    deliveries
        .iter()
        .map(|delivery| {
            json!({"to": delivery.to, "outcome": delivery.fate.word(), "reason": delivery.fate.reason()})
        })
        .collect()
}

fn print_deliveries(deliveries: &[Delivery]) {
    let width = deliveries
        .iter()
        .map(|delivery| delivery.to.len())
        .max()
        .unwrap_or(0);
    for delivery in deliveries {
        let line = format!(
            "{:width$}  {:15} {}",
            delivery.to,
            delivery.fate.word(),
            delivery.fate.reason()
        );
        talk::data(line.trim_end());
    }
}

async fn deliver(general: &General, run: &str, choice: &Choice, talk: &Talk) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let delivered = pipeline::deliver_run(&loaded.config, run, choice, talk).await?;
    talk.finish();
    let (entry, deliveries) = (delivered.entry, delivered.deliveries);
    match general.output() {
        Output::Json => talk::data(
            &json!({
                "run_id": entry.run_id, "as_of": entry.as_of.to_string(), "deliveries": json_deliveries(&deliveries),
            })
            .to_string(),
        ),
        Output::Text => print_deliveries(&deliveries),
    }
    deliver::verdict(&entry.run_id, &deliveries).map_or(Ok(Exit::Published), Err)
}

async fn deliver_dry(general: &General, run: &str, choice: &Choice, folder: &Path) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let files = pipeline::deliver_dry(&loaded.config, run, choice, folder).await?;
    match general.output() {
        Output::Json => talk::data(&json!({"files": files}).to_string()),
        Output::Text => files
            .iter()
            .for_each(|file| talk::data(&file.display().to_string())),
    }
    Ok(Exit::Published)
}

fn print_report(report: &Report) {
    let width = report
        .headline
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or(0);
    for (label, text) in &report.headline {
        talk::data(&format!("{label:width$}  {text:>14}"));
    }
    talk::data(&format!("\nReport as of {}: {}", report.as_of, report.location));
}

async fn check(general: &General, as_of: Option<Date>, talk: &Talk) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let lines = pipeline::check(&loaded.config, as_of, talk).await?;
    talk.finish();
    match general.output() {
        Output::Json => talk::data(&json!({"ok": true, "found": lines}).to_string()),
        Output::Text => lines.iter().for_each(|line| talk::data(line)),
    }
    Ok(Exit::Published)
}

async fn start_project(general: &General, folder: &Path, from: Option<&str>) -> Result<Exit, Failure> {
    let written = init::init(folder, from).await?;
    match general.output() {
        Output::Json => {
            talk::data(&json!({"folder": folder, "files": written.files, "open": written.open}).to_string());
        }
        Output::Text => {
            talk::data(&format!(
                "{} files written to {}",
                written.files,
                folder.display()
            ));
            for line in &written.open {
                talk::data(&format!("  still open: {line}"));
            }
            talk::data(&format!(
                "Next: cd {} && karat check && karat run",
                folder.display()
            ));
        }
    }
    Ok(Exit::Published)
}

async fn runs(general: &General) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let place = pipeline::open(&loaded.config)?;
    let mut entries = publish::history(&place).await?;
    entries.reverse();
    for entry in &entries {
        match general.output() {
            Output::Json => talk::data(
                &json!({
                    "as_of": entry.as_of.to_string(), "run_id": entry.run_id, "seq": entry.seq,
                    "report": place.address(&entry.report()),
                })
                .to_string(),
            ),
            Output::Text => {
                let headline = entry
                    .summary
                    .headline
                    .iter()
                    .take(2)
                    .map(|(label, text)| format!("{label} {text}"));
                let headline = headline.collect::<Vec<_>>().join(", ");
                talk::data(&format!("{}  {}  {headline}", entry.as_of, entry.run_id));
            }
        }
    }
    Ok(Exit::Published)
}

async fn status(general: &General, max_age: Option<u32>) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let place = pipeline::open(&loaded.config)?;
    let today = calendar::today(&loaded.config.project.timezone)?;
    let max_age = max_age.or(loaded.config.schedule.as_ref().map(|_| WEEKLY_MAX_AGE));
    let status = publish::status(&place, today, max_age).await?;
    // Who has not got the latest report; a mail is no part of the publication, so it has an exit code of its own.
    let deliveries = match (&loaded.config.deliver, &status.last) {
        (Some(deliver), Some(last)) => {
            let readers: Vec<String> = deliver
                .recipients
                .iter()
                .map(|recipient| recipient.to.clone())
                .collect();
            deliver::standing(&place, last.as_of, &last.run_id, &readers, calendar::now).await?
        }
        _ => Vec::new(),
    };
    let is_mailed = deliveries.iter().all(|delivery| delivery.fate.is_complete());
    let is_well = !status.overdue && status.chain_holds && status.latest_agrees && status.problems.is_empty();
    match general.output() {
        Output::Json => talk::data(
            &json!({
                "ok": is_well && is_mailed,
                "publications": status.publications,
                "last": status.last.as_ref().map(|entry| json!({"as_of": entry.as_of.to_string(), "run_id": entry.run_id})),
                "age_days": status.age_days,
                "overdue": status.overdue,
                "problems": status.problems,
                "deliveries": json_deliveries(&deliveries),
            })
            .to_string(),
        ),
        Output::Text => {
            match &status.last {
                Some(entry) => talk::data(&format!(
                    "{} publications; the latest is {} as of {} ({} days ago)",
                    status.publications, entry.run_id, entry.as_of, status.age_days.unwrap_or_default()
                )),
                None => talk::data("nothing is published yet"),
            }
            status.problems.iter().for_each(|problem| talk::data(&format!("problem: {problem}")));
            print_deliveries(&deliveries);
            if status.overdue {
                talk::data("overdue: the latest publication is older than allowed");
            }
        }
    }
    Ok(match (is_well, is_mailed) {
        (false, _) => Exit::Mismatch,
        (true, false) => Exit::Mail,
        (true, true) => Exit::Published,
    })
}

async fn write_history(
    general: &General,
    request: &Generate,
    out: &str,
    talk: &Talk,
) -> Result<Exit, Failure> {
    let is_local = !out.contains("://") || out.starts_with("file://");
    let temporary = if is_local {
        None
    } else {
        Some(PrivateFolder::make(&std::env::temp_dir())?)
    };
    let folder = temporary.as_ref().map_or_else(
        || PathBuf::from(out.strip_prefix("file://").unwrap_or(out)),
        |folder| folder.path().join("history"),
    );
    talk.stage("generate", usize::try_from(request.customers / 256).unwrap_or(0));
    let summary = generate(request, &folder, &mut |done| {
        talk.step(
            "generate",
            &format!("{done} customers"),
            &json!({"customers": done}),
        );
    })?;
    if temporary.is_some() {
        upload(&folder, out).await?;
    }
    talk.finish();
    match general.output() {
        Output::Json => talk::data(
            &json!({
                "location": out, "customers": summary.customers, "orders": summary.orders, "order_lines": summary.order_lines,
                "service_cases": summary.service_cases, "payments": summary.payments, "visits": summary.visits,
                "files": summary.files, "bytes": summary.bytes,
            })
            .to_string(),
        ),
        Output::Text => {
            talk::data(&format!(
                "{} customers, {} orders, {} order lines in {} files at {out}",
                summary.customers, summary.orders, summary.order_lines, summary.files
            ));
            talk::data(&if temporary.is_some() {
                format!("Next: copy {out}/config.yaml here, set its locations to {out}/…, then karat run")
            } else {
                format!("Next: karat run --config {out}/config.yaml")
            });
        }
    }
    Ok(Exit::Published)
}

/// Copies a generated history to an object store, the configuration last.
async fn upload(folder: &Path, out: &str) -> Result<(), Failure> {
    let none = std::collections::BTreeMap::new();
    let from = crate::store::open(&folder.display().to_string(), folder, &none)
        .map_err(|error| error.reading("generate"))?;
    let to = crate::store::open(out, folder, &none).map_err(|error| error.writing("generate"))?;
    let mut objects = from.list().await.map_err(|error| error.reading("generate"))?;
    objects.sort_by_key(|object| (object.path == "config.yaml", object.path.clone()));
    for object in objects {
        to.upload(&object.path, &folder.join(&object.path))
            .await
            .map_err(|error| error.writing("generate"))?;
    }
    Ok(())
}
