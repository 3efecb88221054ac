-- title:   What the customers of each tier should bring in the time ahead
-- grain:   one row per tier, one for customers without an order in the window (`none`), and a total
-- key:     [tier]
-- cells:   {by: [tier], count: customers, columns: [expected_alive, expected_orders, expected_orders_low,
--   expected_orders_high, expected_revenue, expected_profit, expected_profit_low, expected_profit_high, clv, clv_low,
--   clv_high, value_at_risk, value_at_risk_low, value_at_risk_high], open: [position, method]}
-- note: >
--   Customers with an outlook: all who ever bought. Expected purchases and profit are those of the coming
--   `expected_orders_months`, by the method that was best in the backtest; see business.customer_value_ahead. Without a
--   fit there are no customers here. A range, from low to high, is to hold the figure in `interval_share` of cases when
--   customers go on as they did: it covers the uncertainty of the parameters and the chance in what customers do, and
--   no change of the times. It is NULL where spend varies too widely for one.
-- columns:
--   expected_alive: sum of P(alive)
--   alive_share: expected_alive / customers
--   purchases_of_year: purchase days in the 52 weeks before as-of
--   clv: lifetime value, discounted contribution margin of the coming `clv_quarters`
--   value_at_risk: sum of what leaving would cost; see business.customer_value_ahead
--   has_enough_customers: false below `min_cell` customers, whose sums say too little to be compared

with tiers as (
    select value as tier, value as group_value, 'tier' as class_name, position
    from business.class_values where class_name = 'tier'
    union all
    select 'none' as tier, 'none' as group_value, 'tier' as class_name, 50 as position
    union all
    select 'total' as tier, 'all' as group_value, 'all' as class_name, 100 as position
)

select tiers.tier, cast(tiers.position as bigint) as position, sums.method,
    cast(coalesce(sums.customers, 0) as bigint) as customers, sums.expected_alive, sums.alive_share,
    sums.purchases_of_year, sums.expected_orders, sums.expected_orders_low, sums.expected_orders_high,
    sums.expected_revenue, sums.profit, sums.expected_profit, sums.expected_profit_low, sums.expected_profit_high,
    sums.clv, sums.clv_low, sums.clv_high, sums.clv_per_customer, sums.value_at_risk, sums.value_at_risk_low,
    sums.value_at_risk_high, coalesce(sums.customers, 0) >= policy.min_cell as has_enough_customers
from tiers
left join business.value_ahead_sums as sums  -- one-to-one; none where nobody has the tier
    on tiers.class_name = sums.class_name and tiers.group_value = sums.value
cross join settings.policy as policy
order by position, tier
