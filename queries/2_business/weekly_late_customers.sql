-- title:   Customers who were late or had lapsed at the end of each of the last weeks
-- grain:   one row per weeks_ago and customer_id
-- key:     []
-- publish: no
-- inputs:  [business.order_gaps, business.silence_rhythms, settings.policy, settings.snapshots, settings.weeks]
-- note: >
--   The stages `at_risk` and `lapsed` of business.customer_lifecycle, of customers with an order or a return document
--   in the window that the week looks back on.

with

policy as (
    select
        new_customer_days,
        reactivated_days,
        rhythm_min_gaps,
        rhythm_percentile,
        at_risk_late_ratio,
        lapsed_late_ratio,
        lapsed_days,
        silent_days
    from settings.policy
),

ranked_snapshots as (
    select
        weeks.weeks_ago,
        weeks.week_end,
        weeks.window_start,
        snapshots.snapshot,
        row_number() over (
            partition by weeks.weeks_ago
            order by abs(weeks.week_end - snapshots.as_of) nulls last, snapshots.as_of nulls last,
                snapshots.snapshot nulls last
        ) as nearness
    from settings.weeks as weeks
    cross join settings.snapshots as snapshots
),

weeks as (
    select weeks_ago, week_end, window_start, snapshot
    from ranked_snapshots
    where nearness = 1
),

late_customers as (
    select
        weeks.weeks_ago,
        weeks.week_end,
        silences.customer_id,
        silences.order_date,
        silences.tier_gap_days
    from business.silence_rhythms as silences
    inner join weeks  -- a silence meets every week that ends within it
        on silences.snapshot = weeks.snapshot
        and silences.document_date >= weeks.window_start
        and silences.document_date < weeks.week_end
        and (silences.next_document_date is null or silences.next_document_date >= weeks.week_end)
    cross join policy
    where silences.order_date is null
        or weeks.week_end - silences.order_date > policy.lapsed_days
        or weeks.week_end - silences.order_date
        > policy.at_risk_late_ratio * coalesce(silences.own_gap_days, silences.tier_gap_days)
        or (
            coalesce(silences.own_gap_days, silences.tier_gap_days) is null
            and weeks.week_end - silences.order_date > policy.silent_days
        )
),

longest_recent_gaps as (
    -- The longest silence that an order of the recent days ended.
    select late_customers.weeks_ago, late_customers.customer_id, max(order_gaps.gap_days) as gap_days
    from late_customers
    cross join policy
    inner join business.order_gaps as order_gaps  -- many-to-many: each meets the recent gaps
        on late_customers.customer_id = order_gaps.customer_id
        and order_gaps.order_date < late_customers.week_end
    where order_gaps.gap_days is not null
        and late_customers.week_end - order_gaps.order_date <= policy.reactivated_days
    group by late_customers.weeks_ago, late_customers.customer_id
),

earlier_gaps as (
    -- As many shorter gaps as the nearest rank asks for say that the longest is above that rank.
    select
        late_customers.weeks_ago,
        late_customers.customer_id,
        count(*) as gaps,
        count(*) filter (where longest.gap_days > policy.lapsed_late_ratio * order_gaps.gap_days) as shorter_gaps
    from late_customers
    cross join policy
    inner join longest_recent_gaps as longest  -- one-to-one
        on late_customers.weeks_ago = longest.weeks_ago
        and late_customers.customer_id = longest.customer_id
    inner join business.order_gaps as order_gaps  -- many-to-many: each meets the gaps before the recent days
        on late_customers.customer_id = order_gaps.customer_id
        and order_gaps.order_date < late_customers.week_end
    where order_gaps.gap_days is not null
        and late_customers.week_end - order_gaps.order_date > policy.reactivated_days
    group by late_customers.weeks_ago, late_customers.customer_id
),

first_orders as (
    select customer_id, order_date
    from business.order_gaps
    where previous_order_date is null
),

judged_customers as (
    select
        late_customers.weeks_ago,
        late_customers.customer_id,
        coalesce(late_customers.week_end - first_orders.order_date <= policy.new_customer_days, false) as is_new,
        coalesce(
            case
                when longest.gap_days > policy.lapsed_days then true
                when earlier_gaps.gaps >= policy.rhythm_min_gaps
                    then earlier_gaps.shorter_gaps >= earlier_gaps.gaps * policy.rhythm_percentile
                else longest.gap_days > policy.lapsed_late_ratio * late_customers.tier_gap_days
            end,
            false
        ) as is_reactivated
    from late_customers
    cross join policy
    left join first_orders  -- many-to-one; none of who has only return documents
        on late_customers.customer_id = first_orders.customer_id
    left join longest_recent_gaps as longest  -- one-to-one; none without a recent order that ended a gap
        on late_customers.weeks_ago = longest.weeks_ago
        and late_customers.customer_id = longest.customer_id
    left join earlier_gaps  -- one-to-one; none without earlier gaps
        on late_customers.weeks_ago = earlier_gaps.weeks_ago
        and late_customers.customer_id = earlier_gaps.customer_id
)

select
    weeks_ago,
    customer_id
from judged_customers
where not is_new and not is_reactivated
