-- title:   Does the pyramid hold?
-- grain:   one row
-- key:     [conditions]
-- note:    Counts the four conditions by the verdict of the measure that decides each.

select count(*) as conditions, count(*) filter (where verdict = 'holds') as conditions_that_hold,
    count(*) filter (where verdict = 'does_not') as conditions_that_do_not,
    count(*) filter (where verdict = 'too_few') as conditions_with_too_few,
    count(*) filter (where verdict = 'not_known') as conditions_not_known
from results.pyramid_conditions where is_deciding order by conditions
