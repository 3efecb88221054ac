-- title:   Payments
-- key:     [payment_id]
-- note:    The source `payments`, as far as due before the as-of date; empty when it is not configured. paid_date is as
--   of the as-of date, NULL while unpaid; an earlier snapshot compares it with its own. Refunds are negative.

select payment_id, customer_id, order_id, due_date, paid_date, amount
from canonical.checked_payments where outcome = 'used'
