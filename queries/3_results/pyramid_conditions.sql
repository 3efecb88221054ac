-- title:   Does the pyramid hold? The four conditions, each with its measures
-- key:     [condition, measure]
-- note: >
--   The first measure of a condition decides, the others are beside it. The effect is upper (Platinum and Gold) less
--   lower (Iron and Lead): of means, of shares, or, where a driver is named, of the differences that it makes in each
--   (difference of differences). Interval: effect and standard error of independent groups (Welch 1947); of shares with
--   2/k successes and failures more in each of k groups (Agresti and Caffo 2000; Price and Bonett 2004), so that its
--   middle lies a little off the effect; as many standard errors either way as hold `interval_share` of cases.
--   Standardised: effect over the pooled standard deviation, Cohen's d (Cohen 1988; Hedges and Olkin 1985). Holds: the
--   interval leaves out 0 and the standardised effect is at least `pyramid_min_effect`. Does not: the interval leaves
--   out every effect of that size. Too few: the interval is too wide for either, or a group has fewer than
--   `pyramid_min_customers`. No effect says why.
-- columns:
--   unit: of the effect and its interval (count, money, rate, share, minutes, score)
--   customers: all customers compared
--   smallest_group: customers of the smallest group compared
--   upper: mean or share of the upper tiers, or the difference that the driver makes there
--   lower: the same of the lower tiers
--   verdict: holds, does_not, too_few or not_known

with measures as (
    select *
    from (values
        (1, 1, 'profile', 'orders', 'count', 2),
        (1, 2, 'profile', 'net_revenue_per_order', 'money', 2),
        (1, 3, 'profile', 'discount_rate', 'rate', 2),
        (2, 1, 'service', 'cases_per_order', 'count', 2),
        (2, 2, 'service', 'with_complaint', 'share', 2),
        (2, 3, 'service', 'minutes_per_case', 'minutes', 2),
        (2, 4, 'service', 'satisfaction', 'score', 2),
        (3, 1, 'drivers', 'ordered_again_after_discount', 'share', 4),
        (3, 2, 'drivers', 'net_revenue_per_order_after_discount', 'money', 4),
        (4, 1, 'service_effect', 'profit_change_after_complaint', 'money', 4),
        (4, 2, 'service_effect', 'ordered_again_after_complaint', 'share', 4)
    ) as listed (condition_position, measure_position, condition, measure, unit, groups)
),

columns_mapped as (
    select max(case when is_mapped then 1 else 0 end) = 1 as has_source,
        max(case when column_name = 'is_complaint' and is_mapped then 1 else 0 end) = 1 as has_complaints,
        max(case when column_name = 'minutes' and is_mapped then 1 else 0 end) = 1 as has_minutes,
        max(case when column_name = 'satisfaction' and is_mapped then 1 else 0 end) = 1 as has_satisfaction
    from settings.source_columns where source = 'service_cases'
),

cells as (
    -- Through text: both engines read a number from its digits exactly as they should, but do not make
    -- the same double of a long decimal.
    select cells.condition, cells.measure, cells.tier_group, cells.driver, cells.customers,
        cast(cells.customers as double) as n, cast(cast(cells.total as varchar) as double) as total,
        cast(cast(cells.square_total as varchar) as double) as square_total,
        case measures.unit when 'share' then cast(measures.groups as double) end as groups_of_shares
    from business.pyramid_cells as cells
    inner join measures on cells.condition = measures.condition and cells.measure = measures.measure  -- many-to-one
),

moments as (
    select cells.*, cast(total as double) / nullif(cast(n as double), 0) as mean,
        -- Rounding may leave a little less than nothing where all values are equal.
        greatest(square_total - cast(total * total as double) / nullif(cast(n as double), 0), cast(0 as double))
            as square_deviation,
        -- Of shares: 2/k successes and as many failures more.
        total + cast(2 as double) / nullif(cast(groups_of_shares as double), 0) as more_total,
        n + cast(4 as double) / nullif(cast(groups_of_shares as double), 0) as more_n
    from cells
),

errors as (
    select moments.*,
        case when groups_of_shares is null then mean else cast(more_total as double)
            / nullif(cast(more_n as double), 0) end as centre,
        case
            when groups_of_shares is null then cast(square_deviation as double) / nullif(cast(n * (n - 1) as double), 0)
            else cast(more_total * (more_n - more_total) as double)
                / nullif(cast(more_n * more_n * more_n as double), 0)
        end as error_square
    from moments
),

