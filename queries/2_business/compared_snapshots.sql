-- title:   Earlier snapshots with which the current one is compared
-- key:     [snapshot]
-- note:    previous and year_ago, each only where the history covers its window. Every comparison reads this table, so
--   that none is made with a part of a window.

select snapshots.snapshot, snapshots.as_of
from settings.snapshots as snapshots
inner join business.window_coverage as coverage on snapshots.window_start = coverage.window_start  -- many-to-one
where snapshots.snapshot <> 'current' and coverage.is_covered
