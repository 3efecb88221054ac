-- title:   Profit at risk as it stood at the end of each of the last weeks
-- grain:   one row per weeks_ago in which a profitable customer was late or had lapsed
-- key:     [weeks_ago]
-- note: >
--   For each week the profit of profitable customers who were late or had lapsed at its end, in the window that
--   the week looks back on, as business.profits_at_risk has it for the snapshots: the stages `at_risk` and `lapsed` of
--   business.customer_lifecycle. Days are numbered from the earliest lawful date.

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
),

late_customers as (
    select silences.weeks_ago, silences.customer_id
    from business.weekly_silences as silences cross join settings.policy as policy
    left join reactivated_customers  -- one-to-one; none who was not
        on silences.weeks_ago = reactivated_customers.weeks_ago
        and silences.customer_id = reactivated_customers.customer_id
    where reactivated_customers.customer_id is null and (silences.first_order_date is null
        or silences.week_end - silences.first_order_date > policy.new_customer_days)
),

weeks as (
    select weeks.weeks_ago, weeks.window_start - policy.earliest_date as first_day,
        weeks.week_end - policy.earliest_date as end_day
    from settings.weeks as weeks cross join settings.policy as policy
),

reach as (select min(first_day) as first_day from weeks),

contributions as (
    select orders.customer_id, orders.order_date - policy.earliest_date as day_number, orders.profit
    from business.order_costs as orders cross join settings.policy as policy cross join reach
    where orders.order_date - policy.earliest_date >= reach.first_day
    union all
    select cases.customer_id, cases.opened_date - policy.earliest_date as day_number,
        cast(-cases.cost_to_serve as decimal(28, 10)) as profit
    from business.case_costs as cases cross join settings.policy as policy cross join reach
    where cases.opened_date - policy.earliest_date >= reach.first_day
),

customer_profits as (
    select late_customers.weeks_ago, late_customers.customer_id, sum(contributions.profit) as profit
    from weeks
    inner join late_customers on weeks.weeks_ago = late_customers.weeks_ago  -- one-to-many
    inner join contributions  -- each week meets the orders and cases of its window
        on late_customers.customer_id = contributions.customer_id
        and contributions.day_number >= weeks.first_day and contributions.day_number < weeks.end_day
    group by late_customers.weeks_ago, late_customers.customer_id
)

select customer_profits.weeks_ago,
    cast(sum(customer_profits.profit - rates.per_customer) as decimal(28, 10)) as profit_at_risk
from customer_profits cross join settings.rates as rates where customer_profits.profit > rates.per_customer
group by customer_profits.weeks_ago
