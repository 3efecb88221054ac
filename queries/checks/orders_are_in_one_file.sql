-- title:    The lines of an order are in one file
-- scope:    base
-- severity: warn
-- judges:   inputs
-- message:
--   text: "{orders} orders with {rows} lines worth {amount} are in two files: what came again, changed, counts twice"
--   see: checks.orders_in_two_files
-- note:     Lines that equal one of an earlier file are set aside before.

select orders, rows, amount from canonical.noted_rows where reason = 'order_in_two_files'
