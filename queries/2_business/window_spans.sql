-- title:   Spans of days that tell the windows of the report apart, and how many customers ordered in each
-- grain:   one row per start_date of a span in which somebody ordered or a service case was opened
-- key:     [start_date]
-- publish: no
-- note: >
--   A span lies between two neighbouring starts or ends of windows: those of the snapshots that are compared, and of
--   the weeks of the trend. One window less another is a sum of spans, so who subtracts two of them learns of a span.
--   Internal orders are left out.
-- columns:
--   customers: customers with a sale or a return document in the span; 1 where there are service cases only, whose cost
--     may be of one customer

with windows as (
    select window_start, as_of as window_end
    from settings.snapshots where snapshot = 'current'
    union all
    select snapshots.window_start, snapshots.as_of as window_end
    from settings.snapshots as snapshots
    inner join business.compared_snapshots as compared_snapshots  -- one-to-one
        on snapshots.snapshot = compared_snapshots.snapshot
    union all
    select weeks.window_start, weeks.week_end as window_end
    from settings.weeks as weeks
    inner join business.window_coverage as coverage on weeks.window_start = coverage.window_start  -- many-to-one
    where coverage.is_covered
),

boundaries as (
    select window_start as boundary from windows
    union  -- distinct on purpose: windows share starts and ends
    select window_end as boundary from windows
),

spans as (
    select boundary as start_date, lead(boundary) over (order by boundary nulls last) as end_date from boundaries
),

span_days as (
    select spans.start_date, spans.end_date, days.order_date
    from (select order_date from business.order_days group by order_date) as days
    inner join spans on days.order_date >= spans.start_date and days.order_date < spans.end_date  -- many-to-one
),

span_customers as (
    -- A customer counts once in a span: on the last of the days in it.
    select span_days.start_date, count(*) as customers
    from business.order_days as order_days
    inner join span_days on order_days.order_date = span_days.order_date  -- many-to-one
    where order_days.next_order_date is null or order_days.next_order_date >= span_days.end_date
    group by span_days.start_date
),

span_cases as (
    select spans.start_date, 1 as customers
    from (select opened_date from business.case_costs group by opened_date) as days
    inner join spans on days.opened_date >= spans.start_date and days.opened_date < spans.end_date  -- many-to-one
),

spans_with_customers as (
    select start_date, customers from span_customers
    union all
    select start_date, customers from span_cases
)

select start_date, cast(max(customers) as bigint) as customers from spans_with_customers group by start_date
