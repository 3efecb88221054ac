-- title:   Value three ways, side by side
-- grain:   one row per value_class, abc_class and tier; `all` adds up over what it stands for
-- key:     [value_class, abc_class, tier]
-- note:    Population of the window. Value class by score, ABC class by net revenue, tier by profit. Combinations of
--   the three are listed when they have customers. Rows with value_class `all` hold revenue against profit alone, every
--   pair of them; the row of three `all` is the population. Every customer behind a row whose levels differ stands in
--   business.customer_value_views.
-- columns:
--   levels_apart: 0 agree, 1 differ, 2 contradict each other; in rows with `all` not known
--   position: the furthest apart first, then from the best tier to the last, then the lowest profit first

with sums as (
    select coalesce(value_class, 'all') as value_class, abc_class, tier,
        case when grouping(value_class) = 0 then max(levels_apart) end as levels_apart, count(*) as customers,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue, cast(sum(profit) as decimal(28, 10)) as profit
    from business.customer_value_views group by grouping sets ((value_class, abc_class, tier), (abc_class, tier))
),

population as (
    select count(*) as customers, cast(coalesce(sum(net_revenue), 0) as decimal(28, 4)) as net_revenue,
        cast(coalesce(sum(profit), 0) as decimal(28, 10)) as profit
    from business.customer_value_views
),

tiers as (select value, position from business.class_values where class_name = 'tier'),

abc_classes as (select value from business.class_values where class_name = 'abc_class'),

listed as (
    select value_class, abc_class, tier, levels_apart, customers, net_revenue, profit
    from sums where value_class <> 'all'
    union all
    select 'all' as value_class, 'all' as abc_class, 'all' as tier, cast(null as bigint) as levels_apart, customers,
        net_revenue, profit
    from population
    union all
    select
        'all' as value_class, abc_classes.value as abc_class, tiers.value as tier, cast(null as bigint) as levels_apart,
        coalesce(sums.customers, 0) as customers, coalesce(sums.net_revenue, cast(0 as decimal(28, 4))) as net_revenue,
        coalesce(sums.profit, cast(0 as decimal(28, 10))) as profit
    from abc_classes cross join tiers
    left join sums  -- one-to-one; none without customers
        on sums.value_class = 'all' and abc_classes.value = sums.abc_class and tiers.value = sums.tier
)

select listed.value_class, listed.abc_class, listed.tier,
    row_number() over (
        order by listed.levels_apart desc nulls last, tiers.position nulls last, listed.profit nulls last,
            listed.value_class nulls last, listed.abc_class nulls last, listed.tier nulls last
    ) as position,
    listed.levels_apart, listed.customers,
    cast(listed.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    listed.net_revenue,
    case when population.net_revenue > 0 then cast(listed.net_revenue as double)
        / nullif(cast(population.net_revenue as double), 0) end as revenue_share,
    listed.profit,
    case when population.profit > 0 then cast(cast(listed.profit as decimal(28, 4)) as double)
        / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0) end as profit_share
from listed cross join population
left join tiers on listed.tier = tiers.value  -- many-to-one; none for the population
order by position, listed.value_class, listed.abc_class, listed.tier
