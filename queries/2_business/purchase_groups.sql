-- title:   Customers with the same history of buying
-- grain:   one row per moment, frequency, recency_days and age_days
-- key:     [moment, frequency, recency_days, age_days]
-- inputs:  [business.purchase_histories]
-- note: >
--   Customers of one group are equally likely under the models, so a fit needs each group once.

select
    moment,
    frequency,
    recency_days,
    age_days,

    count(*) as customers
from business.purchase_histories
group by moment, frequency, recency_days, age_days
