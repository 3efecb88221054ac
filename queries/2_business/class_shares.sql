-- title:   Every class value of the current snapshot with its shares
-- grain:   one row per class_name and value, and one per class_name with value `total`
-- key:     [class_name, value]
-- note: >
--   Shares are of the population of the window; of customers, of all who are counted in the class: lifecycle and ABC
--   count all known customers, with or without an order in the window, and lifecycle the prospects, too. Internal
--   customers and, among the types, prospects have a row below the total and no shares. A share or rate whose base is
--   not above 0 is not known (NULL): a share of a loss turns every sign around.
-- columns:
--   customer_share: customers / customers of the total
--   customers_without_order: customers without an order in the window
--   profit_rank: place among the values, most profit first

with class_totals as (select * from business.class_totals where snapshot = 'current'),

population as (select * from class_totals where class_name = 'all'),

value_totals as (select * from class_totals where class_name <> 'all'),

stages_without_order as (
    select lifecycle_stage, count(*) as customers
    from business.customer_lifecycle where snapshot = 'current' and not is_in_window group by lifecycle_stage
    union all
    select 'prospect' as lifecycle_stage, count(*) as customers from business.prospects where snapshot = 'current'
),

named_counts as (
    select class_names.class_name,
        case class_names.class_name when 'lifecycle_stage' then stages.lifecycle_stage when 'lifecycle_phase'
            then class_values.phase else 'd' end as value,
        stages.customers
    from stages_without_order as stages
    cross join (values ('lifecycle_stage'), ('lifecycle_phase'), ('abc_class')) as class_names (class_name)
    left join business.class_values as class_values  -- many-to-one
        on stages.lifecycle_stage = class_values.value and class_values.class_name = 'lifecycle_stage'
    where class_names.class_name <> 'abc_class' or stages.lifecycle_stage <> 'prospect'
),

without_order as (
    -- By value, and all of them as `total`.
    select class_name, coalesce(value, 'total') as value, sum(customers) as customers
    from named_counts where value is not null group by grouping sets ((class_name, value), (class_name))
),

listed_values as (
    -- A value that no customer has is shown with zeros; one that nobody listed follows the others.
    select coalesce(class_values.class_name, value_totals.class_name) as class_name,
        coalesce(class_values.value, value_totals.value) as value,
        coalesce(class_values.position, case value_totals.value when 'not_known' then 60 else 50 end) as position,
        class_values.phase, value_totals.customers, value_totals.unprofitable_customers, value_totals.orders,
        value_totals.lines, value_totals.gross_revenue, value_totals.discount_amount, value_totals.net_revenue,
        value_totals.cost_of_goods, value_totals.contribution_margin, value_totals.cost_to_serve, value_totals.profit
    from business.class_values as class_values
    full join value_totals  -- one-to-one
        on class_values.class_name = value_totals.class_name and class_values.value = value_totals.value
    union all
    select class_names.class_name, 'total' as value, 100 as position, null as phase, population.customers,
        population.unprofitable_customers, population.orders, population.lines, population.gross_revenue,
        population.discount_amount, population.net_revenue, population.cost_of_goods, population.contribution_margin,
        population.cost_to_serve, population.profit
    from (select distinct class_name from business.class_values) as class_names cross join population
),

counted_values as (
    select listed_values.*, cast(coalesce(counted.customers, 0) as bigint) as customers_without_order,
        cast(coalesce(max(case when counted.value = 'total'
            then counted.customers end) over (partition by listed_values.class_name), 0) as bigint) as all_without_order
    from listed_values
    left join without_order as counted  -- one-to-one; none where nobody is counted beside the population
        on listed_values.class_name = counted.class_name and listed_values.value = counted.value
),

