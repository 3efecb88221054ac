// Pictures of the pages, compared with approved ones.
//
// A picture is drawn in full size and then reduced to a fifth in each direction, every point the mean of 25. A point agrees when
// one of the nine points around its place in the other picture has its colour. So a letter drawn a little otherwise makes no
// difference, and a column that moved, a line more or another colour does. `proven` shows both, each time.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complain, load, visit } from "./tools.mjs";

const { PNG } = await load("pngjs");

/** Points of a side that become one; on paper, which is drawn smaller. */
const REDUCED = 5;
const REDUCED_PAPER = 3;
/** A point differs when one of its colours does by more, of 255. */
const POINT = 44;
/** A picture differs when so many of its points do within a band of this height. */
const POINTS = 12;
const BAND = 40;
/** As much of a dark page is drawn, in pixels: the rest has the same colours. */
const DARK = 6000;
/** Approved pictures take no more, in bytes. */
const MOST_BYTES = 3_000_000;

/** Beside cells that stick to their place the browser draws the rules of a table now and then, and now and then not. */
const STILL = "th, caption { position: static !important } ";

/** Draws a page on a screen of this width, whole, and reduces it. */
export async function screen(chromium, page, width, colorScheme, { style = "", most = colorScheme === "dark" ? DARK : Infinity } = {}) {
    return visit(chromium, page.file, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true }, async (tab) => {
        await tab.evaluate(masked);
        await tab.addStyleTag({ content: STILL + style });
        const height = await tab.evaluate(() => document.documentElement.scrollHeight);
        const clip = { x: 0, y: 0, width, height: Math.min(height, most) };
        return reduced(PNG.sync.read(await tab.screenshot({ fullPage: true, clip, animations: "disabled" })), REDUCED);
    });
}

/** Prints a page on A4 and puts the sheets below each other; gives the text of the sheets too. */
export async function paper(chromium, page) {
    const folder = mkdtempSync(join(tmpdir(), "karat-paper-"));
    try {
        const file = join(folder, "page.pdf");
        await visit(chromium, page.file, {}, async (tab) => {
            await tab.evaluate(masked);
            await tab.pdf({ path: file, preferCSSPageSize: true, printBackground: false });
        });
        execFileSync("pdftoppm", ["-r", "72", "-png", file, join(folder, "sheet")]);
        const sheets = readdirSync(folder)
            .filter((name) => name.endsWith(".png"))
            .sort()
            .map((name) => reduced(PNG.sync.read(readFileSync(join(folder, name))), REDUCED_PAPER));
        const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
        return { picture: stacked(sheets), sheets: text.split("\f").slice(0, -1) };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

// Names of runs and hashes follow from every byte of the project; in a picture they always read the same.
function masked() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (/\b[0-9a-f]{12,64}\b/.test(node.data)) node.data = node.data.replace(/\b[0-9a-f]{12,64}\b/g, (hash) => "0123456789abcdef".repeat(4).slice(0, hash.length));
    }
}

function reduced(picture, by) {
    const [width, height] = [Math.floor(picture.width / by), Math.floor(picture.height / by)];
    const small = new PNG({ width, height, colorType: 2 });
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const sums = [0, 0, 0];
            for (let row = 0; row < by; row++) {
                let from = 4 * ((by * y + row) * picture.width + by * x);
                for (let column = 0; column < by; column++, from += 4) for (let colour = 0; colour < 3; colour++) sums[colour] += picture.data[from + colour];
            }
            const to = 4 * (y * width + x);
            // 16 steps of each colour: a picture of half the bytes.
            for (let colour = 0; colour < 3; colour++) small.data[to + colour] = 17 * Math.round(sums[colour] / (by * by) / 17);
            small.data[to + 3] = 255;
        }
    }
    return small;
}

function stacked(pictures) {
    const width = Math.max(...pictures.map((picture) => picture.width));
    const whole = new PNG({ width, height: pictures.reduce((sum, picture) => sum + picture.height, 0), colorType: 2 });
    whole.data.fill(255);
    let top = 0;
    for (const picture of pictures) {
        PNG.bitblt(picture, whole, 0, 0, picture.width, picture.height, 0, top);
        top += picture.height;
    }
    return whole;
}

