### The words of the report in English, in the syntax of Fluent (https://projectfluent.org).
###
### A message is a name, `=` and its text; `{ $name }` is filled by the template that shows it. A number chooses its
### words by `{ $n -> [one] … *[other] … }`. `group-code` names a code of the tables; one without a line here is shown
### as it is written in the data.

## Classes

any-total = Total
any-not_known = Not known
tier-platinum = Platinum
tier-gold = Gold
tier-iron = Iron
tier-lead = Lead
tier-none = No order in the window
tier-total = Total
rfm_segment-champions = Champions
rfm_segment-loyal = Loyal
rfm_segment-potential_loyalist = Potential loyalists
rfm_segment-new_customers = New customers
rfm_segment-promising = Promising
rfm_segment-need_attention = Need attention
rfm_segment-about_to_sleep = About to sleep
rfm_segment-at_risk = At risk
rfm_segment-cannot_lose_them = Cannot lose them
rfm_segment-hibernating = Hibernating
rfm_segment-lost = Lost
rfm_segment-total = Total
abc_class-a = A
abc_class-b = B
abc_class-c = C
abc_class-d = D
abc_class-total = Total
lifecycle-prospect = Prospect
lifecycle-new = New
lifecycle-active = Active
lifecycle-at_risk = At risk
lifecycle-lapsed = Lapsed
lifecycle-reactivated = Reactivated
lifecycle-total = Total
phase-acquisition = Acquisition
phase-development = Development
phase-retention = Retention
phase-departure = Departure
frequency-one_time = One order ever
frequency-low = Less often
frequency-high = More often
frequency-total = Total
value-high = High
value-middle = Middle
value-low = Low
value-total = Total
loyalty-loyal = Loyal
loyalty-ordinary = Ordinary
loyalty-occasional = Occasional
loyalty-total = Total
phase-total = Total
customer_kind-retail = Retail
customer_kind-merchant = Merchants
customer_kind-channel = Channel
customer_kind-not_known = Not known
customer_kind-total = Total
customer_kind-internal = Internal, outside the total
region_class-local = Local
region_class-domestic = Domestic
region_class-overseas = Overseas
region_class-not_known = Not known
region_class-total = Total
industry-manufacturing = Manufacturing
industry-retail = Retail
industry-services = Services
industry-other = Other
industry-not_known = Not known
industry-total = Total
need_class-price_sensitive = Price-sensitive
need_class-service_led = Service-led
need_class-product_led = Product-led
need_class-mixed = Mixed
need_class-not_known = Not known
need_class-total = Total
temperament-impulsive = Impulsive
temperament-rational = Rational
temperament-emotional = Emotional
temperament-unclear = Unclear
temperament-not_known = Not known
temperament-total = Total
customer_type-angry = Angry
customer_type-new_buyer = New buyers
customer_type-discount_chaser = Discount chasers
customer_type-impulsive = Impulsive
customer_type-researcher = Researchers
customer_type-sceptic = Sceptics
customer_type-loyal = Loyal
customer_type-regular = Regular
customer_type-not_known = Not known
customer_type-total = Total
customer_type-prospect = Prospects, outside the total
of_type-angry = The angry
of_type-new_buyer = New buyers
of_type-discount_chaser = Discount chasers
of_type-impulsive = Impulsive buyers
of_type-researcher = Researchers
of_type-sceptic = Sceptics
of_type-loyal = Loyal customers
of_type-regular = Regular customers
quality_customer-yes = Yes
quality_customer-no = No
quality_customer-not_known = Not known
quality_customer-total = Total
place-not_known = Not known
place-total = Total

## What a class would need

gap-kind = the kind of customer (source customers)
gap-country = the country (source customers or order_lines)
gap-region = the region (source customers or order_lines), so nobody is local
gap-home_country = the home country (project.home)
gap-home_region = the home region (project.home), so nobody is local
gap-industry = the industry (source customers)
gap-discount = discounts (two of list price, net price and discount of source order_lines)
gap-quantity = quantities (source order_lines)
gap-category = categories (source order_lines)
gap-service_cases = the source service_cases
gap-complaints = complaints or satisfaction (source service_cases)
gap-visits = the source visits
gap-payments = the day of payment (source payments)

levels_apart-0 = Agree
levels_apart-1 = Differ
levels_apart-2 = Contradict each other
owner-not_assigned = Without an owner
owner-total = Total
referral-not_referred = Not referred
referral-total = Total

## Actions; a code without a line here is shown as it is written in queries/2_business/actions.sql

