// Makes the fonts that the pictures are drawn with: those of the npm packages, and no font of the machine.
//
//     node fonts.mjs FOLDER
//
// The packages hold WOFF; fontconfig and the browser read plain OpenType, which is the same tables not compressed.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inflateSync } from "node:zlib";
import { resolve } from "./tools.mjs";

const FAMILIES = [
    ["inter", ["latin", "latin-ext", "greek", "cyrillic"], [400, 600]],
    ["noto-sans-sc", ["chinese-simplified"], [400, 600]],
    ["noto-sans-mono", ["latin", "latin-ext"], [400]],
    ["noto-sans-symbols-2", ["symbols"], [400]],
];

/** Unpacks a WOFF file to an OpenType file (https://www.w3.org/TR/WOFF/, section 4). */
function opentype(woff) {
    if (woff.readUInt32BE(0) !== 0x774f4646) throw new Error("not a WOFF file");
    const tables = woff.readUInt16BE(12);
    const head = Buffer.alloc(12 + 16 * tables);
    woff.copy(head, 0, 4, 8);
    head.writeUInt16BE(tables, 4);
    const power = Math.floor(Math.log2(tables));
    head.writeUInt16BE(16 << power, 6);
    head.writeUInt16BE(power, 8);
    head.writeUInt16BE(16 * tables - (16 << power), 10);
    const parts = [head];
    let offset = head.length;
    for (let index = 0; index < tables; index++) {
        const entry = 44 + 20 * index;
        const [start, packed, length, checksum] = [4, 8, 12, 16].map((field) => woff.readUInt32BE(entry + field));
        const bytes = woff.subarray(start, start + packed);
        const table = packed < length ? inflateSync(bytes) : bytes;
        woff.copy(head, 12 + 16 * index, entry, entry + 4);
        head.writeUInt32BE(checksum, 16 + 16 * index);
        head.writeUInt32BE(offset, 20 + 16 * index);
        head.writeUInt32BE(length, 24 + 16 * index);
        const padded = Buffer.alloc(Math.ceil(length / 4) * 4);
        table.copy(padded);
        parts.push(padded);
        offset += padded.length;
    }
    return Buffer.concat(parts);
}

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
for (const [family, subsets, weights] of FAMILIES) {
    const files = join(dirname(resolve(`@fontsource/${family}/package.json`)), "files");
    for (const subset of subsets) {
        for (const weight of weights) {
            const name = `${family}-${subset}-${weight}-normal`;
            writeFileSync(join(folder, `${name}.ttf`), opentype(readFileSync(join(files, `${name}.woff`))));
        }
    }
}
// The files of one family have names of their own, by weight; to the page they are one.
const named = ([family]) => {
    const words = family.split("-").map((word) => (word.length === 2 ? word.toUpperCase() : word[0].toUpperCase() + word.slice(1)));
    return `<match target="scan"><test name="file" compare="contains"><string>/${family}-</string></test><edit name="family" mode="assign_replace"><string>${words.join(" ")}</string></edit></match>`;
};
const prefer = (generic, names) =>
    `<alias binding="strong"><family>${generic}</family><prefer>${names.map((name) => `<family>${name}</family>`).join("")}</prefer></alias>`;
writeFileSync(
    join(folder, "fonts.conf"),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${folder}</dir>
<cachedir>${folder}/cache</cachedir>
${FAMILIES.map(named).join("\n")}
${prefer("sans-serif", ["Inter", "Noto Sans SC"])}
${prefer("serif", ["Inter", "Noto Sans SC"])}
${prefer("monospace", ["Noto Sans Mono", "Noto Sans SC"])}
</fontconfig>
`,
);
