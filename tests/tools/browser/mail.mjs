// What a mail may hold: each feature of HTML and CSS in it is looked up in the data of caniemail.com, and some rules of our own.


import { readFileSync, statSync } from "node:fs";
import { complain, load, visit } from "./tools.mjs";

const CLIENTS = ["gmail.*", "outlook.*", "apple-mail.*"];

/** Longest HTML, in bytes; and the sizes that are aimed at. */
const MOST_BYTES = 80_000;
const GOAL_BYTES = 40_000;

// What some program does not do, or not everywhere, and why a mail of ours reads well without it. Anything else is a complaint.
const ACCEPTED = {
    "white-space": "where it is not known, a line breaks between two words",
    "font-weight": "600 is shown as bold, as is meant",
    "font-size": "only in pixels",
    "line-height": "lines are a little higher in Outlook",
    padding: "only on cells of tables, by the rule below",
    border: "only on cells of tables and thinner than 8 pixels, by the rule below",
    "border-radius": "corners are square instead",
    margin: "only 0, and only on headings and the body, by the rule below",
    background: "only colours",
    "width attribute": "only on tables and cells; there is no picture",
    "height attribute": "only on cells; there is no picture",
    "width property": "only on tables and cells, by the rule below",
    "max-height property": "of the preview text, which display:none hides there",
    "display:none": "of the preview text, which has no height where this is not known",
    "align attribute": "only on cells and heads of cells",
    "aria-label attribute": "of the whole mail, whose title says the same",
    "aria-hidden attribute": "of arrows, beside which stands the word",
    "text-decoration": "the button then has its line",
    "role attribute": "of layout tables; where it is dropped a screen reader names them tables",
    "color-scheme meta tag": "every colour of text stands on a colour that is set, by the rule below",
    display: "only none, of the preview text",
    overflow: "of the preview text, which has no height or is hidden",
    "max-width": "the table has the width as an attribute too",
    "<body> element": "becomes a block with the same colours",
};

/** What is accepted; each must be needed. */
export const accepted = Object.keys(ACCEPTED);

/** Looks a mail up and measures it. */
export async function mail(chromium, page) {
    const html = readFileSync(page.file, "utf8");
    const bytes = statSync(page.file).size;
    if (bytes > MOST_BYTES) complain(page.name, `has ${bytes} bytes, more than ${MOST_BYTES}`);
    const { caniemail } = await load("caniemail");
    const { issues } = caniemail({ clients: CLIENTS, html });
    const seen = new Map();
    for (const list of [issues.errors, issues.warnings]) {
        for (const [client, entries] of list) for (const entry of entries) seen.set(entry.title, (seen.get(entry.title) ?? new Set()).add(client));
    }
    for (const [title, clients] of seen) {
        if (!(title in ACCEPTED)) complain(page.name, `\`${title}\` is not fully known to ${[...clients].join(", ")}`);
    }
    for (const what of await breaches(chromium, page)) complain(page.name, what);
    return { bytes, goal: GOAL_BYTES, features: [...seen.keys()] };
}

/** Breaks of our own rules. */
export async function breaches(chromium, page) {
    return visit(chromium, page.file, {}, (tab) =>
        tab.evaluate(() => {
            const found = new Set();
            const never = "svg math script style link iframe object embed form input button video audio picture source img canvas template";
            for (const element of document.querySelectorAll("body, body *, head *")) {
                const name = element.localName;
                const isCell = name === "td" || name === "th";
                if (never.split(" ").includes(name)) found.add(`holds <${name}>`);
                if (name === "img" && !/^\d+$/.test(element.getAttribute("width") ?? "")) found.add("an <img> has no width");
                if (name === "table" && element.getAttribute("role") !== "presentation" && !element.querySelector("th")) found.add("a table is neither layout nor has heads");
                for (const { name: attribute, value } of element.attributes) {
                    if (attribute === "class" || attribute === "id" || attribute.startsWith("on")) found.add(`<${name}> has the attribute ${attribute}`);
                    if (/data:|javascript:|url\(|@import|expression\(/i.test(value) && attribute !== "content") found.add(`<${name} ${attribute}> holds ${value.slice(0, 60)}`);
                    if (/^(src|background|poster|srcset)$/.test(attribute)) found.add(`<${name}> loads something`);
                    if (attribute === "href" && !/^https:\/\//.test(value)) found.add(`a link is not to https: ${value.slice(0, 60)}`);
                }
                for (const declaration of (element.getAttribute("style") ?? "").split(";")) {
                    const [property, ...rest] = declaration.split(":");
                    const [key, value] = [property.trim(), rest.join(":").trim()];
                    if (!key) continue;
                    if (/flex|grid|float|position|transform|animation|filter|opacity|var\(|calc\(|clamp\(|background-image|^--/.test(`${key}:${value}`)) found.add(`<${name}> uses ${key}: ${value}`);
                    if (/^padding/.test(key) && !isCell && value !== "0") found.add(`<${name}> has padding, which only cells have everywhere`);
                    if (/^border(-(top|left|right|bottom))?$/.test(key) && !isCell) found.add(`<${name}> has a border, which only cells have everywhere`);
                    if (/^border/.test(key) && parseFloat(value) > 8) found.add(`<${name}> has a border of more than 8 pixels`);
                    if (/^margin/.test(key) && (value !== "0" || !/^(h[1-6]|body)$/.test(name))) found.add(`<${name}> has a margin of ${value}`);
                    if (key === "display" && value !== "none") found.add(`<${name}> is displayed as ${value}`);
                    if (/^(width|height)$/.test(key) && !["table", "td", "th"].includes(name)) found.add(`<${name}> has a ${key}`);
                }
            }
            // A program that turns light into dark looks at pairs: no colour of text without one below it.
            for (const element of document.querySelectorAll("[style*='color:']")) {
                let below = element;
                while (below && !below.hasAttribute("bgcolor")) below = below.parentElement;
                if (!below) found.add(`<${element.localName}> sets a colour on none`);
            }
            for (const cell of document.querySelectorAll("[bgcolor]")) {
                const style = cell.style.backgroundColor;
                if (!style) found.add(`<${cell.localName} bgcolor> has no background-color beside it`);
            }
            return [...found];
        }),
    );
}
