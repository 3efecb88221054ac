-- title:   What the customers whom each customer referred bring
-- key:     [referrer_id]
-- note:    Current population. Every customer has at most one referrer, so profit is credited once; a referral of a
--   referral is credited to the last. Who names themselves is not referred. The referrer may be without an order in the
--   window, or unknown to the order history. No row when the source `customers` has no column referred_by.

with referred_customers as (
    select known_customers.referred_by as referrer_id, profit.net_revenue, profit.profit
    from canonical.customers as known_customers
    inner join business.customer_tiers as tiers  -- one-to-one
        on known_customers.customer_id = tiers.customer_id and tiers.snapshot = 'current'
    inner join business.customer_profit as profit  -- one-to-one
        on tiers.snapshot = profit.snapshot and tiers.customer_id = profit.customer_id
    where known_customers.referred_by is not null and known_customers.referred_by <> known_customers.customer_id
),

sums as (
    select referrer_id, count(*) as referred_customers, cast(sum(net_revenue) as decimal(28, 4)) as referred_revenue,
        cast(sum(profit) as decimal(28, 10)) as referred_profit
    from referred_customers group by referrer_id
)

select sums.referrer_id, tiers.tier,
    row_number() over (order by sums.referred_profit desc nulls last, sums.referrer_id nulls last) as position,
    sums.referred_customers, sums.referred_revenue, sums.referred_profit, own.profit as own_profit
from sums
left join business.customer_tiers as tiers  -- one-to-one; none without an order in the window
    on sums.referrer_id = tiers.customer_id and tiers.snapshot = 'current'
left join business.customer_profit as own  -- one-to-one; none without an order in the window
    on sums.referrer_id = own.customer_id and own.snapshot = 'current'
