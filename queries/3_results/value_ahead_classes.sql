-- title:   What the customers of each class and cohort should bring in the time ahead
-- grain:   one row per class_name and value that has customers
-- key:     [class_name, value]
-- note:    Lifecycle stages and cohorts hold all customers with an outlook, the other classes those with an order in
--   the window. A cohort is the year of the first order. Ranges are those of results.value_ahead.
-- columns:
--   expected_alive: sum of P(alive)
--   alive_share: expected_alive / customers
--   has_enough_customers: false below `min_cell` customers, whose sums say too little to be compared

select sums.class_name, sums.value, cast(class_values.position as bigint) as position,
    sums.customers, sums.expected_alive, sums.alive_share, sums.expected_orders, sums.expected_orders_low,
    sums.expected_orders_high, sums.expected_profit, sums.expected_profit_low, sums.expected_profit_high, sums.clv,
    sums.clv_low, sums.clv_high, sums.value_at_risk, sums.value_at_risk_low, sums.value_at_risk_high,
    sums.customers >= policy.min_cell as has_enough_customers
from business.value_ahead_sums as sums
left join business.class_values as class_values  -- many-to-one; none for a cohort
    on sums.class_name = class_values.class_name and sums.value = class_values.value
cross join settings.policy as policy
where sums.class_name not in ('tier', 'all') and sums.value <> 'none'
order by sums.class_name, position nulls last, sums.value
