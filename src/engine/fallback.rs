//! What happens to a query that does not fit into memory: it is tried again, more and more frugally, with the same rows.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::error::{Exit, Failure};

/// Memory that a row of a batch stands for. A sort reads one batch of each of its files at a time, some dozens of them, of
/// rows with some hundred bytes: a gibibyte gives batches of 8,192 rows, 64 MiB of 512.
const MEMORY_OF_A_ROW: usize = 128 << 10;

/// By how much batches become smaller from level to level.
const FEWER_ROWS: [usize; 3] = [1, 8, 64];

/// Rows of a batch below which nothing is gained.
const LEAST_ROWS: usize = 32;

/// Sessions over the same tables and the same memory.
pub(super) struct Fallback {
    /// The usual one, then its levels, each slower and more frugal than the one before.
    sessions: Vec<SessionContext>,
    /// The usual way for statements that do not have all threads, by their number.
    narrow: BTreeMap<usize, SessionContext>,
    /// Held by what runs beside others, and alone by what climbs.
    beside: RwLock<()>,
    /// What fell back, with the level on which it ended well.
    levels: Mutex<BTreeMap<String, usize>>,
}

impl Fallback {
    /// Adds the levels to the usual session, which may use `memory` bytes.
    pub(super) fn new(usual: SessionContext, memory: usize) -> Self {
        let rows = usual.copied_config().batch_size();
        let all = usual.copied_config().target_partitions();
        let fewer = std::iter::successors(Some(1), |threads| Some(threads * 2));
        let narrow = fewer.take_while(|threads| *threads < all).map(|threads| {
            let config = usual.copied_config().with_target_partitions(threads);
            (threads, with_config(&usual, config))
        });
        let narrow = narrow.collect();
        let levels: Vec<_> = FEWER_ROWS
            .iter()
            .map(|parts| frugal(&usual, memory, (rows / parts).max(LEAST_ROWS.min(rows))))
            .collect();
        Self {
            narrow,
            sessions: std::iter::once(usual).chain(levels).collect(),
            beside: RwLock::new(()),
            levels: Mutex::default(),
        }
    }

    /// The session that is tried first.
    pub(super) fn usual(&self) -> &SessionContext {
        &self.sessions[0]
    }

    /// The sessions in which a step is tried one after the other, with their level: 0 is the usual one. The rows and their
    /// order are the same in all.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (usize, &SessionContext)> {
        self.sessions.iter().enumerate()
    }

    /// As [`Self::sessions`], the usual way with at most `threads` of them.
    pub(super) fn sessions_of(&self, threads: usize) -> impl Iterator<Item = (usize, &SessionContext)> {
        let all = self.usual().copied_config().target_partitions();
        let narrow = self.narrow.range(..=threads).next_back().filter(|_| threads < all);
        let first = narrow.map_or(self.usual(), |(_, session)| session);
        std::iter::once((0, first)).chain(self.sessions().skip(1))
    }

    /// Whether a step that failed on `level` is tried again on the next.
    pub(super) fn goes_on(&self, level: usize, failure: &Failure) -> bool {
        level + 1 < self.sessions.len() && is_out_of_memory(failure)
    }

    /// Waits until a step may begin: the usual way beside others, on a level alone, with the whole memory.
    pub(super) async fn turn(&self, level: usize) -> Turn<'_> {
        if level == 0 {
            Turn::Beside { _guard: self.beside.read().await }
        } else {
            Turn::Alone { _guard: self.beside.write().await }
        }
    }

    /// Notes where a step ended well.
    pub(super) fn fell_back(&self, what: &str, level: usize) {
        if level > 0 {
            let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
            levels.insert(what.to_owned(), level);
        }
    }

    /// What did not fit into memory as it stood, with the level on which it ended well.
    pub(super) fn levels(&self) -> BTreeMap<String, usize> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The right to work beside others, or alone.
pub(super) enum Turn<'a> {
    Beside { _guard: RwLockReadGuard<'a, ()> },
    Alone { _guard: RwLockWriteGuard<'a, ()> },
}

/// Sizes batches and the room that a sort keeps for merging, so that a usual query has a chance in `memory` bytes.
pub(super) fn fit(config: SessionConfig, memory: usize, batch_rows: usize) -> SessionConfig {
    let rows = batch_rows.min((memory / MEMORY_OF_A_ROW).max(LEAST_ROWS));
    let mut config = config.with_batch_size(rows);
    let reservation = &mut config.options_mut().execution.sort_spill_reservation_bytes;
    *reservation = (*reservation).min(memory / 32);
    config
}

/// A session that joins by sorting, which is slower and spills, where hash tables do not. The engine does so only from two
/// partitions on.
fn frugal(usual: &SessionContext, memory: usize, batch_rows: usize) -> SessionContext {
    let mut config = usual.copied_config().with_target_partitions(2).with_batch_size(batch_rows);
    let options = config.options_mut();
    options.optimizer.prefer_hash_join = false;
    options.execution.sort_spill_reservation_bytes = memory / 32;
    with_config(usual, config)
}

/// A session over the same tables.
fn with_config(usual: &SessionContext, config: SessionConfig) -> SessionContext {
    let state = SessionStateBuilder::new_from_existing(usual.state()).with_config(config).build();
    SessionContext::new_with_state(state)
}

/// Whether more frugal ways may succeed; a full disk is full for them too.
fn is_out_of_memory(failure: &Failure) -> bool {
    let engine = failure.cause.as_ref().and_then(|cause| cause.downcast_ref::<DataFusionError>());
    engine.is_some_and(is_exhausted)
}

/// Whether the engine gave up for want of memory.
pub(super) fn is_exhausted(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

/// The last session reports its own failure.
pub(super) fn no_level() -> Failure {
    Failure::new(Exit::Bug, "engine", "the fallback plan has no level")
}
