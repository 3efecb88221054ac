-- title:   Customers
-- key:     [customer_id]
-- note:    The source `customers`; empty when it is not configured. A customer without an order is a prospect, and a
--   customer with orders may be missing here. The file tells how a customer is today, also in earlier snapshots. Places
--   are spelt as canonical.place_names says.

select customers.customer_id, customers.signed_up_at, customers.signed_up_date,
    customers.name, customers.kind, customers.industry, countries.name as country, regions.name as region,
    customers.segment, customers.owner, customers.referred_by
from canonical.checked_customers as customers
left join canonical.place_names as countries  -- many-to-one, as the one that follows
    on customers.country = countries.written and countries.kind = 'country'
left join canonical.place_names as regions on customers.region = regions.written and regions.kind = 'region'
where customers.outcome = 'used'
