-- title:   Orders whose rows name more than one customer
-- grain:   one row per order_id
-- key:     [order_id]
-- publish: no
-- inputs:  [canonical.numbered_order_lines]
-- note: >
--   Whose order it was cannot be guessed, so none of its rows is used.

select order_id
from canonical.numbered_order_lines
where has_ids
group by order_id
having min(customer_id) <> max(customer_id)
