-- title:   What the sections about service, the time ahead and the evidence say first
-- key:     [section]
-- cells:   {rests: rests_on}
-- note:    See results.findings_of_profit.
-- columns:
--   finding: name of the wording
--   amount: money that the finding speaks of, if any
--   rests_on: cells that the finding rests on, as table/key/column

with service as (
    -- The ends of the pyramid are compared where both have customers enough.
    select
        case
            when count(*) = 0 then 'not_known'
            when coalesce(sum(cases) filter (where tier in ('total', 'none')), 0) < 1 then 'no_cases'
            when count(*) filter (
                where tier in ('platinum', 'lead') and has_enough_customers and cases_per_order is not null
            ) = 2 then 'tiers'
            else 'total'
        end as finding
    from results.service_by_tier
),

conditions as (
    select
        case
            when coalesce(max(conditions_that_hold + conditions_that_do_not), 0) < 1 then 'untold'
            when max(conditions_that_hold) >= max(conditions) then 'all'
            else 'some'
        end as finding
    from results.pyramid_summary
),

outlook_sums as (
    select max(expected_orders) as expected_orders, max(expected_profit) as expected_profit,
        max(alive_share) as alive_share
    from results.value_ahead where tier = 'total'
),

outlook as (
    select
        case
            when expected_orders is null then 'no_fit'
            when expected_profit is null then 'orders'
            when expected_profit < 0 then 'loss'
            else 'profit'
        end as finding,
        expected_profit as amount,
        -- A mean P(alive) that is printed as 100.0% tells nobody apart.
        case when (1 - alive_share) * 2000 <= 1 then 'none' else 'some' end as departures
    from outlook_sums
),

backtest as (select coalesce(max(method), 'untested') as finding from results.backtest_summary where is_best),

actions as (
    -- Late customers first, then the losses of the Lead tier.
    select
        case
            when coalesce(max(customers) filter (where tier = 'total'), 0) < 1 then 'none'
            when max(urgent_customers) filter (where tier = 'total') >= 1 then 'urgent'
            when max(stake_amount) filter (where tier = 'lead') > 0 then 'loss'
            else 'calm'
        end as finding,
        max(stake_amount) filter (where tier = 'total') as amount
    from results.action_summary
),

rejections as (
    select count(*) as reasons, sum(net_amount) as net_amount,
        -- What cannot be read counts as 0 there, and what has no exchange rate is NULL: then the sum is not known.
        count(*) filter (where net_amount is null
            or reason in ('amount_missing', 'amount_not_finite', 'amount_out_of_range')) < 1 as is_readable
    from results.data_quality where outcome = 'rejected' and "rows" > 0
),

costs as (select count(*) filter (where is_estimated) > 0 as is_estimated from results.cost_coverage),

quality as (
    select
        case
            when rejections.reasons > 1 then 'rejected_for_reasons'
            when rejections.reasons = 1 then 'rejected'
            when costs.is_estimated then 'estimated'
            else 'none_rejected'
        end as finding
    from rejections cross join costs
),

rejected_money as (
    select case when is_readable and net_amount <> 0 then 'known' else 'unknown' end as finding,
        cast(case when is_readable then net_amount end as decimal(28, 10)) as amount
    from rejections
),

evidence as (
    select case when count(*) = count(*) filter (where holds) then 'all_agree' else 'some_differ' end as finding
    from results.reconciliation
),

known_findings as (
    select 'service' as section, finding, cast(null as decimal(28, 10)) as amount from service
    union all
    select 'conditions' as section, finding, null as amount from conditions
    union all
    select 'outlook' as section, finding, amount from outlook
    union all
    select 'departures' as section, departures as finding, null as amount from outlook
    union all
    select 'backtest' as section, finding, null as amount from backtest
    union all
    select 'actions' as section, finding, amount from actions
    union all
    select 'quality' as section, finding, null as amount from quality
    union all
    select 'rejected_money' as section, finding, amount from rejected_money
    union all
    select 'evidence' as section, finding, null as amount from evidence
)

select cast(section as varchar) as section, cast(finding as varchar) as finding,
    case section
        when 'outlook' then 'value_ahead/total/expected_orders value_ahead/total/expected_profit'
        when 'quality' then 'data_quality/*/rows cost_coverage/*/is_estimated'
        when 'rejected_money' then 'data_quality/*/net_amount'
        when 'evidence' then 'reconciliation/*/holds'
    end as rests_on,
    cast(amount as decimal(28, 10)) as amount
from known_findings order by section
