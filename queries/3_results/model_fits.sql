-- title:   Models of buying and how their fits ended
-- key:     [moment, model]
-- scope:   base
-- cells:   {open: [last_day, is_converged, reason]}
-- note:    Maximum likelihood. `now` looks ahead from as-of, `backtest` from `backtest_weeks` before it. A model
--   without a fit has a reason, and the figures that need it are not known.

select fits.moment, fits.model, moments.last_day, fits.customers, fits.iterations, fits.log_likelihood,
    fits.is_converged, fits.reason
from model.fits as fits
inner join settings.moments as moments on fits.moment = moments.moment  -- many-to-one
order by moments.position, fits.model, fits.moment
