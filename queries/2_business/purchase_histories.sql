-- title:   What the models of buying, and two plain forecasts, know of each customer
-- grain:   one row per moment and customer_id with a purchase day before the moment
-- key:     [moment, customer_id]
-- note: >
--   After Fader, Hardie and Lee (2005): the first purchase opens the history, so only repeats are counted; recency runs
--   from the first to the last purchase day, age from the first to the last complete day before the moment. Spend is
--   that of the repeats with revenue above 0: a gift or an exchange is a purchase, and tells nothing of what the
--   customer spends. The forecasts are what a model must beat. Last year's rate: a customer goes on as in the
--   `counted_weeks` before the moment, or as in the whole history before it where that is shorter. Recency rule: the
--   same, but nothing of who has been silent for more than `silent_days`.
-- columns:
--   frequency: days with a sale after the first
--   paid_frequency: those of them with net revenue above 0; repeat_revenue and repeat_margin are of these
--   counted_days: days before the moment whose purchases make the rate
--   window_revenue: net revenue of the days with a sale in the current window that have one above 0

with history as (select min(order_date) as first_order_date from business.order_gaps),

moments as (
    select moments.moment, moments.before_date, moments.last_day, moments.horizon_weeks,
        case when moments.before_date - history.first_order_date < 7 * moments.counted_weeks then moments.before_date
            - history.first_order_date else 7 * moments.counted_weeks end as counted_days
    from settings.moments as moments cross join history
),

days as (
    select moments.moment, moments.last_day, moments.horizon_weeks, moments.counted_days,
        moments.before_date - purchase_days.order_date as days_before, purchase_days.customer_id,
        purchase_days.order_date, purchase_days.net_revenue, purchase_days.contribution_margin,
        purchase_days.previous_order_date is not null and purchase_days.net_revenue > 0 as is_paid_repeat,
        purchase_days.net_revenue > 0 and purchase_days.order_date >= snapshots.window_start as is_paid_in_window
    -- The short table stands first: the engine keeps the left side of such a join in memory.
    from moments
    inner join business.order_gaps as purchase_days  -- a day counts at each moment that it precedes
        on purchase_days.order_date < moments.before_date
    inner join settings.snapshots as snapshots on snapshots.snapshot = 'current'  -- one row
),

counts as (
    select moment, customer_id, count(*) - 1 as frequency, max(order_date) - min(order_date) as recency_days,
        min(last_day) - min(order_date) as age_days, count(*) filter (where is_paid_repeat) as paid_frequency,
        coalesce(sum(net_revenue) filter (where is_paid_repeat), 0) as repeat_revenue,
        coalesce(sum(contribution_margin) filter (where is_paid_repeat), 0) as repeat_margin,
        coalesce(sum(net_revenue) filter (where is_paid_in_window), 0) as window_revenue,
        min(horizon_weeks) as horizon_weeks, min(counted_days) as counted_days,
        count(*) filter (where days_before <= counted_days) as purchases_of_year,
        min(days_before) as days_since_last_purchase
    from days group by moment, customer_id
),

rates as (
    select counts.*,
        cast(cast(purchases_of_year * 7 * horizon_weeks as double)
            / nullif(cast(counted_days as double), 0) as decimal(28, 6)) as last_year_orders
    from counts
)

select rates.moment, rates.customer_id, rates.frequency, rates.recency_days, rates.age_days, rates.paid_frequency,
    cast(rates.repeat_revenue as decimal(28, 4)) as repeat_revenue,
    cast(rates.repeat_margin as decimal(28, 4)) as repeat_margin,
    cast(rates.window_revenue as decimal(28, 4)) as window_revenue,
    cast(rates.counted_days as bigint) as counted_days, rates.purchases_of_year, rates.days_since_last_purchase,
    rates.last_year_orders,
    case when rates.days_since_last_purchase > policy.silent_days then cast(0 as decimal(28, 6))
        else rates.last_year_orders end as recency_orders
from settings.policy as policy cross join rates
