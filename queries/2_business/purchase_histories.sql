-- title:   What the models of buying know of each customer
-- grain:   one row per moment and customer_id with a purchase day before the moment
-- key:     [moment, customer_id]
-- inputs:  [business.purchase_days, settings.moments]
-- note: >
--   After Fader, Hardie and Lee (2005): the first purchase opens the history, so only repeats are
--   counted; recency runs from the first to the last purchase day, age from the first to the last
--   complete day before the moment. Spend is that of the repeats with revenue above 0: a gift or an exchange is a
--   purchase, and tells nothing of what the customer spends.
-- columns:
--   frequency: days with a sale after the first
--   paid_frequency: those of them with net revenue above 0; repeat_revenue and repeat_margin are of these

with

first_days as (
    select customer_id, min(order_date) as first_order_date
    from business.purchase_days
    group by customer_id
),

days as (
    select
        moments.moment,
        moments.last_day,
        purchase_days.customer_id,
        purchase_days.order_date,
        purchase_days.net_revenue,
        purchase_days.contribution_margin,
        first_days.first_order_date
    -- The short table stands first: the engine keeps the left side of such a join in memory.
    from settings.moments as moments
    inner join business.purchase_days as purchase_days  -- a day counts at each moment that it precedes
        on purchase_days.order_date < moments.before_date
    inner join first_days  -- many-to-one
        on purchase_days.customer_id = first_days.customer_id
)

select
    moment,
    customer_id,

    count(*) - 1 as frequency,
    max(order_date) - min(order_date) as recency_days,
    min(last_day) - min(order_date) as age_days,
    count(*) filter (where order_date > first_order_date and net_revenue > 0) as paid_frequency,
    cast(
        coalesce(sum(net_revenue) filter (where order_date > first_order_date and net_revenue > 0), 0)
        as decimal(28, 4)
    ) as repeat_revenue,
    cast(
        coalesce(sum(contribution_margin) filter (where order_date > first_order_date and net_revenue > 0), 0)
        as decimal(28, 4)
    ) as repeat_margin
from days
group by moment, customer_id
