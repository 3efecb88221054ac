-- title:   Rows that are used and look as if something were wrong
-- key:     [source, reason]
-- note: >
--   `equal_line`: rows without a line number that equal an earlier row of their order and file; each is an item of its
--   own. `kept_duplicate`: rows that equal one of an earlier file, or have its line number, and are used because
--   checks.duplicates is `keep`. `order_in_two_files`: rows of orders of which two files hold rows that are used; when
--   an order came again, changed, it counts twice, and checks.orders_in_two_files can keep the last file only. A row
--   may be noted for more than one. Orders are those of the rows.

with used_lines as (
    select order_id, source_file, net_amount, is_equal_line, is_kept_duplicate, is_in_two_files
    from canonical.checked_order_lines
    where outcome = 'used' and (is_equal_line or is_kept_duplicate or is_in_two_files)
),

orders_in_two_files as (
    -- What repeated an earlier file is no longer among the rows, so an order may be in one file after all.
    select order_id, count(*) as rows, sum(net_amount) as amount
    from used_lines where is_in_two_files group by order_id having min(source_file) <> max(source_file)
),

noted as (
    select 'equal_line' as reason, count(distinct order_id) as orders, count(*) as rows, sum(net_amount) as amount
    from used_lines where is_equal_line
    union all
    select 'kept_duplicate' as reason, count(distinct order_id) as orders, count(*) as rows, sum(net_amount) as amount
    from used_lines where is_kept_duplicate
    union all
    select 'order_in_two_files' as reason, count(*) as orders, sum(rows) as rows, sum(amount) as amount
    from orders_in_two_files
)

select 'order_lines' as source, cast(reason as varchar) as reason,
    cast(orders as bigint) as orders, cast(rows as bigint) as rows, cast(amount as decimal(28, 4)) as amount
from noted where orders > 0
