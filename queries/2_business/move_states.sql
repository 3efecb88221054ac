-- title:   States between which customers move, and steps of the profit bridge
-- key:     [kind, state]
-- note:    Where a customer can come from, where one can go to, and what the bridge counts the customer as, each in the
--   order in which it is shown.

with listed as (
    select 'from' as kind, value as state, position from business.class_values where class_name = 'tier'
    union all
    select 'to' as kind, value as state, position from business.class_values where class_name = 'tier'
    union all
    select kind, state, position
    from (values
        ('from', 'reactivated', 11),
        ('from', 'new', 12),
        ('to', 'not_in_window', 11),
        ('step', 'new', 1),
        ('step', 'reactivated', 2),
        ('step', 'moved_up', 3),
        ('step', 'stayed', 4),
        ('step', 'moved_down', 5),
        ('step', 'gone', 6)
    ) as states (kind, state, position)
)

select cast(kind as varchar) as kind, cast(state as varchar) as state, cast(position as bigint) as position from listed
