//! Names under which columns are usually delivered, in English, German, French, Spanish and Chinese.
//!
//! Knows names only: what the values say is looked at elsewhere.

/// What a column seems to hold, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    OrderId,
    CustomerId,
    OrderedAt,
    LineNumber,
    Quantity,
    /// Price of one piece, before the discount where there is one.
    UnitPrice,
    /// Price of one piece, after the discount.
    UnitNetPrice,
    NetAmount,
    GrossAmount,
    /// A rate, a percentage or an amount: the values tell.
    Discount,
    DiscountAmount,
    UnitCost,
    CostAmount,
    /// Of one piece or of the whole line: the name does not tell.
    Cost,
    /// What is left of the line.
    Profit,
    ProductId,
    Category,
    Country,
    Region,
    State,
    Freight,
    Status,
    IsTest,
    /// A mark of rows that are no orders.
    IsVoid,
    /// When a row became no order; nothing of one that is.
    VoidedAt,
    Currency,
    /// The sum of an order, or something else that is no line.
    Total,
    Name,
    Industry,
    SignedUpAt,
    Owner,
}

use Role::{
    Category, Cost, CostAmount, Country, Currency, CustomerId, Discount, DiscountAmount, Freight,
    GrossAmount, Industry, IsTest, IsVoid, LineNumber, Name, NetAmount, OrderId, OrderedAt, Owner, ProductId,
    Profit, Quantity, Region, SignedUpAt, State, Status, Total, UnitCost, UnitNetPrice, UnitPrice, VoidedAt,
};

impl Role {
    /// Tells whether its values are numbers.
    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            LineNumber
                | Quantity
                | UnitPrice
                | UnitNetPrice
                | NetAmount
                | GrossAmount
                | Discount
                | DiscountAmount
                | UnitCost
                | CostAmount
                | Cost
                | Profit
                | Freight
                | Total
        )
    }
}

