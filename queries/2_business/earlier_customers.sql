-- title:   What became of the customers of an earlier snapshot, with and without a complaint before it
-- grain:   one row per from_snapshot that the history covers and customer_id of its population
-- key:     [from_snapshot, customer_id]
-- note: >
--   Tier and profit then are those of the earlier snapshot, with today's data and rules. A complaint counts when its
--   case was opened in the `complaint_days` before the earlier as-of date. has_complaint is NULL where the source says
--   nothing of complaints, and where its first case is more than `coverage_days` later than the first of these
--   `complaint_days`: then nobody knows who was without one.
-- columns:
--   orders_again: whether an order followed, on or after the earlier as-of date
--   profit_now: profit of the current window; 0 without an order in it
--   was_lapsed: whether the customer was lapsed at the earlier snapshot already

with from_snapshots as (select snapshot, as_of from business.compared_snapshots),

complaint_column as (
    -- Of a source that is not configured no column is mapped.
    select is_mapped from settings.source_columns where source = 'service_cases' and column_name = 'is_complaint'
),

first_cases as (select min(opened_date) as opened_date from canonical.service_cases),

complaints as (
    select from_snapshots.snapshot, service_cases.customer_id, count(*) as complaints
    from canonical.service_cases as service_cases cross join settings.policy as policy
    inner join from_snapshots  -- a complaint may count for both
        on service_cases.opened_date < from_snapshots.as_of
        and from_snapshots.as_of - service_cases.opened_date <= policy.complaint_days
    where service_cases.is_complaint group by from_snapshots.snapshot, service_cases.customer_id
),

customers_now as (
    select lifecycle.customer_id, measures.last_order_date, lifecycle.lifecycle_stage
    from business.customer_lifecycle as lifecycle
    left join business.customer_sums as measures  -- one-to-one
        on lifecycle.snapshot = measures.snapshot and lifecycle.customer_id = measures.customer_id
    where lifecycle.snapshot = 'current'
),

profit_now as (select customer_id, orders, net_revenue, profit from business.customer_profit where snapshot = 'current')

select earlier.snapshot as from_snapshot, earlier.customer_id, earlier.tier,
    profit_then.gross_revenue as gross_revenue_then, profit_then.discount_amount as discount_amount_then,
    profit_then.profit as profit_then, coalesce(profit_now.orders, 0) as orders_now,
    cast(coalesce(profit_now.net_revenue, 0) as decimal(28, 4)) as net_revenue_now,
    cast(coalesce(profit_now.profit, 0) as decimal(28, 10)) as profit_now,
    case when complaint_column.is_mapped and from_snapshots.as_of - first_cases.opened_date >= policy.complaint_days
        - policy.coverage_days then complaints.complaints is not null end as has_complaint,
    -- Who has no sale has no last order.
    coalesce(customers_now.last_order_date >= from_snapshots.as_of, false) as orders_again,
    lifecycle_then.lifecycle_stage = 'lapsed' as was_lapsed, customers_now.lifecycle_stage = 'lapsed' as is_lapsed
from business.customer_tiers as earlier
inner join from_snapshots on earlier.snapshot = from_snapshots.snapshot  -- many-to-one
inner join business.customer_profit as profit_then  -- one-to-one, as the two that follow
    on earlier.snapshot = profit_then.snapshot and earlier.customer_id = profit_then.customer_id
inner join business.customer_lifecycle as lifecycle_then
    on earlier.snapshot = lifecycle_then.snapshot and earlier.customer_id = lifecycle_then.customer_id
inner join customers_now on earlier.customer_id = customers_now.customer_id
left join profit_now  -- one-to-one; none without an order in the current window
    on earlier.customer_id = profit_now.customer_id
left join complaints  -- one-to-one; none without a complaint
    on earlier.snapshot = complaints.snapshot and earlier.customer_id = complaints.customer_id
cross join complaint_column cross join first_cases cross join settings.policy as policy