action_reason-lapsed = Lapsed
action_reason-late = Late
action_reason-loses_money = Brings no profit
action_reason-fell = Fell
action_reason-new = New
action_reason-returned = Came back
action_reason-rose = Rose
action_reason-steady = Buys as usual
action-apologise_and_solve = Apologise, and solve it
action-call_now = Call, and find out what is wrong
action-visit_and_win_back = Visit, and win back
action-welcome_call = Welcome by telephone
action-ask_why_they_returned = Ask why they returned
action-exclusive_offer = Exclusive offer
action-win_back_offer = Offer to win back
action-second_order_offer = Offer for a second order
action-cross_sell = Offer further products
action-reminder_mail = Reminder by mail
action-win_back_mail = Mail to win back
action-second_order_mail = Mail for a second order
action-self_service = Lead to self-service
action-watch_second_order = Wait for the second order
action-release = Let go
action-reprice_or_minimum_order = New price or minimum order
responsible-account_owner = Account owner
responsible-sales_lead = Head of sales
responsible-sales = Sales
responsible-marketing = Marketing
responsible-service = Service
responsible-pricing = Pricing

## Measures

measure-net_revenue = Net revenue
measure-profit = Customer profit
measure-profit_rate = Profit rate
measure-customers = Active customers
measure-profit_at_risk = Profit at risk
measure-contribution_margin = Contribution margin
measure-gross_revenue = Revenue at list price
measure-discount_amount = Discount
measure-cost_of_goods = Cost of goods
measure-cost_to_serve = Cost to serve
measure-orders = Orders
measure-unprofitable_customers = Customers without profit
measure-loss_amount = Profit given back by them
concentration-profit_80_customer_share = Share of customers that makes 80% of profit
concentration-revenue_80_customer_share = Share of customers that makes 80% of revenue
concentration-top_20_profit_share = Share of profit of the best 20% of customers
concentration-top_20_revenue_share = Share of revenue of the largest 20% of customers
concentration-revenue_gini = Gini coefficient of revenue
concentration-peak_profit_share = Peak of the whale curve, share of total profit

## Steps and activities

step-list_price = List price
step-discount = Discount
step-cost_of_goods = Cost of goods
step-cost_to_serve = Cost to serve
step-profit = Profit
activity-per_order = Orders
activity-per_line = Order lines
activity-per_unit = Units
activity-per_return = Returned lines
activity-per_case = Service cases
activity-recorded_cases = Service cases with a recorded cost
activity-all_rates = All rates together
activity-per_minute = Handling minutes
activity-payment_fee_rate = Payment fee, share of revenue
activity-freight_rate = Freight, share of revenue
activity-per_customer = Active customers
activity-total = Total

## How firm the tiers are

boundary-platinum_gold = Platinum and Gold
boundary-gold_iron = Gold and Iron
boundary-iron_lead = Iron and Lead

## Service, and whether the pyramid holds

channel-not_known = not known
channel-others = Other channels
channel-total = Total
condition-profile = Profile
condition-service = Service
condition-drivers = What drives orders
condition-service_effect = What service does to profit
condition_measure-orders = Orders per customer
condition_measure-net_revenue_per_order = Net revenue per order
condition_measure-discount_rate = Discount, % of list price
condition_measure-cases_per_order = Service cases per order
condition_measure-with_complaint = Customers with a complaint, %
condition_measure-minutes_per_case = Handling minutes per case
condition_measure-satisfaction = Satisfaction, score of 5
condition_measure-ordered_again_after_discount = Who ordered again, %, with discount less without
condition_measure-net_revenue_per_order_after_discount = Net revenue per order, with discount less without
condition_measure-profit_change_after_complaint = Change of profit, with complaint less without
condition_measure-ordered_again_after_complaint = Who ordered again, %, with complaint less without
verdict-holds = holds
verdict-does_not = does not
verdict-too_few = too few to tell
verdict-not_known = not known
people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
cases = { $n ->
    [one] { $n } service case
   *[other] { $n } service cases
}

## Outlook

model-bg_nbd = BG/NBD
model-mbg_nbd = MBG/NBD
model-gamma_gamma = Gamma-Gamma, spend
method-model = MBG/NBD model
method-last_year_rate = Last year’s rate
method-recency_rule = Last year’s rate, nothing of the silent
moment-now = The time ahead
moment-backtest = Test of the last weeks
class-cohort = Year of the first order
class-lifecycle_stage = Lifecycle stage
class-rfm_segment = Segment
class-value_class = Value score
no_fit-too_few_customers = there are too few customers for a model
no_fit-history_too_short = the history is too short for a model
no_fit-no_repeat_buyers = nobody bought twice
no_fit-too_few_spenders = too few customers bought twice to tell what they spend
no_fit-not_converged = the model found no best fit

## Rows of the input

