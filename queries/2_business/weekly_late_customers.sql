-- title:   Customers who were late or had lapsed at the end of each of the last weeks
-- grain:   one row per weeks_ago and customer_id
-- publish: no
-- note:    The stages `at_risk` and `lapsed` of business.customer_lifecycle, of customers with an order or a return
--   document in the window that the week looks back on.

with recent_buyers as (
    -- Only an order of the recent days can have ended a lapse.
    select silences.weeks_ago, silences.week_end, silences.customer_id, silences.tier_gap_days
    from business.weekly_silences as silences cross join settings.policy as policy
    where silences.week_end - silences.order_date <= policy.reactivated_days
),

longest_recent_gaps as (
    -- The longest silence that an order of the recent days ended.
    select recent_buyers.weeks_ago, recent_buyers.week_end, recent_buyers.customer_id, recent_buyers.tier_gap_days,
        max(order_gaps.gap_days) as gap_days
    from recent_buyers cross join settings.policy as policy
    inner join business.order_gaps as order_gaps  -- many-to-many: each meets the recent gaps
        on recent_buyers.customer_id = order_gaps.customer_id and order_gaps.order_date < recent_buyers.week_end
    where order_gaps.gap_days is not null and recent_buyers.week_end - order_gaps.order_date <= policy.reactivated_days
    group by recent_buyers.weeks_ago, recent_buyers.week_end, recent_buyers.customer_id, recent_buyers.tier_gap_days
),

earlier_gaps as (
    -- As many shorter gaps as the nearest rank asks for say that the longest is above that rank.
    select longest.weeks_ago, longest.customer_id, count(*) as gaps,
        count(*) filter (where longest.gap_days > policy.lapsed_late_ratio * order_gaps.gap_days) as shorter_gaps
    from longest_recent_gaps as longest cross join settings.policy as policy
    inner join business.order_gaps as order_gaps  -- many-to-many: each meets the gaps before the recent days
        on longest.customer_id = order_gaps.customer_id and order_gaps.order_date < longest.week_end
    where order_gaps.gap_days is not null and longest.week_end - order_gaps.order_date > policy.reactivated_days
    group by longest.weeks_ago, longest.customer_id
),

reactivated_customers as (
    select longest.weeks_ago, longest.customer_id
    from longest_recent_gaps as longest cross join settings.policy as policy
    left join earlier_gaps  -- one-to-one; none without earlier gaps
        on longest.weeks_ago = earlier_gaps.weeks_ago and longest.customer_id = earlier_gaps.customer_id
    where
        case
            when longest.gap_days > policy.lapsed_days then true
            when earlier_gaps.gaps >= policy.rhythm_min_gaps
                then earlier_gaps.shorter_gaps >= earlier_gaps.gaps * policy.rhythm_percentile
            else longest.gap_days > policy.lapsed_late_ratio * longest.tier_gap_days
        end
)

select silences.weeks_ago, silences.customer_id
from business.weekly_silences as silences cross join settings.policy as policy
left join reactivated_customers  -- one-to-one; none who was not
    on silences.weeks_ago = reactivated_customers.weeks_ago and silences.customer_id = reactivated_customers.customer_id
where reactivated_customers.customer_id is null
    and (silences.first_order_date is null or silences.week_end - silences.first_order_date > policy.new_customer_days)
