-- title:   Two plain forecasts of purchases for each customer
-- grain:   one row per moment and customer_id with a purchase day before the moment
-- key:     [moment, customer_id]
-- inputs:  [business.purchase_days, settings.moments, settings.policy]
-- note: >
--   What a model must beat. Last year's rate: a customer goes on as in the `counted_weeks` before the
--   moment, or as in the whole history before it where that is shorter. Recency rule: the same, but nothing of who has
--   been silent for more than `silent_days`.
-- columns:
--   counted_days: days before the moment whose purchases make the rate

with

history as (
    select min(order_date) as first_order_date
    from business.purchase_days
),

moments as (
    select
        moments.moment,
        moments.before_date,
        moments.horizon_weeks,
        case
            when moments.before_date - history.first_order_date < 7 * moments.counted_weeks
                then moments.before_date - history.first_order_date
            else 7 * moments.counted_weeks
        end as counted_days
    from settings.moments as moments
    cross join history
),

counts as (
    select
        moments.moment,
        purchase_days.customer_id,
        min(moments.horizon_weeks) as horizon_weeks,
        min(moments.counted_days) as counted_days,
        count(*) filter (where moments.before_date - purchase_days.order_date <= moments.counted_days)
            as purchases_of_year,
        min(moments.before_date - purchase_days.order_date) as days_since_last_purchase
    -- The short table stands first: the engine keeps the left side of such a join in memory.
    from moments
    inner join business.purchase_days as purchase_days  -- a day counts at each moment that it precedes
        on purchase_days.order_date < moments.before_date
    group by moments.moment, purchase_days.customer_id
),

rates as (
    select
        moment,
        customer_id,
        counted_days,
        purchases_of_year,
        days_since_last_purchase,
        cast(
            cast(purchases_of_year * 7 * horizon_weeks as double) / nullif(cast(counted_days as double), 0)
            as decimal(28, 6)
        ) as last_year_orders
    from counts
)

select
    rates.moment,
    rates.customer_id,

    cast(rates.counted_days as bigint) as counted_days,
    rates.purchases_of_year,
    rates.days_since_last_purchase,
    rates.last_year_orders,
    case
        when rates.days_since_last_purchase > policy.silent_days then cast(0 as decimal(28, 6))
        else rates.last_year_orders
    end as recency_orders
from settings.policy as policy
cross join rates
