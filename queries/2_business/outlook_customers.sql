-- title:   What the outlook takes of each customer beside the history
-- grain:   one row per customer_id with a purchase day before as-of
-- key:     [customer_id]
-- note: >
--   The models add up over every column of text. Who had no order in the window is of tier `none`, and has the rates of
--   all customers; the others have those of their tier, where it bought. A rate is the contribution margin or profit of
--   the window over the revenue of its purchases, days with a sale and revenue above 0, as the models of spend count
--   them: what is returned on a day without a sale lowers no purchase, so it lowers the rate. A tier that makes a loss
--   is expected to make one. A cohort is the year of the first order.

with histories as (select * from business.purchase_histories where moment = 'now'),

classes as (
    select customer_id, tier, rfm_segment, value_class from business.customer_classes where snapshot = 'current'
),

tier_purchases as (
    select classes.tier, sum(histories.window_revenue) as revenue
    from histories
    inner join classes on histories.customer_id = classes.customer_id  -- one-to-one
    group by classes.tier
),

purchases as (
    select tier, revenue from tier_purchases
    union all
    select 'all' as tier, sum(revenue) as revenue from tier_purchases
),

rates as (
    select totals.value as tier,
        case when purchases.revenue > 0 then cast(cast(totals.contribution_margin as decimal(28, 4)) as double)
            / nullif(cast(purchases.revenue as double), 0) end as margin_rate,
        case when purchases.revenue > 0 then cast(cast(totals.profit as decimal(28, 4)) as double)
            / nullif(cast(purchases.revenue as double), 0) end as profit_rate
    from business.class_totals as totals
    inner join purchases on totals.value = purchases.tier  -- one-to-one
    where totals.snapshot = 'current' and totals.class_name in ('tier', 'all')
)

select histories.customer_id,
    coalesce(classes.tier, 'none') as tier, coalesce(lifecycle.lifecycle_stage, 'none') as lifecycle_stage,
    coalesce(classes.rfm_segment, 'none') as rfm_segment, coalesce(classes.value_class, 'none') as value_class,
    cast(cast(date_part('year', measures.first_order_date) as bigint) as varchar) as cohort,
    coalesce(of_tier.margin_rate, of_all.margin_rate) as margin_rate,
    coalesce(of_tier.profit_rate, of_all.profit_rate) as profit_rate, histories.last_year_orders,
    histories.recency_orders, histories.purchases_of_year, histories.window_revenue
from histories
inner join business.customer_sums as measures  -- one-to-one
    on histories.customer_id = measures.customer_id and measures.snapshot = 'current'
left join business.customer_lifecycle as lifecycle  -- one-to-one
    on histories.customer_id = lifecycle.customer_id and lifecycle.snapshot = 'current'
left join classes  -- one-to-one; none without an order in the window
    on histories.customer_id = classes.customer_id
left join rates as of_tier on classes.tier = of_tier.tier  -- many-to-one
left join rates as of_all  -- many-to-one
    on of_all.tier = 'all'