all_values as (
    select counted_values.class_name, counted_values.value, counted_values.position, counted_values.phase,
        coalesce(counted_values.customers, 0) as customers_in_window, counted_values.customers_without_order,
        coalesce(counted_values.customers, 0) + counted_values.customers_without_order as customers,
        population.customers + counted_values.all_without_order as all_customers,
        coalesce(counted_values.unprofitable_customers, 0) as unprofitable_customers,
        coalesce(counted_values.orders, 0) as orders, coalesce(counted_values.lines, 0) as lines,
        cast(coalesce(counted_values.gross_revenue, 0) as decimal(28, 4)) as gross_revenue,
        cast(coalesce(counted_values.discount_amount, 0) as decimal(28, 4)) as discount_amount,
        cast(coalesce(counted_values.net_revenue, 0) as decimal(28, 4)) as net_revenue,
        cast(coalesce(counted_values.cost_of_goods, 0) as decimal(28, 4)) as cost_of_goods,
        cast(coalesce(counted_values.contribution_margin, 0) as decimal(28, 4)) as contribution_margin,
        cast(coalesce(counted_values.cost_to_serve, 0) as decimal(28, 10)) as cost_to_serve,
        cast(coalesce(counted_values.profit, 0) as decimal(28, 10)) as profit,
        population.net_revenue as all_net_revenue, population.profit as all_profit
    from counted_values cross join population
)

select class_name, value, cast(position as bigint) as position, phase,
    customers, cast(customers as double) / nullif(cast(all_customers as double), 0) as customer_share,
    customers_in_window, customers_without_order, unprofitable_customers, orders, lines, gross_revenue, discount_amount,
    cast(discount_amount as double) / nullif(cast(greatest(gross_revenue, 0) as double), 0) as discount_rate,
    net_revenue,
    case when all_net_revenue > 0 then cast(net_revenue as double)
        / cast(cast(all_net_revenue as decimal(28, 4)) as double) end as revenue_share,
    cost_of_goods, contribution_margin, cost_to_serve, profit,
    case when all_profit > 0 then cast(cast(profit as decimal(28, 4)) as double)
        / cast(cast(all_profit as decimal(28, 4)) as double) end as profit_share,
    cast(
        case
            when position < 100
                then row_number() over (
                    partition by class_name
                    order by case when position < 100 then 0 else 1 end, profit desc nulls last, value nulls last
                )
        end as bigint
    ) as profit_rank,
    cast(cast(profit as decimal(28, 4)) as double) / nullif(cast(customers_in_window as double), 0)
        as profit_per_customer,
    case when net_revenue > 0 then cast(cast(profit as decimal(28, 4)) as double) / cast(net_revenue as double) end
        as profit_rate
from all_values
union all
select 'customer_kind' as class_name, 'internal' as value, cast(101 as bigint) as position, null as phase,
    customers, null as customer_share, cast(0 as bigint) as customers_in_window, customers as customers_without_order,
    null as unprofitable_customers, orders, lines, null as gross_revenue, null as discount_amount,
    null as discount_rate, net_revenue, null as revenue_share, cost_of_goods, contribution_margin,
    null as cost_to_serve, null as profit, null as profit_share, null as profit_rank, null as profit_per_customer,
    null as profit_rate
from business.internal_totals where snapshot = 'current'
union all
select 'customer_type' as class_name, 'prospect' as value, cast(101 as bigint) as position, null as phase,
    count(*) as customers, null as customer_share, cast(0 as bigint) as customers_in_window,
    count(*) as customers_without_order, cast(0 as bigint) as unprofitable_customers, cast(0 as bigint) as orders,
    cast(0 as bigint) as lines, cast(0 as decimal(28, 4)) as gross_revenue,
    cast(0 as decimal(28, 4)) as discount_amount, null as discount_rate, cast(0 as decimal(28, 4)) as net_revenue,
    null as revenue_share, cast(0 as decimal(28, 4)) as cost_of_goods, cast(0 as decimal(28, 4)) as contribution_margin,
    cast(0 as decimal(28, 10)) as cost_to_serve, cast(0 as decimal(28, 10)) as profit, null as profit_share,
    null as profit_rank, null as profit_per_customer, null as profit_rate
from business.prospects where snapshot = 'current'
