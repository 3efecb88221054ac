-- title:   Totals that must agree, each taken at its own place
-- key:     [total]
-- note:    results.reconciliation compares them in pairs. Totals of rows and of money read, used and set aside are
--   those of the order lines, unless they name another source.

with line_days as (
    -- A line belongs to the day of its order, however late it was shipped or sent back.
    select order_date, sum(net_revenue) as net_revenue, sum(lines) as lines from business.line_sums group by order_date
),

window_lines as (
    select snapshots.snapshot, sum(line_days.net_revenue) as net_revenue, sum(line_days.lines) as lines
    from line_days
    inner join settings.snapshots as snapshots
        on line_days.order_date >= snapshots.window_start and line_days.order_date < snapshots.as_of
    group by snapshots.snapshot
),

window_orders as (
    select snapshots.snapshot, sum(orders.net_revenue) as net_revenue, sum(orders.lines) as lines,
        count(*) filter (where orders.is_sale) as orders
    from business.orders as orders
    inner join settings.snapshots as snapshots
        on orders.order_date >= snapshots.window_start and orders.order_date < snapshots.as_of
    group by snapshots.snapshot
),

customers as (
    select snapshot, count(*) as customers, sum(orders) as orders, sum(lines) as lines,
        sum(service_cases) as service_cases, sum(recorded_case_cost) as recorded_case_cost,
        sum(case_costs) as case_costs, sum(net_revenue) as net_revenue, sum(cost_of_goods) as cost_of_goods,
        sum(cost_to_serve) as cost_to_serve, sum(profit) as profit, sum(gross_revenue) as gross_revenue,
        sum(discount_amount) as discount_amount
    from business.customer_profit group by snapshot
),

rate_costs as (
    -- Rate x volume, added up without going through the costs of orders and customers.
    select snapshot, sum(cost) as cost
    from business.activity_costs where customer_id is null and rate is not null group by snapshot
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
        on contacts.snapshot = profit.snapshot and contacts.customer_id = profit.customer_id
    where profit.customer_id is null group by contacts.snapshot
),

populations as (
    select snapshot, count(*) as customers from business.customer_sums where is_in_window group by snapshot
),

by_snapshot as (
    -- Without customers, lines or service cases in a snapshot its totals are 0, and not missing.
    select snapshots.snapshot, coalesce(window_lines.lines, 0) as lines,
        coalesce(window_lines.net_revenue, 0) as line_revenue, coalesce(window_orders.orders, 0) as orders,
        coalesce(window_orders.net_revenue, 0) as order_revenue, coalesce(customers.customers, 0) as customers,
        coalesce(populations.customers, 0) as customers_with_order,
        coalesce(customers.lines, 0) + coalesce(internal_totals.lines, 0) as lines_of_all,
        coalesce(customers.orders, 0) + coalesce(internal_totals.orders, 0) as orders_of_all,
        coalesce(customers.net_revenue, 0) + coalesce(internal_totals.net_revenue, 0) as revenue_of_all,
        coalesce(customers.net_revenue, 0) as net_revenue,
        coalesce(customers.gross_revenue - customers.discount_amount - customers.cost_of_goods, 0)
        - coalesce(customers.cost_to_serve, 0) as list_price_less_costs,
        coalesce(customers.profit, 0) as profit, coalesce(customers.cost_to_serve, 0) as cost_to_serve,
        -- What the source recorded is volume and price in one.
        coalesce(rate_costs.cost, 0) + coalesce(customers.recorded_case_cost, 0) as cost_by_rate,
        coalesce(cases_of_others.cases, 0) as cases_of_others,
        coalesce(cases_of_others.cost, 0) as case_costs_of_others,
        -- The same from the other side: all cases of the window less those that the customers bear.
        case when window_cases.cases is null then 0 else window_cases.cases - coalesce(customers.service_cases, 0) end
            as cases_less_those_of_customers,
        case when window_cases.cases is null then 0 else window_cases.cost - coalesce(customers.case_costs, 0) end
            as case_costs_less_those_of_customers
    from settings.snapshots as snapshots
    left join business.internal_totals as internal_totals  -- one-to-one, as all that follow
        on snapshots.snapshot = internal_totals.snapshot
    left join window_lines on snapshots.snapshot = window_lines.snapshot
    left join window_orders on snapshots.snapshot = window_orders.snapshot
    left join customers on snapshots.snapshot = customers.snapshot
    left join populations on snapshots.snapshot = populations.snapshot
    left join rate_costs on snapshots.snapshot = rate_costs.snapshot
    left join window_cases on snapshots.snapshot = window_cases.snapshot
    left join cases_of_others on snapshots.snapshot = cases_of_others.snapshot
),