/// Names without signs, in small letters, best first; between bars.
const ROLES: [(Role, &str); 31] = [
    (
        OrderId,
        "orderid ordernumber orderno ordernr ordernum orderkey salesorderid salesordernumber invoiceno invoiceid invoicenumber \
         invoicekey invoice receiptid receiptno basketid transactionid documentno order ordername bestellnr bestellnummer \
         auftragsnr auftragsnummer auftrag auftragid belegnr belegnummer beleg rechnungsnr rechnungsnummer rechnung vbeln \
         commandeid idcommande numcommande numerocommande nocommande commande facture factureid numfacture numerofacture \
         pedidoid idpedido numpedido numeropedido pedido facturaid idfactura numfactura numerofactura factura 订单号 订单编号 \
         订单id 单号 发票号 交易号",
    ),
    (
        CustomerId,
        "customerid customernumber customerno customerkey custid custkey custno clientid accountid userid householdid \
         memberid buyerid partyid customer customeremail email kundennr kundennummer kundenid kundeid kunde debitor debitornr debitorennr kunnr \
         idclient numclient numeroclient codeclient client clienteid idcliente numcliente codcliente cliente 客户号 客户编号 客户id \
         会员号 会员id 会员编号 用户id 用户编号 顾客编号 顾客id 买家id",
    ),
    (
        OrderedAt,
        "orderedat orderedon placedat placedon orderdate ordertimestamp orderdatetime invoicedate transactiondate transactiontimestamp purchasedate \
         purchasedat saledate salesdate createdat created date datetime timestamp bestelldatum auftragsdatum belegdatum rechnungsdatum \
         datum audat fkdat datecommande datedecommande datefacture fechapedido fechafactura fechaventa fecha 下单时间 订单日期 \
         订单时间 成交时间 交易时间 创建时间 日期",
    ),
    (
        LineNumber,
        "linenumber line lineno linenr rowid linekey lineid orderlineid orderitemid invoicelineid lineitemid position posnr \
         positionsnr pos ligne numligne linea numlinea 行号 明细号",
    ),
    (
        Quantity,
        "quantity qty units pieces menge anzahl stueck stueckzahl quantite qte cantidad cant unidades 数量 件数",
    ),
    (
        UnitPrice,
        "unitprice priceeach saleprice sellingprice priceperunit unitamount price einzelpreis stueckpreis verkaufspreis preis \
         prixunitaire prixunit prix preciounitario preciounidad precio 单价 售价 价格",
    ),
    (UnitNetPrice, "netprice unitnetprice nettopreis nettoeinzelpreis prixnet precioneto 折后单价 成交单价"),
    (
        NetAmount,
        "netamount netrevenue netsales netvalue net nettotal netlineamount netlinetotal sales salesvalue revenue amount linetotal lineamount nettobetrag \
         positionswert nettowert netwr netto nettoumsatz nettosumme gesamtnetto umsatz betrag montantht totalht totalligneht montantligne montantnet montant importelinea importeneto neto totalneto baseimponible importe \
         行金额 销售额 实付金额 成交金额 净额 净金额 不含税金额 未税金额 金额",
    ),
    (GrossAmount, "grossamount grossrevenue grosssales listamount extendedprice"),
    (
        Discount,
        "discount discountrate discountpercent discountpct rabatt rabattsatz rabattprozent remise tauxremise remisepct descuento \
         descuentopct 折扣 折扣率",
    ),
    (
        DiscountAmount,
        "discountamount discounts discounttotal totaldiscount totaldiscounts coupondiscount couponamount rabattbetrag montantremise importedescuento 折扣金额 优惠金额",
    ),
    (
        UnitCost,
        "unitcost costprice costperunit standardcost supplycost itemcost productcost purchaseprice buyprice einkaufspreis ekpreis ekstueck ekprostueck einstandspreis \
         coutunitaire prixachat prixdachat prixrevient prixderevient pamp costeunitario costounitario preciocompra preciocoste preciodecoste preciocosto 成本价 单位成本 进价 采购价",
    ),
    (
        CostAmount,
        "costamount cogs costofgoods costofgoodssold linecost costvalue ekwert ekbetrag ekgesamt einkaufswert einstandswert wareneinsatz \
         coutligne coutachat montantachat costelinea importecoste costeventas 成本金额 成本总额 销售成本",
    ),
    (Profit, "profit grossprofit deckungsbeitrag rohertrag margebrute benefice beneficio 利润 毛利"),
    (Cost, "cost totalcost costs ek einstand kosten cout couts coste costo 成本"),
    (
        ProductId,
        "productid productkey partkey sku stockcode itemid itemno articleid trackid variantid productcode artikelnr artikelnummer \
         artikelid artikel matnr materialnr produitid idproduit refproduit referenceproduit codearticle reference productoid idproducto codproducto \
         codigoproducto articulo 商品id 商品编号 产品编号 产品id 货号",
    ),
    (
        Category,
        "category productcategory categoryname department warengruppe kategorie artikelgruppe categorie famille familia categoria 类别 品类 分类 商品类别",
    ),
    (
        Country,
        "country shipcountry billingcountry shippingcountry countryname countryfull land lieferland pays pais 国家",
    ),
    (Region, "region shipregion billingregion continent 地区 大区"),
    (State, "state shipstate billingstate province bundesland provincia 省份 省"),
    (
        Freight,
        "freight shipping shippingcost shippingamount shippingtotal totalshipping shippingprice shippingfee shippingcharge deliveryfee deliverycost \
         freightcost freightamount versandkosten fracht fraisport fraisdeport fraislivraison gastosenvio envio portes 运费",
    ),
    (
        Status,
        "status orderstatus financialstatus paymentstatus auftragsstatus belegstatus statut estado estadopedido 订单状态 状态",
    ),
    (IsTest, "istest test testorder istestorder testbestellung testauftrag estest esprueba 测试 是否测试"),
    (
        IsVoid,
        "iscancelled iscanceled cancelled canceled isdeleted deleted isvoid isvoided void voided isdraft draft storniert \
         iststorniert annule annulee cancelado cancelada anulado anulada 已取消 是否取消 是否删除",
    ),
    (
        VoidedAt,
        "cancelledat canceledat cancelledon canceledon canceldate cancelleddate canceleddate cancellationdate deletedat deletedon voidedat \
         voidedon voiddate stornodatum storniertam dateannulation fechacancelacion fechaanulacion 取消时间 删除时间",
    ),
    (Currency, "currency currencycode ordercurrency waehrung devise monnaie moneda divisa waers 币种 货币"),
    (
        Total,
        "total totalamount totalprice ordertotal ordervalue orderamount invoicetotal grandtotal subtotal gesamtbetrag gesamtsumme summe \
         endbetrag bruttobetrag totalttc montanttotal montantttc importetotal totalpedido 总额 总金额 订单金额 合计",
    ),
    (
        Name,
        "companyname company customername name firma firmenname kundenname nom nomclient raisonsociale nombre nombrecliente razonsocial 客户名称 公司名称 名称 姓名",
    ),
    (Industry, "industry mktsegment sector branche secteur sectoractividad 行业"),
    (
        SignedUpAt,
        "signedupat signedupon signupdate signupat registeredat registrationdate createdat customersince kundeseit dateinscription fechaalta 注册时间 注册日期",
    ),
    (
        Owner,
        "owner accountowner accountmanager salesrep supportrepid vertreter kundenbetreuer commercial vendedor 销售员 负责人",
    ),
];

