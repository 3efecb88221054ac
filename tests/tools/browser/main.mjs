// The proofs that need a browser. `browser.sh` makes the runs and calls this.
//
//     node main.mjs WORK [--approve]
//
// WORK holds `pages.json`, the list of pages: name, kind (report, appendix, method, archive, mail), file, and what each is for.

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { accepted, breaches, mail } from "./mail.mjs";
import { accessible, keyboard, misdeeds, reflow, short, unseen } from "./pages.mjs";
import { compare, paper, proven, screen, tidy } from "./pictures.mjs";
import { browser, complain, count, part, resolve } from "./tools.mjs";

const work = process.argv[2];
const approve = process.argv.includes("--approve");
const folders = { approved: process.env.KARAT_APPROVED, now: process.env.KARAT_PICTURES, approve };
const { pages, hostile, unsafe } = JSON.parse(readFileSync(join(work, "pages.json"), "utf8"));
const corpus = JSON.parse(readFileSync(new URL("hostile.json", import.meta.url), "utf8"));

const chromium = await browser();
const large = await browser(32);

/** Two at a time: the machine of the tests has two cores. */
async function each(list, deed) {
    const open = [...list];
    const worker = async () => {
        while (open.length > 0) await deed(open.shift());
    };
    await Promise.all([worker(), worker()]);
}

const sample = (kind, language = "en") => pages.find((page) => page.set === "sample" && page.kind === kind && page.language === language);
const languages = [...new Set(pages.map((page) => page.language))];

try {
    if (!approve) {
        await part(`axe: no violation on ${pages.length} pages, light and dark, in ${languages.join(" and ")}`, () =>
            each(pages, (page) => accessible(chromium, page)),
        );

        await part(`nothing leaves, nothing runs: ${corpus.length} hostile strings, with the policy of the page and without it`, async () => {
            if (new Set(corpus).size < 200) complain("hostile.json", `holds ${new Set(corpus).size} strings`);
            await each([...pages, ...hostile], async (page) => {
                for (const bypassCSP of [false, true]) {
                    for (const what of await misdeeds(chromium, page, bypassCSP)) complain(`${page.name}${bypassCSP ? " without its policy" : ""}`, what);
                }
            });
            const appendix = hostile.find((page) => page.kind === "appendix");
            for (const text of await unseen(chromium, appendix, corpus)) complain(appendix.name, `does not show ${JSON.stringify(text)}`);
        });

        await part("templates that do not escape are found", () =>
            each(unsafe, async (page) => {
                for (const bypassCSP of [false, true]) {
                    const found = await misdeeds(chromium, page, bypassCSP);
                    if (found.length === 0) complain(page.name, `is unsafe, and nothing was found${bypassCSP ? " without its policy" : ""}`);
                    // Without the policy at least one string really runs, so the strings are no blanks.
                    if (bypassCSP && page.runs && !found.some((what) => what.startsWith("runs a script"))) complain(page.name, "is unsafe, and no script ran");
                }
            }),
        );

        await part("no page scrolls sideways, at 390 pixels nor with letters of 200 %", () =>
            each([...pages.filter((page) => page.kind !== "mail"), ...hostile.filter((page) => page.kind !== "mail")], (page) => reflow(chromium, large, page)),
        );

        await part("every report has seven sections, few words, and four sheets of A4 at most", () =>
            each(pages.filter((page) => page.kind === "report" && ["sample", "generated"].includes(page.set)), (page) => short(chromium, page)),
        );

        await part("the Tab key reaches everything, in order and seen", () =>
            each(pages.filter((page) => page.kind !== "mail" && page.set === "sample"), (page) => keyboard(chromium, page)),
        );

        await part("vnu: valid HTML and CSS", async () => {
            const files = pages.map((page) => page.file);
            let said = "";
            try {
                execFileSync("java", ["-jar", resolve("vnu-jar/build/dist/vnu.jar"), "--errors-only", "--format", "json", ...files], { stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 26 });
            } catch (error) {
                said = String(error.stderr);
            }
            const { messages } = said ? JSON.parse(said) : { messages: [] };
            for (const { url, lastLine, message } of messages) complain(url.split("/").slice(-4).join("/"), `line ${lastLine}: ${message}`);
        });

        await part("caniemail and the rules of the mail", async () => {
            const seen = new Set();
            for (const page of pages.filter((page) => page.kind === "mail")) {
                const { bytes, goal, features } = await mail(chromium, page);
                for (const feature of features) seen.add(feature);
                console.log(`  ${page.name}: ${bytes} bytes${bytes > goal ? `, above the goal of ${goal}` : ""}`);
            }
            for (const feature of accepted) if (!seen.has(feature)) complain("mail.mjs", `accepts \`${feature}\`, which no mail uses`);
            // Shown to find: one mail with each of the things that a mail must not hold.
            const broken = unsafe.find((page) => page.kind === "mail");
            for (const thing of ["<svg>", "<img>", "padding", "flex", "class", "data:"]) {
                if (!(await breaches(chromium, broken)).some((what) => what.includes(thing))) complain(broken.name, `the rules of the mail do not find ${thing}`);
            }
        });

        await part("sizes", async () => {
            for (const page of pages) if (page.kind !== "mail" && statSync(page.file).size > 1_000_000) complain(page.name, `has ${statSync(page.file).size} bytes, more than 1 MB`);
        });

        await part("the comparison of pictures finds what it must", () => proven(chromium, sample("report")));
    }

    const names = new Set();
    await part("pictures", async () => {
        const wanted = [];
        for (const page of pages.filter((page) => page.pictures)) {
            for (const [width, scheme, most] of page.pictures) wanted.push({ page, width, scheme, most });
        }
        await each(wanted, async ({ page, width, scheme, most }) => {
            const name = `${page.picture}-${width}${scheme === "dark" ? "-dark" : ""}`;
            names.add(name);
            if (width !== "A4") {
                compare(name, await screen(chromium, page, width, scheme, { most }), folders);
                return;
            }
            const { picture, sheets } = await paper(chromium, page);
            compare(name, picture, folders);
            sheets.forEach((sheet, index) => {
                if (!sheet.includes(`${index + 1} of ${sheets.length}`) && page.language === "en") complain(name, `sheet ${index + 1} does not say that it is one of ${sheets.length}`);
                if (index > 0 && !sheet.trimStart().startsWith("Superstore")) complain(name, `sheet ${index + 1} has no running head`);
            });
        });
        console.log(`  ${names.size} pictures, ${tidy(names, folders)} bytes approved`);
    });
} finally {
    await chromium.close();
    await large.close();
}

if (count() > 0) {
    console.log(`${count()} things do not hold`);
    process.exit(1);
}
