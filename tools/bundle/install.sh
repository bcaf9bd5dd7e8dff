#!/usr/bin/env bash
# Installs the NET119 testbed from this folder, without a network and without root.
#   ./install.sh [--to DIR] [--python PYTHON] [--lang ja|en]
# Nothing outside DIR (by default ~/net119) is written. To remove it, delete DIR.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
to=$HOME/net119
python=
language=
while [ $# -gt 0 ]; do
    case $1 in
    --to | --python | --lang)
        [ $# -ge 2 ] || { echo "install.sh: $1 needs a value" >&2; exit 2; }
        case $1 in --to) to=$2 ;; --python) python=$2 ;; --lang) language=$2 ;; esac
        shift 2 ;;
    -h | --help) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "install.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
    esac
done
# Japanese unless another language is asked for; a fresh Linux has the locale C.
language=${language:-${NET119_LANG:-ja}}
case $language in
ja) say() { printf '%s\n' "$1"; } ;;
en) say() { printf '%s\n' "$2"; } ;;
*) echo "install.sh: --lang is ja or en" >&2; exit 2 ;;
esac
fail() { say "$@" >&2; exit 1; }

case $(uname -s)/$(uname -m) in
Linux/x86_64) ;;
*) fail "この機器 ($(uname -s) $(uname -m)) では動きません。Linux (x86_64) が要ります。Windows では WSL2 の中で実行してください。" \
    "This machine ($(uname -s) $(uname -m)) cannot run it: Linux on x86_64 is needed. On Windows, run it inside WSL2." ;;
esac

say "1/3 ファイルが壊れていないか確かめています" "1/3 checking the files"
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) ||
    fail "ファイルが壊れているか、足りません。アーカイブをもう一度展開するか、コピーし直してください。" \
        "Files are damaged or missing. Unpack the archive again, or copy it again."

supported=$(sed -n 's/^Python \(.*\), .*/\1/p' "$here/VERSION")
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true; }
fits() { case " $supported " in *" $(version_of "$1") "*) return 0 ;; *) return 1 ;; esac; }
if [ -n "$python" ]; then
    python=$(command -v -- "$python") || fail "指定された Python がありません。" "There is no such Python."
    fits "$python" || fail "$python は $(version_of "$python") です。この束で使えるのは $supported です。" \
        "$python is $(version_of "$python"); this bundle is for $supported."
else
    for each in python3 $(printf 'python%s\n' $supported | sort -rV); do
        if command -v "$each" >/dev/null && fits "$each"; then
            python=$(command -v "$each")
            break
        fi
    done
    [ -n "$python" ] || fail \
        "使える Python ($supported) がありません。Debian や Ubuntu では sudo apt-get install python3 で入ります。入れられないときは WSL 用のイメージを使ってください (docs/windows.ja.html)。" \
        "No Python that fits ($supported). On Debian and Ubuntu: sudo apt-get install python3. If that is impossible, use the image for WSL (docs/windows.html)."
fi

if [ -e "$to" ] && [ ! -f "$to/installed-by-net119" ] && [ -n "$(ls -A "$to")" ]; then
    fail "$to には別のものが入っています。--to で新しいフォルダーを指定してください。" \
        "$to holds something else. Name a new folder with --to."
fi
mkdir -p "$to"
to=$(cd "$to" && pwd)
touch "$to/installed-by-net119"

say "2/3 $to に入れています (Python $(version_of "$python"))" "2/3 installing into $to (Python $(version_of "$python"))"
# The installer is a program inside a wheel; it stays only as long as it is needed.
tools=$(mktemp -d "$to/.installer-XXXXXX")
trap 'rm -rf "$tools"' EXIT
"$python" -m zipfile -e "$here"/wheels/uv-*.whl "$tools"
uv=$(echo "$tools"/uv-*.data/scripts/uv)
chmod +x "$uv"
export UV_OFFLINE=1 UV_NO_CACHE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
rm -rf "$to/venv"
"$uv" venv --quiet --python "$python" "$to/venv"
offline=(--quiet --python "$to/venv/bin/python" --no-index --find-links "$here/wheels" --compile-bytecode)
"$uv" pip install "${offline[@]}" --require-hashes -r "$here/requirements.txt"
"$uv" pip install "${offline[@]}" --no-deps "$here"/wheels/net119_testbed-*.whl
rm -rf "$to/docs"
cp -r "$here/docs" "$to/docs"
cp "$here/VERSION" "$here/LICENSE" "$to/"
# A fresh Linux has the locale C, by which the command would speak English.
printf '#!/bin/sh\nNET119_LANG=${NET119_LANG:-%s}\nexport NET119_LANG\nexec "%s/venv/bin/net119" "$@"\n' \
    "$language" "$to" >"$to/net119"
chmod +x "$to/net119"

say "3/3 動くか確かめています" "3/3 trying it"
"$to/net119" --version
say "
できました。次にすること:
  $to/net119 doctor         この機器で動くかを調べます
  $to/net119 drill serve    訓練の一式を起動します (止めるには Ctrl-C)
                            ブラウザーで http://localhost:8119 を開くと、手順が出ます
説明: $to/docs/drills.ja.html (訓練の進め方)、$to/docs/windows.ja.html (Windows での使い方)
消すには、このフォルダーを消すだけです: rm -rf $to" "
Done. What to do next:
  $to/net119 doctor         is this machine fit
  $to/net119 drill serve    start everything that a drill needs (Ctrl-C stops it)
                            open http://localhost:8119 in a browser: it tells what to do
Guides: $to/docs/drills.html (how to lead a drill), $to/docs/windows.html (on Windows)
To remove it, delete the folder: rm -rf $to"
