-- title:   The smallest amount that the report mentions
-- grain:   one row
-- key:     [material_change_share]
-- cells:   {open: [threshold_amount]}
-- note:    The threshold is `material_change_share` of the net revenue of the window, whatever its sign.

select policy.material_change_share,
    cast(cast(abs(headline.value) as decimal(28, 6)) * policy.material_change_share as decimal(28, 6))
        as threshold_amount
from results.headline as headline cross join settings.policy as policy where headline.measure = 'net_revenue'
order by policy.material_change_share
