-- title:   Customers whom one measure calls among the best and another among the last
-- grain:   one row per customer_id, the first `list_rows_shown` of them
-- key:     [customer_id]
-- note:    Lowest profit first. All of them stand in business.customer_value_views, with levels_apart 2.

with ranked_customers as (
    select customer_id, value_class, abc_class, tier, net_revenue, profit,
        row_number() over (order by profit nulls last, customer_id nulls last) as place
    from business.customer_value_views where levels_apart = 2
)

select ranked_customers.customer_id,
    cast(ranked_customers.place as bigint) as position, ranked_customers.value_class, ranked_customers.abc_class,
    ranked_customers.tier, ranked_customers.net_revenue, ranked_customers.profit
from ranked_customers cross join settings.policy as policy where ranked_customers.place <= policy.list_rows_shown
order by position, ranked_customers.customer_id
