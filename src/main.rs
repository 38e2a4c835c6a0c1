fn main() -> std::process::ExitCode {
    amplify_creds::cli::main()
}

/// musl's own allocator takes twice as long.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;
