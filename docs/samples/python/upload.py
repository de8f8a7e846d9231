"""Uploads one file to the image store in chunks, with the session registered at upload-session-sweeper.

    CLUSTER=https://mycluster:19080 APP=https://myapp.azurewebsites.net KEY=... OWNER=pipeline-7 \\
        python3 upload.py web.zip Shop/Code/web.zip

For a secured cluster set CLUSTER_CERTIFICATE (PEM, with the key) and CLUSTER_CA. It needs Python 3.8 or later and nothing
else. The function key KEY may be one for registering only.
"""

import json
import os
import ssl
import sys
import urllib.parse
import urllib.request
import uuid

CLUSTER = os.environ["CLUSTER"]
APP = os.environ["APP"]
CHUNK_BYTES = int(os.environ.get("CHUNK_BYTES", 25 * 1024 * 1024))
SESSION = str(uuid.uuid4())


def tls():
    if not CLUSTER.startswith("https:"):
        return None
    context = ssl.create_default_context(cafile=os.environ.get("CLUSTER_CA"))
    if os.environ.get("CLUSTER_CERTIFICATE"):
        context.load_cert_chain(os.environ["CLUSTER_CERTIFICATE"])
    return context


TLS = tls()


def cluster(method, path, body=None, headers={}, query=""):
    url = f"{CLUSTER}/ImageStore/{path}?api-version=6.0&session-id={SESSION}{query}"
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    urllib.request.urlopen(request, timeout=300, context=TLS).close()


def register(path):
    """Registers the session, and is its heartbeat later. When the app cannot be reached, the upload goes on."""
    body = json.dumps({"storeRelativePath": path, "owner": os.environ.get("OWNER", "upload.py")}).encode()
    headers = {"x-functions-key": os.environ.get("KEY", ""), "content-type": "application/json"}
    request = urllib.request.Request(f"{APP}/api/upload-sessions/{SESSION}", data=body, headers=headers, method="PUT")
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except OSError as error:
        print(f"The app did not accept upload session {SESSION}: {error}", file=sys.stderr)


def delete():
    """Without it the staged copy stays on the cluster's disks for about half an hour, even after a commit."""
    try:
        cluster("DELETE", "$/DeleteUploadSession", query="&timeout=5")
    except OSError as error:
        print(f"Upload session {SESSION} was not deleted, the sweep will do it: {error}", file=sys.stderr)


def main(file, path):
    size = os.path.getsize(file)
    committing = False
    print(f"upload session {SESSION}", flush=True)
    register(path)
    try:
        with open(file, "rb") as source:
            first = 0
            while chunk := source.read(CHUNK_BYTES):
                last = first + len(chunk) - 1
                headers = {"Content-Range": f"bytes {first}-{last}/{size}", "content-type": "application/octet-stream"}
                cluster("PUT", f"{urllib.parse.quote(path)}/$/UploadChunk", chunk, headers)
                register(path)
                first += len(chunk)
        committing = True
        cluster("POST", "$/CommitUploadSession", b"")
        committing = False
        print(f"committed {path}")
    finally:
        # A commit that failed may still run on the cluster, so its session is left to the sweep.
        if not committing:
            delete()


main(*sys.argv[1:])
