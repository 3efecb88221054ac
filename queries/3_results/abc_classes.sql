-- title:   Customers, revenue and profit by ABC class
-- grain:   one row per abc_class, and a total
-- key:     [abc_class]
-- inputs:  [business.class_shares, business.customer_measures]
-- cells:
--   by: [abc_class]
--   count: customers_in_window
--   columns: [customers_in_window, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   parts:
--     customers: [customers, customer_share]
--   open: [position]
-- note: >
--   Of all customers who ever ordered: D holds those without net revenue in the window, with those who did
--   not order in it.
-- columns:
--   customer_share: customers / all customers with an order before the as-of date, in the window or not

with

classes as (
    select *
    from business.class_shares
    where class_name = 'abc_class'
),

known_customers as (
    select
        count(*) as customers,
        count(*) filter (where not is_in_window) as customers_without_order
    from business.customer_measures
    where snapshot = 'current'
),

completed_classes as (
    select
        classes.value,
        classes.position,
        case
            when classes.value in ('d', 'total') then classes.customers + known_customers.customers_without_order
            else classes.customers
        end as customers,
        case
            when classes.value in ('d', 'total') then known_customers.customers_without_order
            else 0
        end as customers_without_order,
        classes.customers as customers_in_window,
        known_customers.customers as known_customers,
        classes.net_revenue,
        classes.revenue_share,
        classes.profit,
        classes.profit_share,
        classes.profit_rate,
        classes.unprofitable_customers
    from classes
    cross join known_customers
)

select
    value as abc_class,

    position,

    customers,
    cast(customers as double) / nullif(cast(known_customers as double), 0) as customer_share,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers,
    customers_without_order,
    customers_in_window
from completed_classes
order by position, value
