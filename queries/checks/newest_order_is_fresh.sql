-- title:    The newest order is recent enough
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "the newest order is of {newest_order}, {age_days} days before the as-of date {as_of} (limit {allowed_days}
--     days)"
--   see: checks.freshness
-- note: >
--   The limit is checks.freshness, in days before the as-of date; without it any age passes. An order is a sale: a feed
--   that brings returns only is not fresh. No order at all is not fresh.

with newest as (select max(order_date) as order_date from business.orders where is_sale)

select newest.order_date as newest_order, snapshots.as_of, snapshots.as_of - newest.order_date as age_days,
    checks.freshness_days as allowed_days
from newest cross join settings.snapshots as snapshots cross join settings.checks as checks
where snapshots.snapshot = 'current' and checks.freshness_days is not null
    and (newest.order_date is null or snapshots.as_of - newest.order_date > checks.freshness_days)
