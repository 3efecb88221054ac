-- title:    The window of the report holds at least one order
-- inputs:   [business.class_totals, settings.snapshots]
-- severity: stop
-- note: >
--   A report of zeros would look like a bad year. More often the as-of date lies outside of the
--   history, or every row was rejected. An order is a sale: returns alone make no report.

select
    snapshots.window_start,
    snapshots.as_of
from settings.snapshots as snapshots
where snapshots.snapshot = 'current'
    and not exists (
        select class_totals.customers
        from business.class_totals as class_totals
        where class_totals.snapshot = 'current' and class_totals.class_name = 'all' and class_totals.orders > 0
    )
