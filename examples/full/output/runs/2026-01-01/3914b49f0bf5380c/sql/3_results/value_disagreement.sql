-- title:   Value three ways, side by side
-- grain:   one row per value_class, abc_class and tier with customers; `all` adds up over what it stands for
-- key:     [value_class, abc_class, tier]
-- inputs:  [business.class_values, business.customer_value_views]
-- note: >
--   Population of the window. Value class by score, ABC class by net revenue, tier by profit. Rows with value_class
--   `all` hold revenue against profit alone; the row of three `all` is the population. Every customer behind a row
--   whose levels differ stands in business.value_disagreement_customers.
-- columns:
--   levels_apart: 0 agree, 1 differ, 2 contradict each other; in rows with `all` not known
--   position: the furthest apart first, then from the best tier to the last, then the lowest profit first

with

sums as (
    select
        coalesce(value_class, 'all') as value_class,
        coalesce(abc_class, 'all') as abc_class,
        coalesce(tier, 'all') as tier,
        case when grouping(value_class) = 0 then max(levels_apart) end as levels_apart,
        count(*) as customers,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from business.customer_value_views
    group by grouping sets ((value_class, abc_class, tier), (abc_class, tier), ())
),

population as (
    select customers, net_revenue, profit
    from sums
    where tier = 'all'
),

tiers as (
    select value, position
    from business.class_values
    where class_name = 'tier'
)

select
    sums.value_class,
    sums.abc_class,
    sums.tier,

    row_number() over (
        order by
            sums.levels_apart desc nulls last, tiers.position nulls last, sums.profit nulls last,
            sums.value_class nulls last, sums.abc_class nulls last, sums.tier nulls last
    ) as position,

    sums.levels_apart,
    sums.customers,
    cast(sums.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    sums.net_revenue,
    case
        when population.net_revenue > 0
            then cast(sums.net_revenue as double) / nullif(cast(population.net_revenue as double), 0)
    end as revenue_share,
    sums.profit,
    case
        when population.profit > 0
            then cast(cast(sums.profit as decimal(28, 4)) as double)
                / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0)
    end as profit_share
from sums
cross join population
left join tiers  -- many-to-one; none for the population
    on sums.tier = tiers.value
order by position, sums.value_class, sums.abc_class, sums.tier
