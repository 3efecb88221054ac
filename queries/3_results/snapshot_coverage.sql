-- title:   How much of the window of each snapshot the history covers
-- key:     [snapshot]
-- cells:   {open: [position, as_of, window_start, first_order_date, days_covered, is_covered]}
-- note:    Where is_covered is false nothing is compared with the snapshot. The report says so, with these days.
-- columns:
--   days_covered: days of the window on or after the first order

select snapshots.snapshot, snapshots.position, snapshots.as_of, snapshots.window_start, coverage.first_order_date,
    case
        when coverage.first_order_date <= snapshots.window_start then policy.window_days
        when coverage.first_order_date < snapshots.as_of
            then cast(snapshots.as_of - coverage.first_order_date as bigint)
        else 0
    end as days_covered,
    coverage.is_covered
from settings.snapshots as snapshots
inner join business.window_coverage as coverage on snapshots.window_start = coverage.window_start  -- many-to-one
cross join settings.policy as policy
order by snapshots.position, snapshots.snapshot
