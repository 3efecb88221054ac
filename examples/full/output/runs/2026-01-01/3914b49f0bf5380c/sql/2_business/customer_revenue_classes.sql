-- title:   ABC class of each customer by net revenue
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_profit, settings.policy]
-- note: >
--   Best first: A while the share accumulated before the customer is below `abc_a_share`, B
--   below `abc_b_share`, C the rest; equal revenues share a class. D has no net revenue. Shares
--   are of the revenue of customers above 0.

with

customers as (
    select snapshot, customer_id, net_revenue
    from business.customer_profit
),

policy as (
    select abc_a_share, abc_b_share
    from settings.policy
),

revenue_steps as (
    -- One row per distinct amount keeps ties together.
    select snapshot, net_revenue, sum(net_revenue) as step_revenue
    from customers
    where net_revenue > 0
    group by snapshot, net_revenue
),

totals as (
    select snapshot, cast(sum(step_revenue) as decimal(28, 4)) as revenue
    from revenue_steps
    group by snapshot
),

accumulated_steps as (
    select
        snapshot,
        net_revenue,
        cast(
            coalesce(
                sum(step_revenue) over (
                    partition by snapshot
                    order by net_revenue desc nulls last
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as decimal(28, 4)
        ) as revenue_before
    from revenue_steps
)

select
    customers.snapshot,
    customers.customer_id,

    customers.net_revenue,
    accumulated_steps.revenue_before,

    case
        when customers.net_revenue <= 0 then 'd'
        when accumulated_steps.revenue_before < totals.revenue * policy.abc_a_share then 'a'
        when accumulated_steps.revenue_before < totals.revenue * policy.abc_b_share then 'b'
        else 'c'
    end as abc_class
from customers
left join accumulated_steps  -- many-to-one; none for customers without revenue
    on customers.snapshot = accumulated_steps.snapshot
    and customers.net_revenue = accumulated_steps.net_revenue
left join totals  -- many-to-one; none when nobody has revenue
    on customers.snapshot = totals.snapshot
cross join policy
