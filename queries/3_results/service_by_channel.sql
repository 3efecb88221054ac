-- title:   Service by channel
-- grain:   one row per channel, the first `service_channels_shown` of them, one for the others, and a total
-- key:     [position]
-- note:    All cases opened in the window, also those of people without an order in it; most cases first. Line `others`
--   has no medians, which do not add up, and no number of customers, who may have used several. Without the source
--   `service_cases` there are no rows.
-- columns:
--   line: channel, not_known (nobody wrote it down), others or total
--   customers: people with a case in the channel

with known as (
    select max(case when column_name = 'is_complaint' and is_mapped then 1 else 0 end) = 1 as has_complaints
    from settings.source_columns where source = 'service_cases'
),

ranked_channels as (
    select service_totals.*, row_number() over (order by cases desc nulls last, value nulls last) as channel_rank
    from business.service_totals as service_totals where group_name = 'channel'
),

lines as (
    select channels.channel_rank as position, case channels.value when '' then 'not_known' else 'channel' end as line,
        case when channels.value <> '' then channels.value end as channel, channels.customers, channels.cases,
        channels.complaints, channels.minutes, channels.timed_cases, channels.rated_cases, channels.satisfaction_total,
        channels.cost, channels.first_answer_seconds, channels.resolution_seconds
    from ranked_channels as channels cross join settings.policy as policy
    where channels.channel_rank <= policy.service_channels_shown
    union all
    select 1000 as position, 'others' as line, cast(null as varchar) as channel, cast(null as bigint) as customers,
        sum(channels.cases) as cases, sum(channels.complaints) as complaints, sum(channels.minutes) as minutes,
        sum(channels.timed_cases) as timed_cases, sum(channels.rated_cases) as rated_cases,
        sum(channels.satisfaction_total) as satisfaction_total, sum(channels.cost) as cost,
        cast(null as bigint) as first_answer_seconds, cast(null as bigint) as resolution_seconds
    from ranked_channels as channels cross join settings.policy as policy
    where channels.channel_rank > policy.service_channels_shown having count(*) > 0
    union all
    select 1001 as position, 'total' as line, cast(null as varchar) as channel, customers, cases, complaints, minutes,
        timed_cases, rated_cases, satisfaction_total, cost, first_answer_seconds, resolution_seconds
    from business.service_totals where group_name = 'all'
)

select cast(lines.position as bigint) as position, lines.line, lines.channel,
    lines.customers, cast(lines.cases as bigint) as cases,
    case when known.has_complaints then cast(lines.complaints as bigint) end as complaints,
    case when known.has_complaints then cast(lines.complaints as double) / nullif(cast(lines.cases as double), 0) end
        as complaint_share,
    cast(cast(lines.minutes as decimal(28, 4)) as double) / nullif(cast(lines.timed_cases as double), 0)
        as minutes_per_case,
    cast(lines.first_answer_seconds as double) / nullif(cast(3600 as double), 0) as first_answer_hours,
    cast(lines.resolution_seconds as double) / nullif(cast(3600 as double), 0) as resolution_hours,
    cast(cast(lines.satisfaction_total as decimal(28, 4)) as double)
        / nullif(cast(lines.rated_cases as double), 0) as satisfaction,
    cast(lines.rated_cases as bigint) as rated_cases, cast(lines.cost as decimal(28, 10)) as cost
from lines cross join known cross join settings.sources as sources
where sources.source = 'service_cases' and sources.is_configured order by position
