-- title:   What each customer should bring in the time ahead
-- grain:   one row per customer_id with an outlook
-- key:     [customer_id]
-- note: >
--   Expected purchases of the coming `expected_orders_months` come from the method that missed least in the backtest,
--   and from the model when there was none. Where the model has no fit a rule stands for it: each purchase brings what
--   those of the customer brought in the window; P(alive), lifetime value and value at risk are not known. Each
--   customer earns the rates of business.outlook_customers. Lifetime value is always the model's. Value at risk is what
--   leaving would cost: (1 - P(alive)) x the profit expected while the customer is one. A rule expects that; the
--   model's profit holds the chance that the customer is gone, and is divided by P(alive). A P(alive) below
--   `value_at_risk_min_p_alive` counts as that, and where no profit is expected nothing is at risk. Where the mean
--   P(alive) is printed as 100.0% the model sees nobody leave, and value at risk is not known, as the report says.
--   model.customer_outlook has the same by the model's own purchases. Money is not known (NULL) when the model of spend
--   has no fit.

with departures as (
    -- As the finding `departures`.
    select (1 - cast(sum(cast(p_alive as decimal(28, 6))) as double) / nullif(cast(count(*) as double), 0)) * 2000 > 1
            as has_any
    from model.customer_outlook
),

best_methods as (select method from business.backtest_errors where error_rank = 1),

methods as (select coalesce(max(method), 'model') as method from best_methods),

customers as (
    select
        customers.customer_id, customers.tier, methods.method, outlook.p_alive, outlook.expected_orders as model_orders,
        case
            when outlook.customer_id is not null then outlook.expected_spend
            when customers.purchases_of_year > 0
                then cast(customers.window_revenue as double) / nullif(cast(customers.purchases_of_year as double), 0)
            else cast(0 as double)
        end as expected_spend,
        outlook.clv,
        cast(
            case methods.method
                when 'model' then cast(outlook.expected_orders as decimal(28, 6))
                when 'last_year_rate' then customers.last_year_orders
                when 'recency_rule' then customers.recency_orders
            end as decimal(28, 6)
        ) as expected_orders,
        customers.margin_rate, customers.profit_rate
    from business.outlook_customers as customers
    left join model.customer_outlook as outlook  -- one-to-one; none without a fit
        on customers.customer_id = outlook.customer_id
    cross join methods
    where outlook.customer_id is not null or methods.method <> 'model'
),

customers_with_money as (
    select customer_id, tier, method, p_alive, model_orders, expected_orders, expected_spend, margin_rate, profit_rate,
        clv, cast(expected_orders as double) * expected_spend as expected_revenue,
        (cast(expected_orders as double) * expected_spend) * profit_rate as expected_profit,
        greatest(p_alive, cast(policy.value_at_risk_min_p_alive as double)) as bounded_p_alive,
        departures.has_any as has_departures
    from customers cross join settings.policy as policy cross join departures
)

select customer_id, tier, method,
    p_alive, cast(model_orders as decimal(28, 6)) as model_orders, expected_orders, expected_spend, margin_rate,
    profit_rate, cast(expected_revenue as decimal(28, 6)) as expected_revenue,
    cast(expected_profit as decimal(28, 6)) as expected_profit, cast(clv as decimal(28, 6)) as clv,
    cast(
        case
            when p_alive is null or not has_departures then null
            when expected_profit > 0 and method = 'model'
                then cast((cast(1 as double) - bounded_p_alive) * expected_profit as double)
                    / nullif(cast(bounded_p_alive as double), 0)
            when expected_profit > 0 then (cast(1 as double) - bounded_p_alive) * expected_profit
            when expected_profit <= 0 then cast(0 as double)
        end as decimal(28, 6)
    ) as value_at_risk
from customers_with_money
