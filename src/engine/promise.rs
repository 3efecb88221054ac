//! Checks, while rows are written, what their header promises: a key, an order, finite numbers.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch};
use arrow::compute::SortOptions;
use arrow::datatypes::SchemaRef;
use arrow::row::{OwnedRow, RowConverter, Rows, SortField};
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::error::DataFusionError;

/// What a header promises of the rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Promise<'a> {
    /// Columns that are never NULL and together unique; may be empty.
    pub key: &'a [String],
    /// Whether the rows ascend by the key, which makes checking it cheap.
    pub is_sorted_by_key: bool,
    /// Columns by which the rows do not descend; may be empty.
    pub order: &'a [String],
}

/// A ratio that is not a number is a defect of the SQL, never a figure.
pub(super) fn not_finite(batch: &RecordBatch) -> Option<String> {
    batch.columns().iter().zip(batch.schema_ref().fields()).find_map(|(column, field)| {
        let numbers = column.as_any().downcast_ref::<Float64Array>()?;
        numbers
            .iter()
            .flatten()
            .any(|number| !number.is_finite())
            .then(|| format!("`{}` holds a number that is not finite", field.name()))
    })
}

/// Keys whose hashes are remembered.
const MOST_KEYS: usize = 1 << 20;

/// Uniqueness of the key: by comparing neighbours when rows ascend by it, else by hashes. Where two are equal, or there are
/// too many, the question stays open.
pub(super) struct KeyCheck {
    columns: Columns,
    /// Of rows that ascend by the key.
    neighbours: Option<Neighbours>,
    hashes: Vec<u64>,
    is_open: bool,
}

impl KeyCheck {
    pub(super) fn new(schema: &SchemaRef, key: &[String], is_sorted: bool) -> Result<Self, DataFusionError> {
        Ok(Self {
            columns: Columns::new(schema, key)?,
            neighbours: is_sorted.then(Neighbours::default),
            hashes: Vec::new(),
            is_open: false,
        })
    }

    pub(super) fn check(&mut self, batch: &RecordBatch) -> Result<Option<String>, DataFusionError> {
        let names = &self.columns.names;
        if self.columns.of(batch).any(|column| column.null_count() > 0) {
            return Ok(Some(format!("the key ({names}) is NULL in a row")));
        }
        let Some(neighbours) = &mut self.neighbours else {
            self.is_open = self.is_open || self.hashes.len() + batch.num_rows() > MOST_KEYS;
            if !self.is_open && !self.columns.positions.is_empty() {
                let columns: Vec<_> = self.columns.of(batch).map(Arc::clone).collect();
                let mut hashes = vec![0; batch.num_rows()];
                create_hashes(&columns, &RandomState::with_seed(0), &mut hashes)?;
                self.hashes.append(&mut hashes);
            }
            return Ok(None);
        };
        let Some(rows) = self.columns.rows(batch)? else {
            return Ok(None);
        };
        let problem = match neighbours.broken_step(&rows, Ordering::is_ge) {
            Some(Ordering::Equal) => Some("is not unique"),
            Some(_) => Some("does not ascend"),
            None => None,
        };
        Ok(problem.map(|problem| format!("the key ({}) {problem}", self.columns.names)))
    }

    /// Whether two rows may share the key, after all rows.
    pub(super) fn stays_open(mut self) -> bool {
        self.hashes.sort_unstable();
        self.is_open || self.hashes.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// The order of a scratch table, on which later queries rely.
pub(super) struct OrderCheck {
    columns: Columns,
    neighbours: Neighbours,
}

impl OrderCheck {
    pub(super) fn new(schema: &SchemaRef, order: &[String]) -> Result<Self, DataFusionError> {
        Ok(Self { columns: Columns::new(schema, order)?, neighbours: Neighbours::default() })
    }

    pub(super) fn check(&mut self, batch: &RecordBatch) -> Result<Option<String>, DataFusionError> {
        let Some(rows) = self.columns.rows(batch)? else {
            return Ok(None);
        };
        let broken = self.neighbours.broken_step(&rows, Ordering::is_gt);
        Ok(broken.map(|_| format!("the rows do not ascend by `order` ({})", self.columns.names)))
    }
}

/// Some columns, comparable row by row: ascending, NULL last.
struct Columns {
    positions: Vec<usize>,
    names: String,
    converter: RowConverter,
}

impl Columns {
    fn new(schema: &SchemaRef, columns: &[String]) -> Result<Self, DataFusionError> {
        let positions = columns.iter().map(|name| schema.index_of(name)).collect::<Result<Vec<_>, _>>()?;
        let options = SortOptions { descending: false, nulls_first: false };
        let fields = positions
            .iter()
            .map(|position| SortField::new_with_options(schema.field(*position).data_type().clone(), options))
            .collect();
        Ok(Self { positions, names: columns.join(", "), converter: RowConverter::new(fields)? })
    }

    fn of<'a>(&'a self, batch: &'a RecordBatch) -> impl Iterator<Item = &'a ArrayRef> {
        self.positions.iter().map(|position| batch.column(*position))
    }

    /// `None` when there is nothing to compare.
    fn rows(&self, batch: &RecordBatch) -> Result<Option<Rows>, DataFusionError> {
        if self.positions.is_empty() || batch.num_rows() == 0 {
            return Ok(None);
        }
        let columns: Vec<_> = self.of(batch).map(Arc::clone).collect();
        Ok(Some(self.converter.convert_columns(&columns)?))
    }
}

/// Compares each row with the one before it, across batches.
#[derive(Default)]
struct Neighbours {
    last: Option<OwnedRow>,
}

impl Neighbours {
    /// The first comparison of a row with the next for which `is_broken` holds.
    fn broken_step(&mut self, rows: &Rows, is_broken: fn(Ordering) -> bool) -> Option<Ordering> {
        let across =
            self.last.as_ref().filter(|_| rows.num_rows() > 0).map(|last| last.row().cmp(&rows.row(0)));
        let within = (1..rows.num_rows()).map(|place| rows.row(place - 1).cmp(&rows.row(place)));
        let broken = across.into_iter().chain(within).find(|step| is_broken(*step));
        self.last = rows.iter().next_back().map(|row| row.owned());
        broken
    }
}
