-- title:   Windows that the history covers
-- grain:   one row per window_start of a snapshot or a week of the trend
-- key:     [window_start]
-- scope:   base
-- note: >
--   The history begins with the first order, internal ones included. It covers a window when it begins on or before the
--   start of the window, or at most `coverage_days` after it. What compares with a window that is not covered is not
--   computed: a part of a year beside a whole year is no change.
-- columns:
--   first_order_date: day on which the history begins; NULL without an order

with window_starts as (
    select window_start
    from settings.snapshots
    union  -- a snapshot and a week may look back on the same window
    select window_start from settings.weeks
),

history as (select min(order_date) as first_order_date from business.orders)

select window_starts.window_start, history.first_order_date,
    coalesce(history.first_order_date - window_starts.window_start <= policy.coverage_days, false) as is_covered
from window_starts cross join history cross join settings.policy as policy
