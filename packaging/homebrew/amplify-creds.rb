# Homebrew formula. `packaging/homebrew/build` fills in version and checksum for a tap.
class AmplifyCreds < Formula
  desc "AWS credentials for role profiles, once, for every tool"
  homepage "https://crates.io/crates/amplify-creds"
  url "https://static.crates.io/crates/amplify-creds/amplify-creds-@version@.crate"
  sha256 "@sha256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    man1.install Dir["man/*.1"]
    man5.install Dir["man/*.5"]
    man7.install Dir["man/*.7"]
    bash_completion.install "completions/amplify-creds.bash" => "amplify-creds"
    zsh_completion.install "completions/_amplify-creds"
    fish_completion.install "completions/amplify-creds.fish"
  end

  test do
    (testpath/".aws").mkpath
    (testpath/".aws/credentials").write <<~INI
      [dev]
      aws_access_key_id = AKIAIOSFODNN7EXAMPLE
      aws_secret_access_key = secret
    INI
    assert_match '"SecretAccessKey":"secret"', shell_output("#{bin}/amplify-creds process dev")
  end
end
