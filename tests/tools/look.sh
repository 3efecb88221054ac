#!/usr/bin/env bash
# Draws the pages of a run as pictures, for people who change templates: report.html, appendix.html, method.html and, if there
# is one, the archive page, each on a desk (1280 pixels), on a phone (390 pixels), in dark mode and as a PDF; and the mail, as wide
# as mail programs show it (640 and 390 pixels), and turned to dark as they do it.
#
#     tests/tools/look.sh FOLDER [PICTURES]
#
# FOLDER is a run folder, or the folder of `karat preview`; the pictures go to PICTURES, by default ./look. Needs Chromium
# (Debian: apt-get install chromium).

set -euo pipefail

if [ "$#" -lt 1 ]; then
    sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
folder="$(realpath "$1")"
pictures="$(realpath -m "${2:-look}")"
mkdir -p "$pictures"

chromium=""
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        chromium="$name"
        break
    fi
done
[ -n "$chromium" ] || { echo "Chromium is missing; on Debian: apt-get install chromium" >&2; exit 1; }

profile="$(mktemp -d)"
trap 'rm -rf "$profile"' EXIT

browse() {
    "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 \
        --user-data-dir="$profile" "$@" 2>/dev/null
}

# draw PAGE NAME WIDTH HEIGHT [OPTION…]
draw() {
    local page="$1" name="$2" width="$3" height="$4"
    shift 4
    browse --screenshot="$pictures/$name.png" --window-size="$width,$height" "$@" "file://$page"
    echo "$pictures/$name.png"
}

pages=("$folder"/report.html "$folder"/appendix.html "$folder"/method.html)
[ ! -e "$folder/../../../index.html" ] || pages+=("$(realpath "$folder/../../../index.html")")

for page in "${pages[@]}"; do
    [ -e "$page" ] || continue
    name="$(basename "$page" .html)"
    # The first screen, and the whole page; a page that is shorter ends in its background.
    draw "$page" "$name-1280" 1280 1376
    draw "$page" "$name-1280-whole" 1280 9000
    # A headless window is not narrower than 500 pixels; a frame of 390 is.
    printf '<!doctype html><style>body{margin:0}iframe{border:0;width:390px;height:14000px}</style><iframe src="file://%s"></iframe>' \
        "$page" >"$profile/phone.html"
    draw "$profile/phone.html" "$name-390" 500 14000 --allow-file-access-from-files
    draw "$page" "$name-1280-dark" 1280 1400 --blink-settings=preferredColorScheme=0
    browse --print-to-pdf="$pictures/$name.pdf" --no-pdf-header-footer "file://$page"
    echo "$pictures/$name.pdf"
done

mail="$folder/mail.html"
if [ -e "$mail" ]; then
    draw "$mail" mail-640 640 1800
    printf '<!doctype html><style>body{margin:0}iframe{border:0;width:390px;height:2400px}</style><iframe src="file://%s"></iframe>' \
        "$mail" >"$profile/phone.html"
    draw "$profile/phone.html" mail-390 500 2400 --allow-file-access-from-files
    # A page that says that it knows dark mode is left alone; many mail programs turn it all the same.
    grep -v 'color-scheme' "$mail" >"$profile/turned.html"
    draw "$profile/turned.html" mail-640-dark 640 1800 --blink-settings=forceDarkModeEnabled=true,preferredColorScheme=0
fi
