-- title:   From list price to profit, by tier
-- key:     [tier, step]
-- cells:   {by: [tier], apart: [step], columns: [amount, share_of_list], open: [position]}
-- note: >
--   Reductions are negative: the five steps of a tier add up, list price less reductions is profit. A share of a list
--   price that is not above 0 is not known, and neither is a discount where the order lines have one price.

with tiers as (
    select shares.value as tier, shares.position as tier_position, shares.gross_revenue, shares.cost_of_goods,
        shares.cost_to_serve, shares.profit, case when class_sources.has_discount then shares.discount_amount end
            as discount_amount
    from business.class_shares as shares cross join business.class_sources as class_sources
    where shares.class_name = 'tier'
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
