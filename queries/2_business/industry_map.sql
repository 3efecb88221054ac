-- title:   Which industry a text of the customer file belongs to
-- key:     [source_industry]
-- note: >
--   Yours to edit: one row for each text that your column `industry` holds, in lower case, and one of manufacturing,
--   retail, services, other. A text that is not listed is `not_known`, and a check names it.

select cast(source_industry as varchar) as source_industry, cast(industry as varchar) as industry
from (values
    ('manufacturing', 'manufacturing'),
    ('construction', 'manufacturing'),
    ('automobile', 'manufacturing'),
    ('building', 'manufacturing'),
    ('furniture', 'manufacturing'),
    ('machinery', 'manufacturing'),
    ('retail', 'retail'),
    ('retail trade', 'retail'),
    ('wholesale', 'retail'),
    ('services', 'services'),
    ('education', 'services'),
    ('health care', 'services'),
    ('hospitality', 'services'),
    ('logistics', 'services'),
    ('professional services', 'services'),
    ('other', 'other'),
    ('household', 'other'),
    ('internal', 'other'),
    ('private household', 'other'),
    ('public administration', 'other')
) as listed (source_industry, industry)
