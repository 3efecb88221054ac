-- title:   How well the model forecast the last weeks, against two plain rules
-- grain:   one row per method, model, last_year_rate, recency_rule; none without a backtest
-- key:     [method]
-- scope:   base
-- note: >
--   A model has to earn its place: where a plain rule missed less, the figures ahead use that rule. What a method
--   missed is its error in total and its errors per customer, added up, all without sign.
-- columns:
--   expected_orders: purchases expected of all customers together in the weeks tested
--   total_error: expected less actual purchases
--   total_error_rate: total_error / actual purchases
--   mean_absolute_error: mean over customers of the distance between expected and actual purchases
--   root_mean_square_error: the same, with large misses weighing more
--   is_best: least error in total and of customers, added up; of equals the plainer one

with weeks as (select before_date, horizon_weeks from settings.moments where moment = 'backtest')

select errors.method, weeks.before_date as first_day, cast(weeks.horizon_weeks as bigint) as weeks,
    errors.customers, errors.expected_orders, errors.actual_orders,
    cast(errors.expected_orders - cast(errors.actual_orders as decimal(28, 6)) as decimal(28, 6)) as total_error,
    cast(errors.expected_orders - cast(errors.actual_orders as decimal(28, 6)) as double)
        / nullif(cast(errors.actual_orders as double), 0) as total_error_rate,
    cast(errors.absolute_error as double) / nullif(cast(errors.customers as double), 0) as mean_absolute_error,
    sqrt(cast(errors.squared_error as double) / nullif(cast(errors.customers as double), 0)) as root_mean_square_error,
    errors.error_rank = 1 as is_best
from business.backtest_errors as errors cross join weeks order by errors.error_rank, errors.method
