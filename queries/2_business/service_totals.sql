-- title:   Service cases of the window, added up by tier and by channel
-- grain:   one row per group_name and value; `population` and `all` have one row each
-- key:     [group_name, value]
-- note: >
--   Current window. `population` is every customer with a tier, `all` also those without an order in the window, or
--   internal: their tier is `none`. An empty channel is one that nobody wrote down. Waits are whole seconds from the
--   opening, and medians by nearest rank over the cases that had an answer, or a solution, before the as-of date: of an
--   even number the lower of the middle two.
-- columns:
--   first_answer_seconds: median from the opening to the first answer
--   resolution_seconds: median from the opening to the solution

with tiers as (select customer_id, tier from business.customer_tiers where snapshot = 'current'),

grouped_cases as (
    select groups.group_name,
        case groups.group_name
            when 'tier' then coalesce(tiers.tier, 'none')
            when 'channel' then coalesce(cases.channel, '')
            else groups.group_name
        end as value,
        cases.case_id, cases.customer_id, cases.cost_to_serve as cost, cases.minutes, cases.satisfaction,
        cast(floor(date_part('epoch', cases.first_answer_at)) - floor(date_part('epoch', cases.opened_at)) as bigint)
            as first_answer_seconds,
        cast(floor(date_part('epoch', cases.resolved_at)) - floor(date_part('epoch', cases.opened_at)) as bigint)
            as resolution_seconds,
        cases.is_complaint
    from business.case_costs as cases
    inner join settings.snapshots as snapshots  -- many-to-one
        on cases.opened_date >= snapshots.window_start
        and cases.opened_date < snapshots.as_of
    left join tiers on cases.customer_id = tiers.customer_id  -- many-to-one
    cross join (values ('tier'), ('population'), ('channel'), ('all')) as groups (group_name)
    where snapshots.snapshot = 'current' and (groups.group_name <> 'population' or tiers.tier is not null)
),

customers as (
    -- First once per customer: a count of distinct values would hold all of them.
    select group_name, value, customer_id, count(*) as cases, count(*) filter (where is_complaint) as complaints,
        count(first_answer_seconds) as answered_cases, count(resolution_seconds) as resolved_cases,
        count(minutes) as timed_cases, coalesce(sum(minutes), 0) as minutes, count(satisfaction) as rated_cases,
        coalesce(sum(satisfaction), 0) as satisfaction_total, sum(cost) as cost
    from grouped_cases group by group_name, value, customer_id
),

sums as (
    select group_name, value, count(*) as customers, count(*) filter (where complaints > 0) as customers_with_complaint,
        sum(cases) as cases, sum(complaints) as complaints, sum(answered_cases) as answered_cases,
        sum(resolved_cases) as resolved_cases, sum(timed_cases) as timed_cases, sum(minutes) as minutes,
        sum(rated_cases) as rated_cases, sum(satisfaction_total) as satisfaction_total, sum(cost) as cost
    from customers group by group_name, value
),

waits as (
    select grouped_cases.group_name, grouped_cases.value, measures.measure, grouped_cases.case_id,
        case measures.measure when 'first_answer' then grouped_cases.first_answer_seconds
            else grouped_cases.resolution_seconds end as seconds
    from grouped_cases cross join (values ('first_answer'), ('resolution')) as measures (measure)
),

ranked_waits as (
    select group_name, value, measure, seconds,
        row_number() over (
            partition by group_name, value, measure
            order by seconds nulls last, case_id nulls last
        ) as position,
        count(*) over (partition by group_name, value, measure) as cases
    from waits where seconds is not null
),

medians as (
    select group_name, value, max(seconds) filter (where measure = 'first_answer') as first_answer_seconds,
        max(seconds) filter (where measure = 'resolution') as resolution_seconds
    from ranked_waits where 2 * position >= cases and 2 * position <= cases + 1 group by group_name, value
)

select sums.group_name, sums.value, sums.customers, sums.customers_with_complaint, cast(sums.cases as bigint) as cases,
    cast(sums.complaints as bigint) as complaints, cast(sums.answered_cases as bigint) as answered_cases,
    cast(sums.resolved_cases as bigint) as resolved_cases, cast(sums.timed_cases as bigint) as timed_cases,
    cast(sums.minutes as decimal(28, 4)) as minutes, cast(sums.rated_cases as bigint) as rated_cases,
    cast(sums.satisfaction_total as decimal(28, 4)) as satisfaction_total, cast(sums.cost as decimal(28, 10)) as cost,
    medians.first_answer_seconds, medians.resolution_seconds
from sums
left join medians  -- one-to-one; none where nothing was answered
    on sums.group_name = medians.group_name and sums.value = medians.value
