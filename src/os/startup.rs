/// Disables core dumps and debuggers of the same user, which would show secrets. Unlike a resource limit, this is not
/// inherited by children.
pub fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