outcome-used_in_window = Used, in the window
outcome-used_before_window = Used, before the window
outcome-out_of_scope = Out of scope, on or after the as-of day
outcome-rejected = Rejected
outcome-read = Read
reason-customer_missing = customer missing
reason-order_missing = order missing
reason-date_missing = date missing
reason-date_before_earliest = date before the earliest allowed
reason-date_in_the_future = date in the future
reason-amount_missing = amount missing
reason-amounts_disagree = amounts disagree
reason-cost_missing = cost missing
reason-order_of_two_customers = two customers on one order
reason-duplicate_exact = exact duplicate
reason-line_conflict = two different lines with one number
reason-amount_not_finite = amount is no number
reason-amount_out_of_range = amount beyond all bounds
reason-customer_conflict = two different rows of one customer
reason-signed_up_at_not_a_date = day of signing up is no date
reason-case_missing = case number missing
reason-case_conflict = two different rows of one case
reason-answered_before_opened = answered before it was opened
reason-resolved_before_opened = resolved before it was opened
reason-first_answer_at_not_a_date = moment of the first answer is no date
reason-resolved_at_not_a_date = moment of the solution is no date
reason-cost_negative = cost below zero
reason-cost_not_finite = cost is no number
reason-cost_out_of_range = cost beyond all bounds
reason-minutes_negative = minutes below zero
reason-minutes_not_finite = minutes are no number
reason-minutes_out_of_range = minutes beyond all bounds
reason-satisfaction_out_of_range = satisfaction not from 1 to 5
reason-satisfaction_not_finite = satisfaction is no number
reason-payment_missing = payment number missing
reason-payment_conflict = two different rows of one payment
reason-due_date_not_a_date = due day is no date
reason-paid_date_not_a_date = day of payment is no date
reason-visit_missing = visit number missing
reason-visit_conflict = two different rows of one visit

## Sources

source-order_lines = Order lines
source-customers = Customers
source-service_cases = Service cases
source-payments = Payments
source-visits = Visits

## Currencies

currency-USD = US dollars
currency-EUR = euros
currency-GBP = pounds sterling
currency-CNY = yuan
currency-JPY = yen
currency-CHF = Swiss francs

## Units of a chart's caption

unit-thousands = in thousand { $currency }
unit-millions = in million { $currency }
unit-units = in { $currency }

## Amounts of something

customers = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
}
orders = { $n ->
    [one] { $n } order
   *[other] { $n } orders
}
order_lines = { $n ->
    [one] { $n } order line
   *[other] { $n } order lines
}
others = { $n ->
    [one] { $n } other
   *[other] { $n } others
}
rows = { $n ->
    [one] { $n } row
   *[other] { $n } rows
}
days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
quarters = { $n ->
    [one] { $n } quarter
   *[other] { $n } quarters
}

## The mail

mail-subject = { $project }: customer profit report as of { $as_of }

## Labels on charts

tile-spark = { $measure }, { $n } weekly values from { $first } to { $last }
pairs-customer_share = Share of customers
pairs-profit_share = Share of profit
pairs-profit_money = Profit
pairs-customers = Customers
pairs-profit = Profit
pairs-row = { $label }: { $customers } of customers, { $profit } of profit.
pairs-row_money = { $label }: { $customers } of customers, profit { $profit }.
pairs-gives_back = gives back { $amount }
class_chart-title = Share of customers against share of profit, by { $class }
pyramid-title = Share of customers against share of profit, by tier
types-title = Share of customers against share of profit, by customer type
lifecycle-title = Share of customers against share of profit, by lifecycle stage
whale-title = Whale curve of customer profit
whale-description = Cumulated profit reaches { $peak } after { $profitable } of { $customers } customers. The other { $unprofitable } change it by { $erosion }, so that { $total } stays.
whale-peak_wide = Peak: { $amount } earned by { $customers },
whale-peak_share = { $share } of the profit that remains
whale-peak_narrow = Peak: { $amount }
whale-peak_after = after { $customers }
whale-eroded = eroded by
whale-eroded_by = eroded by { $customers }
whale-stays = { $amount } stays
whale-lost = { $amount } in all
waterfall-title = From list price to profit, by tier
waterfall-kept = { $share } of list
lorenz-title = Lorenz curve of net revenue
lorenz-description = Customers from the smallest to the largest by net revenue, against the share of revenue that they bring together. Gini coefficient { $gini }; the largest 20% of customers bring { $top } of revenue.
lorenz-customers = Customers, smallest by revenue first
lorenz-equal_1 = If all customers
lorenz-equal_2 = bought the same
lorenz-gini = Gini { $gini }
lorenz-gini_1 = 0 if all bought the same,
lorenz-gini_2 = 1 if one bought everything
calibration-title = Purchases expected and made per customer, by decile of what was expected
calibration-decile = Decile { $n }
calibration-row = { $label }: { $expected } expected, { $actual } made.
calibration-expected = expected
calibration-actual = made
