"""The program's choices where botocore and the AWS SDK for Rust differ, with reasons, and its intended differences
where they agree. The run fails if no row needs a choice."""

import re

BOTOCORE, RUST = "botocore", "the SDK for Rust"

# Pattern of row names -> the tool with the chosen outcome, and the reason.
BETWEEN = [
    (r"own source (sso|legacy-sso|login|process)$", BOTOCORE, "a profile that is its own source needs keys"),
    (r"source (role|named-source) \+ (id|secret)-alone$|half in a source with a role$", BOTOCORE,
     "half a pair beside a role is a mistake, not a reason to go on"),
    (r"named-source \+ web$|token and credential_source$", BOTOCORE, "a token's file makes a role a web identity, whatever else is there"),
    (r": source .*\+ keys-in-|source web \+ keys-in-", RUST, "as a source, keys come first: the SDK for JavaScript has it so, too"),
    (r"asked (login|process) \+ keys-in-credentials$|own source (login|process) \+ keys in credentials$", RUST,
     "the order of kinds does not hang on the file that the keys stand in"),
    (r"token-only-sso \+|neither, but keys$", BOTOCORE, "an sso_session without account and role is for tools that want a token alone"),
    (r"credential_source '.*'( further on)?$", BOTOCORE, "the three names have one spelling"),
    (r"id in config, secret in credentials$|id in credentials, secret in config$|pair in config, half in credentials$", BOTOCORE,
     "a pair comes from one file"),
    (r"same sso_\w+ in both$|sso_\w+ in the profile alone$", BOTOCORE, "a key in both places, or in the profile, does not contradict anything"),
    (r"sso_(account_id|role_name) in the session$", RUST, "account and role are the profile's"),
    (r"default has keys, and the environment's web identity$|AWS_PROFILE, and the environment's web identity$", RUST,
     "the environment's web identity is for where no profile has credentials"),
    (r"id alone in the environment$", RUST, "half a pair in the environment is none"),
]

# Row -> our outcome and the reason. Both tools have another outcome.
AGAINST_BOTH = {
    "nothing asked: default has keys, and so has the environment": (
        {"base": "static:default@config", "roles": []},
        "a credential_process inherits the keys of whoever runs it; the profile's count (design, section 2)",
    ),
    "nothing asked: AWS_PROFILE, and the environment's keys": (
        {"base": "static:B@config", "roles": []},
        "the same: a variable that names a profile means it",
    ),
}


class Choices:
    def __init__(self):
        self.unused = {pattern for pattern, _, _ in BETWEEN} | set(AGAINST_BOTH)
        self.missing = []

    def is_ours(self, name):
        return name in AGAINST_BOTH

    def of(self, name, botocore, rust):
        if name in AGAINST_BOTH:
            self.unused.discard(name)
            return AGAINST_BOTH[name]
        for pattern, whose, why in BETWEEN:
            if re.search(pattern, name):
                self.unused.discard(pattern)
                return (botocore if whose is BOTOCORE else rust), f"as {whose}: {why}"
        self.missing.append(name)
        return None, None

    def problems(self):
        return [f"no choice for: {name}" for name in self.missing] + [f"chooses nothing: {what}" for what in self.unused]
