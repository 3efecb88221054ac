// What the other files share: the packages of package.json, which lie in the cache folder, the browser, and the list of complaints.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const require = createRequire(join(process.env.BROWSER_TOOLS, "package.json"));

/** Where a file of a package lies. */
export const resolve = (name) => require.resolve(name);

/** Imports a package, whatever form of module it has. */
export async function load(name) {
    const module = await import(pathToFileURL(resolve(name)));
    return module.default ?? module;
}

/** Starts Chromium as it is installed here, with the fonts of `fonts.mjs` and no others; its reader sees letters of this size. */
export async function browser(letters = 16) {
    const { chromium } = await load("playwright-core");
    return chromium.launch({
        executablePath: process.env.CHROMIUM,
        args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", `--blink-settings=defaultFontSize=${letters}`],
        env: { ...process.env, FONTCONFIG_FILE: process.env.KARAT_FONTS },
    });
}

/** Opens one page in a context of its own, hands it over, and closes it whatever happens. */
export async function visit(chromium, file, options, deed) {
    const context = await chromium.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
    try {
        // A busy machine is slow, and a page that is unsafe on purpose opens a dialog for each string.
        context.setDefaultTimeout(150_000);
        const page = await context.newPage();
        const heard = listen(page);
        await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
        return await deed(page, heard);
    } finally {
        await context.close();
    }
}

/** Notes what a page must not do: ask for anything, open a dialog, complain, leave. */
function listen(page) {
    const heard = [];
    let first = true;
    page.on("request", (request) => {
        // The page itself, once.
        if (!first || !request.isNavigationRequest()) heard.push(`asks for ${request.url().slice(0, 120)}`);
        first = false;
    });
    page.on("dialog", (dialog) => {
        heard.push(`runs a script: dialog ${dialog.message()}`);
        dialog.dismiss().catch(() => {});
    });
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) heard.push(`says ${message.text().slice(0, 200)}`);
    });
    page.on("pageerror", (error) => heard.push(`fails: ${error.message.slice(0, 200)}`));
    page.on("popup", () => heard.push("opens a window"));
    page.on("download", () => heard.push("starts a download"));
    return heard;
}

const complaints = [];

/** Notes what does not hold. */
export function complain(where, what) {
    complaints.push(`${where}: ${what}`);
    console.log(`  FAILS ${where}: ${what}`);
}

/** How many complaints there are. */
export const count = () => complaints.length;

/** Prints a part of the work with its seconds. */
export async function part(title, deed) {
    const started = performance.now();
    await deed();
    console.log(`${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
