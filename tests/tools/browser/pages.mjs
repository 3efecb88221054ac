// What must hold for every page: axe finds nothing, nothing leaves or runs, it never scrolls sideways, the keyboard reaches all.

import { readFileSync } from "node:fs";
import { complain, resolve, visit } from "./tools.mjs";

const AXE = readFileSync(resolve("axe-core"), "utf8");

/** Runs axe-core with all its rules on a page, in light and in dark. */
export async function accessible(chromium, page) {
    for (const colorScheme of ["light", "dark"]) {
        await visit(chromium, page.file, { colorScheme }, async (tab, heard) => {
            await tab.evaluate(AXE);
            const found = await tab.evaluate(async (isMail) => {
                // A mail is shown within a program that has landmarks of its own.
                const rules = isMail ? { "landmark-one-main": { enabled: false }, region: { enabled: false } } : {};
                const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
                return violations.map((rule) => ({
                    id: rule.id,
                    help: rule.help,
                    nodes: rule.nodes.length,
                    first: rule.nodes[0].html.slice(0, 160),
                    why: rule.nodes[0].failureSummary.replace(/\s+/g, " ").slice(0, 200),
                }));
            }, page.kind === "mail");
            for (const rule of found) {
                complain(`${page.name} ${colorScheme}`, `axe ${rule.id}: ${rule.help}; ${rule.nodes} times, first ${rule.first}; ${rule.why}`);
            }
            for (const what of heard) complain(`${page.name} ${colorScheme}`, what);
        });
    }
}

