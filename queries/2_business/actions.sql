-- title:   Who does what, by when, for which customers
-- key:     [position]
-- note: >
--   This table belongs to the owner of the customers: edit it. A customer gets the first row, by position, whose tier,
--   lifecycle_stage and customer_type are theirs; `any` fits all. `responsible` and `action` are codes with words in
--   reports/messages/, or plain words that are shown as they stand; `days` counts from the as-of date. A customer whom
--   no row fits has no action. The stages are new, active, reactivated, at_risk and lapsed; the types those of
--   business.customer_characters.

select cast(position as bigint) as position,
    cast(tier as varchar) as tier, cast(lifecycle_stage as varchar) as lifecycle_stage,
    cast(customer_type as varchar) as customer_type, cast(responsible as varchar) as responsible,
    cast(action as varchar) as action, cast(days as bigint) as days
from (values
    -- position, tier, stage, type, who, what, days
    (5, 'platinum', 'any', 'angry', 'account_owner', 'apologise_and_solve', 1),
    (6, 'gold', 'any', 'angry', 'service', 'apologise_and_solve', 2),
    (10, 'platinum', 'at_risk', 'any', 'account_owner', 'call_now', 2),
    (20, 'platinum', 'lapsed', 'any', 'sales_lead', 'visit_and_win_back', 7),
    (30, 'platinum', 'new', 'any', 'account_owner', 'welcome_call', 7),
    (40, 'platinum', 'reactivated', 'any', 'account_owner', 'ask_why_they_returned', 7),
    (50, 'platinum', 'any', 'any', 'account_owner', 'exclusive_offer', 30),
    (60, 'gold', 'at_risk', 'any', 'account_owner', 'call_now', 5),
    (70, 'gold', 'lapsed', 'any', 'sales', 'win_back_offer', 14),
    (80, 'gold', 'new', 'any', 'sales', 'second_order_offer', 14),
    (90, 'gold', 'any', 'any', 'sales', 'cross_sell', 30),
    (100, 'iron', 'at_risk', 'any', 'marketing', 'reminder_mail', 14),
    (110, 'iron', 'lapsed', 'any', 'marketing', 'win_back_mail', 30),
    (120, 'iron', 'new', 'any', 'marketing', 'second_order_mail', 14),
    (130, 'iron', 'any', 'any', 'service', 'self_service', 60),
    (140, 'lead', 'new', 'any', 'sales', 'watch_second_order', 30),
    (150, 'lead', 'lapsed', 'any', 'sales', 'release', 60),
    (160, 'lead', 'any', 'any', 'pricing', 'reprice_or_minimum_order', 30)
) as listed (position, tier, lifecycle_stage, customer_type, responsible, action, days)