/** Says how two pictures differ; nothing when they agree. */
export function difference(one, other, most = POINTS) {
    if (one.width !== other.width || one.height !== other.height) {
        return `is ${REDUCED * other.width} by ${REDUCED * other.height} and not ${REDUCED * one.width} by ${REDUCED * one.height} pixels`;
    }
    const bands = new Map();
    for (let y = 0; y < one.height; y++) {
        for (let x = 0; x < one.width; x++) {
            if (agrees(one, other, x, y) && agrees(other, one, x, y)) continue;
            const band = Math.floor(y / BAND);
            bands.set(band, (bands.get(band) ?? 0) + 1);
        }
    }
    const [band, points] = [...bands].find(([, points]) => points > most) ?? [];
    return points ? `differs in ${points} points, first between ${REDUCED * BAND * band} and ${REDUCED * BAND * (band + 1)} pixels from the top` : "";
}

// Whether a point of one picture is found in the other, at its place or beside it.
function agrees(one, other, x, y) {
    const at = 4 * (y * one.width + x);
    for (let row = Math.max(0, y - 1); row <= Math.min(one.height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(one.width - 1, x + 1); column++) {
            const there = 4 * (row * one.width + column);
            let off = 0;
            for (let colour = 0; colour < 3; colour++) off = Math.max(off, Math.abs(one.data[at + colour] - other.data[there + colour]));
            if (off <= POINT) return true;
        }
    }
    return false;
}

/** Compares a picture with the approved one, or approves it. */
export function compare(name, picture, folders) {
    const file = join(folders.approved, `${name}.png`);
    if (folders.approve) {
        mkdirSync(folders.approved, { recursive: true });
        writeFileSync(file, PNG.sync.write(picture, { colorType: 2, deflateLevel: 9, filterType: 4 }));
        return;
    }
    const now = () => {
        mkdirSync(folders.now, { recursive: true });
        writeFileSync(join(folders.now, `${name}.png`), PNG.sync.write(picture, { colorType: 2 }));
        return `now it is ${join(folders.now, `${name}.png`)}`;
    };
    if (!existsSync(file)) return complain(name, `no picture is approved; ${now()}`);
    // Small Chinese letters are drawn a little otherwise from run to run: 15 points of a band were seen to differ.
    const what = difference(PNG.sync.read(readFileSync(file)), picture, file.includes("-zh-") ? 3 * POINTS : POINTS);
    if (what) complain(name, `${what}; ${now()}`);
}

/** Complains about approved pictures that nothing is compared with, and about too many bytes of them. */
export function tidy(names, folders) {
    let bytes = 0;
    for (const file of existsSync(folders.approved) ? readdirSync(folders.approved) : []) {
        if (names.has(file.replace(/\.png$/, ""))) bytes += statSync(join(folders.approved, file)).size;
        else if (folders.approve) rmSync(join(folders.approved, file));
        else complain(file, "is approved, and no page makes it");
    }
    if (bytes > MOST_BYTES) complain("approved pictures", `take ${bytes} bytes, more than ${MOST_BYTES}`);
    return bytes;
}

/** Shows that the comparison finds what it must and lets pass what it must, on the beginning of a page. */
export async function proven(chromium, page) {
    const draw = (style) => screen(chromium, page, 1280, "light", { style, most: 3000 });
    const as_is = await draw("");
    const finds = {
        "a column that moved by 8 pixels": ".tile:nth-child(3) { position: relative; left: 8px; }",
        "a table whose column is wider": ".evidence th:nth-child(2) { padding-right: 16px; }",
        "another colour of a tier": ":root { --gold: #d08a54; }",
        "bad news in the colour of good news": ".adverse, svg .adverse { fill: var(--ink) !important; color: var(--ink) !important; }",
        "a line that is gone": ".period { display: none; }",
        "another font": "body, svg text { font-family: 'Noto Sans Mono' !important; }",
    };
    const passes = {
        nothing: "",
        "letters a little heavier": "* { -webkit-text-stroke: 0.12px currentColor; }",
        "letters a little paler": ".page { opacity: 0.96; }",
    };
    for (const [words, style] of Object.entries(finds)) {
        if (!difference(as_is, await draw(style))) complain("the comparison", `does not find ${words}`);
    }
    for (const [words, style] of Object.entries(passes)) {
        const what = difference(as_is, await draw(style));
        if (what) complain("the comparison", `does not let pass ${words}: ${what}`);
    }
}