/** Elements and attributes that a finished page may hold; whatever else appears came from the data. */
const ELEMENTS = new Set(
    ("a abbr article b body br caption circle code data dd desc details div dl dt figcaption figure footer g h1 h2 h3 h4 head header html img li line main meta nav " +
        "ol p path polygon polyline pre rect section small span strong style sub summary svg table tbody td text tfoot th thead time title tr tspan ul").split(" "),
);
const EVERY = /^(on|style$|formaction$|srcset$|xlink:|background$|srcdoc$|action$|poster$)/;
const MAIL = /^(on|class$|formaction$|srcset$|xlink:|background$|srcdoc$|action$|poster$|src$)/;
const LINKS = /^(#[a-z0-9_-]*|(report|appendix|method)\.html(#[A-Za-z0-9_-]+)?|runs\/[0-9-]+\/[0-9a-f]+\/report\.html)$/;

/** What a page does and holds that it must not; `bypassCSP` takes its own policy away, so that escaping alone has to hold. */
export async function misdeeds(chromium, page, bypassCSP) {
    return visit(chromium, page.file, { bypassCSP }, async (tab, heard) => {
        // Whoever waits for a pointer, a focus or a fold gets it.
        await tab.evaluate(() => {
            for (const details of document.querySelectorAll("details")) details.open = true;
            for (const element of document.querySelectorAll("[onmouseover], [onfocus], [onclick], [autofocus]")) {
                for (const kind of ["mouseover", "focus", "click"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
            }
        });
        await tab.waitForTimeout(300);
        const found = await tab.evaluate(
            ([elements, attributes, links, isMail]) => {
                const found = [];
                const [forbidden, allowed] = [new RegExp(attributes), new RegExp(links)];
                for (const element of document.querySelectorAll("*")) {
                    const name = element.localName;
                    if (!elements.includes(name)) found.push(`holds <${name}>`);
                    for (const { name: attribute, value } of element.attributes) {
                        if (forbidden.test(attribute)) found.push(`holds <${name} ${attribute}=${value.slice(0, 60)}>`);
                        if (attribute === "href" && !allowed.test(value) && !isMail) found.push(`links ${value.slice(0, 80)}`);
                        if (attribute === "src" && !value.startsWith("data:image/")) found.push(`loads ${value.slice(0, 80)}`);
                        if (name === "meta" && attribute === "http-equiv" && value !== "Content-Security-Policy") found.push(`declares ${value}`);
                    }
                }
                const styles = document.querySelectorAll("style").length;
                if (styles !== (isMail ? 0 : 1)) found.push(`holds ${styles} style blocks`);
                // A page whose style or frame was ended by data shows nothing, or all of it as text.
                const body = document.body.getBoundingClientRect();
                if (body.height < 200 || getComputedStyle(document.body).display === "none") found.push("shows nothing");
                if (document.querySelectorAll("main, [role=article]").length !== 1) found.push("has not exactly one main part");
                return found;
            },
            [[...ELEMENTS], (page.kind === "mail" ? MAIL : EVERY).source, LINKS.source, page.kind === "mail"],
        );
        return [...new Set([...heard, ...found])];
    });
}

/** Texts of the corpus that a page does not show letter by letter. */
export async function unseen(chromium, page, corpus) {
    return visit(chromium, page.file, {}, async (tab) => {
        const plain = (text) => text.replaceAll("_", " ").replace(/\s+/g, " ").trim();
        const shown = plain(await tab.evaluate(() => document.body.textContent));
        return corpus.filter((text) => !shown.includes(plain(text)));
    });
}

/** Opens a page as small as a phone, at four times the zoom of a desk, and in `large`, a browser set to letters of twice the size. */
export async function reflow(chromium, large, page) {
    for (const [words, browser, width] of [
        ["at 320 pixels, as at a zoom of 400 %", chromium, 320],
        ["at 390 pixels", chromium, 390],
        ["at 820 pixels", chromium, 820],
        ["at 1280 pixels", chromium, 1280],
        ["at 390 pixels with letters of 200 %", large, 390],
        ["at 1280 pixels with letters of 200 %", large, 1280],
    ]) {
        await visit(browser, page.file, { viewport: { width, height: 900 } }, async (tab) => {
            const over = await tab.evaluate(() => {
                for (const details of document.querySelectorAll("details")) details.open = true;
                const root = document.scrollingElement;
                const beyond = root.scrollWidth - root.clientWidth;
                if (beyond <= 0) return "";
                const wide = [...document.querySelectorAll("body *")].filter(
                    (element) => element.getBoundingClientRect().right > root.clientWidth + 0.5 && !element.closest(".scroll, pre, svg"),
                );
                return `by ${beyond} pixels, for example ${wide.slice(-1).map((element) => element.outerHTML.slice(0, 140))}`;
            });
            if (over) complain(page.name, `scrolls sideways ${words} ${over}`);
            // On a desk every column of a table is seen at once, but for words without an end.
            if (words !== "at 1280 pixels" || page.name.startsWith("hostile")) return;
            const cut = await tab.evaluate(() =>
                [...document.querySelectorAll(".scroll")].filter((area) => area.scrollWidth > area.clientWidth + 1).map((area) => `${area.ariaLabel} by ${area.scrollWidth - area.clientWidth} pixels`),
            );
            if (cut.length > 0) complain(page.name, `cuts tables off ${words}: ${cut.join("; ")}`);
        });
    }
}

/** The report is short: seven sections, and at most so many words, pixels and sheets of A4. */
export async function short(chromium, page) {
    for (const [width, most] of [[1280, 6000], [390, 14000]]) {
        await visit(chromium, page.file, { viewport: { width, height: 900 } }, async (tab) => {
            const { height, sections, text } = await tab.evaluate(() => ({
                height: document.documentElement.scrollHeight,
                sections: document.querySelectorAll("main > section").length,
                text: document.body.innerText,
            }));
            // Of Chinese, which sets no spaces, five letters are three words, as translators count.
            const chinese = /[\u4e00-\u9fff]/g;
            const words = text.replace(chinese, " ").split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length + Math.floor(((text.match(chinese) ?? []).length * 3) / 5);
            if (sections !== 7) complain(page.name, `has ${sections} sections`);
            if (words > 1200) complain(page.name, `has ${words} words at ${width} pixels`);
            if (height > most) complain(page.name, `is ${height} pixels high at ${width}`);
            if (width === 1280) {
                const sheets = (await tab.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/Type \/Page\b(?!s)/g).length;
                if (sheets > 4) complain(page.name, `takes ${sheets} sheets of A4`);
                console.log(`  ${page.name}: ${words} words, ${height} pixels, ${sheets} sheets`);
            }
        });
    }
}

/** Walks through a page with the Tab key. */
export async function keyboard(chromium, page) {
    await visit(chromium, page.file, { viewport: { width: 390, height: 844 } }, async (tab) => {
        const wanted = await tab.evaluate(() => {
            const scrolls = [...document.querySelectorAll("*")].filter(
                (element) =>
                    element.scrollWidth > element.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(element).overflowX) && element.checkVisibility(),
            );
            for (const element of scrolls) if (element.tabIndex < 0) return [`an area that scrolls cannot be reached: ${element.outerHTML.slice(0, 120)}`];
            return [];
        });
        for (const what of wanted) complain(page.name, what);
        let last = -1;
        let steps = 0;
        for (; steps < 600; steps++) {
            await tab.keyboard.press("Tab");
            const at = await tab.evaluate(() => {
                const element = document.activeElement;
                if (!element || element === document.body) return null;
                const style = getComputedStyle(element);
                const box = element.getBoundingClientRect();
                return {
                    place: [...document.querySelectorAll("*")].indexOf(element),
                    html: element.outerHTML.slice(0, 100),
                    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
                    skip: element.classList.contains("skip"),
                };
            });
            if (!at) break;
            if (steps === 0 && !at.skip) complain(page.name, `the first stop of the Tab key is not the way past the head: ${at.html}`);
            if (!at.ringed) complain(page.name, `the focus is not seen on ${at.html}`);
            if (!at.inside) complain(page.name, `the focus is off the screen on ${at.html}`);
            if (at.place <= last) complain(page.name, `the Tab key goes back to ${at.html}`);
            last = at.place;
        }
        if (steps < 2 || steps === 600) complain(page.name, `the Tab key stops ${steps} times`);
        await tab.keyboard.press("Tab");
        await tab.evaluate(() => document.querySelector(".skip").focus());
        await tab.keyboard.press("Enter");
        if (!(await tab.evaluate(() => location.hash === "#main" && Boolean(document.querySelector("#main"))))) {
            complain(page.name, "the way past the head leads nowhere");
        }
    });
}
