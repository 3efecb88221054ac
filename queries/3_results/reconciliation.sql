-- title:   Sums that must agree
-- key:     [identity]
-- cells:   {open: [position, unit, holds]}
-- note: >
--   Both sides are taken at different places of the flow and must agree exactly. A pair of which a side is missing does
--   not hold: it names a total that nobody takes. Service of others are cases of people without an order in the window,
--   and of internal customers: they are the cost of nobody in the population.

with compared_totals as (
    -- `taken` says of what the pair is: of the order lines, of another source, of every snapshot, of the current one,
    -- of the service cases of a snapshot, or of an earlier snapshot that is compared.
    select *
    from (values
        (1, 'count', 'order_lines', 'rows read', 'rows in file footers'),
        (2, 'count', 'order_lines', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (3, 'money', 'order_lines', 'money read', 'money used, rejected, filtered and out of scope'),
        (16, 'money', 'order_lines', 'money used', 'money used by currency'),
        (4, 'count', 'customers', 'rows read', 'rows in file footers'),
        (5, 'count', 'customers', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (6, 'count', 'service_cases', 'rows read', 'rows in file footers'),
        (7, 'count', 'service_cases', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (8, 'money', 'service_cases', 'money read', 'money used, rejected, filtered and out of scope'),
        (9, 'count', 'payments', 'rows read', 'rows in file footers'),
        (10, 'count', 'payments', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (11, 'money', 'payments', 'money read', 'money used, rejected, filtered and out of scope'),
        (12, 'count', 'visits', 'rows read', 'rows in file footers'),
        (13, 'count', 'visits', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (14, 'count', 'exchange_rates', 'rows read', 'rows in file footers'),
        (15, 'count', 'exchange_rates', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (11, 'count', 'snapshot', 'lines of lines', 'lines of customers and internal customers'),
        (12, 'count', 'snapshot', 'orders of orders', 'orders of customers and internal customers'),
        (13, 'money', 'snapshot', 'net revenue of lines', 'net revenue of orders'),
        (14, 'money', 'snapshot', 'net revenue of orders', 'net revenue of customers and internal customers'),
        (15, 'money', 'snapshot', 'profit of customers', 'list price less discount, cost of goods and cost to serve'),
        (16, 'money', 'snapshot', 'cost to serve of customers', 'cost to serve by rate and volume'),
        (17, 'count', 'snapshot', 'customers with an order in the window', 'customers'),
        (18, 'count', 'service', 'service cases of others', 'service cases in the window less that of customers'),
        (19, 'money', 'service', 'cost of service of others', 'cost of service in the window less that of customers'),
        (81, 'money', 'current', 'profit by tier', 'profit at the end of the whale curve'),
        (82, 'count', 'current', 'customers', 'customers by country and region'),
        (83, 'money', 'current', 'net revenue of customers', 'net revenue by country and region'),
        (84, 'money', 'current', 'profit of customers', 'profit by country and region'),
        (85, 'count', 'current', 'customers with a first order in a period that is over', 'customers of cohorts'),
        (
            86, 'money', 'current', 'net revenue since the first order in the periods that are over',
            'net revenue of cohorts'
        ),
        (87, 'money', 'current', 'net revenue of customers', 'net revenue by country and region of the lines'),
        (91, 'count', 'earlier', 'customers', 'customers of migration before'),
        (92, 'money', 'earlier', 'profit of customers', 'profit of migration before'),
        (93, 'count', 'earlier', 'current customers', 'customers of migration now'),
        (94, 'money', 'earlier', 'current profit of customers', 'profit of migration now'),
        (95, 'money', 'earlier', 'change of profit of customers', 'steps of the profit bridge')
    ) as listed (position, unit, taken, left_total, right_total)
),

class_names as (
    -- Every class is compared, in the order of their names.
    select class_name, dense_rank() over (order by class_name nulls last) as class_position
    from business.class_values group by class_name
),

compared as (
    select position, unit, taken, left_total, right_total from compared_totals
    union all
    select listed.position + class_names.class_position as position, listed.unit, 'snapshot' as taken,
        listed.left_total, listed.right_total || ' by ' || class_names.class_name as right_total
    from (values
        (20, 'count', 'customers', 'customers'),
        (40, 'money', 'net revenue of customers', 'net revenue'),
        (60, 'money', 'profit of customers', 'profit')
    ) as listed (position, unit, left_total, right_total)
    cross join class_names
),

pairs as (
    -- A source that is not configured has nothing to compare, and the rows that a query gives are in no file.
    select compared.position, compared.unit,
        compared.left_total || case when sources.source = 'order_lines' then '' else ', ' || sources.source end
            as left_total,
        compared.right_total || case when sources.source = 'order_lines' then '' else ', ' || sources.source end
            as right_total
    from compared
    inner join settings.sources as sources on compared.taken = sources.source  -- many-to-one
    where sources.is_configured and (not sources.has_query or compared.right_total <> 'rows in file footers')
    union all
    select compared.position + 100 * snapshots.position as position, compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from settings.snapshots as snapshots
    left join business.compared_snapshots as compared_snapshots  -- one-to-one; none of the current one
        on snapshots.snapshot = compared_snapshots.snapshot
    cross join settings.sources as sources
    inner join compared  -- each snapshot meets the pairs that are taken of it
        on compared.taken = 'snapshot' or (compared.taken = 'service' and sources.is_configured)
        or (compared.taken = 'current' and snapshots.snapshot = 'current')
        or (compared.taken = 'earlier' and compared_snapshots.snapshot is not null)
    where sources.source = 'service_cases'
),

sides as (
    select pairs.position, pairs.unit, pairs.left_total, pairs.right_total, left_totals.amount as left_side,
        right_totals.amount as right_side
    from pairs
    left join business.control_totals as left_totals on pairs.left_total = left_totals.total  -- many-to-one
    left join business.control_totals as right_totals on pairs.right_total = right_totals.total  -- many-to-one
)

select left_total || ' = ' || right_total as identity, cast(position as bigint) as position, unit,
    cast(left_side as decimal(28, 10)) as left_side, cast(right_side as decimal(28, 10)) as right_side,
    cast(left_side - right_side as decimal(28, 10)) as difference, coalesce(left_side = right_side, false) as holds
from sides order by position, identity
