-- title:   Every class value of the current snapshot with its shares
-- grain:   one row per class_name and value, and one per class_name with value `total`
-- key:     [class_name, value]
-- inputs:  [business.class_totals, business.class_values]
-- note: >
--   Shares are of the population of the window. A share or rate whose base is not above 0 is not known
--   (NULL): a share of a loss turns every sign around.
-- columns:
--   customer_share: customers / customers of the population

with

class_totals as (
    select
        class_name,
        value,
        customers,
        unprofitable_customers,
        orders,
        lines,
        gross_revenue,
        discount_amount,
        net_revenue,
        cost_of_goods,
        contribution_margin,
        cost_to_serve,
        profit
    from business.class_totals
    where snapshot = 'current'
),

population as (
    select
        customers,
        unprofitable_customers,
        orders,
        lines,
        gross_revenue,
        discount_amount,
        net_revenue,
        cost_of_goods,
        contribution_margin,
        cost_to_serve,
        profit
    from class_totals
    where class_name = 'all'
),

all_values as (
    -- A value that no customer has is shown with zeros.
    select
        class_values.class_name,
        class_values.value,
        class_values.position,
        class_values.phase,
        coalesce(class_totals.customers, 0) as customers,
        coalesce(class_totals.unprofitable_customers, 0) as unprofitable_customers,
        coalesce(class_totals.orders, 0) as orders,
        coalesce(class_totals.lines, 0) as lines,
        coalesce(class_totals.gross_revenue, 0) as gross_revenue,
        coalesce(class_totals.discount_amount, 0) as discount_amount,
        coalesce(class_totals.net_revenue, 0) as net_revenue,
        coalesce(class_totals.cost_of_goods, 0) as cost_of_goods,
        coalesce(class_totals.contribution_margin, 0) as contribution_margin,
        coalesce(class_totals.cost_to_serve, 0) as cost_to_serve,
        coalesce(class_totals.profit, 0) as profit
    from business.class_values as class_values
    left join class_totals  -- one-to-one
        on class_values.class_name = class_totals.class_name
        and class_values.value = class_totals.value
    union all
    select
        class_names.class_name,
        'total' as value,
        100 as position,
        cast(null as varchar) as phase,
        population.customers,
        population.unprofitable_customers,
        population.orders,
        population.lines,
        population.gross_revenue,
        population.discount_amount,
        population.net_revenue,
        population.cost_of_goods,
        population.contribution_margin,
        population.cost_to_serve,
        population.profit
    from (select distinct class_name from business.class_values) as class_names
    cross join population
)

select
    all_values.class_name,
    all_values.value,

    cast(all_values.position as bigint) as position,
    all_values.phase,

    all_values.customers,
    cast(all_values.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    all_values.unprofitable_customers,
    all_values.orders,
    all_values.lines,
    cast(all_values.gross_revenue as decimal(28, 4)) as gross_revenue,
    cast(all_values.discount_amount as decimal(28, 4)) as discount_amount,
    cast(all_values.discount_amount as double) / nullif(cast(all_values.gross_revenue as double), 0)
        as discount_rate,
    cast(all_values.net_revenue as decimal(28, 4)) as net_revenue,
    case
        when population.net_revenue > 0
            then cast(all_values.net_revenue as double) / cast(population.net_revenue as double)
    end as revenue_share,
    cast(all_values.cost_of_goods as decimal(28, 4)) as cost_of_goods,
    cast(all_values.contribution_margin as decimal(28, 4)) as contribution_margin,
    cast(all_values.cost_to_serve as decimal(28, 10)) as cost_to_serve,
    cast(all_values.profit as decimal(28, 10)) as profit,
    case
        when population.profit > 0
            then cast(cast(all_values.profit as decimal(28, 4)) as double)
                / cast(cast(population.profit as decimal(28, 4)) as double)
    end as profit_share,
    cast(cast(all_values.profit as decimal(28, 4)) as double)
        / nullif(cast(all_values.customers as double), 0) as profit_per_customer,
    case
        when all_values.net_revenue > 0
            then cast(cast(all_values.profit as decimal(28, 4)) as double)
                / cast(all_values.net_revenue as double)
    end as profit_rate
from all_values
cross join population