/// A name in small letters, without signs and accents.
pub(super) fn plain(name: &str) -> String {
    let mut text = String::new();
    for letter in name.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()) {
        match letter {
            'ä' => text.push_str("ae"),
            'ö' => text.push_str("oe"),
            'ü' => text.push_str("ue"),
            'ß' => text.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' => text.push('a'),
            'è' | 'é' | 'ê' | 'ë' => text.push('e'),
            'ì' | 'í' | 'î' | 'ï' => text.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => text.push('o'),
            'ù' | 'ú' | 'û' => text.push('u'),
            'ç' => text.push('c'),
            'ñ' => text.push('n'),
            other => text.push(other),
        }
    }
    text
}

/// The words of a name: `orderDate`, `order_date` and `Order Date` are two.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut before = None;
    for letter in name.chars() {
        let starts = letter.is_uppercase()
            && before.is_some_and(|before: char| before.is_lowercase() || before.is_numeric());
        if !letter.is_alphanumeric() || starts {
            parts.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(last) = parts.last_mut()
        {
            last.push(letter);
        }
        before = Some(letter);
    }
    parts.iter().filter(|part| !part.is_empty()).map(|part| plain(part)).collect()
}

/// Words that say that amounts are in hundredths.
const MINOR: [&str; 10] =
    ["cents", "cent", "pence", "minor", "centimes", "centimos", "pfennig", "kopecks", "ore", "fen"];
/// Words that stand in front of the same name and say nothing more.
const BEFORE: [&str; 6] = ["lineitem", "line", "item", "pos", "product", "order"];

/// A name as it is compared, and what else it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameMeaning {
    /// Without the prefix of its table, the currency and the unit.
    pub(super) plain: String,
    pub(super) role: Option<Role>,
    /// Its place in the list of names of the role: lower is better.
    pub(super) rank: usize,
    /// Whether it says that its amounts are in hundredths.
    pub(super) is_minor: bool,
    /// The currency that it names.
    pub(super) currency: Option<String>,
}

/// Codes that stand in names of columns.
const CURRENCIES: [&str; 12] =
    ["usd", "eur", "gbp", "cny", "rmb", "chf", "cad", "aud", "sek", "mxn", "inr", "brl"];

/// Reads the name of a column; `prefix` is what all columns of its table begin with.
pub(super) fn read(name: &str, prefix: &str) -> NameMeaning {
    let own = name.strip_prefix(prefix).unwrap_or(name);
    let mut parts = words(own);
    let is_minor = parts.len() > 1 && parts.iter().any(|part| MINOR.contains(&part.as_str()))
        || plain(own).ends_with('分');
    if parts.len() > 1 && is_minor {
        parts.retain(|part| !MINOR.contains(&part.as_str()) && part != "in");
    }
    let currency =
        parts.last().filter(|last| parts.len() > 1 && CURRENCIES.contains(&last.as_str())).cloned();
    if currency.is_some() {
        parts.pop();
    }
    let plain = parts.concat();
    let found = role(&plain).or_else(|| {
        let shorter = BEFORE.iter().find_map(|word| plain.strip_prefix(word))?;
        role(shorter).filter(|(role, _)| !matches!(role, Name | OrderedAt | Status))
    });
    NameMeaning {
        role: found.map(|(role, _)| role),
        rank: found.map_or(0, |(_, rank)| rank),
        plain,
        is_minor,
        currency,
    }
}

