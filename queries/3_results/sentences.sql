-- title:   Sentences that the first page may say, by the money that they speak of
-- grain:   one row per sentence that is true
-- key:     [sentence]
-- cells:   {by: [tier], apart: [sentence], rows: [growth, top, top_without_share, losses, lead_discount], open:
--   [is_material, is_shown]}
-- note: >
--   Each sentence speaks of an amount of money; that of `growth` is the larger change of revenue and profit. It
--   is material when its amount reaches `material_change_share` of net revenue. The report says the `sentences_shown`
--   material ones with most money, `growth` among them wherever the change of profit is material, and "no material
--   change" when there are none. Of equal amounts the one that is listed first here wins. An aggregate edition has
--   those whose customers it counts: nothing counts who is late, moved or gone there, and that all discounts are told
--   tells that those of Lead are no deeper.
-- columns:
--   tier: whose customers the sentence counts; `total` for all
--   amount: money that the sentence speaks of, never below 0
--   threshold_amount: amount from which a sentence is material
--   rank: place among all sentences, most money first

with headline as (
    select max(change_on_year) filter (where measure = 'net_revenue') as revenue_change,
        max(change_on_year) filter (where measure = 'profit') as profit_change,
        max(value) filter (where measure = 'profit_at_risk') as profit_at_risk
    from results.headline
),

tiers as (
    select max(customers) filter (where tier = 'platinum') as platinum_customers,
        max(profit) filter (where tier = 'platinum') as platinum_profit,
        max(profit_share) filter (where tier = 'platinum') as platinum_profit_share,
        max(profit) filter (where tier = 'lead') as lead_profit,
        max(discount_amount) filter (where tier = 'lead') as lead_discount,
        max(discount_rate) filter (where tier = 'lead') as lead_discount_rate,
        max(discount_amount) filter (where tier = 'total') as discount,
        max(discount_rate) filter (where tier = 'total') as discount_rate
    from results.tier_profitability
),

judged_tiers as (
    -- The discounts of Lead are told in place of all discounts where they are deeper.
    select tiers.*, coalesce(lead_discount > 0 and lead_discount_rate > discount_rate, false) as lead_discount_is_deeper
    from tiers
),

steps as (
    select
        max(amount) filter (where step = 'moved_down') as moved_down, max(amount) filter (where step = 'gone') as gone
    from results.profit_bridge where from_snapshot = 'year_ago'
),

candidates as (
    select 1 as position, 'growth' as sentence, 'total' as tier,
        cast(greatest(abs(revenue_change), abs(profit_change)) as decimal(28, 6)) as amount
    from headline where profit_change is not null
    union all
    select 2 as position, 'top' as sentence, 'platinum' as tier, cast(platinum_profit as decimal(28, 6)) as amount
    from tiers where platinum_customers > 0 and platinum_profit_share is not null
    union all
    select 2 as position, 'top_without_share' as sentence, 'platinum' as tier,
        cast(platinum_profit as decimal(28, 6)) as amount
    from tiers where platinum_customers > 0 and platinum_profit_share is null
    union all
    select 3 as position, 'losses' as sentence, 'lead' as tier, cast(-lead_profit as decimal(28, 6)) as amount
    from tiers
    union all
    select 4 as position, 'lead_discount' as sentence, 'lead' as tier, cast(lead_discount as decimal(28, 6)) as amount
    from judged_tiers where lead_discount_is_deeper
    union all
    select 4 as position, 'discount' as sentence, 'total' as tier, cast(discount as decimal(28, 6)) as amount
    from judged_tiers where not lead_discount_is_deeper
    union all
    select 5 as position, 'at_risk' as sentence, 'total' as tier, cast(profit_at_risk as decimal(28, 6)) as amount
    from headline
    union all
    select 6 as position, 'moved_down' as sentence, 'total' as tier, cast(-moved_down as decimal(28, 6)) as amount
    from steps
    union all
    select 7 as position, 'gone' as sentence, 'total' as tier, cast(-gone as decimal(28, 6)) as amount from steps
),

true_sentences as (
    select candidates.position, candidates.sentence, candidates.tier, candidates.amount, materiality.threshold_amount,
        case when candidates.sentence = 'growth' and abs(headline.profit_change) >= materiality.threshold_amount then 1
            else 2 end as precedence
    from candidates cross join results.materiality as materiality cross join headline where candidates.amount > 0
),

ranked_sentences as (
    select true_sentences.*, row_number() over (order by amount desc nulls last, position nulls last) as rank,
        row_number() over (order by precedence nulls last, amount desc nulls last, position nulls last) as telling_rank
    from true_sentences
)

select cast(ranked_sentences.sentence as varchar) as sentence, cast(ranked_sentences.tier as varchar) as tier,
    cast(ranked_sentences.rank as bigint) as rank, ranked_sentences.amount, ranked_sentences.threshold_amount,
    ranked_sentences.amount >= ranked_sentences.threshold_amount as is_material,
    ranked_sentences.amount >= ranked_sentences.threshold_amount
    and ranked_sentences.telling_rank <= policy.sentences_shown as is_shown
from ranked_sentences cross join settings.policy as policy order by rank, sentence
