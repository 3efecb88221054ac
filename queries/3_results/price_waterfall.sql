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
    select tiers.tier, tiers.tier_position, steps.step, steps.position, tiers.gross_revenue,
        case steps.step
            when 'list_price' then cast(tiers.gross_revenue as decimal(28, 10))
            when 'discount' then cast(-tiers.discount_amount as decimal(28, 10))
            when 'cost_of_goods' then cast(-tiers.cost_of_goods as decimal(28, 10))
            when 'cost_to_serve' then cast(-tiers.cost_to_serve as decimal(28, 10))
            when 'profit' then cast(tiers.profit as decimal(28, 10))
        end as amount
    from tiers
    cross join (values (1, 'list_price'), (2, 'discount'), (3, 'cost_of_goods'), (4, 'cost_to_serve'), (5, 'profit'))
        as steps (position, step)
)

select tier, cast(step as varchar) as step, cast(position as bigint) as position, amount,
    cast(cast(amount as decimal(28, 4)) as double)
    / nullif(cast(greatest(gross_revenue, 0) as double), 0) as share_of_list
from steps
order by tier_position, position, tier, step
