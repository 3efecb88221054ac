-- title:   What each customer bought at a discount
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- note: >
--   A line counts as sold at a discount from `price_sensitive_discount_rate` of its list price; returned lines are left
--   out. Price sensitive: at least `price_sensitive_unit_share` of the units bought so. A Champion is made by discount
--   when the money score of their full-price revenue alone, recency and frequency as they are, would give another
--   segment: the score that a customer with that net revenue has or would have.
-- columns:
--   discounted_revenue: net revenue of the lines sold at a discount
--   full_price_m_score: money score of the net revenue of lines without any discount

with customers as (
    select classes.customer_id, classes.tier, classes.r_score, classes.f_score, classes.m_score, classes.rfm_segment,
        measures.sold_units as bought_units, measures.discounted_units, measures.sold_revenue as bought_revenue,
        measures.discounted_revenue, measures.full_price_revenue, measures.net_revenue, measures.discount_amount,
        measures.net_revenue - measures.cost_of_goods as contribution_margin
    from business.customer_classes as classes
    inner join business.customer_sums as measures  -- one-to-one
        on classes.snapshot = measures.snapshot and classes.customer_id = measures.customer_id
    where classes.snapshot = 'current'
),

score_ceilings as (
    -- The largest net revenue of each money score: an amount has the lowest score whose ceiling it does not exceed.
    select m_score, max(net_revenue) as ceiling from customers group by m_score
),

ceilings as (
    -- Side by side: one row, whoever has a score.
    select
        max(case m_score when 1 then ceiling end) as ceiling_1, max(case m_score when 2 then ceiling end) as ceiling_2,
        max(case m_score when 3 then ceiling end) as ceiling_3, max(case m_score when 4 then ceiling end) as ceiling_4
    from score_ceilings
),

scored_customers as (
    select customers.*,
        case
            when customers.full_price_revenue <= ceilings.ceiling_1 then 1
            when customers.full_price_revenue <= ceilings.ceiling_2 then 2
            when customers.full_price_revenue <= ceilings.ceiling_3 then 3
            when customers.full_price_revenue <= ceilings.ceiling_4 then 4
            -- Who spent more at full price than anybody after returns has the best score, too.
            else 5
        end as full_price_m_score
    from customers cross join ceilings
)

select customers.customer_id, customers.tier, customers.rfm_segment, segments.rfm_segment as full_price_segment,
    cast(customers.full_price_m_score as bigint) as full_price_m_score,
    cast(customers.bought_units as decimal(28, 4)) as bought_units,
    cast(customers.discounted_units as decimal(28, 4)) as discounted_units,
    cast(customers.bought_revenue as decimal(28, 4)) as bought_revenue,
    cast(customers.discounted_revenue as decimal(28, 4)) as discounted_revenue,
    cast(customers.full_price_revenue as decimal(28, 4)) as full_price_revenue,
    cast(customers.discount_amount as decimal(28, 4)) as discount_amount,
    cast(customers.contribution_margin as decimal(28, 4)) as contribution_margin,
    customers.bought_units > 0
    and customers.discounted_units >= customers.bought_units * policy.price_sensitive_unit_share as is_price_sensitive,
    customers.rfm_segment = 'champions' as is_champion,
    customers.rfm_segment = 'champions' and segments.rfm_segment <> 'champions' as is_discount_made_champion
from scored_customers as customers
inner join settings.rfm_segments as segments  -- many-to-one; every combination has a segment
    on customers.r_score = segments.r_score and customers.f_score = segments.f_score
    and customers.full_price_m_score = segments.m_score
cross join settings.policy as policy
