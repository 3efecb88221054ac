-- title:   How far each way of forecasting was off
-- grain:   one row per method, model, last_year_rate, recency_rule; none without a backtest
-- key:     [method]
-- scope:   whole
-- note: >
--   The best method missed least: the purchases by which it was off in total, and those by which it was off at each
--   customer, added up. Of equals the plainer one, for a model has to earn its place; a model that has no fit today
--   comes last. business.customer_value_ahead counts on the best. How far a method was off over all customers does not
--   tell how far it is off over a part of them.

with forecasts as (
    select 'recency_rule' as method, 1 as position, recency_orders as expected_orders, actual_orders
    from business.backtest_customers
    union all
    select 'last_year_rate' as method, 2 as position, last_year_orders as expected_orders, actual_orders
    from business.backtest_customers
    union all
    select 'model' as method, 3 as position, model_orders as expected_orders, actual_orders
    from business.backtest_customers where model_orders is not null
),

todays_outlook as (select count(*) as outlooks from model.customer_outlook),

errors as (
    select method, position, expected_orders, actual_orders,
        cast(expected_orders - cast(actual_orders as decimal(18, 6)) as decimal(18, 6)) as error
    from forecasts
),

sums as (
    select method, position, count(*) as customers, sum(expected_orders) as expected_orders,
        sum(actual_orders) as actual_orders, sum(abs(error)) as absolute_error,
        sum(cast(cast(error as decimal(19, 6)) * error as decimal(36, 12))) as squared_error
    from errors group by method, position
)

select method, customers, cast(expected_orders as decimal(28, 6)) as expected_orders,
    cast(actual_orders as bigint) as actual_orders, cast(absolute_error as decimal(28, 6)) as absolute_error,
    cast(squared_error as decimal(28, 6)) as squared_error,
    row_number() over (
        order by sums.method = 'model' and todays_outlook.outlooks = 0 nulls last,
            sums.absolute_error + abs(sums.expected_orders - cast(sums.actual_orders as decimal(28, 6))) nulls last,
            sums.position nulls last
    ) as error_rank
from sums cross join todays_outlook
