-- title:   Exchange rates as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- publish: no
-- note:    A rate is what one unit of the currency was worth in the currency of the project. outcome is `used`,
--   `out_of_scope` (of a day on or after the as-of date) or the reason of a rejection; the first rule that applies.

with judged_rates as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select rates.currency, rates.rate_date, rates.rate,
        case
            when rates.value_problem = 'filtered' then 'filtered'
            when rates.currency is null then 'currency_missing'
            when rates.value_problem is not null then rates.value_problem
            when rates.rate_date is null then 'date_missing'
            when rates.rate is null then 'rate_missing'
            when rates.rate <= 0 then 'rate_not_positive'
            when rates.rate_date >= policy.as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from raw.exchange_rates as rates cross join settings.policy as policy
),

ranked_rates as (
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select judged_rates.*, row_number() over by_content as row_rank, rank() over by_content as content_rank,
        rank() over (order by currency nulls last, rate_date nulls last) as day_rank
    from judged_rates
    window by_content as (order by currency nulls last, rate_date nulls last, rate nulls last)
),

rates_with_rivals as (
    -- Rates of one currency and day that differ have more than one content rank among them.
    select ranked_rates.*, max(content_rank) over (order by currency nulls last, rate_date nulls last) as highest_rank
    from ranked_rates
)

select currency, rate_date,
    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rates of one day: which is true cannot be guessed, so neither is used.
        when day_rank < highest_rank then 'rate_conflict'
        else own_outcome
    end as outcome,
    rate
from rates_with_rivals
