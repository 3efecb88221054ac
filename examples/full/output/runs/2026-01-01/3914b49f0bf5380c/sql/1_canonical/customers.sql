-- title:   Customers
-- grain:   one row per customer_id
-- key:     [customer_id]
-- inputs:  [canonical.checked_customers]
-- note: >
--   The source `customers`; empty when it is not configured. A customer without an order is a
--   prospect, and a customer with orders may be missing here. The file tells how a customer is
--   today, also in earlier snapshots.

select
    customer_id,

    signed_up_at,
    signed_up_date,

    name,
    kind,
    industry,
    country,
    region,
    segment,
    owner,
    referred_by
from canonical.checked_customers
where outcome = 'used'