moves as (
    select from_snapshot, sum(customers) filter (where step not in ('new', 'reactivated')) as from_customers,
        sum(customers) filter (where step <> 'gone') as to_customers, sum(from_profit) as from_profit,
        sum(to_profit) as to_profit, sum(to_profit) - sum(from_profit) as bridge_amount
    from business.move_totals group by from_snapshot
),

changes as (
    -- The current snapshot against each earlier one.
    select snapshots.snapshot as from_snapshot, coalesce(customers.customers, 0) as from_customers,
        max(case when snapshots.snapshot = 'current' then coalesce(customers.customers, 0) end) over () as to_customers,
        coalesce(customers.profit, 0) as from_profit,
        max(case when snapshots.snapshot = 'current' then coalesce(customers.profit, 0) end) over () as to_profit
    from settings.snapshots as snapshots
    left join customers on snapshots.snapshot = customers.snapshot  -- one-to-one; none without a population
),

by_earlier_snapshot as (
    -- Nothing is compared with a snapshot that has no customers.
    select changes.from_snapshot, coalesce(moves.from_customers, 0) as from_customers,
        coalesce(moves.from_profit, 0) as from_profit, coalesce(moves.to_customers, 0) as to_customers,
        coalesce(moves.to_profit, 0) as to_profit, coalesce(moves.bridge_amount, 0) as bridge_amount,
        case when changes.from_customers = 0 then 0 else changes.to_customers end as current_customers,
        case when changes.from_customers = 0 then 0 else changes.to_profit end as current_profit,
        case when changes.from_customers = 0 then 0 else changes.to_profit - changes.from_profit end as profit_change
    from changes
    left join moves on changes.from_snapshot = moves.from_snapshot  -- one-to-one; none where nothing is compared
    where changes.from_snapshot <> 'current'
),

places as (
    select coalesce(sum(customers) filter (where kind = 'home'), 0) as customers,
        coalesce(sum(net_revenue) filter (where kind = 'home'), 0) as net_revenue,
        coalesce(sum(profit) filter (where kind = 'home'), 0) as profit,
        coalesce(sum(net_revenue) filter (where kind = 'lines'), 0) as line_revenue
    from business.place_shares where level = 'region' and country <> 'total'
),

class_sums as (
    select snapshot, class_name, sum(customers) as customers, sum(net_revenue) as net_revenue, sum(profit) as profit
    from business.class_totals group by snapshot, class_name
),

class_names as (
    select class_name
    from business.class_values group by class_name
    union  -- a class whose values nobody listed is added up too
    select class_name from class_sums
),

cohorts as (
    select coalesce(sum(active) filter (where period_number = cohort_number), 0) as customers,
        coalesce(sum(net_revenue), 0) as net_revenue
    from business.cohort_activity
),

first_sale_months as (
    -- Numbered through, 12 a year.
    select customer_id,
        min(cast(date_part('year', order_date) as bigint) * 12 + cast(date_part('month', order_date) as bigint) - 1)
            as month_number
    from business.orders where is_sale and not is_internal group by customer_id
),

