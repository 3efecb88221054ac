//! Runs one query file after the other, each to its table.

use std::panic::AssertUnwindSafe;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::{FutureExt, StreamExt};

use super::failure::{damaged_input, failure, is_second_reading, panicked, words_of};
use super::fallback::no_level;
use super::promise::Promise;
use super::remote::blamed_on_cluster;
use super::staging::is_of_files;
use super::{Engine, Written, ascending, plan, portable, write};
use crate::error::Failure;
use crate::query::Query;

impl Engine {
    /// Runs one query file and makes its table.
    ///
    /// # Errors
    /// Returns exit code 2 when the statement does not fit, 4 when an input cannot be read, 5 when memory, disk or time
    /// run out, 3 when the key is not unique.
    pub async fn run(&self, query: &Query) -> Result<Written, Failure> {
        self.run_on(query, self.threads).await
    }

    /// As [`Self::run`], with at most `threads` of the engine: one thread for each of many statements does less work than many
    /// for each.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_on(&self, query: &Query, threads: usize) -> Result<Written, Failure> {
        #[cfg(feature = "cluster")]
        if let Some(written) = self.on_cluster(query).await? {
            return Ok(written);
        }
        for (level, session) in self.fallback.sessions_of(threads) {
            let _turn = self.fallback.turn(level).await;
            match self.attempt(session, query).await {
                Err(failure) if self.fallback.goes_on(level, &failure) => {}
                Ok(mut written) => {
                    written.level = level;
                    self.fallback.fell_back(&query.name.to_string(), level);
                    return Ok(written);
                }
                failed => return failed,
            }
        }
        Err(no_level())
    }

    pub(super) async fn attempt(&self, context: &SessionContext, query: &Query) -> Result<Written, Failure> {
        let what = || format!("cannot run `queries/{}`", query.path);
        let plan = plan(context, &query.text).await.map_err(|error| failure(what(), error))?;
        portable::refuse(plan.logical_plan(), query)?;
        let header = &query.header;
        if header.is_view() {
            let schema = write::stored_schema(plan.schema().as_arrow());
            self.add_plan(&query.name, plan)?;
            if self.reads_source(query) {
                let mut views = self.over_sources.lock().unwrap_or_else(PoisonError::into_inner);
                views.insert(query.name.clone());
            }
            return Ok(Written::nothing(schema));
        }
        // The order of a result is part of it, and its file keeps it; so does that of a scratch table.
        let is_sorted_here = header.is_published() && query.name.schema != "results";
        let plan = if is_sorted_here {
            plan.sort(ascending(&header.key)).map_err(|error| failure(what(), error))?
        } else {
            plan
        };
        let (folder, kind, order) = if header.is_published() {
            (&self.folder, write::Kind::Published, &[][..])
        } else {
            (&self.scratch, self.scratch_kind(), &header.order[..])
        };
        let file = folder.join(format!("{}.{}", query.name, kind.ending()));
        let promise = Promise { key: &header.key, is_sorted_by_key: is_sorted_here, order };
        let work = async {
            let stream = self.rows_from(context, plan).await?;
            write::write(stream, &file, promise, kind).await
        };
        let written = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(written)) => written,
            Ok(Err(error)) => {
                return Err(match blamed_on_cluster(&what(), error) {
                    Ok(failure) => failure,
                    Err(error) => self.blamed(query, failure(what(), error)),
                });
            }
            Err(panic) if is_second_reading(&words_of(panic.as_ref())) => {
                let error = "the side of a join that is kept in memory does not fit".to_owned();
                return Err(failure(what(), DataFusionError::ResourcesExhausted(error)));
            }
            Err(panic) => return Err(self.blamed(query, panicked(&what(), panic.as_ref()))),
        };
        written.refuse_problems(&query.path)?;
        self.add_file(&query.name, &file, &written)?;
        if written.is_key_open {
            let shared = self.shares_key(context, query).await;
            if !matches!(shared, Ok(false)) {
                self.forget(&query.name)?;
            }
            written.refuse_shared_key(shared?, query)?;
        }
        Ok(written)
    }

    /// Whether what statements hand on is packed: not where all of it has room in memory, in which a system keeps it.
    fn scratch_kind(&self) -> write::Kind {
        write::Kind::Scratch { is_packed: self.handed_on.load(Relaxed) > self.memory }
    }

    /// Whether two rows share the key; takes no more memory than any query.
    async fn shares_key(&self, context: &SessionContext, query: &Query) -> Result<bool, Failure> {
        let key: Vec<String> =
            query.header.key.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
        let key = key.join(", ");
        let sql = format!("select {key} from {} group by {key} having count(*) > 1", query.name);
        let cannot = |error| failure(format!("cannot check the key of `queries/{}`", query.path), error);
        let plan = plan(context, &sql).await.map_err(cannot)?;
        let mut shared = plan.execute_stream().await.map_err(cannot)?;
        while let Some(batch) = shared.next().await {
            if batch.map_err(cannot)?.num_rows() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the files of a source are read.
    fn reads_source(&self, query: &Query) -> bool {
        let views = self.over_sources.lock().unwrap_or_else(PoisonError::into_inner);
        query.inputs().any(|input| is_of_files(&input) || views.contains(&input))
    }

    /// Where the engine gives up on source rows, the file is to blame.
    fn blamed(&self, query: &Query, failure: Failure) -> Failure {
        if self.reads_source(query) { damaged_input(failure) } else { failure }
    }
}
