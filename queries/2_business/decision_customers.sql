-- title:   Customers whom a decision concerns, and its profit impact
-- grain:   one row per decision and customer_id of the current population
-- key:     [customer_id, decision]
-- note: >
--   A customer may be under several decisions, so the amounts are not to be added up. lead_break_even: the loss of a
--   customer of the Lead tier. discount_above_median: what a customer was given beyond the median discount rate of the
--   tier. cost_outliers: what it cost to serve a customer beyond the median rate of the tier, of those above the
--   quantile `cost_outlier_quantile` of the tier. silent_best and late_others: the profit at risk of Platinum and Gold,
--   and of the others. A quantile is the nearest rank; a rate is known where its base is above 0.
-- columns:
--   amount: profit impact, what the decision would move in a window like this one, above 0

with customers as (
    select tiers.customer_id, tiers.tier, profit.gross_revenue, profit.discount_amount, profit.net_revenue,
        profit.cost_to_serve, profit.profit
    from business.customer_tiers as tiers
    inner join business.customer_profit as profit  -- one-to-one
        on tiers.snapshot = profit.snapshot and tiers.customer_id = profit.customer_id
    where tiers.snapshot = 'current'
),

measured_customers as (
    -- A row per measure, so that the customers are read once.
    select customers.customer_id, customers.tier, measures.decision, customers.profit,
        case measures.decision when 'discount_above_median' then customers.gross_revenue when 'cost_outliers'
            then customers.net_revenue end as base,
        case measures.decision
            when 'discount_above_median' then cast(customers.discount_amount as decimal(28, 10))
            when 'cost_outliers' then cast(customers.cost_to_serve as decimal(28, 10))
        end as spent
    from customers
    cross join (values ('lead_break_even'), ('discount_above_median'), ('cost_outliers')) as measures (decision)
),

rated_customers as (
    -- The bound keeps a rate within its type, however small the base.
    select measured_customers.*,
        case when base > 0 then cast(least(cast(spent as double) / cast(base as double),
            cast(1000000 as double)) as decimal(18, 6)) end as rate
    from measured_customers
),

ranked_customers as (
    select rated_customers.*,
        row_number() over (partition by decision, tier order by rate nulls last, customer_id nulls last) as place,
        count(rate) over (partition by decision, tier) as rated
    from rated_customers
),

compared_customers as (
    select ranked_customers.*,
        max(case when 2 * place >= rated and 2 * (place - 1) < rated then rate end) over (partition by decision, tier)
            as median_rate,
        max(case when place >= rated * policy.cost_outlier_quantile and place - 1 < rated * policy.cost_outlier_quantile
            then rate end) over (partition by decision, tier) as outlier_rate
    from ranked_customers cross join settings.policy as policy
),

amounts as (
    select customer_id, decision, tier,
        case
            when decision = 'lead_break_even' and tier = 'lead' then cast(0 - profit as decimal(28, 10))
            when decision = 'discount_above_median' and rate > median_rate
                then cast(spent - cast(base as decimal(28, 4)) * median_rate as decimal(28, 10))
            when decision = 'cost_outliers' and rate > outlier_rate
                then cast(spent - cast(base as decimal(28, 4)) * median_rate as decimal(28, 10))
        end as amount
    from compared_customers
    union all
    select
        customer_id, case when tier in ('platinum', 'gold') then 'silent_best' else 'late_others' end as decision, tier,
        cast(profit as decimal(28, 10)) as amount
    from business.profits_at_risk where snapshot = 'current'
)

select customer_id, cast(decision as varchar) as decision, tier, amount from amounts where amount > 0
