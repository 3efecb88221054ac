-- title:   Service cases
-- key:     [case_id]
-- note: >
--   The source `service_cases`; empty when it is not configured. Cases of people who never ordered are here too. A cost
--   of NULL is not recorded: it is not 0. first_answer_at and resolved_at are as of the as-of date; an earlier snapshot
--   compares them with its own.

select case_id, customer_id, order_id, opened_at, opened_date, first_answer_at, resolved_at, kind, channel,
    cost, minutes, satisfaction, is_complaint
from canonical.checked_service_cases where outcome = 'used'
