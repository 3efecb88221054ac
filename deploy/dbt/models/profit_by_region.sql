-- What the customers of each region bring, from two tables that Karat published.
select
    classes.region,
    classes.tier,
    count(*) as customers,
    sum(profits.profit) as profit
from {{ source('karat_business', 'customer_classes') }} as classes
inner join {{ source('karat_business', 'customer_profit') }} as profits
    on classes.snapshot = profits.snapshot and classes.customer_id = profits.customer_id
where classes.snapshot = 'current'
group by classes.region, classes.tier
