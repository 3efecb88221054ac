-- title:   What each customer bought at a discount
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- inputs:  [business.customer_classes, business.customer_profit, business.customer_rfm, business.orders,
--           settings.policy, settings.rfm_segments, settings.snapshots]
-- note: >
--   A line counts as sold at a discount from `price_sensitive_discount_rate` of its list price; returned lines
--   are left out. Price sensitive: at least `price_sensitive_unit_share` of the units bought so. A Champion is made by
--   discount when the money score of their full-price revenue alone, recency and frequency as they are, would
--   give another segment: the score that a customer with that net revenue has or would have.
-- columns:
--   discounted_revenue: net revenue of the lines sold at a discount
--   full_price_m_score: money score of the net revenue of lines without any discount

with

snapshot as (
    select window_start, as_of
    from settings.snapshots
    where snapshot = 'current'
),

policy as (
    select price_sensitive_unit_share
    from settings.policy
),

sums as (
    select
        orders.customer_id,
        sum(orders.sold_units) as bought_units,
        sum(orders.discounted_units) as discounted_units,
        sum(orders.sold_revenue) as bought_revenue,
        sum(orders.discounted_revenue) as discounted_revenue,
        sum(orders.full_price_revenue) as full_price_revenue
    from business.orders as orders
    cross join snapshot
    where orders.order_date >= snapshot.window_start
        and orders.order_date < snapshot.as_of
    group by orders.customer_id
),

score_ceilings as (
    -- The largest net revenue of each money score: an amount has the lowest score whose ceiling it does not exceed.
    select rfm.m_score, max(profit.net_revenue) as ceiling
    from business.customer_rfm as rfm
    inner join business.customer_profit as profit  -- one-to-one
        on rfm.snapshot = profit.snapshot
        and rfm.customer_id = profit.customer_id
    where rfm.snapshot = 'current'
    group by rfm.m_score
),

full_price_scores as (
    select customers.customer_id, min(score_ceilings.m_score) as m_score
    from (
        select
            profit.customer_id,
            cast(coalesce(sums.full_price_revenue, 0) as decimal(28, 4)) as full_price_revenue
        from business.customer_profit as profit
        left join sums  -- one-to-one; none who bought nothing
            on profit.customer_id = sums.customer_id
        where profit.snapshot = 'current'
    ) as customers
    inner join score_ceilings  -- five rows at most
        on customers.full_price_revenue <= score_ceilings.ceiling
    group by customers.customer_id
),

customers as (
    select
        classes.customer_id,
        classes.tier,
        classes.r_score,
        classes.f_score,
        -- Who spent more at full price than anybody after returns has the best score.
        coalesce(full_price_scores.m_score, 5) as full_price_m_score,
        classes.rfm_segment,
        coalesce(sums.bought_units, 0) as bought_units,
        coalesce(sums.discounted_units, 0) as discounted_units,
        coalesce(sums.bought_revenue, 0) as bought_revenue,
        coalesce(sums.discounted_revenue, 0) as discounted_revenue,
        coalesce(sums.full_price_revenue, 0) as full_price_revenue,
        profit.discount_amount,
        profit.contribution_margin
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    left join sums  -- one-to-one; none who bought nothing
        on classes.customer_id = sums.customer_id
    left join full_price_scores  -- one-to-one
        on classes.customer_id = full_price_scores.customer_id
    where classes.snapshot = 'current'
)

select
    customers.customer_id,

    customers.tier,
    customers.rfm_segment,
    segments.rfm_segment as full_price_segment,

    cast(customers.full_price_m_score as bigint) as full_price_m_score,
    cast(customers.bought_units as decimal(28, 4)) as bought_units,
    cast(customers.discounted_units as decimal(28, 4)) as discounted_units,
    cast(customers.bought_revenue as decimal(28, 4)) as bought_revenue,
    cast(customers.discounted_revenue as decimal(28, 4)) as discounted_revenue,
    cast(customers.full_price_revenue as decimal(28, 4)) as full_price_revenue,
    cast(customers.discount_amount as decimal(28, 4)) as discount_amount,
    cast(customers.contribution_margin as decimal(28, 4)) as contribution_margin,

    customers.bought_units > 0
    and customers.discounted_units >= customers.bought_units * policy.price_sensitive_unit_share
        as is_price_sensitive,
    customers.rfm_segment = 'champions' as is_champion,
    customers.rfm_segment = 'champions' and segments.rfm_segment <> 'champions' as is_discount_made_champion
from customers
inner join settings.rfm_segments as segments  -- many-to-one; every combination has a segment
    on customers.r_score = segments.r_score
    and customers.f_score = segments.f_score
    and customers.full_price_m_score = segments.m_score
cross join policy
