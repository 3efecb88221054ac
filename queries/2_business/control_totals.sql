-- title:   Totals that must agree, each taken at its own place
-- grain:   one row per total
-- key:     [total]
-- inputs:  [business.activity_costs, business.case_costs, business.class_totals, business.class_values,
--           business.cohort_activity, business.cohort_periods, business.currency_totals, business.customer_contacts,
--           business.customer_measures, business.customer_profit, business.internal_totals, business.line_sums,
--           business.move_totals, business.orders, business.place_totals, business.source_totals,
--           business.whale_ranks, settings.snapshots]
-- note: >
--   results.reconciliation compares them in pairs. Totals of rows and of money read, used and set
--   aside are those of the order lines, unless they name another source.

with

source_totals as (
    -- The order lines are what the report is about: their totals have no name after them.
    select
        source_totals.*,
        case when source = 'order_lines' then '' else ', ' || source end as suffix
    from business.source_totals as source_totals
),

line_days as (
    -- A line belongs to the day of its order, however late it was shipped or sent back.
    select order_date, sum(net_revenue) as net_revenue, sum(lines) as lines
    from business.line_sums
    group by order_date
),

window_lines as (
    select snapshots.snapshot, sum(line_days.net_revenue) as net_revenue, sum(line_days.lines) as lines
    from line_days
    inner join settings.snapshots as snapshots
        on line_days.order_date >= snapshots.window_start
        and line_days.order_date < snapshots.as_of
    group by snapshots.snapshot
),

window_orders as (
    select
        snapshots.snapshot,
        sum(orders.net_revenue) as net_revenue,
        sum(orders.lines) as lines,
        count(*) filter (where orders.is_sale) as orders
    from business.orders as orders
    inner join settings.snapshots as snapshots
        on orders.order_date >= snapshots.window_start
        and orders.order_date < snapshots.as_of
    group by snapshots.snapshot
),

customers as (
    select
        snapshot,
        count(*) as customers,
        sum(orders) as orders,
        sum(lines) as lines,
        sum(service_cases) as service_cases,
        sum(recorded_case_cost) as recorded_case_cost,
        sum(case_costs) as case_costs,
        sum(net_revenue) as net_revenue,
        sum(cost_of_goods) as cost_of_goods,
        sum(cost_to_serve) as cost_to_serve,
        sum(profit) as profit,
        sum(gross_revenue) as gross_revenue,
        sum(discount_amount) as discount_amount
    from business.customer_profit
    group by snapshot
),

class_sums as (
    select
        snapshot,
        class_name,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.class_totals
    group by snapshot, class_name
),

driver_costs as (
    -- Rate x volume, added up without going through the costs of orders and customers; what the source recorded is
    -- volume and price in one.
    select costs.snapshot, sum(costs.cost) + max(customers.recorded_case_cost) as cost
    from business.activity_costs as costs
    inner join customers  -- many-to-one
        on costs.snapshot = customers.snapshot
    where costs.customer_id is null and costs.rate is not null
    group by costs.snapshot
),

window_cases as (
    select snapshots.snapshot, count(*) as cases, sum(case_costs.cost_to_serve) as cost
    from business.case_costs as case_costs
    inner join settings.snapshots as snapshots
        on case_costs.opened_date >= snapshots.window_start
        and case_costs.opened_date < snapshots.as_of
    group by snapshots.snapshot
),

cases_of_others as (
    -- Cases of people without an order in the window: a cost, but of nobody in the population.
    select contacts.snapshot, sum(contacts.cases) as cases, sum(contacts.case_costs) as cost
    from business.customer_contacts as contacts
    left join business.customer_profit as profit  -- one-to-one
        on contacts.snapshot = profit.snapshot
        and contacts.customer_id = profit.customer_id
    where profit.customer_id is null
    group by contacts.snapshot
),

