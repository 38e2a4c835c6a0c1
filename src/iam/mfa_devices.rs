use super::client::Client;
use crate::sts::StsError;

impl Client<'_> {
    /// The serial numbers of the caller's devices. Works with the keys of an IAM user.
    pub fn own_mfa_devices(&self) -> Result<Vec<String>, StsError> {
        let answer = self.call_once("ListMFADevices", &[])?;
        let devices = answer.get("MFADevices").map(|list| list.children.as_slice()).unwrap_or_default();
        Ok(devices.iter().filter_map(|device| Some(device.text("SerialNumber")?.to_owned())).collect())
    }
}
