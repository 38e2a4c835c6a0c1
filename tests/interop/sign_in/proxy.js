// Preloaded with `node --require`: HTTPS connections use HTTPS_PROXY, which Node.js 20 and the SDK do not read.
const http = require("http");
const https = require("https");
const tls = require("tls");

https.Agent.prototype.createConnection = (options, done) => {
  const { hostname, port } = new URL(process.env.HTTPS_PROXY);
  const { host, servername, ALPNProtocols } = options;
  const connect = http.request({ hostname, port, method: "CONNECT", path: `${host}:${options.port || 443}`, agent: false });
  connect.on("connect", ({ statusCode }, socket) => {
    if (statusCode !== 200) return done(new Error(`the proxy answered ${statusCode}`));
    done(null, tls.connect({ socket, servername: servername || host, ALPNProtocols }));
  });
  connect.on("error", done);
  connect.end();
};
