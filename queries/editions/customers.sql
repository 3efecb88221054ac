-- title:   Which part of the customers each customer belongs to
-- grain:   one row per customer_id of any source
-- key:     [customer_id]
-- note:    What `where` under deliver.recipients chooses by; made only when a reader has one. Country and region are
--   those of business.customer_places, the industry is that of business.customer_kinds, the owner that of the source
--   `customers`, all as they are today. What is not known is `not_known`, so that the parts of a column add up to all
--   customers.

with known_customers as (
    select customer_id
    from canonical.customers
    union
    select customer_id
    from canonical.order_parts where outcome = 'used'
    union
    select customer_id
    from canonical.service_cases
    union
    select customer_id
    from canonical.payments
    union
    select customer_id from canonical.visits
)

select known_customers.customer_id,
    coalesce(places.country, 'not_known') as country, coalesce(places.region, 'not_known') as region,
    coalesce(kinds.industry, 'not_known') as industry, coalesce(customers.owner, 'not_known') as owner
from known_customers
left join business.customer_places as places  -- one-to-one; none where nothing is known
    on known_customers.customer_id = places.customer_id
left join business.customer_kinds as kinds  -- one-to-one; none of who is not in the customer file
    on known_customers.customer_id = kinds.customer_id
left join canonical.customers as customers  -- one-to-one
    on known_customers.customer_id = customers.customer_id
