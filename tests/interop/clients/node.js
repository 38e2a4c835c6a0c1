// Clients in JavaScript: a GetCallerIdentity for each line of stdin, or a single one with the argument `once`. Called as:
// node node.js DIRECTORY_OF_NODE_MODULES chain|ini|amplify once|lines
//
// `chain` is the AWS SDK's default, as in Amplify Gen 2 and the CDK. `ini` names the profile in code. `amplify` is the
// Amplify CLI's own loader of profiles.
"use strict";

const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");

const [installed, way, mode] = process.argv.slice(2);
const installedRequire = createRequire(path.join(path.resolve(installed), "package.json"));
const profile = process.env.AWS_PROFILE;

async function configuration() {
  if (way === "amplify") {
    const provider = path.dirname(installedRequire.resolve("@aws-amplify/amplify-provider-awscloudformation/package.json"));
    const loader = installedRequire(path.join(provider, "lib/system-config-manager.js"));
    return loader.getProfiledAwsConfig({}, profile);
  }
  return way === "ini" ? { credentials: installedRequire("@aws-sdk/credential-providers").fromIni({ profile }) } : {};
}

function identity(config) {
  const { STSClient, GetCallerIdentityCommand } = installedRequire("@aws-sdk/client-sts");
  const client = new STSClient(config);
  return async () => {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    return `ok ${Arn} ${(await client.config.credentials()).accessKeyId}`;
  };
}

async function main() {
  let call;
  const once = async () => {
    try {
      // The Amplify CLI loads the profile for every command, the SDK once per client.
      if (!call || way === "amplify") call = identity(await configuration());
      console.log(await call());
    } catch (error) {
      console.log(`error ${error.message.replaceAll("\n", " | ")}`);
    }
  };
  if (mode === "once") return once();
  for await (const _ of readline.createInterface({ input: process.stdin })) await once();
}

main();
