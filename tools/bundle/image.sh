#!/usr/bin/env bash
# Builds the container image from this bundle, and from it the file that WSL2 imports. Needs Docker.
#   ./image.sh [--base IMAGE] [--out DIR]
# Writes into DIR (by default this folder) net119-image.tar.gz, for `docker load`, and
# net119-wsl.tar.gz, for `wsl --import`, each with a .sha256 beside it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here
base=()
while [ $# -gt 0 ]; do
    case $1 in
    --base | --out)
        [ $# -ge 2 ] || { echo "image.sh: $1 needs a value" >&2; exit 2; }
        case $1 in --base) base=(--build-arg "BASE=$2") ;; --out) out=$2 ;; esac
        shift 2 ;;
    -h | --help) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "image.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
    esac
done
docker info >/dev/null || { echo "image.sh: Docker does not answer; start it, then run this again" >&2; exit 1; }
mkdir -p "$out"

docker build --network none -t net119-drill ${base[@]+"${base[@]}"} "$here"
echo "writing net119-image.tar.gz"
docker save net119-drill | gzip -1 >"$out/net119-image.tar.gz"
echo "writing net119-wsl.tar.gz"
container=$(docker create net119-drill)
trap 'docker rm "$container" >/dev/null' EXIT
docker export "$container" | gzip -1 >"$out/net119-wsl.tar.gz"
cd "$out"
for each in net119-image.tar.gz net119-wsl.tar.gz; do
    sha256sum "$each" >"$each.sha256"
    du -h "$each"
done
