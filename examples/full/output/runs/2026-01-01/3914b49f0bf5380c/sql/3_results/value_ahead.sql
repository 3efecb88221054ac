-- title:   What the customers of each tier should bring in the coming year
-- grain:   one row per tier, one for customers without an order in the window (`none`), and a total
-- key:     [tier]
-- inputs:  [business.class_values, business.customer_profit, business.customer_value_ahead,
--           business.purchase_baselines, settings.policy]
-- note: >
--   Customers with an outlook: all who ever bought. Expected purchases by the method that was best in
--   the backtest; see business.customer_value_ahead. Without a fit there are no customers here.
-- columns:
--   expected_alive: sum of P(alive)
--   alive_share: expected_alive / customers
--   purchases_of_year: purchase days in the weeks before as-of, as many as the outlook has
--   clv: lifetime value, discounted contribution margin over the horizon of the model
--   value_at_risk: sum of (1 - P(alive)) x expected profit

with

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'none' as tier, 50 as position
    union all
    select 'total' as tier, 100 as position
),

customers as (
    select
        coalesce(ahead.tier, 'none') as tier,
        cast(ahead.p_alive as decimal(28, 6)) as p_alive,
        ahead.expected_orders,
        ahead.expected_revenue,
        ahead.expected_profit,
        ahead.clv,
        ahead.value_at_risk,
        baselines.purchases_of_year,
        coalesce(profit.profit, cast(0 as decimal(28, 10))) as profit
    from business.customer_value_ahead as ahead
    inner join business.purchase_baselines as baselines  -- one-to-one
        on ahead.customer_id = baselines.customer_id
        and baselines.moment = 'now'
    left join business.customer_profit as profit  -- one-to-one; none without an order in the window
        on ahead.customer_id = profit.customer_id
        and profit.snapshot = 'current'
),

sums as (
    select
        coalesce(tier, 'total') as tier,
        count(*) as customers,
        sum(p_alive) as expected_alive,
        sum(purchases_of_year) as purchases_of_year,
        sum(expected_orders) as expected_orders,
        sum(expected_revenue) as expected_revenue,
        sum(profit) as profit,
        sum(expected_profit) as expected_profit,
        sum(clv) as clv,
        sum(value_at_risk) as value_at_risk
    from customers
    group by grouping sets ((tier), ())
)

select
    tiers.tier,

    cast(tiers.position as bigint) as position,

    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(sums.expected_alive as decimal(28, 6)) as expected_alive,
    cast(cast(sums.expected_alive as decimal(28, 4)) as double)
        / nullif(cast(sums.customers as double), 0) as alive_share,
    cast(sums.purchases_of_year as bigint) as purchases_of_year,
    cast(sums.expected_orders as decimal(28, 6)) as expected_orders,
    cast(sums.expected_revenue as decimal(28, 6)) as expected_revenue,
    cast(sums.profit as decimal(28, 10)) as profit,
    cast(sums.expected_profit as decimal(28, 6)) as expected_profit,
    cast(sums.clv as decimal(28, 6)) as clv,
    cast(cast(sums.clv as decimal(28, 4)) as double)
        / nullif(cast(sums.customers as double), 0) as clv_per_customer,
    cast(sums.value_at_risk as decimal(28, 6)) as value_at_risk,

    coalesce(sums.customers, 0) >= policy.min_cell as has_enough_customers
from tiers
left join sums  -- one-to-one; none where nobody has the tier
    on tiers.tier = sums.tier
cross join settings.policy as policy
order by position, tier