compared as (
    select condition, measure, sum(customers) as customers, count(*) as groups, min(customers) as smallest_group,
        max(n) filter (where tier_group = 'upper' and driver <> 'without') as n_1,
        max(n) filter (where tier_group = 'upper' and driver = 'without') as n_2,
        max(n) filter (where tier_group = 'lower' and driver <> 'without') as n_3,
        max(n) filter (where tier_group = 'lower' and driver = 'without') as n_4,
        max(mean) filter (where tier_group = 'upper' and driver <> 'without') as mean_1,
        max(mean) filter (where tier_group = 'upper' and driver = 'without') as mean_2,
        max(mean) filter (where tier_group = 'lower' and driver <> 'without') as mean_3,
        max(mean) filter (where tier_group = 'lower' and driver = 'without') as mean_4,
        max(centre) filter (where tier_group = 'upper' and driver <> 'without') as centre_1,
        max(centre) filter (where tier_group = 'upper' and driver = 'without') as centre_2,
        max(centre) filter (where tier_group = 'lower' and driver <> 'without') as centre_3,
        max(centre) filter (where tier_group = 'lower' and driver = 'without') as centre_4,
        max(error_square) filter (where tier_group = 'upper' and driver <> 'without') as error_1,
        max(error_square) filter (where tier_group = 'upper' and driver = 'without') as error_2,
        max(error_square) filter (where tier_group = 'lower' and driver <> 'without') as error_3,
        max(error_square) filter (where tier_group = 'lower' and driver = 'without') as error_4,
        max(square_deviation) filter (where tier_group = 'upper' and driver <> 'without') as deviation_1,
        max(square_deviation) filter (where tier_group = 'upper' and driver = 'without') as deviation_2,
        max(square_deviation) filter (where tier_group = 'lower' and driver <> 'without') as deviation_3,
        max(square_deviation) filter (where tier_group = 'lower' and driver = 'without') as deviation_4
    from errors group by condition, measure
),

effects as (
    -- Two groups have no cells without the driver, which then weigh nothing.
    select measures.condition_position, measures.measure_position, measures.condition, measures.measure, measures.unit,
        case
            when measures.measure = 'discount_rate' or measures.condition = 'drivers' then class_sources.has_discount
            when measures.condition = 'profile' then true
            when measures.measure = 'cases_per_order' then columns_mapped.has_source
            when measures.measure = 'minutes_per_case' then columns_mapped.has_minutes
            when measures.measure = 'satisfaction' then columns_mapped.has_satisfaction
            else columns_mapped.has_complaints
        end as is_known,
        coalesce(compared.customers, 0) as customers,
        case when compared.groups = measures.groups then compared.smallest_group else 0 end as smallest_group,
        compared.mean_1 - coalesce(compared.mean_2, cast(0 as double)) as upper_mean,
        compared.mean_3 - coalesce(compared.mean_4, cast(0 as double)) as lower_mean,
        compared.centre_1 - coalesce(compared.centre_2, cast(0 as double))
        - (compared.centre_3 - coalesce(compared.centre_4, cast(0 as double))) as centre,
        sqrt(compared.error_1 + coalesce(compared.error_2, cast(0 as double)) + compared.error_3
            + coalesce(compared.error_4, cast(0 as double))) as standard_error,
        sqrt(
            cast(
                compared.deviation_1 + coalesce(compared.deviation_2, cast(0 as double))
                + compared.deviation_3 + coalesce(compared.deviation_4, cast(0 as double)) as double
            ) / nullif(
                cast(
                    compared.n_1 + coalesce(compared.n_2, cast(0 as double))
                    + compared.n_3 + coalesce(compared.n_4, cast(0 as double)) - measures.groups as double
                ),
                0
            )
        ) as standard_deviation
    from measures
    left join compared  -- one-to-one; none where nobody is compared
        on measures.condition = compared.condition and measures.measure = compared.measure
    cross join columns_mapped cross join business.class_sources as class_sources
),

standardised as (
    select effects.*, cast(policy.interval_standard_errors as double) as z,
        cast(policy.pyramid_min_effect as double) as min_effect, upper_mean - lower_mean as effect,
        cast(upper_mean - lower_mean as double) / nullif(cast(standard_deviation as double), 0) as standardised_effect,
        smallest_group >= policy.pyramid_min_customers as has_enough_customers
    from effects cross join settings.policy as policy
)

select condition, measure, cast(10 * condition_position + measure_position as bigint) as position, unit,
    case
        when not is_known then 'not_known'
        when not has_enough_customers then 'too_few'
        -- Without any spread within the groups a difference is as plain as can be, and so is none.
        when standard_deviation = 0 and effect = 0 then 'does_not'
        when (centre - z * standard_error > 0 or centre + z * standard_error < 0)
            and coalesce(abs(standardised_effect) >= min_effect, true)
            then 'holds'
        when centre - z * standard_error > -min_effect * standard_deviation
            and centre + z * standard_error < min_effect * standard_deviation
            then 'does_not'
        else 'too_few'
    end as verdict,
    case when is_known then cast(customers as bigint) end as customers,
    case when is_known then cast(smallest_group as bigint) end as smallest_group,
    case when is_known and has_enough_customers then upper_mean end as upper,
    case when is_known and has_enough_customers then lower_mean end as lower,
    case when is_known and has_enough_customers then effect end as effect,
    case when is_known and has_enough_customers then centre - z * standard_error end as effect_low,
    case when is_known and has_enough_customers then centre + z * standard_error end as effect_high,
    case when is_known and has_enough_customers then standardised_effect end as standardised_effect,
    measure_position = 1 as is_deciding
from standardised order by position, condition, measure
