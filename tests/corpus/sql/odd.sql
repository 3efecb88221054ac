-- title:  Trial
-- grain:  one row per a
-- key:    [a]
-- inputs: [raw.order_lines, settings.policy]
-- note: >
--   Words.

with recursive x as (select order_id as a from raw.order_lines union all select a from x)

select a, row_number() over (partition by a order by a desc nulls last) as n, cast(1 as double) / nullif(cast(2 as double), 0) as r
from x inner join lateral (select 1 as b) as y on true where a in (select $1) limit 3
