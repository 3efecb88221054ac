-- title:   Do those who buy more often spend more each time?
-- grain:   one row
-- key:     [customers]
-- note: >
--   Pearson correlation of repeat purchases with revenue above 0 and their mean spend, over customers with one. The
--   model of spend takes the two as independent: from `spend_frequency_correlation` on, expected money is too low for
--   those who buy often.

with repeat_buyers as (
    select cast(paid_frequency as decimal(19, 0)) as frequency,
        -- In hundredths: whole numbers have exact sums and products. Of 19 digits, so that a square has room.
        cast(cast(100 * repeat_revenue as double) / nullif(cast(paid_frequency as double), 0) as decimal(19, 0))
            as spend
    from business.purchase_histories where moment = 'now' and paid_frequency > 0
),

sums as (
    select count(*) as customers, cast(sum(frequency) as double) as frequency, cast(sum(spend) as double) as spend,
        cast(sum(frequency * spend) as double) as frequency_spend,
        cast(sum(frequency * frequency) as double) as frequency_square,
        cast(sum(spend * spend) as double) as spend_square
    from repeat_buyers
),

variances as (
    select customers, cast(customers as double) * frequency_spend - frequency * spend as covariance,
        cast(customers as double) * frequency_square - frequency * frequency as frequency_variance,
        cast(customers as double) * spend_square - spend * spend as spend_variance
    from sums
),

correlations as (
    select customers,
        case when frequency_variance > 0 and spend_variance > 0 then cast(covariance as double)
            / nullif(cast(sqrt(frequency_variance) * sqrt(spend_variance) as double), 0) end as correlation
    from variances
)

select correlations.customers, correlations.correlation,
    coalesce(correlations.correlation >= cast(policy.spend_frequency_correlation as double), false) as is_high
from correlations cross join settings.policy as policy order by correlations.customers
