//! The names and secrets of the ready-made world: a developer of Dev Corp (account 111111111111) who deploys into Biz
//! Corp (account 222222222222).

use crate::totp::Device;
use crate::world::{Role, User, World};

/// The developer's ARN.
pub const USER_ARN: &str = "arn:aws:iam::111111111111:user/devcorpuser";
/// The developer's long-term access key id (AWS's documentation example).
pub const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// The secret of [`ACCESS_KEY_ID`].
pub const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// The developer's MFA device.
pub const MFA_SERIAL: &str = "arn:aws:iam::111111111111:mfa/devcorpuser";
/// The seed of [`MFA_SERIAL`], raw bytes (not base32).
pub const MFA_SEED: &[u8] = b"biz-corp-double-seed";
/// The external id that [`BIZ_CORP_ROLE`] requires.
pub const EXTERNAL_ID: &str = "BizCorp-Ext-4711";
/// Trusts account 111111111111 with [`EXTERNAL_ID`] and MFA.
pub const BIZ_CORP_ROLE: &str = "arn:aws:iam::222222222222:role/BizCorpRole";
/// Trusts only [`BIZ_CORP_ROLE`], so only a chain reaches it.
pub const DEPLOY_ROLE: &str = "arn:aws:iam::222222222222:role/Deploy";
/// Trusts account 111111111111 without conditions.
pub const NO_MFA_ROLE: &str = "arn:aws:iam::222222222222:role/NoMfa";
/// Trusts account 111111111111 with MFA and allows sessions of 43200 seconds.
pub const LONG_ROLE: &str = "arn:aws:iam::222222222222:role/Long";

const DEV_CORP: &str = "111111111111";

impl World {
    /// The walk-through's world: one user and four roles. The user has an MFA device and manages the user's own access
    /// keys. The constants of [`crate::biz_corp`] name them.
    pub fn biz_corp() -> Self {
        Self::new()
            .user(
                User::new(USER_ARN, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
                    .device(Device::new(MFA_SERIAL, MFA_SEED))
                    .manages_own_keys(),
            )
            .role(Role::new(BIZ_CORP_ROLE).trusts(DEV_CORP).external_id(EXTERNAL_ID).mfa_required())
            .role(Role::new(DEPLOY_ROLE).trusts(BIZ_CORP_ROLE))
            .role(Role::new(NO_MFA_ROLE).trusts(DEV_CORP))
            .role(Role::new(LONG_ROLE).trusts(DEV_CORP).mfa_required().max_session_duration(43_200))
    }
}
