#!/usr/bin/env bash
# Looks at the pages of real runs in a headless browser, and compares pictures of them with approved ones.
#
#     tests/tools/browser.sh [KARAT] [--approve]
#
# KARAT is the program to try, by default the one that `cargo build` makes. With --approve the pictures of tests/approved/ are
# made anew, and nothing else is looked at; look at what git shows as changed before you commit it.
#
# Installs what it uses: Chromium, Java and poppler by apt-get when they are missing, the packages of browser/package.json and
# of requirements.txt into the cache folder ($KARAT_CACHE, by default ~/.cache/karat). Nothing but the installation needs a network.
# It proves, for report, appendix, method page, archive and mail, in every language of reports/messages/:
#
#   - axe-core finds nothing, in light and in dark; vnu finds nothing;
#   - nothing leaves the page and no script runs, with 200 hostile strings in every text of the data and of the configuration;
#     templates that do not escape are found out, so the check is one;
#   - the report has seven sections, at most 1,200 words, 6,000 and 14,000 pixels at 1280 and 390, and four sheets of A4;
#   - no page scrolls sideways, also with letters of twice the size; the Tab key reaches everything;
#   - each feature of HTML and CSS in the mail is known to Gmail, Outlook and Apple Mail, or stands on a list with a reason;
#   - `publish.pdf: true` prints the report of the sample on four sheets of A4, the same bytes twice;
#   - at 390, 820 and 1280 pixels and on A4 the pages look as approved.

set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
tools="$project/tests/tools"
. "$tools/python.sh"
install_tools

karat=""
approve=()
for word in "$@"; do
    case "$word" in
        --approve) approve=(--approve) ;;
        *) karat="$word" ;;
    esac
done
if [ -z "$karat" ]; then
    cargo build --quiet --manifest-path "$project/Cargo.toml"
    karat="${CARGO_TARGET_DIR:-$project/target}/debug/karat"
fi
karat="$(realpath "$karat")"

# --- What it uses.

# find PROGRAM… : the first that is there.
find_program() {
    local name
    for name in "$@"; do
        if command -v "$name"; then return; fi
    done
    return 1
}

missing=()
find_program chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
find_program java >/dev/null || missing+=(default-jre-headless)
find_program pdftoppm >/dev/null || missing+=(poppler-utils)
if [ "${#missing[@]}" -gt 0 ]; then
    echo "installing ${missing[*]}"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null
fi
CHROMIUM="$(find_program chromium chromium-browser google-chrome)"
export CHROMIUM

stamp="$(sha256sum "$tools/browser/package-lock.json" "$tools/browser/fonts.mjs" | sha256sum | cut -c1-12)"
export BROWSER_TOOLS="$KARAT_CACHE/browser-$stamp"
export KARAT_FONTS="$BROWSER_TOOLS/fonts/fonts.conf"
if [ ! -e "$BROWSER_TOOLS/complete" ]; then
    rm -rf "$BROWSER_TOOLS"
    mkdir -p "$BROWSER_TOOLS"
    cp "$tools/browser/package.json" "$tools/browser/package-lock.json" "$BROWSER_TOOLS/"
    npm ci --prefix "$BROWSER_TOOLS" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    node "$tools/browser/fonts.mjs" "$BROWSER_TOOLS/fonts"
    touch "$BROWSER_TOOLS/complete"
fi

# --- The runs.

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
started=$SECONDS

mapfile -t languages < <(cd "$project/reports/messages" && for name in *; do echo "${name%%.*}"; done | sort -u)

# in_language FILE LANGUAGE : a configuration in that language.
in_language() {
    sed -i "s/^  language: .*/  language: $2/" "$1"
}

for language in "${languages[@]}"; do
    mkdir -p "$work/sample-$language"
    cp -R "$project/config.yaml" "$project/data" "$project/queries" "$project/reports" "$work/sample-$language/"
    in_language "$work/sample-$language/config.yaml" "$language"
    # A week earlier too, so that the archive has something to list.
    (cd "$work/sample-$language" && "$karat" --quiet run --as-of 2017-12-25 && "$karat" --quiet) >/dev/null
done
# The sample with the look of somebody else.
mkdir -p "$work/branded"
cp -R "$project/config.yaml" "$project/data" "$project/queries" "$project/reports" "$work/branded/"
cp "$tools/browser/logo.svg" "$work/branded/"
printf 'brand: {name: "House of Reports", logo: logo.svg, colour: "#5b2a86", accent: "#0b6e4f"}\n' >>"$work/branded/config.yaml"
sed -i 's|^  #url: .*|  url: https://reports.example.com/karat/|' "$work/branded/config.yaml"
"$karat" --quiet --config "$work/branded/config.yaml" >/dev/null

