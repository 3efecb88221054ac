-- title:   Values of each class, in the order in which they are shown
-- grain:   one row per class_name and value
-- key:     [class_name, value]
-- note: >
--   Made from the lines `class` and `classes` of the files that make the classes. A value without customers still has a
--   row in the results. Phase maps lifecycle stages to the four phases of the customer lifecycle.

select
    cast(class_name as varchar) as class_name, cast(value as varchar) as value, cast(position as bigint) as position,
    cast(phase as varchar) as phase
from (
    values
{rows}
) as listed (class_name, value, position, phase)
