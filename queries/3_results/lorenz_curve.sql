-- title:   Lorenz curve of net revenue
-- grain:   one row per kept position
-- key:     [position]
-- note:    Customers by net revenue, smallest first; thinned to at most `whale_curve_points` points, the last is kept.

with ranks as (select revenue_position as position, cumulative_revenue from business.customer_ranks),

totals as (select count(*) as customers, max(cumulative_revenue) as revenue from ranks),

stepped_ranks as (
    select ranks.position, ranks.cumulative_revenue, totals.customers, totals.revenue,
        floor(cast(ranks.position * (policy.whale_curve_points - 1) as double) / cast(totals.customers as double))
            as step,
        floor(cast((ranks.position - 1) * (policy.whale_curve_points - 1) as double) / cast(totals.customers as double))
            as step_before
    from ranks cross join totals cross join settings.policy as policy
)

select position, cast(position as double) / cast(customers as double) as customer_share,
    cast(cumulative_revenue as double) / nullif(cast(revenue as double), 0) as revenue_share
from stepped_ranks where step > step_before or position = customers order by position
