"""Maps a request to AWS to its IAM action and resource with botocore's own models of the services."""

import functools
import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.loaders

# Services with another name in botocore than in their signatures.
MODELS = {"mobiletargeting": "pinpoint", "execute-api": None}
# S3's permissions with other names than the operations.
S3 = {
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
}
# Parameters that name the resource. The first one in the request is used.
RESOURCES = ("StackName", "RoleName", "PolicyArn", "TableName", "FunctionName", "Name", "RoleArn", "ChangeSetName")


@functools.cache
def operations(service):
    """The method, path pattern, constant query and name of each operation of a REST service."""
    try:
        model = botocore.loaders.Loader().load_service_model(MODELS.get(service, service), "service-2")
    except Exception:  # botocore has several for a service that it does not know
        return []
    found = []
    for name, operation in model["operations"].items():
        path, _, query = operation["http"]["requestUri"].partition("?")
        path = path.removeprefix("/{Bucket}") if service == "s3" else path
        pattern = re.sub(r"\\\{\w+\\\+\\\}", ".+", re.escape(path.rstrip("/") or "/"))
        pattern = re.sub(r"\\\{[\w-]+\\\}", "[^/]+", pattern)
        keys = {part.split("=")[0] for part in query.split("&") if part}
        found.append((operation["http"]["method"], pattern, keys, name))
    # More specific patterns are first: a constant query, then a longer pattern.
    return sorted(found, key=lambda row: (-len(row[2]), row[1].count("+"), -len(row[1])))


def rest(service, method, path, query):
    for wanted, pattern, keys, name in operations(service):
        if wanted == method and keys <= query.keys() and re.fullmatch(pattern, path):
            return name
    return f"{method} {path}"


def action(host, method, target, headers, body):
    """`service:Action` and the resource, `-` if the request does not name one."""
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    service = scope[1] if scope else host.split(".")[0]
    if "X-Amz-Target" in headers:
        name = headers["X-Amz-Target"].rpartition(".")[2]
        try:
            parameters = json.loads(body or b"{}")
        except ValueError:
            parameters = {}
    elif headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded") and service != "s3":
        parameters = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        name = parameters.get("Action", method)
    elif service == "s3" or ".s3." in host or host.startswith("s3."):
        bucket = host.split(".s3")[0] if ".s3" in host else url.path.split("/")[1]
        path = url.path if ".s3" in host else "/" + "/".join(url.path.split("/")[2:])
        key = path.rstrip("/") or ("/" if bucket else "")
        name = s3(method, key, query, headers)
        return f"s3:{S3.get(name, name)}", bucket + unquote(path)
    else:
        name = rest(service, method, unquote(url.path).rstrip("/") or "/", query)
        return f"{service}:{name}", unquote(url.path)
    return f"{service}:{name}", next((str(parameters[key]) for key in RESOURCES if key in parameters), "-")


def s3(method, path, query, headers):
    """S3's operation. In the model, paths of buckets and objects overlap, and HEAD and GET of a bucket have no
    query."""
    if path == "":
        return "ListBuckets"
    if method == "PUT" and path != "/" and "x-amz-copy-source" in headers:
        return "CopyObject"
    plain = {("GET", "/"): "ListObjects", ("HEAD", "/"): "HeadBucket", ("PUT", "/"): "CreateBucket", ("DELETE", "/"): "DeleteBucket"}
    special = set(query) - {"prefix", "list-type", "max-keys", "delimiter", "encoding-type", "marker", "x-id", "continuation-token", "start-after"}
    if not special and (method, path) in plain:
        return plain[method, path]
    if not special and path != "/":
        return {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}.get(method, method)
    if "uploads" in query or "uploadId" in query or "partNumber" in query:
        return "AbortMultipartUpload" if method == "DELETE" else "UploadPart"
    return rest("s3", method, "/" if path == "/" else path, query)
