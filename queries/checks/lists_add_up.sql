-- title:    Value three ways, discounts, account owners, referrals and actions add up to all customers
-- severity: stop
-- message:
--   text: lists do not add up to all customers
--   detail: "{list} ({customers} customers of {all_customers}, net revenue {net_revenue} of {all_net_revenue}, profit
--     {profit} of {all_profit})"
-- note:     Owners and referrals have no rows where the source has no such column. Discounts hold no money.

with population as (
    -- One row, also when there is nobody.
    select
        coalesce(sum(customers), 0) as customers, cast(coalesce(sum(net_revenue), 0) as decimal(28, 4)) as net_revenue,
        cast(coalesce(sum(profit), 0) as decimal(28, 10)) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'all'
),

mapped_columns as (
    select max(case when column_name = 'owner' and is_mapped then 1 else 0 end) = 1 as has_owner,
        max(case when column_name = 'referred_by' and is_mapped then 1 else 0 end) = 1 as has_referrer
    from settings.source_columns where source = 'customers'
),

lists as (
    select 'value three ways' as list, true as is_known, true as has_money, sum(customers) as customers,
        sum(net_revenue) as net_revenue, sum(profit) as profit
    from results.value_disagreement where value_class <> 'all'
    union all
    select 'revenue against profit' as list, true as is_known, true as has_money, sum(customers) as customers,
        sum(net_revenue) as net_revenue, sum(profit) as profit
    from results.value_disagreement where value_class = 'all' and tier <> 'all'
    union all
    select 'account owners' as list, mapped_columns.has_owner as is_known, true as has_money, owners.customers,
        owners.net_revenue, owners.profit
    from mapped_columns
    cross join (
        select sum(customers) as customers, sum(net_revenue) as net_revenue, sum(profit) as profit
        from business.account_owner_totals
    ) as owners
    union all
    select 'referrals' as list, mapped_columns.has_referrer as is_known, true as has_money, referrals.customers,
        referrals.net_revenue, referrals.profit
    from mapped_columns
    cross join (
        select sum(customers) as customers, sum(net_revenue) as net_revenue, sum(profit) as profit
        from results.referrals where kind in ('referrer', 'other', 'not_referred')
    ) as referrals
    union all
    select
        'actions' as list, true as is_known, true as has_money, count(*) as customers, sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.customer_actions
    union all
    select 'discounts' as list, true as is_known, false as has_money, count(*) as customers,
        cast(null as decimal(28, 4)) as net_revenue, cast(null as decimal(28, 10)) as profit
    from business.customer_discounts
),

compared_lists as (
    -- A list without rows adds up to 0.
    select list, is_known, coalesce(customers, 0) as customers,
        case when has_money then coalesce(net_revenue, 0) end as net_revenue,
        case when has_money then coalesce(profit, 0) end as profit, has_money
    from lists
)

select compared_lists.list, compared_lists.customers, population.customers as all_customers, compared_lists.net_revenue,
    population.net_revenue as all_net_revenue, compared_lists.profit, population.profit as all_profit
from compared_lists cross join population
where compared_lists.is_known
    and (
        (compared_lists.customers is distinct from population.customers)
        or (
            compared_lists.has_money
            and (
                (compared_lists.net_revenue is distinct from population.net_revenue)
                or (compared_lists.profit is distinct from population.profit)
            )
        )
    )
