-- title:   What the sections about profit say first
-- key:     [section]
-- cells:   {rests: rests_on}
-- note:    A section of the report says the finding that is true; its words stand in reports/messages/, its figures are
--   cells of the results. Every result with the columns `section` and `finding` is read for it. Nothing is told of
--   fewer than `min_cell` customers, no gap between tiers below `material_change_share` of list price, and no loss of
--   the Lead tier below that share of net revenue. An aggregate edition has a finding only where it shows every cell
--   that it rests on.
-- columns:
--   finding: name of the wording
--   tier: tier that is compared with the Lead tier
--   about: step or activity that the finding speaks of
--   amount: money that the finding speaks of, if any
--   rests_on: cells that the finding rests on, as table/key/column; `*` is every key

with headline as (
    select max(value) filter (where measure = 'customers') as customers,
        max(value) filter (where measure = 'profit') as profit,
        max(change_on_year) filter (where measure = 'net_revenue') as revenue_change,
        max(change_on_year) filter (where measure = 'profit') as profit_change,
        max(change_on_year) filter (where measure = 'profit_rate') as rate_change,
        -- What is printed as 0.0% is no change.
        max(abs(change_rate_on_year)) filter (where measure = 'net_revenue') * 2000 < 1 as has_same_revenue,
        max(abs(change_rate_on_year)) filter (where measure = 'profit') * 2000 < 1 as has_same_profit
    from results.headline
),

tiers as (
    select coalesce(max(customers) filter (where tier = 'total'), 0) as customers,
        coalesce(max(customers) filter (where tier = 'lead'), 0) as lead_customers,
        coalesce(max(customers) filter (where tier = 'platinum'), 0) as platinum_customers,
        coalesce(max(customers) filter (where tier = 'gold'), 0) as gold_customers,
        coalesce(max(customers) filter (where tier = 'iron'), 0) as iron_customers,
        coalesce(max(profit) filter (where tier = 'total'), 0) as profit,
        coalesce(max(profit) filter (where tier = 'lead'), 0) as lead_profit
    from results.tier_profitability
),

population as (
    select tiers.*, tiers.customers < 1 as is_empty, tiers.customers < policy.min_cell as is_small,
        tiers.lead_customers >= policy.min_cell as has_lead, policy.tier_cutoff,
        case
            when tiers.platinum_customers >= policy.min_cell then 'platinum'
            when tiers.gold_customers >= policy.min_cell then 'gold'
            when tiers.iron_customers >= policy.min_cell then 'iron'
        end as best_tier
    from tiers cross join settings.policy as policy
),

brief as (
    select
        case
            when coalesce(customers, 0) < 1 then 'nobody'
            when (revenue_change is null or profit_change is null) and profit < 0 then 'loss_without_past'
            when revenue_change is null or profit_change is null then 'without_past'
            when profit < 0 and profit_change > 0 then 'smaller_loss'
            when profit < 0 and profit_change < 0 then 'worse_loss'
            when profit < 0 then 'loss'
            when has_same_revenue and has_same_profit then 'unchanged'
            when revenue_change > 0 and profit_change > 0 and rate_change < 0 then 'more_thinner'
            when revenue_change > 0 and profit_change > 0 then 'more_of_both'
            when revenue_change > 0 then 'more_revenue_less_profit'
            when profit_change > 0 then 'less_revenue_more_profit'
            else 'less_of_both'
        end as finding,
        profit as amount
    from headline
),

peak as (
    select
        max(profitable_customers) as profitable_customers,
        coalesce(max(erosion_amount), 0) as erosion_amount
    from results.whale_summary
),

material as (select coalesce(max(threshold_amount), 0) as threshold_amount from results.materiality),

pyramid as (
    select
        case
            when is_empty then 'nobody'
            when is_small then 'few'
            when profitable_customers < 1 then 'none_profitable'
            when lead_customers >= customers then 'only_lead'
            when profit <= 0 and lead_profit < profit then 'no_profit'
            when profit <= 0 then 'loss'
            when platinum_customers < 1 and tier_cutoff = 'absolute' then 'none_at_cutoff'
            when platinum_customers < 1 then 'no_platinum'
            when lead_profit >= 0 and erosion_amount >= 0 then 'no_losses'
            when lead_profit >= 0 or -lead_profit < threshold_amount then 'best'
            else 'losses'
        end as finding,
        lead_profit as amount
    from population cross join peak cross join material
),

