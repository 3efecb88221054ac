//! Names under which tables are usually delivered, in English, German, French, Spanish and Chinese.

use super::names::words;

/// What a table seems to hold, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holds {
    Lines,
    Orders,
    Customers,
    Products,
    Refunds,
    Rates,
    Payments,
}

/// Parts of names of tables, the telling ones first.
const TABLES: [(Holds, &str); 7] = [
    (
        Holds::Lines,
        "lineitem lineitems orderline orderlines orderitem orderitems orderdetail orderdetails orderrow orderrows invoiceline \
         invoicelines invoiceitem invoiceitems salesline saleslines lines positionen position bestellpositionen auftragspositionen \
         lignes lignescommande lineas lineaspedido detalle detallepedido 订单明细 明细",
    ),
    (
        Holds::Refunds,
        "refund refunds return returns orderrefunds creditnote creditnotes creditmemos gutschrift gutschriften retouren retoure \
         avoir avoirs retours remboursements devolucion devoluciones reembolsos 退款 退货",
    ),
    (
        Holds::Rates,
        "fx rates exchangerate exchangerates currencyrates wechselkurse kurse taux tauxchange tipocambio tiposcambio 汇率",
    ),
    (Holds::Payments, "payment payments zahlung zahlungen paiement paiements pago pagos 付款 支付"),
    (
        Holds::Customers,
        "customer customers client clients user users member members account accounts kunde kunden clientes cliente 客户 会员 用户",
    ),
    (
        Holds::Products,
        "product products item items article articles part parts track tracks artikel produkte produits produit producto productos \
         articulos 商品 产品",
    ),
    (
        Holds::Orders,
        "order orders invoice invoices sale sales salesorders transaction transactions purchase purchases bestellung bestellungen \
         auftrag auftraege rechnungen belege commande commandes factures ventes pedido pedidos facturas ventas 订单 销售",
    ),
];

/// Tells what the name of a table says of its rows.
pub(super) fn table(name: &str) -> Option<Holds> {
    let parts = words(name);
    let whole = parts.concat();
    let is = |candidate: &str| {
        TABLES
            .iter()
            .find(|(_, names)| names.split_whitespace().any(|known| known == candidate))
            .map(|(holds, _)| *holds)
    };
    // The whole name, then its last two words, then each word from the last: `raw_orders`, `shop_order_items`.
    let last_two = parts.len().checked_sub(2).map(|from| parts[from..].concat());
    is(&whole)
        .or_else(|| last_two.as_deref().and_then(is))
        .or_else(|| parts.iter().rev().find_map(|part| is(part)))
        .or_else(|| {
            let chinese = |names: &str| {
                names.split_whitespace().any(|known| !known.is_ascii() && whole.contains(known))
            };
            TABLES.iter().find(|(_, names)| chinese(names)).map(|(holds, _)| *holds)
        })
}

/// Words of gift cards: what is paid for one is no revenue before it is spent.
const GIFT_CARDS: [&str; 16] = [
    "giftcard",
    "giftvoucher",
    "giftcertificate",
    "geschenkgutschein",
    "geschenkkarte",
    "wertgutschein",
    "cartecadeau",
    "chequecadeau",
    "boncadeau",
    "tarjetaregalo",
    "tarjetaderegalo",
    "chequeregalo",
    "valeregalo",
    "礼品卡",
    "购物卡",
    "储值卡",
];

/// Whether a name or a word, as it is compared, is that of gift cards.
pub(super) fn is_gift_card(plain: &str) -> bool {
    GIFT_CARDS.iter().any(|word| plain.starts_with(word) || plain.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_by_their_names() {
        for (name, holds) in [
            ("order_details", Holds::Lines),
            ("InvoiceLine", Holds::Lines),
            ("raw_orders", Holds::Orders),
            ("shop_order_items", Holds::Lines),
            ("Bestellungen", Holds::Orders),
            ("kunden", Holds::Customers),
            ("lineas_pedido", Holds::Lines),
            ("订单明细", Holds::Lines),
            ("order_refunds", Holds::Refunds),
            ("fx", Holds::Rates),
        ] {
            assert_eq!(table(name), Some(holds), "{name}");
        }
        assert_eq!(table("nation"), None);
    }
}
