# The commands that must work for a new user of every package. The package's test runs it as `sh use-it.sh` after the
# installation, with amplify-creds in PATH. Keys of a profile only need the two files.
set -eu
HOME=$(mktemp -d)
export HOME
unset AWS_PROFILE AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AMPLIFY_CREDS_PROFILE
mkdir "$HOME/.aws"
printf '[profile dev]\nregion = eu-west-1\n' >"$HOME/.aws/config"
printf '[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n' >"$HOME/.aws/credentials"
expected='{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"secret"}'
printed=$(amplify-creds process dev)
[ "$printed" = "$expected" ] || { echo "process dev printed: $printed" >&2 && exit 1; }
[ "$(eval "$(amplify-creds env dev)" && echo "$AWS_SECRET_ACCESS_KEY $AWS_REGION")" = "secret eu-west-1" ]
amplify-creds list | grep -q '^dev '
amplify-creds man env | grep -q '^.SH NAME'
amplify-creds complete -- amplify-creds explain d | grep -q '^dev$'
rm -r "$HOME"
echo "the program works"
