-- title:   Service cases as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- publish: no
-- note:    outcome is `used`, `out_of_scope` (opened on or after the as-of date) or the reason of a rejection; the
--   first rule that applies. An answer or a solution on or after the as-of date is not known yet, so it is NULL.
--   Satisfaction is a score from 1 to 5.

with service_cases as (
    select service_cases.case_id, service_cases.customer_id,
        case when trim(both blanks.blanks from service_cases.order_id) <> '' then service_cases.order_id end
            as order_id,
        service_cases.opened_at, cast(service_cases.opened_at as date) as opened_date, service_cases.first_answer_at,
        service_cases.resolved_at,
        case when trim(both blanks.blanks from service_cases.kind) <> '' then service_cases.kind end as kind,
        case when trim(both blanks.blanks from service_cases.channel) <> '' then service_cases.channel end as channel,
        service_cases.cost, service_cases.minutes, service_cases.satisfaction, service_cases.is_complaint,
        service_cases.value_problem,
        coalesce(trim(both blanks.blanks from service_cases.case_id), '') <> '' as has_case_id,
        coalesce(trim(both blanks.blanks from service_cases.customer_id), '') <> '' as has_customer_id, policy.as_of,
        accepted.earliest_date, accepted.newest_date, accepted.max_future_days
    from raw.service_cases as service_cases cross join settings.policy as policy cross join settings.blanks as blanks
    cross join canonical.accepted_dates as accepted
),

judged_cases as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select service_cases.*,
        -- A day without a time of day, which is midnight, is the moment of opening at the earliest.
        case when first_answer_at < opened_at then opened_at when first_answer_at < as_of then first_answer_at end
            as known_answer_at,
        case when resolved_at < opened_at then opened_at when resolved_at < as_of then resolved_at end
            as known_solution_at,
        case
            when value_problem = 'filtered' then 'filtered'
            when not has_customer_id then 'customer_missing'
            when not has_case_id then 'case_missing'
            when opened_date is null then 'date_missing'
            when opened_date < earliest_date then 'date_before_earliest'
            when opened_date - newest_date > max_future_days then 'date_in_the_future'
            when value_problem is not null then value_problem
            when cast(first_answer_at as date) - newest_date > max_future_days then 'date_in_the_future'
            when cast(resolved_at as date) - newest_date > max_future_days then 'date_in_the_future'
            when first_answer_at < opened_at and first_answer_at <> cast(opened_date as timestamp)
                then 'answered_before_opened'
            when resolved_at < opened_at and resolved_at <> cast(opened_date as timestamp) then 'resolved_before_opened'
            when cost < 0 then 'cost_negative'
            when minutes < 0 then 'minutes_negative'
            when satisfaction < 1 or satisfaction > 5 then 'satisfaction_out_of_range'
            when opened_date >= as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from service_cases
),

ranked_cases as (
    -- Ranks over all repeated rows, in one order: as one window per id they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select judged_cases.*, row_number() over by_content as row_rank, rank() over by_content as content_rank,
        rank() over (order by case_id nulls last) as case_rank
    from judged_cases
    inner join canonical.repeated_ids as repeated  -- many-to-one
        on repeated.source = 'service_cases' and judged_cases.case_id = repeated.id
    window by_content as (
        order by case_id nulls last, customer_id nulls last, order_id nulls last, opened_at nulls last,
            first_answer_at nulls last, resolved_at nulls last, kind nulls last, channel nulls last,
            cost nulls last, minutes nulls last, satisfaction nulls last, is_complaint nulls last,
            value_problem nulls last
    )
),

cases_with_rivals as (
    -- Rows of one case that differ in content have more than one content rank among them.
    select ranked_cases.*, max(content_rank) over (order by case_id nulls last) as highest_rank from ranked_cases
)

select case_id, customer_id, order_id, opened_at, opened_date,
    known_answer_at as first_answer_at, known_solution_at as resolved_at, own_outcome as outcome, kind, channel, cost,
    minutes, satisfaction, is_complaint
from judged_cases
left join canonical.repeated_ids as repeated  -- many-to-one
    on repeated.source = 'service_cases' and judged_cases.case_id = repeated.id
where repeated.id is null
union all
select case_id, customer_id, order_id, opened_at, opened_date,
    known_answer_at as first_answer_at, known_solution_at as resolved_at,
    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rows of one case: which is true cannot be guessed, so neither is used.
        when case_rank < highest_rank then 'case_conflict'
        else own_outcome
    end as outcome,
    kind, channel, cost, minutes, satisfaction, is_complaint
from cases_with_rivals
