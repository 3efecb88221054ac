-- title:   What each customer should bring in the coming year
-- grain:   one row per customer_id with an outlook
-- key:     [customer_id]
-- inputs:  [business.backtest_errors, business.class_totals, business.customer_tiers, business.purchase_baselines,
--           model.customer_outlook]
-- note: >
--   Expected purchases come from the method that was best in the backtest, and from the model when
--   there was none. Each customer earns the rates of their tier in the window; who has no order in
--   the window, those of all customers. Lifetime value is discounted contribution margin of the model's
--   purchases. Value at risk is (1 - P(alive)) x expected profit. Money is not known (NULL)
--   when the model of spend has no fit.

with

best_methods as (
    select method
    from business.backtest_errors
    where error_rank = 1
),

methods as (
    select coalesce(max(method), 'model') as method
    from best_methods
),

rates as (
    select
        value as tier,
        case
            when net_revenue > 0
                then cast(cast(contribution_margin as decimal(28, 4)) as double)
                    / nullif(cast(net_revenue as double), 0)
        end as margin_rate,
        case
            when net_revenue > 0 then cast(cast(profit as decimal(28, 4)) as double)
                / nullif(cast(net_revenue as double), 0)
        end as profit_rate
    from business.class_totals
    where snapshot = 'current' and class_name in ('tier', 'all')
),

customers as (
    select
        outlook.customer_id,
        tiers.tier,
        methods.method,
        outlook.p_alive,
        outlook.expected_orders as model_orders,
        outlook.discounted_orders,
        outlook.expected_spend,
        cast(
            case methods.method
                when 'model' then cast(outlook.expected_orders as decimal(28, 6))
                when 'last_year_rate' then baselines.last_year_orders
                else baselines.recency_orders
            end as decimal(28, 6)
        ) as expected_orders,
        coalesce(of_tier.margin_rate, of_all.margin_rate) as margin_rate,
        coalesce(of_tier.profit_rate, of_all.profit_rate) as profit_rate
    from model.customer_outlook as outlook
    inner join business.purchase_baselines as baselines  -- one-to-one
        on outlook.customer_id = baselines.customer_id
        and baselines.moment = 'now'
    cross join methods
    left join business.customer_tiers as tiers  -- one-to-one; none without an order in the window
        on outlook.customer_id = tiers.customer_id
        and tiers.snapshot = 'current'
    left join rates as of_tier  -- many-to-one
        on tiers.tier = of_tier.tier
    left join rates as of_all  -- many-to-one
        on of_all.tier = 'all'
),

customers_with_money as (
    select
        customer_id,
        tier,
        method,
        p_alive,
        model_orders,
        expected_orders,
        expected_spend,
        margin_rate,
        profit_rate,
        cast(expected_orders as double) * expected_spend as expected_revenue,
        (cast(expected_orders as double) * expected_spend) * profit_rate as expected_profit,
        (discounted_orders * expected_spend) * margin_rate as clv
    from customers
)

select
    customer_id,

    tier,
    method,

    p_alive,
    cast(model_orders as decimal(28, 6)) as model_orders,
    expected_orders,
    expected_spend,
    margin_rate,
    profit_rate,
    cast(expected_revenue as decimal(28, 6)) as expected_revenue,
    cast(expected_profit as decimal(28, 6)) as expected_profit,
    cast(clv as decimal(28, 6)) as clv,
    cast((cast(1 as double) - p_alive) * expected_profit as decimal(28, 6)) as value_at_risk
from customers_with_money
