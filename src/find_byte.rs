//! Owns finding a byte in text without asking the processor what it can do: in a virtual machine each such question takes
//! as long as passing over 20 KB, and nearly every x86 is known to have SSE2.
//!
//! Refuses all else that searches: what runs once a session may ask.

/// Where the first such byte is.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub(crate) fn find_byte(byte: u8, text: &[u8]) -> Option<usize> {
    memchr::arch::x86_64::sse2::memchr::One::new(byte).and_then(|one| one.find(text))
}

/// Where the first such byte is. Elsewhere what the search uses is known when it is compiled.
#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
pub(crate) fn find_byte(byte: u8, text: &[u8]) -> Option<usize> {
    memchr::memchr(byte, text)
}