if [ "${#approve[@]}" -eq 0 ]; then
    # `report.pdf`, twice by the same browser: the same bytes, of the as-of date, on four sheets.
    for name in pdf-one pdf-two; do
        mkdir -p "$work/$name"
        cp -R "$project/config.yaml" "$project/data" "$project/queries" "$project/reports" "$work/$name/"
        sed -i 's/^  pdf: false$/  pdf: true/' "$work/$name/config.yaml"
        (cd "$work/$name" && "$karat" --quiet >/dev/null && cp output/runs/2018-01-01/*/report.pdf report.pdf)
    done
    cmp "$work/pdf-one/report.pdf" "$work/pdf-two/report.pdf"
    pdfinfo -isodates "$work/pdf-one/report.pdf" >"$work/pdf.txt"
    for line in 'Pages: +4' 'Page size: .*\(A4\)' 'CreationDate: +2018-01-01T00:00:00' 'ModDate: +2018-01-01T00:00:00'; do
        grep -qE "^$line" "$work/pdf.txt" || { echo "report.pdf is not as it should be ($line):"; cat "$work/pdf.txt"; exit 1; }
    done
    "$karat" --quiet generate --customers 900 --out "$work/generated" >/dev/null
    "$TOOLS/python3" "$tools/make_hostile_project.py" "$work/generated" "$work/hostile"
    cp -R "$project/reports" "$work/hostile/"
    "$karat" --quiet --config "$work/hostile/config.yaml" >/dev/null
    for language in "${languages[@]}"; do
        in_language "$work/generated/config.yaml" "$language"
        sed -i "s|^  location: output.*|  location: output-$language/|" "$work/generated/config.yaml"
        cp -R "$project/reports" "$work/generated/"
        "$karat" --quiet --config "$work/generated/config.yaml" >/dev/null
    done
    # Templates that do not escape, to be found out: a text, the running head in the style sheet, a picture from elsewhere; and
    # a mail with everything that a mail must not hold.
    unsafe() {
        local name="$1" file="$2" old="$3" new="$4"
        rm -rf "$work/hostile/reports"
        cp -R "$project/reports" "$work/hostile/"
        "$TOOLS/python3" - "$work/hostile/reports/$file" "$old" "$new" <<'PYTHON'
import pathlib, sys
path, old, new = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
text = path.read_text(encoding="utf-8")
if old not in text:
    sys.exit(f"{path.name} holds no `{old}` to be spoilt")
path.write_text(text.replace(old, new), encoding="utf-8")
PYTHON
        "$karat" --quiet --config "$work/hostile/config.yaml" preview latest --out "$work/unsafe-$name" >/dev/null
    }
    unsafe text components/places.html '| text }}' '| text | safe }}'
    unsafe style shared/style.css 'running_head | css' 'running_head | safe'
    unsafe picture management/report.html '<main id="main">' '<main id="main"><img srcset="https://canary.invalid/x.png 1x" alt="">'
    unsafe mail mail/mail.html '<h1 style="' '<svg></svg><img src="data:image/png;base64,AA=="><p class="a" style="display:flex;padding:1px">x</p><h1 style="'
fi

# --- The pages.

"$TOOLS/python3" - "$work" "${languages[@]}" <<'PYTHON'
import json, pathlib, sys

work, languages = pathlib.Path(sys.argv[1]), sys.argv[2:]
pages = []


def add(into, name, run, kinds=("report", "appendix", "method", "mail"), **more):
    for kind in kinds:
        into.append({"name": f"{name} {kind}", "kind": kind, "file": str(run / f"{kind}.html"), **more})


def latest(folder):
    return folder / pathlib.Path(json.loads((folder / "latest.json").read_text())["report"]).parent


PICTURES = {
    "report": [[1280, "light"], [1280, "dark"], [820, "light"], [390, "light"], ["A4", "light"]],
    "appendix": [[1280, "light"], [390, "light"]],
    "archive": [[1280, "light"], [390, "light"]],
    "mail": [[640, "light"], [390, "light"]],
}
for language in languages:
    for name in ("sample", "generated"):
        folder = work / (f"sample-{language}/output" if name == "sample" else f"generated/output-{language}")
        if not folder.exists():
            continue
        more = {"set": name, "language": language}
        add(pages, f"{name} {language}", latest(folder), **more)
        pages.append({"name": f"{name} {language} archive", "kind": "archive", "file": str(folder / "index.html"), **more})
more = {"set": "branded", "language": "en"}
add(pages, "branded", latest(work / "branded/output"), ("report", "mail"), **more)
pages.append({"name": "branded archive", "kind": "archive", "file": str(work / "branded/output/index.html"), **more})
for page in pages:
    if page["set"] == "branded" and page["kind"] in ("report", "mail"):
        page["picture"] = f"{page['kind']}-branded"
        page["pictures"] = [[1280, "light", 1500], [1280, "dark", 1500]] if page["kind"] == "report" else [[640, "light", 5000]]
    if page["set"] == "sample" and page["kind"] in PICTURES:
        page["picture"], page["pictures"] = f"{page['kind']}-{page['language']}", PICTURES[page["kind"]]

hostile, unsafe = [], []
if (work / "hostile/output").exists():
    add(hostile, "hostile", latest(work / "hostile/output"))
    hostile.append({"name": "hostile archive", "kind": "archive", "file": str(work / "hostile/output/index.html")})
    for name, kind, runs in [("text", "appendix", True), ("style", "report", False), ("picture", "report", False), ("mail", "mail", False)]:
        unsafe.append({"name": f"unsafe {name}", "kind": kind, "file": str(work / f"unsafe-{name}/{kind}.html"), "runs": runs})
(work / "pages.json").write_text(json.dumps({"pages": pages, "hostile": hostile, "unsafe": unsafe}))
PYTHON
echo "runs (${languages[*]}) made in $((SECONDS - started)) s"

export KARAT_APPROVED="$project/tests/approved"
export KARAT_PICTURES="${KARAT_PICTURES:-$KARAT_CACHE/pictures}"
rm -rf "$KARAT_PICTURES"
node "$tools/browser/main.mjs" "$work" "${approve[@]}"
