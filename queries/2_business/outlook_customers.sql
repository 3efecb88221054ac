-- title:   What the outlook takes of each customer beside the history
-- grain:   one row per customer_id with a purchase day before as-of
-- key:     [customer_id]
-- note:    The models add up over every column of text. Who had no order in the window is of tier `none`, and earns the
--   rates of all customers; the others earn those of their tier. A cohort is the year of the first order.

with rates as (
    select value as tier,
        case when net_revenue > 0 then cast(cast(contribution_margin as decimal(28, 4)) as double)
            / nullif(cast(net_revenue as double), 0) end as margin_rate,
        case when net_revenue > 0 then cast(cast(profit as decimal(28, 4)) as double)
            / nullif(cast(net_revenue as double), 0) end as profit_rate
    from business.class_totals where snapshot = 'current' and class_name in ('tier', 'all')
)

select histories.customer_id,
    coalesce(classes.tier, 'none') as tier, coalesce(lifecycle.lifecycle_stage, 'none') as lifecycle_stage,
    coalesce(classes.rfm_segment, 'none') as rfm_segment, coalesce(classes.value_class, 'none') as value_class,
    cast(cast(date_part('year', measures.first_order_date) as bigint) as varchar) as cohort,
    coalesce(of_tier.margin_rate, of_all.margin_rate) as margin_rate,
    coalesce(of_tier.profit_rate, of_all.profit_rate) as profit_rate, histories.last_year_orders,
    histories.recency_orders, histories.purchases_of_year, measures.net_revenue
from business.purchase_histories as histories
inner join business.customer_measures as measures  -- one-to-one
    on histories.customer_id = measures.customer_id and measures.snapshot = 'current'
left join business.customer_lifecycle as lifecycle  -- one-to-one
    on histories.customer_id = lifecycle.customer_id and lifecycle.snapshot = 'current'
left join business.customer_classes as classes  -- one-to-one; none without an order in the window
    on histories.customer_id = classes.customer_id and classes.snapshot = 'current'
left join rates as of_tier on classes.tier = of_tier.tier  -- many-to-one
left join rates as of_all on of_all.tier = 'all'  -- many-to-one
where histories.moment = 'now'