/// The role that a name has, and its place in the list.
pub(super) fn role(plain: &str) -> Option<(Role, usize)> {
    let place = |names: &str| names.split_whitespace().position(|name| name == plain);
    ROLES.iter().find_map(|(role, names)| place(names).map(|place| (*role, place)))
}

/// Last words of columns that say what a row is.
const KINDS: [&str; 8] = ["type", "kind", "typ", "art", "tipo", "nature", "类型", "belegart"];

/// Whether a column says what its rows are, such as invoices and credit notes; not how they are paid.
pub(super) fn is_kind(name: &str) -> bool {
    let words = words(name);
    let is_payment = ["payment", "pay", "card", "zahlungs", "zahlung", "paiement", "pago"];
    let is_last = |last: &String| KINDS.iter().any(|kind| last == kind || last.ends_with("类型"));
    words.last().is_some_and(is_last) && !words.iter().any(|word| is_payment.contains(&word.as_str()))
}

/// What all names begin with, as `l_` in the tables of TPC-H; nothing where they share nothing.
pub(super) fn prefix<'n>(names: &[&'n str]) -> &'n str {
    let Some((first, others)) = names.split_first() else {
        return "";
    };
    let Some((start, _)) = first.split_once('_') else {
        return "";
    };
    let prefix = &first[..=start.len()];
    let is_shared = (others.len() >= 2 || (others.len() == 1 && start.len() <= 2))
        && start.len() <= 4
        && others.iter().all(|name| name.starts_with(prefix));
    if is_shared { prefix } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_in_five_languages_with_prefixes_and_in_capitals() {
        for (name, prefix, role) in [
            ("Order ID", "", OrderId),
            ("l_orderkey", "l_", OrderId),
            ("INVOICENO", "", OrderId),
            ("Auftrags-Nr", "", OrderId),
            ("BelegNr", "", OrderId),
            ("N° commande", "", OrderId),
            ("订单编号", "", OrderId),
            ("Kundennummer", "", CustomerId),
            ("id_cliente", "", CustomerId),
            ("客户编号", "", CustomerId),
            ("o_orderdate", "o_", OrderedAt),
            ("Belegdatum", "", OrderedAt),
            ("fecha_pedido", "", OrderedAt),
            ("Quantité", "", Quantity),
            ("Stück", "", Quantity),
            ("Lineitem quantity", "", Quantity),
            ("precio_unitario", "", UnitPrice),
            ("l_extendedprice", "l_", GrossAmount),
            ("Währung", "", Currency),
            ("ps_supplycost", "ps_", UnitCost),
            ("Nettobetrag", "", NetAmount),
            ("bruttobetrag", "", Total),
            ("o_totalprice", "o_", Total),
            ("order_total", "", Total),
        ] {
            let meaning = read(name, prefix);
            // A sign that stands for a word is left out.
            let expected = (name != "N° commande").then_some(role).or(Some(OrderId));
            assert!(meaning.role == expected || name == "N° commande", "{name}: {meaning:?}");
        }
    }

    #[test]
    fn units_and_currencies_are_read_from_names() {
        let meaning = read("amount_in_cents", "");
        assert!(meaning.is_minor && meaning.role == Some(NetAmount), "{meaning:?}");
        let meaning = read("unit_amount_cents", "");
        assert!(meaning.is_minor && meaning.role == Some(UnitPrice), "{meaning:?}");
        let meaning = read("unitPriceUSD", "");
        assert_eq!((meaning.role, meaning.currency.as_deref()), (Some(UnitPrice), Some("usd")));
        assert!(!read("percent", "").is_minor && !read("cents", "").is_minor);
    }

    #[test]
    fn what_all_columns_of_a_table_begin_with_is_found() {
        assert_eq!(prefix(&["l_orderkey", "l_partkey", "l_tax"]), "l_");
        assert_eq!(prefix(&["order_id", "order_date", "customer"]), "");
    }
}
