#!/usr/bin/env bash
# Uploads one file to the image store in chunks, with the session registered at upload-session-sweeper.
#
#   CLUSTER=https://mycluster:19080 APP=https://myapp.azurewebsites.net KEY=... OWNER=pipeline-7 \
#     upload.sh web.zip Shop/Code/web.zip
#
# For a secured cluster put curl's options into CLUSTER_OPTIONS, such as "--cert client.pem --cacert cluster.pem".
# It needs curl and uuidgen or Linux. The function key KEY may be one for registering only.
set -euo pipefail

file=$1
path=$2
chunk_bytes=${CHUNK_BYTES:-26214400}
options=${CLUSTER_OPTIONS:-}
session=$( (uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid) | tr '[:upper:]' '[:lower:]')
size=$(wc -c <"$file" | tr -d ' ')

# The app only helps: when it cannot be reached, the upload goes on.
sweeper() {
  curl -sS --fail --max-time 10 -o /dev/null -X "$1" -H "x-functions-key: ${KEY:-}" "${@:2}" \
    "$APP/api/upload-sessions/$session" || echo "The app did not accept $1 of upload session $session." >&2
}

cluster() {
  # shellcheck disable=SC2086
  curl -sS --fail --max-time 300 -o /dev/null $options "$@"
}

# Registers the session, and is its heartbeat later.
register() {
  sweeper PUT -H 'content-type: application/json' -d "{\"storeRelativePath\": \"$path\", \"owner\": \"${OWNER:-$USER}\"}"
}

# Without the deletion the staged copy stays on the cluster's disks for about half an hour, even after a commit.
delete() {
  cluster -X DELETE "$CLUSTER/ImageStore/\$/DeleteUploadSession?api-version=6.0&session-id=$session&timeout=5" ||
    echo "Upload session $session was not deleted; the sweep will do it." >&2
}

echo "upload session $session"
register
committing=
# A commit that failed may still run on the cluster, so its session is left to the sweep.
trap '[ -n "$committing" ] || delete' EXIT
for ((n = 0, first = 0; first < size; n += 1, first += chunk_bytes)); do
  last=$((first + chunk_bytes < size ? first + chunk_bytes - 1 : size - 1))
  dd if="$file" bs="$chunk_bytes" skip="$n" count=1 2>/dev/null |
    cluster -X PUT --data-binary @- -H 'content-type: application/octet-stream' -H "Content-Range: bytes $first-$last/$size" \
      "$CLUSTER/ImageStore/$path/\$/UploadChunk?api-version=6.0&session-id=$session"
  register
done
committing=yes
cluster -X POST -H 'Content-Length: 0' "$CLUSTER/ImageStore/\$/CommitUploadSession?api-version=6.0&session-id=$session"
committing=
echo "committed $path"
