-- title:  Order lines of the documents
-- grain:  one row per position of a document
-- key:    [order_id, line_number]
-- inputs: [source.belege]
-- note: >
--   Net of the discount of the position, before tax. Cancelled documents are no sales.

select
    "Belegnummer" as order_id,
    "Position" as line_number,
    "Kundennummer" as customer_id,
    -- 31.12.2024
    split_part("Belegdatum", '.', 3) || '-' || split_part("Belegdatum", '.', 2) || '-' || split_part("Belegdatum", '.', 1)
        as ordered_at,
    "Menge" as quantity,
    -- 1.234,50; a number that is written in another way stops the run.
    cast(cast(plain_number("Einzelpreis", ',') as decimal(28, 2)) * "Menge" as decimal(18, 4)) as gross_amount,
    cast(plain_number("Nettobetrag", ',') as decimal(18, 2)) as net_amount,
    cast(cast(plain_number("EK-Preis", ',') as decimal(28, 2)) * "Menge" as decimal(18, 4)) as cost_amount,
    "Artikelnummer" as product_id,
    "Warengruppe" as category
from source.belege
where coalesce("Belegstatus", '') <> 'storniert'
