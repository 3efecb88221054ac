-- title:   Visits
-- key:     [visit_id]
-- note:    The source `visits`, of the shop or its site; empty when it is not configured. Visits of people who never
--   ordered are here too.

select visit_id, customer_id, visited_at, visit_date, channel from canonical.checked_visits where outcome = 'used'