whale as (
    select
        case
            when coalesce(max(customers), 0) < 1 then 'nobody'
            when max(profitable_customers) < 1 then 'none_profitable'
            when max(erosion_amount) >= 0 then 'no_erosion'
            when max(total_profit) <= 0 then 'all_eroded'
            else 'eroded'
        end as finding,
        max(erosion_amount) as amount
    from results.whale_summary
),

shares_of_list as (
    -- How much more of list price the best tier keeps in a step than the Lead tier.
    select waterfall.step, waterfall.position,
        max(waterfall.share_of_list) filter (where waterfall.tier = population.best_tier)
        - max(waterfall.share_of_list) filter (where waterfall.tier = 'lead') as gap
    from results.price_waterfall as waterfall cross join population cross join settings.policy as policy
    where population.has_lead and (waterfall.step in ('discount', 'cost_to_serve')
        or (waterfall.step = 'cost_of_goods' and policy.cost_is_mapped))
    group by waterfall.step, waterfall.position
),

widest_shares as (
    select
        shares_of_list.*, row_number() over (order by gap desc nulls last, position nulls last, step nulls last) as rank
    from shares_of_list
),

widest_gap as (
    select max(widest_shares.step) as step
    from widest_shares cross join settings.policy as policy
    where widest_shares.rank = 1 and widest_shares.gap >= cast(policy.material_change_share as double)
),

kept_share as (
    select max(share_of_list) filter (where step = 'profit') as share_of_list,
        coalesce(max(abs(amount)) filter (where step = 'cost_to_serve'), 0) as cost_to_serve
    from results.price_waterfall where tier = 'total'
),

waterfall as (
    select
        case when population.is_empty or kept_share.share_of_list is null then 'nobody'
            when widest_gap.step is not null then 'gap'
            when policy.cost_is_mapped then 'total'
            when kept_share.cost_to_serve = 0 then 'margin_only' else 'assumed' end as finding,
        case when widest_gap.step is not null then population.best_tier end as tier, widest_gap.step as about
    from population cross join kept_share cross join widest_gap cross join settings.policy as policy
),

moves as (
    select
        case
            when coalesce(max(from_customers), 0) < 1 then 'no_past'
            when max(told_tier) is null then 'small'
            when coalesce(max(told_stayed), 0) < 1 then 'none_stayed'
            else 'some_stayed'
        end as finding
    from results.change_summary where from_snapshot = 'year_ago'
),

bridge_steps as (
    select step, amount,
        row_number() over (order by amount desc nulls last, position nulls last, step nulls last) as gain_rank,
        row_number() over (order by amount nulls last, position nulls last, step nulls last) as loss_rank
    from results.profit_bridge where from_snapshot = 'year_ago'
),

bridge_gain as (
    select case when count(*) = 0 then 'none' else 'step' end as finding, max(step) as about, max(amount) as amount
    from bridge_steps where gain_rank = 1 and amount > 0
),

bridge_loss as (
    select case when count(*) = 0 then 'none' else 'step' end as finding, max(step) as about, max(amount) as amount
    from bridge_steps where loss_rank = 1 and amount < 0
),

rate_changes as (
    -- Of equal ones the last, so that all rates together win.
    select activity, direction, customers, customers_moved,
        row_number() over (order by customers_moved desc nulls last, position desc nulls last, activity, direction)
            as rank
    from results.rate_sensitivity
),

firmness as (
    select
        case
            when coalesce(max(customers), 0) < 1 then 'nobody'
            when count(*) filter (where activity not in ('all_rates', 'as_configured')) < 1 then 'no_rates'
            when coalesce(max(customers_moved), 0) < 1 then 'steady'
            else max(direction) filter (where rank = 1)
        end as finding,
        case when max(customers_moved) >= 1 then max(activity) filter (where rank = 1) end as about
    from rate_changes
),

