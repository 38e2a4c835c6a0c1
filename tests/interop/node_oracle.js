// Prints what npm ini with the Amplify CLI's mapping, and the AWS SDK for JavaScript, see in each case: one JSON line
// per case. Called as: node node_oracle.js DIRECTORY_OF_NODE_MODULES CASES. CASES has one JSON line per case, which
// contains the paths of its two files (null if missing).
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [installed, casesFile] = process.argv.slice(2);
const installedRequire = createRequire(path.join(path.resolve(installed), "package.json"));
const ini = installedRequire("ini");
const plainArrays = { exports: {}, met: false };
const { parseKnownFiles } = installedRequire("@smithy/shared-ini-file-loader");

// In JavaScript, an array accepts the keys of a section with its name. This is npm ini without that behaviour. It
// reports whether it changed the result, and only then its result is used.
{
  let source = fs.readFileSync(installedRequire.resolve("ini"), "utf8");
  const replace = (from, to) => {
    if (!source.includes(from)) throw new Error(`npm ini is not the expected version: no ${from}`);
    source = source.replace(from, to);
  };
  replace("p = out[section] = out[section] || {}", "p = __plain(out[section] = out[section] || {})");
  replace("p = p[part]", "p = __plain(p[part])");
  const plain = (value) => {
    if (!Array.isArray(value)) return value;
    plainArrays.met = true;
    return {};
  };
  new Function("exports", "process", "__plain", source)(plainArrays.exports, process, plain);
}

function parseIni(text) {
  plainArrays.met = false;
  let result, error;
  try {
    result = plainArrays.exports.parse(text);
  } catch (thrown) {
    error = thrown;
  }
  cleanBuiltIns();
  if (!plainArrays.met) return ini.parse(text);
  if (error) throw error;
  return result;
}

// Both tools write to a built-in object with the section's name. This removes the changes between cases.
const builtIns = [Object.prototype, ...Reflect.ownKeys(Object.prototype).map((name) => Object.prototype[name])];
const builtInState = builtIns
  .filter((value) => value !== null && ["function", "object"].includes(typeof value))
  .map((value) => [value, new Set(Reflect.ownKeys(value))]);
function cleanBuiltIns() {
  for (const [value, keys] of builtInState) {
    for (const key of Reflect.ownKeys(value)) if (!keys.has(key)) delete value[key];
  }
}

// Half a surrogate pair has no UTF-8, so it becomes U+FFFD, as in our reader.
const wellFormed = (_, value) => {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]));
};

// getNamedProfiles and getProfileConfig of the Amplify CLI. The Amplify CLI lists only the config file. For the
// credentials file, the same rule is used without inherited names.
function amplifyProfiles(kind, text) {
  const sections = Object.entries(parseIni(text));
  const nameOf = (section) => (kind === "config" ? section.replace("profile", "") : section).trim();
  const listed = kind === "config" ? {} : Object.create(null);
  const found = new Map();
  for (const [section, value] of sections) {
    const name = nameOf(section);
    if (!listed[name]) listed[name] = value;
    found.set(name, value);
  }
  return { names: Object.keys(listed), found };
}

// The content of Amplify's clone of a section.
const keysOf = (value) => Object.entries({ ...value });

function amplify(texts) {
  let views;
  try {
    views = Object.entries(texts).map(([kind, text]) => amplifyProfiles(kind, text));
  } catch (error) {
    return { error: error.constructor.name };
  }
  const names = [...new Set(views.flatMap((view) => view.names))];
  const profiles = names.map((name) => {
    const values = views.filter((view) => view.names.includes(name)).map((view) => view.found.get(name));
    // The lookup throws an error for null.
    if (values.includes(null)) return [name, null];
    return [name, [...new Map(values.flatMap(keysOf))]];
  });
  return { profiles };
}

async function javascriptSdk(config, credentials) {
  const missing = path.join(path.dirname(casesFile), "missing");
  const init = { configFilepath: config ?? missing, filepath: credentials ?? missing, ignoreCache: true };
  return Object.entries(await parseKnownFiles(init)).map(([name, keys]) => [name, Object.entries(keys)]);
}

async function main() {
  const read = (file) => (file === null ? "" : fs.readFileSync(file, "utf8"));
  for (const line of fs.readFileSync(casesFile, "utf8").split("\n").filter(Boolean)) {
    const { id, config, credentials } = JSON.parse(line);
    const views = { id, amplify: amplify({ config: read(config), credentials: read(credentials) }) };
    cleanBuiltIns();
    views.javascript = await javascriptSdk(config, credentials);
    cleanBuiltIns();
    process.stdout.write(JSON.stringify(views, wellFormed) + "\n");
  }
}

main();
