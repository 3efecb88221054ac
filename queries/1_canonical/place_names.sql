-- title:   How each place is spelt
-- grain:   one row per kind of place (country, region, state) and text of it, as a source or `project.home` has it
-- key:     [kind, written]
-- note:    Texts that differ in case only, or in blanks around them, are one place. Its name is the spelling of most
--   rows of the order lines that are used and the customer file, of equal ones the first. A text of blanks names no
--   place.

with line_places as (
    select country, region, state, sum(lines) as rows from canonical.order_contents group by country, region, state
    union all
    select country, region, null as state, count(*) as rows from raw.customers group by country, region
    union all
    -- A home that no row names is a place of no rows.
    select home_country as country, home_region as region, null as state, 0 as rows from settings.project
),

written_places as (
    select kinds.kind,
        case kinds.kind when 'country' then line_places.country when 'region' then line_places.region
            else line_places.state end as written,
        line_places.rows
    from line_places cross join (values ('country'), ('region'), ('state')) as kinds (kind)
),

spellings as (
    select places.kind, places.written, trim(both blanks.blanks from places.written) as spelling,
        sum(places.rows) as rows
    from written_places as places cross join settings.blanks as blanks where places.written is not null
    group by places.kind, places.written, blanks.blanks
),

folded_spellings as (
    -- Engines differ in the small letter of a dotted I and of a sigma at the end of a word.
    select kind, written, spelling, rows,
        lower(replace(replace(replace(spelling, chr(304), 'i'), chr(931), chr(963)), chr(962), chr(963))) as folded
    from spellings where spelling <> ''
),

counted_spellings as (
    select folded_spellings.*, sum(rows) over (partition by kind, folded, spelling) as spelling_rows
    from folded_spellings
)

select kind, written,
    first_value(spelling) over (
        partition by kind, folded
        order by spelling_rows desc nulls last, spelling nulls last, written nulls last
    ) as name
from counted_spellings
