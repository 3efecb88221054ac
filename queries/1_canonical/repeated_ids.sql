-- title:   Ids that come more than once in their source
-- key:     [source, id]
-- publish: no
-- note: >
--   The rows of these ids are compared with each other in the files checked_<source>.sql. Ranks over the rows of all
--   ids would sort a whole source to find the few that repeat. Exchange rates are few, so they are not here.

select 'customers' as source, customer_id as id
from raw.customers where customer_id is not null group by customer_id having count(*) > 1
union all
select 'service_cases' as source, case_id as id
from raw.service_cases where case_id is not null group by case_id having count(*) > 1
union all
select 'payments' as source, payment_id as id
from raw.payments where payment_id is not null group by payment_id having count(*) > 1
union all
select 'visits' as source, visit_id as id
from raw.visits where visit_id is not null group by visit_id having count(*) > 1
