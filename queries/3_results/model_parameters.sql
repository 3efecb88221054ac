-- title:   Parameters of the models of buying
-- grain:   one row per moment, model and parameter of a fit that converged
-- key:     [moment, model, parameter]
-- scope:   base
-- note:    With standard errors from the curvature of the likelihood at its maximum.

select moment, model, parameter, value, standard_error from model.parameters order by moment, model, parameter
