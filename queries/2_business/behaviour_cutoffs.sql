-- title:   Behaviour beyond which a customer stands out
-- grain:   one row per snapshot
-- key:     [snapshot]
-- inputs:  [business.customer_behaviours, settings.policy, settings.snapshots]
-- scope:   base
-- note: >
--   Nearest rank: the smallest value that at least the quantile of the customers do not exceed, among
--   those of whom it is known. Standing out is to lie above it, so equal customers stay together. Not
--   known (NULL) where it is known of nobody.

with

measured as (
    select snapshot, 'cases_per_order' as measure, cases_per_order as value
    from business.customer_behaviours
    union all
    select snapshot, 'visits_per_order' as measure, visits_per_order as value
    from business.customer_behaviours
    union all
    select snapshot, 'return_rate' as measure, return_rate as value
    from business.customer_behaviours
    union all
    select snapshot, 'visited_sale_share' as measure, visited_sale_share as value
    from business.customer_behaviours
    union all
    select snapshot, 'discounted_sale_share' as measure, discounted_sale_share as value
    from business.customer_behaviours
    union all
    select snapshot, 'basket_amount' as measure, basket_amount as value
    from business.customer_behaviours
    union all
    select snapshot, 'profit_rate' as measure, profit_rate as value
    from business.customer_behaviours
),

value_counts as (
    -- Counts by value are few rows: customers share most values.
    select snapshot, measure, value, count(*) as customers
    from measured
    where value is not null
    group by snapshot, measure, value
),

ranked_values as (
    select
        snapshot,
        measure,
        value,
        customers,
        sum(customers) over (
            partition by snapshot, measure
            order by value nulls last
            rows between unbounded preceding and current row
        ) as customers_up_to
    from value_counts
),

totals as (
    select snapshot, measure, sum(customers) as customers
    from value_counts
    group by snapshot, measure
),

quantiles as (
    -- A median is half of all.
    select
        ranked_values.snapshot,
        ranked_values.measure,
        ranked_values.value,
        ranked_values.customers,
        ranked_values.customers_up_to,
        totals.customers as all_customers,
        case ranked_values.measure
            when 'cases_per_order' then policy.service_led_quantile
            when 'visits_per_order' then policy.researcher_visit_quantile
            when 'return_rate' then policy.impulsive_return_quantile
            when 'visited_sale_share' then policy.impulsive_return_quantile
            when 'discounted_sale_share' then policy.rational_discount_quantile
        end as quantile
    from ranked_values
    inner join totals  -- many-to-one
        on ranked_values.snapshot = totals.snapshot
        and ranked_values.measure = totals.measure
    cross join settings.policy as policy
),

cutoffs as (
    select snapshot, measure, value
    from quantiles
    where quantile is not null
        and customers_up_to >= all_customers * quantile
        and customers_up_to - customers < all_customers * quantile
    union all
    select snapshot, 'median_' || measure as measure, value
    from quantiles
    where measure in ('cases_per_order', 'basket_amount', 'profit_rate')
        and 2 * customers_up_to >= all_customers
        and 2 * (customers_up_to - customers) < all_customers
)

select
    snapshots.snapshot,

    max(cutoffs.value) filter (where cutoffs.measure = 'cases_per_order') as cases_per_order,
    max(cutoffs.value) filter (where cutoffs.measure = 'visits_per_order') as visits_per_order,
    max(cutoffs.value) filter (where cutoffs.measure = 'return_rate') as return_rate,
    max(cutoffs.value) filter (where cutoffs.measure = 'visited_sale_share') as visited_sale_share,
    max(cutoffs.value) filter (where cutoffs.measure = 'discounted_sale_share') as discounted_sale_share,
    max(cutoffs.value) filter (where cutoffs.measure = 'median_cases_per_order') as median_cases_per_order,
    max(cutoffs.value) filter (where cutoffs.measure = 'median_basket_amount') as median_basket_amount,
    max(cutoffs.value) filter (where cutoffs.measure = 'median_profit_rate') as median_profit_rate
from settings.snapshots as snapshots
left join cutoffs  -- one-to-many; none where nothing is known
    on snapshots.snapshot = cutoffs.snapshot
group by snapshots.snapshot
