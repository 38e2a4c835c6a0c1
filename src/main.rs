fn main() -> std::process::ExitCode {
    amplify_creds::cli::main()
}
