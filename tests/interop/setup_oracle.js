// Prints what the Amplify CLI's lookup and the AWS SDK for JavaScript read for one profile, as one JSON object. Called
// as: node setup_oracle.js DIRECTORY_OF_NODE_MODULES CONFIG CREDENTIALS PROFILE, with a tool's environment.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [installed, config, credentials, name] = process.argv.slice(2);
const installedRequire = createRequire(path.join(path.resolve(installed), "package.json"));
const ini = installedRequire("ini");
const { parseKnownFiles } = installedRequire("@smithy/shared-ini-file-loader");
const { fromProcess } = installedRequire("@aws-sdk/credential-provider-process");

async function main() {
  const files = { configFilepath: config, filepath: credentials, ignoreCache: true };
  // getProfileConfig of the Amplify CLI: the last section of that name.
  const sections = Object.entries(ini.parse(fs.readFileSync(config, "utf8")));
  const named = sections.filter(([section]) => section.replace("profile", "").trim() === name);
  const javascript = (await parseKnownFiles(files))[name];
  // What both execute for a credential_process.
  const { accessKeyId, accountId } = await fromProcess({ ...files, profile: name })();
  process.stdout.write(JSON.stringify({ amplify: named.at(-1)?.[1], javascript, process: { accessKeyId, accountId } }));
}

main();
