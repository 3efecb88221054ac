-- title:   Marks of quality of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.behaviour_cutoffs, business.customer_behaviours, settings.policy]
-- note: >
--   Five marks: every payment that was due in the window was paid by its day; profit rate above the
--   median; service cases per order below the median, or none; regular orders; basket above the median. A
--   mark is not known (NULL) without its source, and pays_on_time without a payment due. Yes with
--   `quality_min_marks`; no when the marks that are not known could not make it so; else `not_known`. Medians
--   are nearest-rank.

with

marks as (
    select
        behaviours.snapshot,
        behaviours.customer_id,
        behaviours.payments_on_time = behaviours.payments as pays_on_time,
        coalesce(behaviours.profit_rate > cutoffs.median_profit_rate, false) as has_high_profit_rate,
        case
            when behaviours.cases = 0 then true
            -- Cases of who has no order are many.
            when behaviours.cases > 0
                then coalesce(behaviours.cases_per_order < cutoffs.median_cases_per_order, false)
        end as has_few_cases,
        behaviours.is_regular,
        coalesce(behaviours.basket_amount > cutoffs.median_basket_amount, false) as has_large_basket
    from business.customer_behaviours as behaviours
    inner join business.behaviour_cutoffs as cutoffs  -- many-to-one
        on behaviours.snapshot = cutoffs.snapshot
),

counted_marks as (
    select
        marks.*,
        case when pays_on_time then 1 else 0 end
        + case when has_high_profit_rate then 1 else 0 end
        + case when has_few_cases then 1 else 0 end
        + case when is_regular then 1 else 0 end
        + case when has_large_basket then 1 else 0 end as quality_marks,
        5
        - case when pays_on_time is null then 1 else 0 end
        - case when has_few_cases is null then 1 else 0 end as known_marks
    from marks
)

select
    counted_marks.snapshot,
    counted_marks.customer_id,

    cast(counted_marks.quality_marks as bigint) as quality_marks,
    cast(counted_marks.known_marks as bigint) as known_marks,

    counted_marks.pays_on_time,
    counted_marks.has_high_profit_rate,
    counted_marks.has_few_cases,
    counted_marks.is_regular,
    counted_marks.has_large_basket,
    case
        when counted_marks.quality_marks >= policy.quality_min_marks then 'yes'
        when counted_marks.quality_marks + 5 - counted_marks.known_marks < policy.quality_min_marks then 'no'
        else 'not_known'
    end as quality_customer
from counted_marks
cross join settings.policy as policy
