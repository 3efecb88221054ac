-- title:    Every snapshot has orders to compare with
-- inputs:   [business.class_totals, settings.snapshots]
-- severity: warn
-- message:
--   text: "no order in the window of the snapshot {snapshot}, {window_start} to {as_of}"
-- note:     Changes against a snapshot without orders are left out of the report.

select snapshots.snapshot, snapshots.window_start, snapshots.as_of
from settings.snapshots as snapshots
where not exists (
    select class_totals.customers
    from business.class_totals as class_totals
    where class_totals.snapshot = snapshots.snapshot and class_totals.class_name = 'all'
)
