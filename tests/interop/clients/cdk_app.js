// An app for the CDK without stacks, which says in whose account the CDK thinks it is: it asked AWS before it began this.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

console.error(`account ${process.env.CDK_DEFAULT_ACCOUNT}`);
fs.writeFileSync(path.join(process.env.CDK_OUTDIR, "manifest.json"), JSON.stringify({ version: "36.0.0", artifacts: {} }));
