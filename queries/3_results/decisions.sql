-- title:   What to decide now, by profit impact
-- grain:   one row per decision with money at stake
-- key:     [decision]
-- note: >
--   Who decides, and by when, is a list that belongs to the owner of the customers: edit it. `days` counts from the
--   as-of date. The customers behind a decision are in business.decision_customers; one customer may be under several,
--   so the amounts do not add up. `costs` asks for costs in place of an assumed margin, and has no amount.
-- columns:
--   amount: profit impact, what the decision would move in a window like this one
--   rank: place, most money first
--   is_material: whether the amount reaches the threshold of results.materiality; always true of `costs`

with listed_decisions as (
    select *
    from (values
        -- position, decision, who, days
        (1, 'silent_best', 'account_owner', 5),
        (2, 'lead_break_even', 'pricing', 30),
        (3, 'discount_above_median', 'sales_lead', 30),
        (4, 'late_others', 'marketing', 14),
        (5, 'cost_outliers', 'service', 60),
        (6, 'costs', 'finance', 30)
    ) as listed (position, decision, responsible, days)
),

sums as (
    select decision, count(*) as customers, sum(amount) as amount from business.decision_customers group by decision
),

known_decisions as (
    select listed_decisions.position, listed_decisions.decision, listed_decisions.responsible,
        cast(policy.as_of + cast(cast(listed_decisions.days as varchar) || ' days' as interval) as date) as due_date,
        sums.customers, sums.amount,
        listed_decisions.decision = 'costs'
        or coalesce(sums.amount >= materiality.threshold_amount, false) as is_material
    from listed_decisions
    left join sums on listed_decisions.decision = sums.decision  -- one-to-one; none where nobody is concerned
    cross join settings.policy as policy cross join results.materiality as materiality
    -- Less than half a unit of the currency is printed as 0: there is nothing at stake.
    where 2 * sums.amount >= 1 or (listed_decisions.decision = 'costs' and not policy.cost_is_mapped)
)

select cast(decision as varchar) as decision, due_date, cast(responsible as varchar) as responsible,
    cast(row_number() over (order by amount desc nulls last, position nulls last) as bigint) as rank,
    cast(customers as bigint) as customers, cast(amount as decimal(28, 10)) as amount, is_material
from known_decisions order by rank, decision
