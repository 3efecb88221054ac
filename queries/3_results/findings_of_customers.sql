-- title:   What the sections about groups of customers say first
-- key:     [section]
-- cells:   {apart: [section]}
-- note:    See results.findings_of_profit. Nothing is told of fewer than `min_cell` customers. An aggregate edition has
--   no finding here.
-- columns:
--   finding: name of the wording
--   about: segment or type that the finding speaks of
--   amount: money that the finding speaks of, if any

with everybody as (
    select coalesce(max(customers), 0) as customers from results.tier_profitability where tier = 'total'
),

population as (
    select everybody.customers < 1 as is_empty, everybody.customers < policy.min_cell as is_small
    from everybody cross join settings.policy as policy
),

cohorts as (
    select
        case when coalesce(max(cohorts), 0) < 1 then 'none' when max(told_retention) is null then 'untold'
            else 'told' end as finding
    from results.cohort_summary
),

grid as (
    select coalesce(max(customers), 0) as most_customers,
        max(customers) filter (where r_score = 1 and f_score = 1) as lowest_customers
    from results.rfm_grid
),

rfm as (
    select
        case
            when grid.most_customers < 1 then 'nobody'
            when population.is_small then 'few'
            when grid.lowest_customers >= grid.most_customers then 'gone_quiet'
            else 'largest'
        end as finding
    from grid cross join population
),

ranked_segments as (
    select rfm_segment, profit,
        row_number() over (order by profit desc nulls last, position nulls last, rfm_segment nulls last) as rank
    from results.rfm_segments where rfm_segment <> 'total'
),

segments as (
    select case when count(*) = 0 then 'nobody' else 'told' end as finding, max(ranked_segments.rfm_segment) as about,
        max(ranked_segments.profit) as amount
    from ranked_segments cross join population
    where ranked_segments.rank = 1 and ranked_segments.profit > 0 and not population.is_small
),

ranked_types as (
    -- Types known of nobody are none.
    select types.customer_type, types.profit,
        row_number() over (order by types.profit nulls last, types.position nulls last, types.customer_type nulls last)
            as loss_rank,
        row_number() over (
            order by types.profit desc nulls last, types.position desc nulls last, types.customer_type nulls last
        ) as gain_rank
    from results.customer_types as types cross join settings.policy as policy
    where types.customer_type not in ('total', 'prospect', 'not_known') and types.customers >= policy.min_cell
),

judged_types as (
    -- Who gives back most, or else who brings most.
    select max(customer_type) filter (where loss_rank = 1 and profit < 0) as losing_type,
        min(profit) filter (where loss_rank = 1 and profit < 0) as loss,
        max(customer_type) filter (where gain_rank = 1) as best_type, max(profit) filter (where gain_rank = 1) as gain
    from ranked_types
),

kinds as (
    select
        case when population.is_small then 'few' when judged_types.best_type is null then 'unknown' else 'told' end
            as finding,
        coalesce(judged_types.losing_type, judged_types.best_type) as about,
        coalesce(judged_types.loss, judged_types.gain) as amount
    from judged_types cross join population
),

abc as (
    select
        case
            when coalesce(max(customers), 0) < 1 then 'nobody'
            when max(unprofitable_customers) >= 1 then 'losses_in_a'
            when max(revenue_share) is null then 'no_losses_in_a_without_share'
            else 'no_losses_in_a'
        end as finding
    from results.abc_classes where abc_class = 'a'
),

lifecycle as (
    select
        case
            when coalesce(max(customers) filter (where lifecycle_stage = 'total'), 0) < 1 then 'nobody'
            when max(customers) filter (where lifecycle_stage = 'at_risk') >= 1 then 'at_risk'
            when max(customers) filter (where lifecycle_stage = 'lapsed') >= 1 then 'lapsed'
            else 'nobody_late'
        end as finding
    from results.lifecycle_stages
),

churn as (
    select coalesce(max(customers), 0) as customers,
        max(churned) filter (where has_enough_customers and churned >= 1) is not null as is_told,
        coalesce(max(lost_profit), 0) as lost_profit
    from results.churn_by_tier where from_snapshot = 'year_ago' and tier = 'total'
),

silent as (
    select coalesce(max(customers), 0) as customers, coalesce(max(profit_at_risk), 0) as profit
    from results.profit_at_risk where tier = 'upper'
),

material as (select coalesce(max(threshold_amount), 0) as threshold_amount from results.materiality),

retention as (
    -- By money: the profit that went with those who lapsed, or that of the best customers who are late.
    select
        case
            when population.is_empty and churn.customers < 1 then 'nobody'
            when churn.is_told and churn.lost_profit <= 0 and silent.profit < material.threshold_amount
                then 'lapsed_without_profit'
            when churn.is_told and churn.lost_profit > greatest(silent.profit, 0) then 'lapsed'
            when silent.customers >= 1 then 'silent'
            else 'nobody_silent'
        end as finding,
        greatest(churn.lost_profit, silent.profit) as amount
    from population cross join churn cross join silent cross join material
),

often as (
    select
        coalesce(max(customers), 0) as customers, max(profit_share) as profit_share, max(revenue_share) as revenue_share
    from results.frequency_classes where frequency_class = 'high'
),

habits as (
    -- Losses of the others make a part larger than the whole: then money is told.
    select
        case
            when population.is_small then 'few'
            when often.customers < 1 then 'nobody_often'
            when often.profit_share > 1 then 'often_profit_amount'
            when often.profit_share > 0 then 'often_profit'
            when often.revenue_share > 1 then 'often_revenue_amount'
            else 'often_revenue'
        end as finding
    from often cross join population
),

owners as (
    select
        case
            when count(*) filter (where kind = 'total') = 0 then 'not_known'
            when count(*) filter (where kind = 'owner') = 0 then 'nobody'
            when count(*) filter (where is_dependency) > 0 then 'dependency'
            else 'spread'
        end as finding
    from results.account_owners
),

referrals as (
    select
        case when max(referrers) is null then 'not_known' when max(referrers) >= 1 then 'some' else 'none' end
            as finding
    from results.referrals where kind = 'total'
),

known_findings as (
    select 'cohorts' as section, finding, cast(null as varchar) as about, cast(null as decimal(28, 10)) as amount
    from cohorts
    union all
    select 'rfm' as section, finding, null as about, null as amount from rfm
    union all
    select 'segments' as section, finding, about, amount from segments
    union all
    select 'abc' as section, finding, null as about, null as amount from abc
    union all
    select 'lifecycle' as section, finding, null as about, null as amount from lifecycle
    union all
    select 'retention' as section, finding, null as about, amount from retention
    union all
    select 'habits' as section, finding, null as about, null as amount from habits
    union all
    select 'kinds' as section, finding, about, amount from kinds
    union all
    select 'owners' as section, finding, null as about, null as amount from owners
    union all
    select 'referrals' as section, finding, null as about, null as amount from referrals
)

select cast(section as varchar) as section, cast(finding as varchar) as finding, cast(about as varchar) as about,
    cast(amount as decimal(28, 10)) as amount
from known_findings order by section
