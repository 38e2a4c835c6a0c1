// Prints the ARN of the caller: javascript.js NAME PROFILE, where NAME is a function of @aws-sdk/credential-providers.
const { createRequire } = require("module");

const installed = createRequire(`${process.env.SDK}/`);
const providers = installed("@aws-sdk/credential-providers");
const { STSClient, GetCallerIdentityCommand } = installed("@aws-sdk/client-sts");
const [name, profile] = process.argv.slice(2);
const client = new STSClient({ region: "eu-west-1", credentials: providers[name]({ profile }) });
client.send(new GetCallerIdentityCommand({})).then(
  ({ Arn }) => console.log(Arn),
  (error) => {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
  },
);
