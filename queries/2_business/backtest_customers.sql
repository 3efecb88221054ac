-- title:   Each customer in the weeks that the model was not shown, expected and bought
-- grain:   one row per customer_id with a purchase day before the backtest
-- key:     [customer_id]
-- note:    The model was fitted on what was known `backtest_weeks` before as-of. Where it found no best fit the plain
--   rules are tested alone, and `model_orders` is NULL; with too few customers or too short a history nothing is
--   tested. Tier is that of a year ago, known before the weeks tested; `none` had no order in that window. It is NULL
--   where the history does not cover that window. Decile by the model's forecast, or last year's rate where it has
--   none, most first; equal forecasts share a decile.

with moments as (select before_date from settings.moments where moment = 'backtest'),

snapshots as (select as_of from settings.snapshots where snapshot = 'current'),

bought as (
    select purchase_days.customer_id, count(*) as purchases
    from business.order_gaps as purchase_days cross join moments cross join snapshots
    where purchase_days.order_date >= moments.before_date and purchase_days.order_date < snapshots.as_of
    group by purchase_days.customer_id
),

failed_fits as (
    select count(*) as fits from model.fits where moment = 'backtest' and model = 'mbg_nbd' and reason = 'not_converged'
),

tested as (
    select histories.customer_id, cast(outlook.expected_orders as decimal(18, 6)) as model_orders,
        cast(histories.last_year_orders as decimal(18, 6)) as last_year_orders,
        cast(histories.recency_orders as decimal(18, 6)) as recency_orders
    from failed_fits cross join business.purchase_histories as histories
    left join model.backtest_outlook as outlook  -- one-to-one; none without a fit
        on histories.customer_id = outlook.customer_id
    where histories.moment = 'backtest' and (failed_fits.fits > 0 or outlook.customer_id is not null)
),

outlook as (
    select tested.*,
        cast(rank() over (order by coalesce(model_orders, last_year_orders) desc nulls last) as bigint) as expected_rank
    from tested
),

counts as (select count(*) as customers from tested)

select outlook.customer_id,
    case when compared_snapshots.snapshot is not null then coalesce(tiers.tier, 'none') end as tier,
    cast(1 + floor(cast(10 * (outlook.expected_rank - 1) as double)
        / nullif(cast(counts.customers as double), 0)) as bigint) as decile,
    coalesce(bought.purchases, 0) as actual_orders, outlook.model_orders, outlook.last_year_orders,
    outlook.recency_orders
from outlook cross join counts
left join business.customer_tiers as tiers  -- one-to-one; none without an order in that window
    on outlook.customer_id = tiers.customer_id and tiers.snapshot = 'year_ago'
left join business.compared_snapshots as compared_snapshots  -- many-to-one; none where the history does not cover it
    on compared_snapshots.snapshot = 'year_ago'
left join bought  -- one-to-one; none who bought nothing
    on outlook.customer_id = bought.customer_id
