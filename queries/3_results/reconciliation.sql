-- title:   Sums that must agree
-- grain:   one row per identity
-- key:     [identity]
-- cells:
--   open: [position, unit, holds]
-- note: >
--   Both sides are taken at different places of the flow and must agree exactly. A pair of which a side is missing does
--   not hold: it names a total that nobody takes. Service of others are cases of people without an order in the window,
--   and of internal customers: they are the cost of nobody in the population.

with compared_totals as (
    select *
    from (values
        (1, 'count', 'rows read', 'rows in file footers'),
        (2, 'count', 'rows read', 'rows used, rejected, filtered and out of scope'),
        (3, 'money', 'money read', 'money used, rejected, filtered and out of scope'),
        (16, 'money', 'money used', 'money used by currency')
    ) as listed (position, unit, left_total, right_total)
),

compared_by_source as (
    select *
    from (values
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
        (15, 'count', 'exchange_rates', 'rows read', 'rows used, rejected, filtered and out of scope')
    ) as listed (position, unit, source, left_total, right_total)
),

compared_by_snapshot as (
    select *
    from (values
        (11, 'count', 'lines of lines', 'lines of customers and internal customers'),
        (12, 'count', 'orders of orders', 'orders of customers and internal customers'),
        (13, 'money', 'net revenue of lines', 'net revenue of orders'),
        (14, 'money', 'net revenue of orders', 'net revenue of customers and internal customers'),
        (15, 'money', 'profit of customers', 'list price less discount, cost of goods and cost to serve'),
        (16, 'money', 'cost to serve of customers', 'cost to serve by rate and volume'),
        (17, 'count', 'customers with an order in the window', 'customers')
    ) as listed (position, unit, left_total, right_total)
),

class_names as (
    -- Every class is compared, in the order of their names.
    select class_name, dense_rank() over (order by class_name nulls last) as class_position
    from business.class_values
    group by class_name
),

compared_by_class as (
    select listed.position + class_names.class_position as position, listed.unit, listed.left_total,
        listed.right_total || ' by ' || class_names.class_name as right_total
    from (values
        (20, 'count', 'customers', 'customers'),
        (40, 'money', 'net revenue of customers', 'net revenue'),
        (60, 'money', 'profit of customers', 'profit')
    ) as listed (position, unit, left_total, right_total)
    cross join class_names
),

compared_service as (
    select *
    from (values
        (18, 'count', 'service cases of others', 'service cases in the window less that of customers'),
        (19, 'money', 'cost of service of others', 'cost of service in the window less that of customers')
    ) as listed (position, unit, left_total, right_total)
),

compared_now as (
    select *
    from (values
        (81, 'money', 'profit by tier', 'profit at the end of the whale curve'),
        (82, 'count', 'customers', 'customers by country and region'),
        (83, 'money', 'net revenue of customers', 'net revenue by country and region'),
        (84, 'money', 'profit of customers', 'profit by country and region'),
        (85, 'count', 'customers with a first order in a period that is over', 'customers of cohorts'),
        (86, 'money', 'net revenue since the first order in the periods that are over', 'net revenue of cohorts'),
        (87, 'money', 'net revenue of customers', 'net revenue by country and region of the lines')
    ) as listed (position, unit, left_total, right_total)
),

compared_moves as (
    select *
    from (values
        (91, 'count', 'customers', 'customers of migration before'),
        (92, 'money', 'profit of customers', 'profit of migration before'),
        (93, 'count', 'current customers', 'customers of migration now'),
        (94, 'money', 'current profit of customers', 'profit of migration now'),
        (95, 'money', 'change of profit of customers', 'steps of the profit bridge')
    ) as listed (position, unit, left_total, right_total)
),

pairs as (
    -- The rows that a query gives are in no file.
    select compared.position, compared.unit, compared.left_total, compared.right_total
    from compared_totals as compared cross join settings.sources as sources
    where sources.source = 'order_lines' and (not sources.has_query or compared.right_total <> 'rows in file footers')
    union all
    -- A source that is not configured has nothing to compare.
    select compared.position, compared.unit, compared.left_total || ', ' || compared.source as left_total,
        compared.right_total || ', ' || compared.source as right_total
    from compared_by_source as compared
    inner join settings.sources as sources on compared.source = sources.source  -- many-to-one
    where sources.is_configured and (not sources.has_query or compared.right_total <> 'rows in file footers')
    union all
    select compared.position + 100 * snapshots.position as position, compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from (
        select position, unit, left_total, right_total from compared_by_snapshot
        union all
        select position, unit, left_total, right_total from compared_by_class
    ) as compared
    cross join settings.snapshots as snapshots
    union all
    select compared.position + 100 * snapshots.position as position, compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from compared_service as compared cross join settings.snapshots as snapshots cross join settings.sources as sources
    where sources.source = 'service_cases' and sources.is_configured
    union all
    select compared.position + 100 * snapshots.position as position, compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from compared_now as compared cross join settings.snapshots as snapshots
    where snapshots.snapshot = 'current'
    union all
    select compared.position + 100 * snapshots.position as position, compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from compared_moves as compared cross join settings.snapshots as snapshots
    inner join business.compared_snapshots as compared_snapshots  -- one-to-one
        on snapshots.snapshot = compared_snapshots.snapshot
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
from sides
order by position, identity
