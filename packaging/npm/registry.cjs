// An npm registry in memory for the test: `npm publish` adds packages, and every package manager can install them.
// Prints its address. The log of requests is on stderr.
"use strict";

const http = require("node:http");

const packages = new Map();
const tarballs = new Map();
// Package managers can refuse versions that are only days old.
const PUBLISHED = "2020-01-01T00:00:00.000Z";

function publish(document, address) {
  const known = packages.get(document.name) ?? { name: document.name, "dist-tags": {}, versions: {}, time: {} };
  Object.assign(known["dist-tags"], document["dist-tags"]);
  for (const [version, manifest] of Object.entries(document.versions)) {
    const [[file, attachment]] = Object.entries(document._attachments);
    const path = `/${document.name}/-/${file.split("/").pop()}`;
    tarballs.set(path, Buffer.from(attachment.data, "base64"));
    manifest.dist.tarball = address + path;
    known.versions[version] = manifest;
    known.time[version] = PUBLISHED;
  }
  packages.set(document.name, known);
}

function body(request) {
  return new Promise((resolve) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks)));
  });
}

const server = http.createServer(async (request, response) => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const path = decodeURIComponent(new URL(request.url, address).pathname);
  const json = (status, value) => {
    console.error(request.method, path, status);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (request.method === "PUT") {
    publish(JSON.parse(await body(request)), address);
    json(201, { ok: true });
  } else if (tarballs.has(path)) {
    console.error(request.method, path, 200);
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(tarballs.get(path));
  } else if (packages.has(path.slice(1))) {
    json(200, packages.get(path.slice(1)));
  } else {
    json(404, { error: "not found" });
  }
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
