-- title:   Behaviour beyond which a customer stands out
-- key:     [snapshot]
-- scope:   base
-- note: >
--   Nearest rank: the smallest value that at least the quantile of the customers do not exceed, among those of whom it
--   is known. Standing out is to lie above it, so equal customers stay together. Not known (NULL) where it is known of
--   nobody.

with measures as (
    select *
    from (values
        ('cases_per_order'), ('visits_per_order'), ('return_rate'), ('visited_sale_share'), ('discounted_sale_share'),
        ('basket_amount'), ('profit_rate')
    ) as listed (measure)
),

measured as (
    select behaviours.snapshot, measures.measure,
        case measures.measure
            when 'cases_per_order' then behaviours.cases_per_order
            when 'visits_per_order' then behaviours.visits_per_order
            when 'return_rate' then behaviours.return_rate
            when 'visited_sale_share' then behaviours.visited_sale_share
            when 'discounted_sale_share' then behaviours.discounted_sale_share
            when 'basket_amount' then behaviours.basket_amount
            when 'profit_rate' then behaviours.profit_rate
        end as value
    from business.customer_behaviours as behaviours cross join measures
),

value_counts as (
    -- Counts by value are few rows: customers share most values.
    select snapshot, measure, value, count(*) as customers
    from measured where value is not null group by snapshot, measure, value
),

ranked_values as (
    select snapshot, measure, value, customers,
        sum(customers) over (partition by snapshot, measure order by value nulls last rows between unbounded preceding
            and current row) as customers_up_to,
        cast(sum(customers) over (partition by snapshot, measure) as bigint) as known
    from value_counts
),

quantiles as (
    -- The rank that is asked for, if any, and the median, which is half of all.
    select ranked_values.snapshot, ranked_values.measure, ranked_values.value, ranked_values.customers,
        ranked_values.customers_up_to,
        ranked_values.known * case ranked_values.measure
            when 'cases_per_order' then policy.service_led_quantile
            when 'visits_per_order' then policy.researcher_visit_quantile
            when 'return_rate' then policy.impulsive_return_quantile
            when 'visited_sale_share' then policy.impulsive_return_quantile
            when 'discounted_sale_share' then policy.rational_discount_quantile
        end as asked_rank,
        case when ranked_values.measure in ('cases_per_order', 'basket_amount', 'profit_rate')
            then ranked_values.known end as twice_the_middle
    from ranked_values cross join settings.policy as policy
),

cutoffs as (
    select snapshot, measure, value,
        customers_up_to >= asked_rank and customers_up_to - customers < asked_rank as is_asked,
        2 * customers_up_to >= twice_the_middle and 2 * (customers_up_to - customers) < twice_the_middle as is_median
    from quantiles
)

select snapshots.snapshot,
    max(cutoffs.value) filter (where cutoffs.is_asked and cutoffs.measure = 'cases_per_order') as cases_per_order,
    max(cutoffs.value) filter (where cutoffs.is_asked and cutoffs.measure = 'visits_per_order') as visits_per_order,
    max(cutoffs.value) filter (where cutoffs.is_asked and cutoffs.measure = 'return_rate') as return_rate,
    max(cutoffs.value) filter (where cutoffs.is_asked and cutoffs.measure = 'visited_sale_share') as visited_sale_share,
    max(cutoffs.value) filter (where cutoffs.is_asked and cutoffs.measure = 'discounted_sale_share')
        as discounted_sale_share,
    max(cutoffs.value) filter (where cutoffs.is_median and cutoffs.measure = 'cases_per_order')
        as median_cases_per_order,
    max(cutoffs.value) filter (where cutoffs.is_median and cutoffs.measure = 'basket_amount') as median_basket_amount,
    max(cutoffs.value) filter (where cutoffs.is_median and cutoffs.measure = 'profit_rate') as median_profit_rate
from settings.snapshots as snapshots
left join cutoffs  -- one-to-many; none where nothing is known
    on snapshots.snapshot = cutoffs.snapshot and (cutoffs.is_asked or cutoffs.is_median)
group by snapshots.snapshot
