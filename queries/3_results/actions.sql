-- title:   The most valuable cases of each tier
-- grain:   one row per customer_id, the first `list_rows_shown` of each tier
-- key:     [customer_id]
-- note:    Most money at stake first. Everybody else stands in business.customer_actions and, if wanted, in the files
--   of `exports/`. Customers without an action, or with nothing at stake, are not listed.
-- columns:
--   stake: what the amount at stake is, `loss`, `value_at_risk`, `profit_of_the_late` or `none`
--   position: rank within the tier

with tiers as (select value as tier, position as tier_rank from business.class_values where class_name = 'tier'),

cases as (
    select actions.*, tiers.tier_rank,
        row_number() over (partition by actions.tier order by actions.tier_position nulls last) as place
    from business.customer_actions as actions
    inner join tiers on actions.tier = tiers.tier  -- many-to-one
    where actions.action is not null and actions.stake_amount > 0
)

select cases.customer_id, cases.due_date,
    cases.tier, cast(cases.place as bigint) as position, cases.name, cases.owner, cases.prior_tier, cases.year_ago_tier,
    cases.lifecycle_stage, cases.reason, cases.action, cases.responsible, cases.stake,
    cases.days_since_last_order, cases.late_ratio, cases.profit, cases.stake_amount
from cases cross join settings.policy as policy where cases.place <= policy.list_rows_shown
order by cases.tier_rank, position, cases.customer_id
