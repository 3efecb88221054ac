-- title:    Every snapshot has a whole window of orders to compare with
-- severity: warn
-- message:
--   text: the history does not cover the windows of all snapshots
--   detail: "{snapshot}, {window_start} to {as_of}: {days_covered} days"
--   see: policy.coverage_days
-- note:     What compares with a snapshot is left out of the report where the history does not cover its window, or
--   where it has no orders. The history covers a window that begins on or after the first order, or at most
--   `coverage_days` before it.

select coverage.snapshot, coverage.window_start, coverage.as_of, coverage.first_order_date, coverage.days_covered
from results.snapshot_coverage as coverage
where not coverage.is_covered
    or not exists (
        select totals.customers
        from business.class_totals as totals where totals.snapshot = coverage.snapshot and totals.class_name = 'all'
    )
