// A CDK app without stacks. It prints the account that the CDK got from AWS before it started the app.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

console.error(`account ${process.env.CDK_DEFAULT_ACCOUNT}`);
fs.writeFileSync(path.join(process.env.CDK_OUTDIR, "manifest.json"), JSON.stringify({ version: "36.0.0", artifacts: {} }));
