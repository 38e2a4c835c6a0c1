//! The text below the options in the `--help` of `keys`. A test runs the examples.

pub(super) const KEYS_EXAMPLES: &str = "\
Examples:
  amplify-creds keys import devcorpuser
  amplify-creds keys add dev-keys
  amplify-creds keys list
  amplify-creds keys rotate devcorpuser
  amplify-creds keys remove devcorpuser

The key store is the Secret Service on Linux (GNOME Keyring, KWallet or
KeePassXC), the Keychain on macOS, and the Credential Manager on Windows.

The profile of a stored key has one line, with which every tool can use it,
also as a source_profile:
  credential_process = /usr/local/bin/amplify-creds process devcorpuser

With mfa_serial, tools get an MFA session. Without it, they get the key itself.
Every program of the user can ask the key store for the key. It protects the
key in backups and copies of files, and on a stolen disk.";

pub(super) const KEYS_ADD_EXAMPLES: &str = "\
Examples:
  amplify-creds keys add dev-keys
  printf '%s\\n' AKIA... \"$SECRET\" | amplify-creds keys add ci --stdin --yes

The key is verified with sts:GetCallerIdentity before it is stored. Temporary
keys (ASIA...) are not accepted. If the user may call iam:ListMFADevices, the
command offers the user's MFA device as mfa_serial.

A profile with another source of credentials is not changed. To move keys from
the credentials file, use amplify-creds keys import.";

pub(super) const KEYS_IMPORT_EXAMPLES: &str = "\
Examples:
  amplify-creds keys import devcorpuser
  amplify-creds keys import devcorpuser --dry-run
  amplify-creds keys import dev-keys --from aws-vault

The key is stored, read back and verified before the files are changed. The
changed files get no backup that holds the secret. The command offers to delete
older backups that hold it. If a run is interrupted, run the command again.

Other profiles with the same keys then use this profile. If the secret is also
in another place of a file, nothing is changed, and the place is printed.

--from aws-vault runs: aws-vault export --no-session --format=json PROFILE";

pub(super) const KEYS_LIST_EXAMPLES: &str = "\
Examples:
  amplify-creds keys list
  amplify-creds keys list --json

The list does not need the key store. AGE is the age of the key, or the time
since it was stored, if its creation time is not known.";

pub(super) const KEYS_ROTATE_EXAMPLES: &str = "\
Examples:
  amplify-creds keys rotate devcorpuser
  # a day later
  amplify-creds keys rotate devcorpuser --finish

The new key is stored next to the old one, and used until AWS accepts it three
times in a row. Then it replaces the old key, and the old key is deactivated.
The old key remains active until then. If a run is interrupted, run the same
command again: it continues at the next step.

IAM allows two keys per user. The policies of the user must allow these actions
on the user: iam:ListAccessKeys, iam:CreateAccessKey, iam:UpdateAccessKey,
iam:DeleteAccessKey and iam:GetAccessKeyLastUsed. If the profile has an
mfa_serial, an MFA session signs the calls.";

pub(super) const KEYS_REMOVE_EXAMPLES: &str = "\
Examples:
  amplify-creds keys remove devcorpuser

The secret cannot be recovered. The key stays active in AWS. The command also
deletes the profile's credential_process line, and the sessions that are cached
for the key.";
