# Sourced by the tools of this folder: sets TOOLS to a folder of programs (python3, sqruff) with requirements.txt installed,
# or with another file of this folder that `install_tools` is given.
#
# The programs live in the cache folder and are made anew when the file changes.

KARAT_CACHE="${KARAT_CACHE:-$HOME/.cache/karat}"

install_tools() {
    local here file stamp folder
    here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
    file="$here/${1:-requirements.txt}"
    stamp="$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read() + sys.version.encode()).hexdigest()[:12])' "$file")"
    folder="$KARAT_CACHE/tools-$stamp"
    if [ ! -e "$folder/complete" ]; then
        rm -rf "$folder"
        mkdir -p "$KARAT_CACHE"
        if ! python3 -m venv "$folder" >&2; then
            echo "cannot make a Python environment; on Debian: apt-get install python3-venv" >&2
            return 1
        fi
        "$folder/bin/python3" -m pip install --quiet --disable-pip-version-check --requirement "$file" >&2
        touch "$folder/complete"
    fi
    TOOLS="$folder/bin"
}
