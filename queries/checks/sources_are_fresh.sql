-- title:    The newest row of every other source is recent enough
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "the newest row of {source} is of {newest_row}, {age_days} days before the as-of date {as_of} (limit
--     {allowed_days} days)"
--   see: "{setting}"
-- note:     The limits are checks.source_freshness, in days before the as-of date; a source without one passes at any
--   age. A source with a limit and no known day is not fresh.

select sources.source, source_totals.newest_date as newest_row, snapshots.as_of,
    snapshots.as_of - source_totals.newest_date as age_days, sources.freshness_days as allowed_days,
    'checks.source_freshness.' || sources.source as setting
from settings.sources as sources
inner join business.source_totals as source_totals on sources.source = source_totals.source  -- one-to-one
cross join settings.snapshots as snapshots
where snapshots.snapshot = 'current' and sources.source <> 'order_lines'
    and sources.is_configured and sources.freshness_days is not null
    and (source_totals.newest_date is null or snapshots.as_of - source_totals.newest_date > sources.freshness_days)
