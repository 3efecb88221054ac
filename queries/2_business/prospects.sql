-- title:   Customers who are known and never ordered
-- grain:   one row per snapshot and customer_id known before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- note:    In the customer file, signed up before the as-of date or on no known day, or a visitor before it; without a
--   sale or a return document before it, and not internal. They are counted in lifecycle and among the customer types,
--   and in no tier.

with known_customers as (
    select customer_id, true as is_in_file, signed_up_date, cast(null as date) as first_visit_date
    from canonical.customers
    union all
    select customer_id, false as is_in_file, cast(null as date) as signed_up_date, min(visit_date) as first_visit_date
    from canonical.visits group by customer_id
),

customers as (
    select customer_id, count(*) filter (where is_in_file) > 0 as is_in_file, max(signed_up_date) as signed_up_date,
        max(first_visit_date) as first_visit_date
    from known_customers group by customer_id
),

buyers as (select customer_id, min(order_date) as first_order_date from business.orders group by customer_id)

select snapshots.snapshot, customers.customer_id, customers.signed_up_date, customers.first_visit_date,
    customers.is_in_file
from customers cross join settings.snapshots as snapshots
left join buyers on customers.customer_id = buyers.customer_id  -- many-to-one; none of who never ordered
left join business.customer_kinds as kinds  -- many-to-one; none of visitors who are not in the file
    on customers.customer_id = kinds.customer_id
where (buyers.first_order_date is null or buyers.first_order_date >= snapshots.as_of)
    and not coalesce(kinds.is_internal, false)
    and (
        (customers.is_in_file and (customers.signed_up_date is null or customers.signed_up_date < snapshots.as_of))
        or customers.first_visit_date < snapshots.as_of
    )
