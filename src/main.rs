//! The program: everything is in the library's `cli`. On Linux with GNU's C library two functions stand here under names
//! of C, since a hit has no time for what they replace; that is all that is unsafe about them.
#![cfg_attr(all(target_os = "linux", target_env = "gnu", not(test)), no_main)]

#[cfg(not(all(target_os = "linux", target_env = "gnu", not(test))))]
fn main() -> std::process::ExitCode {
    amplify_creds::cli::main().into()
}

/// musl's own allocator is made to notice that a program corrupts its memory, and takes twice as long.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Where the C library enters the program. Rust's own start, which stands here elsewhere, reads and parses the process's
/// list of memory maps to find the end of its stack: a seventh of the instructions of a hit. What else it does is in the
/// library's `start`.
#[cfg(all(target_os = "linux", target_env = "gnu", not(test)))]
#[expect(unsafe_code, reason = "a program has one function of this name, and no other is here")]
#[unsafe(no_mangle)]
pub extern "C" fn main(_count: std::ffi::c_int, _arguments: *const *const std::ffi::c_char) -> std::ffi::c_int {
    amplify_creds::cli::main().into()
}

/// C's power function. The SDK's adaptive retries, which are not switched on, name it, and for that alone every start would
/// load the library of mathematics: 38,000 instructions and ten page faults.
#[cfg(all(target_os = "linux", target_env = "gnu", not(test)))]
#[expect(unsafe_code, reason = "it does what C says of the name, so that it may stand for it")]
#[unsafe(no_mangle)]
pub extern "C" fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}
