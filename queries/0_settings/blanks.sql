-- title:   Letters that count as blanks around a text
-- grain:   one row
-- publish: no
-- note:    Blank, tab, line feed, carriage return, no-break space and ideographic space. They are listed because
--   engines differ in what a plain trim removes. canonical.judged_order_lines, which reads every line, lists them too.

select ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) as blanks
