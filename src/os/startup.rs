/// Disables core dumps and debuggers of the same user, which would reveal secrets. Unlike a resource limit, children do
/// not inherit this setting.
pub fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
