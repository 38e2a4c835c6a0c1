"""boto3 as a client. `PROFILE` prints the ARN of the caller. `PROFILE lines` gets credentials with a new session for each
line of the input, and prints the access key id or the error."""

import sys

import boto3

profile = sys.argv[1]
if len(sys.argv) == 2:
    print(boto3.Session(profile_name=profile).client("sts").get_caller_identity()["Arn"])
else:
    session = boto3.Session(profile_name=profile)
    print("ready", flush=True)
    for _ in sys.stdin:
        try:
            answer = session.get_credentials().get_frozen_credentials().access_key
        except Exception as error:  # noqa: BLE001 - the other side reads the error
            answer = f"{type(error).__name__}: {error}"
        session = boto3.Session(profile_name=profile)
        print(" ".join(answer.split()), flush=True)
