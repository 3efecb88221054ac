-- title:   Customers whom value score, revenue and profit judge differently
-- grain:   one row per customer_id
-- key:     [customer_id]
-- inputs:  [business.customer_value_views]
-- note: >
--   The customers behind results.value_disagreement: those whose three levels are not the same.

select
    customer_id,

    value_class,
    abc_class,
    tier,

    levels_apart,
    net_revenue,
    profit
from business.customer_value_views
where levels_apart > 0
