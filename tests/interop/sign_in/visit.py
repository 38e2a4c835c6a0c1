#!/usr/bin/env python3
"""A browser for the variable BROWSER that approves at once: follows the redirects, and records its visits.

visit.py DIRECTORY ADDRESS, with the proxy and the authority of the double in HTTPS_PROXY and AWS_CA_BUNDLE. BROWSER_PROXY
is another proxy only for the browser."""

import os
import ssl
import sys
import urllib.request
from pathlib import Path

directory, address = Path(sys.argv[1]), sys.argv[2]
(directory / f"visit-{os.getpid()}").write_text(address)
context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
proxies = urllib.request.ProxyHandler({"https": os.environ.get("BROWSER_PROXY", os.environ["HTTPS_PROXY"])})
opener = urllib.request.build_opener(proxies, urllib.request.HTTPSHandler(context=context))
page = opener.open(address, timeout=60).read()
new = directory / f"new-{os.getpid()}"
new.write_bytes(page)
new.rename(directory / f"page-{os.getpid()}")