service_sides as (
    select 'of others' as side, snapshot, cases, cost
    from cases_of_others
    union all
    -- The same from the other side: all cases of the window less those that the customers bear.
    select
        'in the window less that of customers' as side,
        window_cases.snapshot,
        window_cases.cases - coalesce(customers.service_cases, 0) as cases,
        window_cases.cost - coalesce(customers.case_costs, 0) as cost
    from window_cases
    left join customers  -- one-to-one; none without an order in the window
        on window_cases.snapshot = customers.snapshot
),

moves as (
    select
        from_snapshot,
        sum(customers) filter (where step not in ('new', 'reactivated')) as from_customers,
        sum(customers) filter (where step <> 'gone') as to_customers,
        sum(from_profit) as from_profit,
        sum(to_profit) as to_profit
    from business.move_totals
    group by from_snapshot
),

bridge_steps as (
    select from_snapshot, step, sum(to_profit) - sum(from_profit) as amount
    from business.move_totals
    group by from_snapshot, step
),

bridges as (
    select from_snapshot, sum(amount) as amount
    from bridge_steps
    group by from_snapshot
),

changes as (
    -- The current snapshot against each earlier one that has customers.
    select
        earlier.snapshot as from_snapshot,
        coalesce(now.customers, 0) as to_customers,
        coalesce(now.profit, 0) as to_profit,
        coalesce(now.profit, 0) - earlier.profit as profit_change
    from customers as earlier
    left join customers as now  -- many-to-one; none without an order in the window
        on now.snapshot = 'current'
    where earlier.snapshot <> 'current'
),

cohorts as (
    select
        sum(active) filter (where period_number = cohort_number) as customers,
        sum(net_revenue) as net_revenue
    from business.cohort_activity
),

first_sale_months as (
    -- Numbered through, 12 a year.
    select
        customer_id,
        min(
            cast(date_part('year', order_date) as bigint) * 12 + cast(date_part('month', order_date) as bigint) - 1
        ) as month_number
    from business.orders
    where is_sale and not is_internal
    group by customer_id
),

days_before_the_open_period as (
    select
        sum(orders.net_revenue) as net_revenue
    from business.orders as orders
    inner join first_sale_months  -- many-to-one
        on orders.customer_id = first_sale_months.customer_id
    cross join business.cohort_periods as periods
    where cast(date_part('year', orders.order_date) as bigint) * 12
            + cast(date_part('month', orders.order_date) as bigint) - 1 >= first_sale_months.month_number
        and cast(date_part('year', orders.order_date) as bigint) * 12
            + cast(date_part('month', orders.order_date) as bigint) - 1 < periods.open_period * periods.months
),

first_orders_before_the_open_period as (
    select count(*) as customers
    from business.customer_measures as measures
    cross join business.cohort_periods as periods
    where measures.snapshot = 'current'
        and cast(date_part('year', measures.first_order_date) as bigint) * 12
            + cast(date_part('month', measures.first_order_date) as bigint) - 1 < periods.open_period * periods.months
),

listed as (
    select 'rows read' || suffix as total, cast(rows_read as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'money read' || suffix as total, cast(amount_read as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'rows in file footers' || suffix as total, cast(rows_in_footers as decimal(28, 10)) as amount
    from source_totals
    union all
    select
        'rows used, rejected and out of scope' || suffix as total,
        cast(rows_used + rows_rejected + rows_out_of_scope as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'money used' as total, cast(amount_used as decimal(28, 10)) as amount
    from source_totals
    where source = 'order_lines'
    union all
    select 'money used by currency' as total, cast(coalesce(sum(net_revenue), 0) as decimal(28, 10)) as amount
    from business.currency_totals
    union all
    select
        'money used, rejected and out of scope' || suffix as total,
        cast(amount_used + amount_rejected + amount_out_of_scope as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'net revenue of lines, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from window_lines
    union all
    select 'net revenue of orders, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from window_orders
    union all
    select 'net revenue of customers, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from customers
    union all
    select
        'net revenue of customers and internal customers, ' || internal_totals.snapshot as total,
        cast(coalesce(customers.net_revenue, 0) + internal_totals.net_revenue as decimal(28, 10)) as amount
    from business.internal_totals as internal_totals
    left join customers  -- one-to-one; none without a population
        on internal_totals.snapshot = customers.snapshot
    union all
    select 'lines of lines, ' || snapshot as total, cast(lines as decimal(28, 10)) as amount
    from window_lines
    union all
    select
        'lines of customers and internal customers, ' || internal_totals.snapshot as total,
        cast(coalesce(customers.lines, 0) + internal_totals.lines as decimal(28, 10)) as amount
    from business.internal_totals as internal_totals
    left join customers  -- one-to-one; none without a population
        on internal_totals.snapshot = customers.snapshot
    union all
    select 'orders of orders, ' || snapshot as total, cast(orders as decimal(28, 10)) as amount
    from window_orders
    union all
    select
        'orders of customers and internal customers, ' || internal_totals.snapshot as total,
        cast(coalesce(customers.orders, 0) + internal_totals.orders as decimal(28, 10)) as amount
    from business.internal_totals as internal_totals
    left join customers  -- one-to-one; none without a population
        on internal_totals.snapshot = customers.snapshot
    union all
    select 'profit of customers, ' || snapshot as total, cast(profit as decimal(28, 10)) as amount
    from customers
    union all
    select
        'list price less discount, cost of goods and cost to serve, ' || snapshot as total,
        cast(gross_revenue - discount_amount - cost_of_goods - cost_to_serve as decimal(28, 10)) as amount
    from customers
    union all
    select 'cost to serve of customers, ' || snapshot as total, cast(cost_to_serve as decimal(28, 10)) as amount
    from customers
    union all
    select 'cost to serve by rate and volume, ' || snapshot as total, cast(cost as decimal(28, 10)) as amount
    from driver_costs
    union all
    select 'service cases ' || side || ', ' || snapshot as total, cast(cases as decimal(28, 10)) as amount
    from service_sides
    union all
    select
        'cost of service ' || service_sides.side || ', ' || service_sides.snapshot as total,
        cast(service_sides.cost as decimal(28, 10)) as amount
    from service_sides
    union all
    select 'customers, ' || snapshot as total, cast(customers as decimal(28, 10)) as amount
    from customers
    union all
    select 'customers with an order in the window, ' || snapshot as total, cast(count(*) as decimal(28, 10)) as amount
    from business.customer_measures
    where is_in_window
    group by snapshot
    union all
    select
        'net revenue by ' || class_name || ', ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'profit by ' || class_name || ', ' || snapshot as total, cast(profit as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'customers by ' || class_name || ', ' || snapshot as total, cast(customers as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'customers by country and region, current' as total, cast(sum(customers) as decimal(28, 10)) as amount
    from business.place_totals
    where kind = 'home'
    union all
    select 'net revenue by country and region, current' as total, cast(sum(net_revenue) as decimal(28, 10)) as amount
    from business.place_totals
    where kind = 'home'
    union all
    select
        'net revenue by country and region of the lines, current' as total,
        cast(sum(net_revenue) as decimal(28, 10)) as amount
    from business.place_totals
    where kind = 'lines'
    union all
    select 'profit by country and region, current' as total, cast(sum(profit) as decimal(28, 10)) as amount
    from business.place_totals
    where kind = 'home'
    union all
    select
        'customers of migration before, ' || from_snapshot as total,
        cast(from_customers as decimal(28, 10)) as amount
    from moves
    union all
    select 'profit of migration before, ' || from_snapshot as total, cast(from_profit as decimal(28, 10)) as amount
    from moves
    union all
    select 'customers of migration now, ' || from_snapshot as total, cast(to_customers as decimal(28, 10)) as amount
    from moves
    union all
    select 'current customers, ' || from_snapshot as total, cast(to_customers as decimal(28, 10)) as amount
    from changes
    union all
    select 'profit of migration now, ' || from_snapshot as total, cast(to_profit as decimal(28, 10)) as amount
    from moves
    union all
    select 'current profit of customers, ' || from_snapshot as total, cast(to_profit as decimal(28, 10)) as amount
    from changes
    union all
    select 'steps of the profit bridge, ' || from_snapshot as total, cast(amount as decimal(28, 10)) as amount
    from bridges
    union all
    select 'change of profit of customers, ' || from_snapshot as total, cast(profit_change as decimal(28, 10)) as amount
    from changes
    union all
    select 'customers of cohorts, current' as total, cast(coalesce(customers, 0) as decimal(28, 10)) as amount
    from cohorts
    union all
    select
        'customers with a first order in a period that is over, current' as total,
        cast(customers as decimal(28, 10)) as amount
    from first_orders_before_the_open_period
    union all
    select 'net revenue of cohorts, current' as total, cast(coalesce(net_revenue, 0) as decimal(28, 10)) as amount
    from cohorts
    union all
    select
        'net revenue since the first order in the periods that are over, current' as total,
        cast(coalesce(net_revenue, 0) as decimal(28, 10)) as amount
    from days_before_the_open_period
    union all
    select 'profit at the end of the whale curve, current' as total, cumulative_profit as amount
    from business.whale_ranks
    where position = (select max(position) from business.whale_ranks)
),

snapshot_names as (
    -- Totals of a snapshot: without customers, lines or service cases there they are 0, and not missing.
    select snapshots.snapshot, names.name
    from settings.snapshots as snapshots
    cross join (
        values
        ('all', 'lines of lines'),
        ('all', 'lines of customers and internal customers'),
        ('all', 'orders of orders'),
        ('all', 'orders of customers and internal customers'),
        ('all', 'net revenue of lines'),
        ('all', 'net revenue of orders'),
        ('all', 'net revenue of customers and internal customers'),
        ('all', 'net revenue of customers'),
        ('all', 'profit of customers'),
        ('all', 'list price less discount, cost of goods and cost to serve'),
        ('all', 'cost to serve of customers'),
        ('all', 'cost to serve by rate and volume'),
        ('all', 'customers with an order in the window'),
        ('all', 'customers'),
        ('all', 'service cases of others'),
        ('all', 'service cases in the window less that of customers'),
        ('all', 'cost of service of others'),
        ('all', 'cost of service in the window less that of customers'),
        ('now', 'customers by country and region'),
        ('now', 'net revenue by country and region'),
        ('now', 'net revenue by country and region of the lines'),
        ('now', 'profit by country and region'),
        ('now', 'profit at the end of the whale curve'),
        ('earlier', 'customers of migration before'),
        ('earlier', 'profit of migration before'),
        ('earlier', 'customers of migration now'),
        ('earlier', 'current customers'),
        ('earlier', 'profit of migration now'),
        ('earlier', 'current profit of customers'),
        ('earlier', 'steps of the profit bridge'),
        ('earlier', 'change of profit of customers')
    ) as names (moment, name)
    where names.moment = 'all'
        or (names.moment = 'now') = (snapshots.snapshot = 'current')
    union all
    select snapshots.snapshot, measures.name || ' by ' || classes.class_name as name
    from settings.snapshots as snapshots
    cross join (select class_name from business.class_values group by class_name) as classes
    cross join (values ('customers'), ('net revenue'), ('profit')) as measures (name)
),

named_totals as (
    select total, amount, 0 as expected
    from listed
    union all
    select name || ', ' || snapshot as total, cast(null as decimal(28, 10)) as amount, 1 as expected
    from snapshot_names
)

select
    total,

    cast(coalesce(max(amount), 0) as decimal(28, 10)) as amount
from named_totals
group by total
-- A total that is listed twice is none: its identity does not hold.
having count(amount) = 1 or (count(amount) = 0 and max(expected) = 1)