days_before_the_open_period as (
    select coalesce(sum(orders.net_revenue), 0) as net_revenue
    from business.orders as orders
    inner join first_sale_months on orders.customer_id = first_sale_months.customer_id  -- many-to-one
    cross join business.cohort_periods as periods
    where cast(date_part('year', orders.order_date) as bigint) * 12
            + cast(date_part('month', orders.order_date) as bigint) - 1 >= first_sale_months.month_number
        and cast(date_part('year', orders.order_date) as bigint) * 12
            + cast(date_part('month', orders.order_date) as bigint) - 1 < periods.open_period * periods.months
),

first_orders_before_the_open_period as (
    select count(*) as customers
    from business.customer_sums as measures cross join business.cohort_periods as periods
    where measures.snapshot = 'current'
        and cast(date_part('year', measures.first_order_date) as bigint) * 12
            + cast(date_part('month', measures.first_order_date) as bigint) - 1 < periods.open_period * periods.months
),

listed as (
    -- The order lines are what the report is about: their totals have no name after them.
    select names.name || case when totals.source = 'order_lines' then '' else ', ' || totals.source end as total,
        case names.name
            when 'rows read' then cast(totals.rows_read as decimal(28, 10))
            when 'money read' then cast(totals.amount_read as decimal(28, 10))
            when 'rows in file footers' then cast(totals.rows_in_footers as decimal(28, 10))
            when 'rows used, rejected, filtered and out of scope'
                then cast(
                    totals.rows_used + totals.rows_rejected + totals.rows_filtered + totals.rows_out_of_scope
                    as decimal(28, 10)
                )
            when 'money used' then cast(totals.amount_used as decimal(28, 10))
            when 'money used, rejected, filtered and out of scope'
                then cast(
                    totals.amount_used + totals.amount_rejected + totals.amount_filtered + totals.amount_out_of_scope
                    as decimal(28, 10)
                )
        end as amount
    from business.source_totals as totals
    cross join (values
        ('rows read'), ('money read'), ('rows in file footers'), ('rows used, rejected, filtered and out of scope'),
        ('money used'), ('money used, rejected, filtered and out of scope')
    ) as names (name)
    where names.name <> 'money used' or totals.source = 'order_lines'
    union all
    select 'money used by currency' as total, cast(coalesce(sum(net_revenue), 0) as decimal(28, 10)) as amount
    from business.currency_totals
    union all
    select names.name || ', ' || totals.snapshot as total,
        case names.name
            when 'lines of lines' then cast(totals.lines as decimal(28, 10))
            when 'lines of customers and internal customers' then cast(totals.lines_of_all as decimal(28, 10))
            when 'orders of orders' then cast(totals.orders as decimal(28, 10))
            when 'orders of customers and internal customers' then cast(totals.orders_of_all as decimal(28, 10))
            when 'net revenue of lines' then cast(totals.line_revenue as decimal(28, 10))
            when 'net revenue of orders' then cast(totals.order_revenue as decimal(28, 10))
            when 'net revenue of customers and internal customers' then cast(totals.revenue_of_all as decimal(28, 10))
            when 'net revenue of customers' then cast(totals.net_revenue as decimal(28, 10))
            when 'profit of customers' then cast(totals.profit as decimal(28, 10))
            when 'list price less discount, cost of goods and cost to serve'
                then cast(totals.list_price_less_costs as decimal(28, 10))
            when 'cost to serve of customers' then cast(totals.cost_to_serve as decimal(28, 10))
            when 'cost to serve by rate and volume' then cast(totals.cost_by_rate as decimal(28, 10))
            when 'customers with an order in the window' then cast(totals.customers_with_order as decimal(28, 10))
            when 'customers' then cast(totals.customers as decimal(28, 10))
            when 'service cases of others' then cast(totals.cases_of_others as decimal(28, 10))
            when 'service cases in the window less that of customers'
                then cast(totals.cases_less_those_of_customers as decimal(28, 10))
            when 'cost of service of others' then cast(totals.case_costs_of_others as decimal(28, 10))
            when 'cost of service in the window less that of customers'
                then cast(totals.case_costs_less_those_of_customers as decimal(28, 10))
        end as amount
    from by_snapshot as totals
    cross join (values
        ('lines of lines'), ('lines of customers and internal customers'),
        ('orders of orders'), ('orders of customers and internal customers'),
        ('net revenue of lines'), ('net revenue of orders'),
        ('net revenue of customers and internal customers'), ('net revenue of customers'),
        ('profit of customers'), ('list price less discount, cost of goods and cost to serve'),
        ('cost to serve of customers'), ('cost to serve by rate and volume'),
        ('customers with an order in the window'), ('customers'),
        ('service cases of others'), ('service cases in the window less that of customers'),
        ('cost of service of others'), ('cost of service in the window less that of customers')
    ) as names (name)
    union all
    select names.name || ', ' || totals.from_snapshot as total,
        case names.name
            when 'customers of migration before' then cast(totals.from_customers as decimal(28, 10))
            when 'profit of migration before' then cast(totals.from_profit as decimal(28, 10))
            when 'customers of migration now' then cast(totals.to_customers as decimal(28, 10))
            when 'current customers' then cast(totals.current_customers as decimal(28, 10))
            when 'profit of migration now' then cast(totals.to_profit as decimal(28, 10))
            when 'current profit of customers' then cast(totals.current_profit as decimal(28, 10))
            when 'steps of the profit bridge' then cast(totals.bridge_amount as decimal(28, 10))
            when 'change of profit of customers' then cast(totals.profit_change as decimal(28, 10))
        end as amount
    from by_earlier_snapshot as totals
    cross join (values
        ('customers of migration before'), ('profit of migration before'), ('customers of migration now'),
        ('current customers'), ('profit of migration now'), ('current profit of customers'),
        ('steps of the profit bridge'), ('change of profit of customers')
    ) as names (name)
    union all
    select names.name || ' by ' || class_names.class_name || ', ' || snapshots.snapshot as total,
        case names.name
            when 'customers' then cast(coalesce(class_sums.customers, 0) as decimal(28, 10))
            when 'net revenue' then cast(coalesce(class_sums.net_revenue, 0) as decimal(28, 10))
            when 'profit' then cast(coalesce(class_sums.profit, 0) as decimal(28, 10))
        end as amount
    from settings.snapshots as snapshots cross join class_names
    left join class_sums  -- one-to-one; none without a population
        on snapshots.snapshot = class_sums.snapshot and class_names.class_name = class_sums.class_name
    cross join (values ('customers'), ('net revenue'), ('profit')) as names (name)
    union all
    select names.name || ', current' as total,
        case names.name
            when 'customers by country and region' then cast(places.customers as decimal(28, 10))
            when 'net revenue by country and region' then cast(places.net_revenue as decimal(28, 10))
            when 'net revenue by country and region of the lines' then cast(places.line_revenue as decimal(28, 10))
            when 'profit by country and region' then cast(places.profit as decimal(28, 10))
            when 'customers of cohorts' then cast(cohorts.customers as decimal(28, 10))
            when 'net revenue of cohorts' then cast(cohorts.net_revenue as decimal(28, 10))
            when 'customers with a first order in a period that is over' then cast(firsts.customers as decimal(28, 10))
            when 'net revenue since the first order in the periods that are over'
                then cast(since.net_revenue as decimal(28, 10))
        end as amount
    from places cross join cohorts
    cross join first_orders_before_the_open_period as firsts cross join days_before_the_open_period as since
    cross join (values
        ('customers by country and region'), ('net revenue by country and region'),
        ('net revenue by country and region of the lines'), ('profit by country and region'),
        ('customers of cohorts'), ('net revenue of cohorts'),
        ('customers with a first order in a period that is over'),
        ('net revenue since the first order in the periods that are over')
    ) as names (name)
    union all
    select 'profit at the end of the whale curve, current' as total,
        cast(coalesce(max(cumulative_profit), 0) as decimal(28, 10)) as amount
    from business.customer_ranks where profit_position = (select max(profit_position) from business.customer_ranks)
)

select total, cast(max(amount) as decimal(28, 10)) as amount
from listed group by total
-- A total that is listed twice is none: its identity does not hold.
having count(amount) = 1
