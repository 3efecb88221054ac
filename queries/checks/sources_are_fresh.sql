-- title:    The newest row of every source is recent enough
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "the newest {what} is of {newest_row}, {age_days} days before the as-of date {as_of} (limit {allowed_days}
--     days)"
--   see: "{setting}"
-- note: >
--   The limits are checks.freshness, of the newest order, and checks.source_freshness, of the newest row of another
--   source, in days before the as-of date; without one any age passes. An order is a sale: a feed that brings returns
--   only is not fresh. A source with a limit and no known day is not fresh.

with newest_days as (
    select 'order_lines' as source, max(order_date) as newest_row from business.orders where is_sale
    union all
    select source, newest_date as newest_row from business.source_totals where source <> 'order_lines'
),

limits as (
    select sources.source,
        case sources.source when 'order_lines' then 'order' else 'row of ' || sources.source end as what,
        case sources.source when 'order_lines' then checks.freshness_days else sources.freshness_days end
            as allowed_days,
        case sources.source when 'order_lines' then 'checks.freshness'
            else 'checks.source_freshness.' || sources.source end as setting
    from settings.sources as sources cross join settings.checks as checks where sources.is_configured
)

select limits.source, limits.what, newest_days.newest_row, snapshots.as_of,
    snapshots.as_of - newest_days.newest_row as age_days, limits.allowed_days, limits.setting
from limits
inner join newest_days on limits.source = newest_days.source  -- one-to-one
cross join settings.snapshots as snapshots
where snapshots.snapshot = 'current' and limits.allowed_days is not null
    and (newest_days.newest_row is null or snapshots.as_of - newest_days.newest_row > limits.allowed_days)
