-- title:   Two plain forecasts of purchases for each customer
-- grain:   one row per moment and customer_id with a purchase day before the moment
-- key:     [moment, customer_id]
-- inputs:  [business.purchase_days, settings.moments, settings.policy]
-- note: >
--   What a model must beat. Last year's rate: a customer goes on as in the weeks before the moment, as
--   many as the horizon of moment `now` has. Recency rule: the same, but nothing of who has been
--   silent for more than `silent_days`.

with

years as (
    select horizon_weeks as weeks
    from settings.moments
    where moment = 'now'
),

counts as (
    select
        moments.moment,
        purchase_days.customer_id,
        min(moments.horizon_weeks) as horizon_weeks,
        min(years.weeks) as year_weeks,
        count(*) filter (where moments.before_date - purchase_days.order_date <= 7 * years.weeks)
            as purchases_of_year,
        min(moments.before_date - purchase_days.order_date) as days_since_last_purchase
    -- The short tables stand first: the engine keeps the left side of such a join in memory.
    from years
    cross join settings.moments as moments
    inner join business.purchase_days as purchase_days  -- a day counts at each moment that it precedes
        on purchase_days.order_date < moments.before_date
    group by moments.moment, purchase_days.customer_id
),

rates as (
    select
        moment,
        customer_id,
        purchases_of_year,
        days_since_last_purchase,
        cast(
            cast(purchases_of_year * horizon_weeks as double) / nullif(cast(year_weeks as double), 0)
            as decimal(28, 6)
        ) as last_year_orders
    from counts
)

select
    rates.moment,
    rates.customer_id,

    rates.purchases_of_year,
    rates.days_since_last_purchase,
    rates.last_year_orders,
    case
        when rates.days_since_last_purchase > policy.silent_days then cast(0 as decimal(28, 6))
        else rates.last_year_orders
    end as recency_orders
from settings.policy as policy
cross join rates
