-- title:    Every snapshot has orders to compare with
-- inputs:   [business.class_totals, settings.snapshots]
-- severity: warn
-- note:     Changes against a snapshot without orders are left out of the report.

select snapshots.snapshot, snapshots.window_start, snapshots.as_of
from settings.snapshots as snapshots
where not exists (
    select class_totals.customers
    from business.class_totals as class_totals
    where class_totals.snapshot = snapshots.snapshot and class_totals.class_name = 'all'
)
