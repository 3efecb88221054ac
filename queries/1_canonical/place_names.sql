-- title:   How each place is spelt
-- grain:   one row per kind of place (country, region, state) and text of it, as a source or `project.home` has it
-- key:     [kind, written]
-- inputs:  [canonical.order_contents, raw.customers, settings.project]
-- note: >
--   Texts that differ in case only, or in blanks around them, are one place. Its name is the spelling of most rows of
--   the order lines that are used and the customer file, of equal ones the first. A text of blanks names no place.

with

written_places as (
    -- A home that no row names is a place of no rows.
    select 'country' as kind, country as written, sum(lines) as rows
    from canonical.order_contents
    where country is not null
    group by country
    union all
    select 'region' as kind, region as written, sum(lines) as rows
    from canonical.order_contents
    where region is not null
    group by region
    union all
    select 'state' as kind, state as written, sum(lines) as rows
    from canonical.order_contents
    where state is not null
    group by state
    union all
    select 'country' as kind, country as written, count(*) as rows
    from raw.customers
    where country is not null
    group by country
    union all
    select 'region' as kind, region as written, count(*) as rows
    from raw.customers
    where region is not null
    group by region
    union all
    select 'country' as kind, home_country as written, 0 as rows
    from settings.project
    where home_country is not null
    union all
    select 'region' as kind, home_region as written, 0 as rows
    from settings.project
    where home_region is not null
),

spellings as (
    -- What surrounds nothing: engines differ in what a plain trim removes.
    select
        written_places.kind,
        written_places.written,
        trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from written_places.written)
            as spelling,
        sum(written_places.rows) as rows
    from written_places
    group by written_places.kind, written_places.written
),

folded_spellings as (
    -- Engines differ in the small letter of a dotted I and of a sigma at the end of a word.
    select
        kind,
        written,
        spelling,
        rows,
        lower(
            replace(replace(replace(spelling, chr(304), 'i'), chr(931), chr(963)), chr(962), chr(963))
        ) as folded
    from spellings
    where spelling <> ''
),

counted_spellings as (
    select kind, folded, spelling, sum(rows) as rows
    from folded_spellings
    group by kind, folded, spelling
),

ranked_spellings as (
    select
        kind,
        folded,
        spelling,
        row_number() over (
            partition by kind, folded
            order by rows desc nulls last, spelling nulls last
        ) as spelling_rank
    from counted_spellings
)

select
    folded_spellings.kind,
    folded_spellings.written,

    ranked_spellings.spelling as name
from folded_spellings
inner join ranked_spellings  -- many-to-one
    on folded_spellings.kind = ranked_spellings.kind
    and folded_spellings.folded = ranked_spellings.folded
where ranked_spellings.spelling_rank = 1
