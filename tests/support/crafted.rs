//! Parquet files whose pages, headers and footer say what no writer would: made byte by byte, in Thrift's compact protocol.
//!
//! A file is the history of the tiny project: 24 rows of order, customer, day and amount, of which the amounts are the pages
//! that a test gives.

/// Rows of a file.
const ROWS: u32 = 24;

/// Codecs by their number in the format.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Codec {
    Uncompressed = 0,
    Snappy = 1,
    Gzip = 2,
    Brotli = 4,
    Lz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}

/// A page of the amounts.
pub(crate) struct Page {
    /// Its bytes as they lie in the file.
    pub(crate) body: Vec<u8>,
    /// Bytes that its header claims to unpack to.
    pub(crate) claims: u32,
    /// Values that its header claims.
    pub(crate) values: u32,
    /// Whether it is a dictionary.
    pub(crate) is_dictionary: bool,
}

impl Page {
    /// The amounts, whose header claims to unpack to so many bytes.
    pub(crate) fn of(body: Vec<u8>, claims: u32) -> Self {
        Self { body, claims, values: ROWS, is_dictionary: false }
    }
}

/// The amounts as they lie in memory: 1 to 24, in cents.
pub(crate) fn amounts() -> Vec<u8> {
    numbers(|row| 1 + i64::from(row))
}

fn numbers(value: impl Fn(u32) -> i64) -> Vec<u8> {
    (0..ROWS).flat_map(|row| value(row).to_le_bytes()).collect()
}

/// A struct in the making; fields are written in the order of their numbers.
#[derive(Default)]
struct Struct {
    bytes: Vec<u8>,
    field: u8,
}

impl Struct {
    fn head(mut self, field: u8, kind: u8) -> Self {
        self.bytes.push((field - self.field) << 4 | kind);
        self.field = field;
        self
    }

    /// A number of 32 (5) or 64 bits (6).
    fn number(self, field: u8, kind: u8, value: i64) -> Self {
        let mut next = self.head(field, kind);
        next.bytes.extend(varint((value << 1 ^ value >> 63).cast_unsigned()));
        next
    }

    fn small(self, field: u8, value: u32) -> Self {
        self.number(field, 5, i64::from(value))
    }

    fn text(self, field: u8, text: &str) -> Self {
        let mut next = self.head(field, 8);
        next.bytes.extend(varint(text.len() as u64));
        next.bytes.extend(text.as_bytes());
        next
    }

    fn inner(self, field: u8, inner: Self) -> Self {
        let mut next = self.head(field, 12);
        next.bytes.extend(inner.end());
        next
    }

    /// A list of fewer than 15 values of a type, each as its bytes.
    fn list(self, field: u8, kind: u8, values: &[Vec<u8>]) -> Self {
        let mut next = self.head(field, 9);
        next.bytes.push(u8::try_from(values.len()).expect("a short list") << 4 | kind);
        next.bytes.extend(values.concat());
        next
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(value & 0x7f).expect("seven bits");
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn with_header(page: &Page) -> Vec<u8> {
    let packed = u32::try_from(page.body.len()).expect("a small page");
    let header = Struct::default()
        .small(1, if page.is_dictionary { 2 } else { 0 })
        .small(2, page.claims)
        .small(3, packed);
    let header = if page.is_dictionary {
        header.inner(7, Struct::default().small(1, page.values).small(2, 0))
    } else {
        let data = Struct::default().small(1, page.values).small(2, 0);
        header.inner(5, data.small(3, 3).small(4, 3))
    };
    [header.end(), page.body.clone()].concat()
}

/// A good file, unlike that of any other number: 12 orders of one customer.
pub(crate) fn part(number: u32) -> Vec<u8> {
    let first = 1000 + 12 * i64::from(number);
    let orders = numbers(|row| first + i64::from(row / 2));
    let customers = numbers(|_| 1 + i64::from(number % 5_000));
    made(orders, customers, Codec::Uncompressed, &[Page::of(amounts(), 192)], 212)
}

/// A file whose amounts are these pages; `told` are the bytes to which its footer says that they unpack.
pub(crate) fn file(codec: Codec, pages: &[Page], told: u32) -> Vec<u8> {
    let orders = numbers(|row| 1000 + i64::from(row / 2));
    let customers = numbers(|row| 1 + i64::from(row / 2 % 6));
    made(orders, customers, codec, pages, told)
}

fn made(orders: Vec<u8>, customers: Vec<u8>, codec: Codec, pages: &[Page], told: u32) -> Vec<u8> {
    // 2024-02-01 is day 19,754.
    let days: Vec<u8> = (0..ROWS).flat_map(|row| (19_754 + row / 2 * 20).to_le_bytes()).collect();
    let plain = |body: Vec<u8>| -> (Vec<u8>, Codec, u32, bool) {
        let claims = u32::try_from(body.len()).expect("a small page");
        let bytes = with_header(&Page::of(body, claims));
        let told = u32::try_from(bytes.len()).expect("a small page");
        (bytes, Codec::Uncompressed, told, false)
    };
    let amounts: Vec<u8> = pages.iter().flat_map(with_header).collect();
    let has_dictionary = pages.iter().any(|page| page.is_dictionary);
    let columns = [
        ("order", plain(orders)),
        ("customer", plain(customers)),
        ("day", plain(days)),
        ("amount", (amounts, codec, told, has_dictionary)),
    ];
    let mut file = b"PAR1".to_vec();
    let mut schema = vec![Struct::default().text(4, "schema").small(5, 4).end()];
    let mut chunks = Vec::new();
    for (name, (bytes, codec, told, has_dictionary)) in columns {
        let kind = if name == "day" { 1 } else { 2 };
        let element = Struct::default().small(1, kind).small(3, 0).text(4, name);
        schema.push(match name {
            "day" => element.small(6, 6).end(),
            "amount" => element.small(6, 5).small(7, 2).small(8, 10).end(),
            _ => element.end(),
        });
        let at = i64::try_from(file.len()).expect("a small file");
        let path = [varint(name.len() as u64), name.as_bytes().to_vec()].concat();
        let chunk = Struct::default()
            .small(1, kind)
            .list(2, 5, &[varint(0)])
            .list(3, 8, &[path])
            .small(4, codec as u32)
            .number(5, 6, i64::from(ROWS))
            .number(6, 6, i64::from(told))
            .number(7, 6, i64::try_from(bytes.len()).expect("a small file"))
            .number(9, 6, at);
        let chunk = if has_dictionary { chunk.number(11, 6, at) } else { chunk };
        chunks.push(Struct::default().number(2, 6, at).inner(3, chunk).end());
        file.extend(bytes);
    }
    let group =
        Struct::default().list(1, 12, &chunks).number(2, 6, i64::from(told)).number(3, 6, i64::from(ROWS));
    let footer = Struct::default()
        .small(1, 1)
        .list(2, 12, &schema)
        .number(3, 6, i64::from(ROWS))
        .list(4, 12, &[group.end()])
        .end();
    let length = u32::try_from(footer.len()).expect("a small footer").to_le_bytes();
    file.extend([footer.as_slice(), &length, b"PAR1"].concat());
    file
}
