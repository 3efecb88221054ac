-- title:   Order lines that are used and look as if something were wrong
-- key:     [reason]
-- scope:   base
-- cells:   {open: [position, rows]}
-- note: >
--   `equal_line`: rows without a line number that equal an earlier row of their order and file; each is an item of its
--   own. `kept_duplicate`: rows that equal one of an earlier file, or have its line number, and are used because
--   checks.duplicates is `keep`. `order_in_two_files`: rows of orders of which two files hold rows that are used; when
--   an order came again, changed, it counts twice, and checks.orders_in_two_files can keep the last file only. A row
--   may be noted for more than one. Orders are those of the rows. No row when there is nothing to note.

with used_lines as (
    select order_id, source_file, net_amount, is_equal_line, is_kept_duplicate, is_in_two_files
    from canonical.checked_order_lines
    where outcome = 'used' and (is_equal_line or is_kept_duplicate or is_in_two_files)
),

noted_lines as (
    select reasons.reason, used_lines.order_id, used_lines.source_file, used_lines.net_amount
    from used_lines
    cross join (values ('equal_line'), ('kept_duplicate'), ('order_in_two_files')) as reasons (reason)
    where case reasons.reason when 'equal_line' then used_lines.is_equal_line when 'kept_duplicate'
        then used_lines.is_kept_duplicate else used_lines.is_in_two_files end
),

noted_orders as (
    -- What repeated an earlier file is no longer among the rows, so an order may be in one file after all.
    select reason, order_id, count(*) as rows, sum(net_amount) as amount
    from noted_lines group by reason, order_id
    having reason <> 'order_in_two_files' or min(source_file) <> max(source_file)
)

select cast(reason as varchar) as reason, row_number() over (order by reason nulls last) as position,
    count(*) as orders, cast(sum(rows) as bigint) as rows, cast(sum(amount) as decimal(28, 4)) as amount
from noted_orders group by reason order by position, reason
