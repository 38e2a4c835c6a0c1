"""boto3 as a client: a GetCallerIdentity for each line of stdin, or a single one with the argument `once`."""

import sys

import boto3


def call(client, session):
    try:
        arn = client.get_caller_identity()["Arn"]
        return f"ok {arn} {session.get_credentials().get_frozen_credentials().access_key}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the user would see
        return "error " + str(error).replace("\n", " | ")


session = boto3.Session()
client = session.client("sts")
for _ in [""] if sys.argv[1] == "once" else iter(sys.stdin.readline, ""):
    print(call(client, session), flush=True)
