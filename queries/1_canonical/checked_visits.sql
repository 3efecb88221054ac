-- title:   Visits as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- publish: no
-- note:    outcome is `used`, `out_of_scope` (on or after the as-of date) or the reason of a rejection; the first rule
--   that applies.

with visits as (
    select visits.visit_id, visits.customer_id, visits.visited_at, cast(visits.visited_at as date) as visit_date,
        case when trim(both blanks.blanks from visits.channel) <> '' then visits.channel end as channel,
        visits.value_problem, coalesce(trim(both blanks.blanks from visits.visit_id), '') <> '' as has_visit_id,
        coalesce(trim(both blanks.blanks from visits.customer_id), '') <> '' as has_customer_id, policy.as_of,
        accepted.earliest_date, accepted.newest_date, accepted.max_future_days
    from raw.visits as visits cross join settings.policy as policy cross join settings.blanks as blanks
    cross join canonical.accepted_dates as accepted
),

judged_visits as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select visits.*,
        case
            when value_problem = 'filtered' then 'filtered'
            when not has_customer_id then 'customer_missing'
            when not has_visit_id then 'visit_missing'
            when visit_date is null then 'date_missing'
            when visit_date < earliest_date then 'date_before_earliest'
            when visit_date - newest_date > max_future_days then 'date_in_the_future'
            when visit_date >= as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from visits
),

ranked_visits as (
    -- Ranks over all repeated rows, in one order: as one window per id they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select judged_visits.*, row_number() over by_content as row_rank, rank() over by_content as content_rank,
        rank() over (order by visit_id nulls last) as visit_rank
    from judged_visits
    inner join canonical.repeated_ids as repeated  -- many-to-one
        on repeated.source = 'visits' and judged_visits.visit_id = repeated.id
    window by_content as (
        order by visit_id nulls last, customer_id nulls last, visited_at nulls last, channel nulls last
    )
),

visits_with_rivals as (
    -- Rows of one visit that differ in content have more than one content rank among them.
    select ranked_visits.*, max(content_rank) over (order by visit_id nulls last) as highest_rank from ranked_visits
)

select visit_id, customer_id, visited_at, visit_date, own_outcome as outcome, channel
from judged_visits
left join canonical.repeated_ids as repeated  -- many-to-one
    on repeated.source = 'visits' and judged_visits.visit_id = repeated.id
where repeated.id is null
union all
select visit_id, customer_id, visited_at, visit_date,
    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rows of one visit: which is true cannot be guessed, so neither is used.
        when visit_rank < highest_rank then 'visit_conflict'
        else own_outcome
    end as outcome,
    channel
from visits_with_rivals