concentrations as (
    select max(value) filter (where measure = 'revenue_concentration_customer_share') as of_revenue,
        max(value) filter (where measure = 'profit_concentration_customer_share') as of_profit
    from results.concentration
),

concentration as (
    select
        case
            when population.is_small then 'too_few'
            when concentrations.of_revenue is null then 'unknown'
            when concentrations.of_profit is null then 'revenue'
            else 'profit_and_revenue'
        end as finding
    from concentrations cross join population
),

contradictions as (
    -- Large customers of the Lead tier come first.
    select coalesce(sum(customers), 0) as large_lead_customers
    from results.value_disagreement where value_class = 'all' and abc_class = 'a' and tier = 'lead'
),

agreement as (
    select coalesce(sum(customers), 0) as far_apart_customers from results.value_agreement where levels_apart = 2
),

value_views as (
    select
        case
            when population.is_empty then 'nobody'
            when contradictions.large_lead_customers >= 1 then 'a_lead'
            when agreement.far_apart_customers >= 1 then 'contradict'
            else 'agree'
        end as finding
    from population cross join contradictions cross join agreement
),

gaps as (
    select count(*) as gaps
    from results.class_gaps
    where class_name = 'customer_type' and gap = 'discount'
),

discounts as (
    select
        case
            when coalesce(max(customers), 0) < 1 then 'nobody'
            when max(gaps.gaps) >= 1 then 'unknown'
            when coalesce(max(discount_amount), 0) <= 0 then 'none'
            when max(discount_made_champions) >= 1 then 'champions'
            when max(margin_given_away_rate) is not null then 'rate'
            else 'amount'
        end as finding,
        max(discount_amount) as amount
    from results.discount_by_tier cross join gaps where tier = 'total'
),

known_findings as (
    select 'brief' as section, finding, cast(null as varchar) as tier, cast(null as varchar) as about, amount from brief
    union all
    select 'pyramid' as section, finding, null as tier, null as about, amount from pyramid
    union all
    select 'whale' as section, finding, null as tier, null as about, amount from whale
    union all
    select 'waterfall' as section, finding, tier, about, null as amount from waterfall
    union all
    select 'moves' as section, finding, null as tier, null as about, null as amount from moves
    union all
    select 'bridge_gain' as section, finding, null as tier, about, amount from bridge_gain
    union all
    select 'bridge_loss' as section, finding, null as tier, about, amount from bridge_loss
    union all
    select 'firmness' as section, finding, null as tier, about, null as amount from firmness
    union all
    select 'discounts' as section, finding, null as tier, null as about, amount from discounts
    union all
    select 'concentration' as section, finding, null as tier, null as about, null as amount from concentration
    union all
    select 'value_views' as section, finding, null as tier, null as about, null as amount from value_views
),

shown_cells as (
    select *
    from (values
        (
            'brief',
            'headline/customers/value headline/net_revenue/change_on_year headline/net_revenue/change_rate_on_year '
            || 'headline/profit/value headline/profit/change_on_year headline/profit/change_rate_on_year '
            || 'headline/profit_rate/change_on_year'
        ),
        ('pyramid', 'tier_profitability/*/customers tier_profitability/*/profit'),
        ('waterfall', 'tier_profitability/*/customers price_waterfall/*/share_of_list'),
        ('discounts', 'price_waterfall/*/share_of_list')
    ) as listed (section, rests_on)
)

select cast(known_findings.section as varchar) as section,
    cast(known_findings.finding as varchar) as finding, cast(known_findings.tier as varchar) as tier,
    cast(known_findings.about as varchar) as about,
    -- Of discounts an aggregate edition says only that they are not known.
    case when known_findings.section <> 'discounts' or known_findings.finding = 'unknown'
        then cast(shown_cells.rests_on as varchar) end as rests_on,
    cast(known_findings.amount as decimal(28, 10)) as amount
from known_findings
left join shown_cells  -- one-to-one; none of what an aggregate edition does not say
    on known_findings.section = shown_cells.section
order by section
