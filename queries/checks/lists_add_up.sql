-- title:    Value three ways, discounts, account owners, referrals and actions add up to all customers
-- inputs:   [business.account_owner_totals, business.class_totals, business.customer_actions,
--            business.customer_discounts, results.referrals, results.value_disagreement]
-- severity: stop

with

population as (
    select
        customers,
        cast(net_revenue as decimal(28, 4)) as net_revenue,
        cast(profit as decimal(28, 10)) as profit
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
),

lists as (
    select
        'value three ways' as list,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from results.value_disagreement
    where value_class <> 'all'
    union all
    select
        'revenue against profit' as list,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from results.value_disagreement
    where value_class = 'all' and tier <> 'all'
    union all
    select
        'account owners' as list,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.account_owner_totals
    union all
    select
        'referrals' as list,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from results.referrals
    where kind in ('referrer', 'other', 'not_referred')
    union all
    select
        'actions' as list,
        count(*) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.customer_actions
    union all
    select
        'discounts' as list,
        count(*) as customers,
        cast(null as decimal(28, 4)) as net_revenue,
        cast(null as decimal(28, 10)) as profit
    from business.customer_discounts
)

select
    lists.list,

    lists.customers,
    population.customers as all_customers,
    lists.net_revenue,
    population.net_revenue as all_net_revenue,
    lists.profit,
    population.profit as all_profit
from lists
cross join population
-- Owners and referrals that are not known have no rows, and discounts hold no profit: a sum of nothing is NULL.
where lists.customers <> population.customers
    or lists.net_revenue <> population.net_revenue
    or lists.profit <> population.profit
