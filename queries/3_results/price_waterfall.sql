-- title:   From list price to profit, by tier
-- key:     [tier, step]
-- cells:   {by: [tier], apart: [step], columns: [amount, share_of_list], open: [position]}
-- note: >
--   Reductions are negative: the five steps of a tier add up, list price less reductions is profit. A
--   share of a list price that is not above 0 is not known.

with tiers as (
    select
        value as tier, position as tier_position, gross_revenue, discount_amount, cost_of_goods, cost_to_serve, profit
    from business.class_shares where class_name = 'tier'
),

steps as (
    select tier, tier_position, 1 as position, 'list_price' as step, gross_revenue, gross_revenue as amount from tiers
    union all
    select tier, tier_position, 2 as position, 'discount' as step, gross_revenue, -discount_amount as amount from tiers
    union all
    select tier, tier_position, 3 as position, 'cost_of_goods' as step, gross_revenue, -cost_of_goods as amount
    from tiers
    union all
    select tier, tier_position, 4 as position, 'cost_to_serve' as step, gross_revenue, -cost_to_serve as amount
    from tiers
    union all
    select tier, tier_position, 5 as position, 'profit' as step, gross_revenue, profit as amount from tiers
)

select tier, step, cast(position as bigint) as position, cast(amount as decimal(28, 10)) as amount,
    cast(cast(amount as decimal(28, 4)) as double)
    / nullif(cast(greatest(gross_revenue, 0) as double), 0) as share_of_list
from steps
order by tier_position, position, tier, step
