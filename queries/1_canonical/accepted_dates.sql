-- title:   The days between which a row is accepted
-- grain:   one row
-- key:     [newest_date]
-- publish: no
-- note: >
--   newest_date is the last day that the order history reaches: from the as-of date, or from the first order when that
--   is later, the first day after which no order follows within policy.max_future_days. A row dated more than
--   policy.max_future_days after it is a mistake; one between the as-of date and there belongs to a later report. The
--   clock has no part in it, so a report of any past day can be made, and made again.

with order_days as (
    select cast(ordered_at as date) as order_date from raw.order_lines group by cast(ordered_at as date)
),

days as (
    select order_date as day, false as is_as_of from order_days
    union all
    select as_of as day, true as is_as_of from settings.policy as policy
),

marked_days as (
    select days.day, days.is_as_of, policy.as_of,
        min(case when not days.is_as_of and days.day >= policy.earliest_date then days.day end) over () as first_date
    from days cross join settings.policy as policy
),

known_days as (
    -- The first day from which the history goes on, and all days after it.
    select case when is_as_of then coalesce(greatest(first_date, day), day) else day end as known_date
    from marked_days where is_as_of or (day > as_of and day > first_date)
),

followed_days as (
    select known_date, lead(known_date) over (order by known_date nulls last) as next_date from known_days
)

select policy.earliest_date, min(followed_days.known_date) as newest_date, policy.max_future_days
from followed_days cross join settings.policy as policy
where followed_days.next_date is null or followed_days.next_date - followed_days.known_date > policy.max_future_days
group by policy.earliest_date, policy.max_future_days
