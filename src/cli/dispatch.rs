//! From the command line to the verb, on a runtime of its own, to the exit code.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use super::args::{Cli, Verb};
use super::backfill::backfill;
use super::check::check;
use super::deliver::{deliver, deliver_dry};
use super::diff::diff;
use super::explain::explain;
use super::gc::gc;
use super::generate::write_history;
use super::init::start_project;
use super::options::General;
use super::plan::plan;
use super::run::run;
use super::runs::runs;
use super::schedule::schedule;
use super::status::status;
use super::test::test;
use super::verify::verify;
use super::{cluster, completions, dbt, functions, open, preview, rows, schema, stop, tables, threads};
use crate::error::{Exit, Failure};
use crate::output::{self, Progress, Style};
use crate::pipeline::{Choice, Question};

/// Stack of a worker: plans of long expressions are walked recursively.
const STACK_BYTES: usize = 64 << 20;

/// How long work may take to end when the program is asked to stop.
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
    let style = cli.general.style();
    let verb = cli.verb.unwrap_or(Verb::Run(cli.run));
    let is_run = matches!(verb, Verb::Run(_) | Verb::Backfill(_) | Verb::Deliver { .. });
    match perform(verb, cli.general, style) {
        Ok(exit) => exit,
        Err(failure) => {
            // The line is for a scheduler, and on a terminal there is none.
            output::failure(&failure, style, is_run && !std::io::stderr().is_terminal());
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
    let progress = Arc::new(Progress::new(style));
    let shared = Arc::clone(&progress);
    let run = match &verb {
        Verb::Deliver { run, .. } => run.clone(),
        _ => "latest".to_owned(),
    };
    // To be stopped is how these end.
    let is_endless = matches!(verb, Verb::Schedule | Verb::Preview { watch: true, .. });
    // These end what they do before they end.
    let is_draining = matches!(verb, Verb::Cluster(_));
    let mut job = runtime.spawn(async move { dispatch(verb, &Arc::new(general), &shared).await });
    let ended = runtime.block_on(async {
        stop::survive_large_files();
        tokio::select! {
            result = &mut job => Ok(result),
            signal = stop::asked(), if !is_draining => Err(signal),
        }
    });
    let is_delivering = progress.current_stage() == "deliver";
    progress.finish();
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
                progress.say(&format!("stopped by {signal}"));
                return Ok(Exit::Published);
            }
            let exit = if signal == stop::SIGTERM { Exit::Terminated } else { Exit::Interrupted };
            if is_delivering {
                let message = format!("stopped by {signal} while something was being delivered");
                return Err(Failure::new(exit, "deliver", message).hint(format!(
                    "The report is published, and what was being sent is perhaps delivered: `karat deliver {run}` shows what is held and \
                     sends the rest, `karat deliver {run} --resend NAME` sends what is held again."
                )));
            }
            Err(Failure::new(exit, "run", format!("stopped by {signal}"))
                .hint("The same command does the job from the beginning; nothing is half published.")
                .retryable())
        }
    }
}

async fn dispatch(verb: Verb, general: &Arc<General>, progress: &Arc<Progress>) -> Result<Exit, Failure> {
    match verb {
        Verb::Run(options) => run(general, &options, progress).await,
        Verb::Check { as_of } => check(general, as_of, progress).await,
        Verb::Plan { as_of } => plan(general, as_of, progress).await,
        Verb::Backfill(days) => backfill(general, &days, progress).await,
        Verb::Init { dir, from } => start_project(general, &dir, &from).await,
        Verb::Runs => runs(general).await,
        Verb::Status { max_age } => status(general, max_age).await,
        Verb::Preview { run, out, watch } => {
            if watch {
                preview::watch(general, &run, &out, progress).await
            } else {
                preview::once(general, &run, &out).await
            }
        }
        Verb::Explain { run, target, key } => {
            Box::pin(explain(general, &run, &Question { target, key }, progress)).await
        }
        Verb::Test { paths } => test(general, &paths, progress).await,
        Verb::Show { what, rows } => rows::show(general, &what, rows, progress).await,
        Verb::Query { what, rows } => rows::query(general, &what, rows, progress).await,
        Verb::Open { run } => open::open(general, &run).await,
        Verb::Tables { table } => tables::tables(general, table.as_deref()),
        Verb::Dbt { run } => dbt::dbt(general, &run).await,
        Verb::Functions => Ok(functions::functions(general)),
        Verb::Schema => Ok(schema::schema()),
        Verb::Completions { shell, man } => completions::completions(shell, man.as_deref()),
        Verb::Diff { before, after, table } => diff(general, &before, &after, table.as_deref()).await,
        Verb::Verify(asked) => verify(general, &asked, progress).await,
        Verb::Gc { keep_days, dry_run } => gc(general, keep_days, dry_run).await,
        Verb::Deliver { run, to, resend, dry_run } => {
            let choice = Choice { to, resend };
            match dry_run {
                Some(folder) => deliver_dry(general, &run, &choice, &folder).await,
                None => deliver(general, &run, &choice, progress).await,
            }
        }
        Verb::Schedule => schedule(general, progress).await,
        Verb::Cluster(process) => cluster::cluster(process, progress).await,
        Verb::Generate(history) => write_history(general, &history, progress).await,
    }
}
