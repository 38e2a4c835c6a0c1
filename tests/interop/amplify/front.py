"""A proxy for AWS's own host names: `sts.*` is the STS double, `amplify.*` its double, the others are moto.

It terminates TLS with certificates from an authority of this run, records the IAM action of each request, and can deny
an action.
"""

import datetime
import http.client
import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import actions
import service
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SINGLE_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "content-length"}


class Authority:
    """Makes certificates for the requested host names."""

    def __init__(self, directory):
        self.directory, self.contexts, self.lock = directory, {}, threading.Lock()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "interop")])
        constraints = [(x509.BasicConstraints(ca=True, path_length=None), True)]
        self.certificate = self.sign(self.name, self.key, constraints)
        self.bundle = directory / "ca.pem"
        self.bundle.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def sign(self, subject, key, extensions):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        day = datetime.timedelta(days=1)
        builder = builder.not_valid_before(now - day).not_valid_after(now + day)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, host):
        with self.lock:
            if host not in self.contexts:
                key = ec.generate_private_key(ec.SECP256R1())
                subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:60])])
                names = x509.SubjectAlternativeName([x509.DNSName(host)])
                certificate = self.sign(subject, key, [(names, False)])
                pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                file = self.directory / f"host-{len(self.contexts)}.pem"
                file.write_bytes(pem)
                self.contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.contexts[host].load_cert_chain(file)
            return self.contexts[host]


class Front(ThreadingHTTPServer):
    """The proxy. `calls` contains, in order, the action, the resource, the status, the body of moto's error, the
    request's body and the ARN of the role with the session."""

    daemon_threads = True

    def __init__(self, directory, sts, moto):
        super().__init__(("127.0.0.1", 0), Handler)
        self.authority = Authority(directory)
        self.backends = {"sts": urlsplit(sts).netloc, "moto": urlsplit(moto).netloc}
        self.amplify = service.AmplifyService()
        self.calls, self.denied, self.lock = [], set(), threading.Lock()
        self.roles = {}  # by the access key of the session
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def variables(self):
        """The variables that make a program use this proxy."""
        bundle = str(self.authority.bundle)
        found = {"NODE_EXTRA_CA_CERTS": bundle, "AWS_CA_BUNDLE": bundle, "NO_PROXY": "127.0.0.1,localhost"}
        return found | {name: self.url for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")}

    def handle_error(self, request, client_address):
        pass  # Programs may exit with open connections.


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host = None

    def do_CONNECT(self):
        self.host = self.path.rpartition(":")[0]
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.authority.context(self.host).wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def handle_request(self):
        body = self.body()
        host, target = self.host or self.headers.get("Host", ""), self.path
        if target.startswith("http://"):
            host, target = urlsplit(target).netloc, "/" + target.split("/", 3)[-1]
        if not re.search(r"(^|\.)(amazonaws\.com|aws)$", host.split(":")[0]) and not host.startswith("127."):
            return self.reply(404, {}, b"{}")
        called, resource = actions.action(host, self.command, target, self.headers, body)
        if called in self.server.denied:
            status, headers, answer = self.denial(called)
        elif called.startswith(("amplify:", "amplifyuibuilder:", "cdk-cli-telemetry:")):
            status, document = self.server.amplify.answer(self.command, urlsplit(target).path, body)
            headers, answer = {"Content-Type": "application/json"}, json.dumps(document).encode()
        else:
            # The double lacks the CDK's roles; moto creates those of its stack.
            backend = "sts" if called.startswith("sts:") and "/cdk-" not in resource else "moto"
            status, headers, answer = self.forward(backend, host, target, body)
        key = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        caller = self.server.roles.get(key[1] if key else None, "-")
        if called == "sts:AssumeRole" and status == 200:
            self.server.roles[re.search(rb"<AccessKeyId>(\w+)<", answer)[1].decode()] = resource
        with self.server.lock:
            self.server.calls.append((called, resource, status, answer if status >= 400 else b"", body, caller))
        self.reply(status, headers, answer)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = handle_request

    def body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def forward(self, backend, host, target, body):
        connection = http.client.HTTPConnection(self.server.backends[backend], timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in SINGLE_HOP | {"host"}}
        headers |= {"Host": host, "Content-Length": str(len(body))}
        connection.request(self.command, target, body, headers)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in SINGLE_HOP}
        if self.command == "HEAD" and answer.headers.get("Content-Length"):
            kept["Content-Length"] = answer.headers["Content-Length"]
        return answer.status, kept, answer.read()

    def denial(self, called):
        words = f"User: arn:aws:sts::222222222222:assumed-role/BizCorpRole/x is not authorized to perform: {called}"
        if self.headers.get("Content-Type", "").startswith("application/x-www-form"):
            xml = f"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{words}</Message></Error></ErrorResponse>"
            return 403, {"Content-Type": "text/xml"}, xml.encode()
        document = {"__type": "AccessDeniedException", "message": words}
        return 403, {"Content-Type": "application/json", "x-amzn-ErrorType": "AccessDeniedException"}, json.dumps(document).encode()

    def reply(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass
