-- title:  Lines of the invoices
-- grain:  one row per line of an invoice
-- key:    [order_id, line_number]
-- inputs: [source.invoice_line_items, source.invoices]
-- note: >
--   Amounts are in cents. Drafts and void invoices are no sales; open and uncollectible ones are sales that are not paid yet.

with

numbered_lines as (
    select
        invoice,
        description,
        quantity,
        -- Hundredths, exactly.
        cast(amount as decimal(28, 0)) * cast('0.01' as decimal(20, 2)) as gross_amount,
        cast(discount as decimal(28, 0)) * cast('0.01' as decimal(20, 2)) as discount_amount,
        row_number() over (partition by invoice order by id) as line_number
    from source.invoice_line_items
)

select
    numbered_lines.invoice as order_id,
    numbered_lines.line_number,
    invoices.customer as customer_id,
    invoices.created as ordered_at,
    numbered_lines.quantity,
    cast(numbered_lines.gross_amount as decimal(18, 2)) as gross_amount,
    cast(numbered_lines.discount_amount as decimal(18, 2)) as discount_amount,
    numbered_lines.description as product_id
from numbered_lines
-- At most one invoice for each line: id is unique in invoices.
left join source.invoices
    on numbered_lines.invoice = invoices.id
where coalesce(invoices.status, '') not in ('draft', 'void')
