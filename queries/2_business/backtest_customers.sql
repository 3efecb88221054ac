-- title:   Each customer in the weeks that the model was not shown, expected and bought
-- grain:   one row per customer_id with a purchase day before the backtest
-- key:     [customer_id]
-- inputs:  [business.compared_snapshots, business.customer_tiers, business.purchase_days, business.purchase_histories,
--           model.backtest_outlook, settings.moments, settings.snapshots]
-- note: >
--   The model was fitted on what was known `backtest_weeks` before as-of; empty when that fit failed.
--   Tier is that of a year ago, known before the weeks tested; `none` had no order in that window. It is NULL where the
--   history does not cover that window.
--   Decile by the model's forecast, most first; equal forecasts share a decile.

with

moments as (
    select before_date
    from settings.moments
    where moment = 'backtest'
),

snapshots as (
    select as_of
    from settings.snapshots
    where snapshot = 'current'
),

bought as (
    select purchase_days.customer_id, count(*) as purchases
    from business.purchase_days as purchase_days
    cross join moments
    cross join snapshots
    where purchase_days.order_date >= moments.before_date
        and purchase_days.order_date < snapshots.as_of
    group by purchase_days.customer_id
),

outlook as (
    select
        customer_id,
        cast(expected_orders as decimal(18, 6)) as expected_orders,
        cast(rank() over (order by expected_orders desc nulls last) as bigint) as expected_rank
    from model.backtest_outlook
),

counts as (
    select count(*) as customers
    from model.backtest_outlook
)

select
    outlook.customer_id,

    case when compared_snapshots.snapshot is not null then coalesce(tiers.tier, 'none') end as tier,
    cast(
        1 + floor(cast(10 * (outlook.expected_rank - 1) as double) / nullif(cast(counts.customers as double), 0))
        as bigint
    ) as decile,

    coalesce(bought.purchases, 0) as actual_orders,
    outlook.expected_orders as model_orders,
    cast(histories.last_year_orders as decimal(18, 6)) as last_year_orders,
    cast(histories.recency_orders as decimal(18, 6)) as recency_orders
from outlook
cross join counts
inner join business.purchase_histories as histories  -- one-to-one
    on outlook.customer_id = histories.customer_id
    and histories.moment = 'backtest'
left join business.customer_tiers as tiers  -- one-to-one; none without an order in that window
    on outlook.customer_id = tiers.customer_id
    and tiers.snapshot = 'year_ago'
left join business.compared_snapshots as compared_snapshots  -- many-to-one; none where the history does not cover it
    on compared_snapshots.snapshot = 'year_ago'
left join bought  -- one-to-one; none who bought nothing
    on outlook.customer_id = bought.customer_id
