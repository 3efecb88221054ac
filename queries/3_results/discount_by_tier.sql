-- title:   What each tier buys at a discount
-- grain:   one row per tier, and a total
-- key:     [tier]
-- note:    Population of the window; see business.customer_discounts for what is a discount. Units and revenue at a
--   discount are those of lines sold, returns left out. The discount itself is all of it, as in the price waterfall.
--   Units, and who is price sensitive by them, are not known where no quantity is recorded.
-- columns:
--   discounted_unit_share: units at a discount / units bought; not known where no quantity is recorded
--   margin_given_away_rate: discount / (contribution margin + discount), the margin at list price
--   discount_made_champions: Champions whose full-price revenue alone would not make them so

with tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

sums as (
    select coalesce(tier, 'total') as tier, count(*) as customers,
        count(*) filter (where is_price_sensitive) as price_sensitive_customers,
        count(*) filter (where is_champion) as champions,
        count(*) filter (where is_discount_made_champion) as discount_made_champions,
        cast(sum(bought_units) as decimal(28, 4)) as bought_units,
        cast(sum(discounted_units) as decimal(28, 4)) as discounted_units,
        cast(sum(bought_revenue) as decimal(28, 4)) as bought_revenue,
        cast(sum(discounted_revenue) as decimal(28, 4)) as discounted_revenue,
        cast(sum(discount_amount) as decimal(28, 4)) as discount_amount,
        cast(sum(contribution_margin) as decimal(28, 4)) as contribution_margin
    from business.customer_discounts group by grouping sets ((tier), ())
),

known as (
    -- Lines that are sold and have no unit at all have no quantity.
    select coalesce(bought_units, 0) <> 0 or coalesce(bought_revenue, 0) = 0 as has_units from sums where tier = 'total'
)

select tiers.tier, cast(tiers.position as bigint) as position, cast(coalesce(sums.customers, 0) as bigint) as customers,
    case when known.has_units then coalesce(sums.bought_units, cast(0 as decimal(28, 4))) end as bought_units,
    case when known.has_units then coalesce(sums.discounted_units, cast(0 as decimal(28, 4))) end as discounted_units,
    case when sums.bought_units > 0 then cast(sums.discounted_units as double)
        / nullif(cast(sums.bought_units as double), 0) end as discounted_unit_share,
    coalesce(sums.bought_revenue, cast(0 as decimal(28, 4))) as bought_revenue,
    coalesce(sums.discounted_revenue, cast(0 as decimal(28, 4))) as discounted_revenue,
    case when sums.bought_revenue > 0 then cast(sums.discounted_revenue as double)
        / nullif(cast(sums.bought_revenue as double), 0) end as discounted_revenue_share,
    coalesce(sums.discount_amount, cast(0 as decimal(28, 4))) as discount_amount,
    case
        when sums.contribution_margin + sums.discount_amount > 0
            then cast(sums.discount_amount as double)
                / nullif(cast(cast(sums.contribution_margin + sums.discount_amount as decimal(28, 4)) as double), 0)
    end as margin_given_away_rate,
    case when known.has_units then cast(coalesce(sums.price_sensitive_customers, 0) as bigint) end
        as price_sensitive_customers,
    case when known.has_units then cast(sums.price_sensitive_customers as double)
        / nullif(cast(sums.customers as double), 0) end as price_sensitive_share,
    cast(coalesce(sums.champions, 0) as bigint) as champions,
    cast(coalesce(sums.discount_made_champions, 0) as bigint) as discount_made_champions
from tiers cross join known
left join sums on tiers.tier = sums.tier  -- one-to-one; none where nobody has the tier
order by position, tier
