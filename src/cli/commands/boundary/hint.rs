pub(super) fn set_again(arn: Option<&str>) -> String {
    let command = "amplify-creds boundary";
    let set = |arn| format!("{command} set {}", if is_pasteable(arn) { arn } else { "ARN" });
    arn.map_or_else(|| format!("{command} clear"), set)
}

/// Whether the ARN needs no quotes in a shell command.
pub(super) fn is_pasteable(arn: &str) -> bool {
    arn.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@/:-".contains(&byte))
}
