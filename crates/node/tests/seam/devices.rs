//! The devices of a vault and their names.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Edit;

use crate::device::{Device, STRONG, reason};

#[tokio::test(start_paused = true)]
async fn a_device_gets_another_name_without_a_server_and_keeps_it() {
    let device = Device::with_vault().await;
    let id = device.note("before").await;
    let this = device.client.devices().await.unwrap().remove(0);
    for (name, kept) in
        [("Desk", "Desk"), ("  Küche \n", "Küche"), ("Küche", "Küche"), (&"ü".repeat(64), &"ü".repeat(64))]
    {
        let renamed = device.client.rename_device(&this.id[..4], name).await.unwrap();
        assert_eq!((renamed.id.as_str(), renamed.name.as_str(), renamed.this), (&*this.id, kept, true));
    }
    let by_name = device.client.rename_device(&"ü".repeat(64), "Desk").await.unwrap();
    assert_eq!((by_name.id.as_str(), by_name.name.as_str()), (&*this.id, "Desk"), "its name is enough");
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(device.client.devices().await.unwrap()[0].name, "Desk");
    let status = device.client.status().await.unwrap();
    assert_eq!((status.device_name.as_str(), status.entries), ("Desk", Some(1)), "a name is no entry");
    let edit = Edit { text: Some("after".to_owned()), ..Edit::default() };
    device.client.edit(&id, edit, None).await.unwrap();
    let versions = device.client.history(&id).await.unwrap();
    assert!(versions.iter().all(|version| version.device == "Desk"), "{versions:?}");
}

#[tokio::test(start_paused = true)]
async fn a_device_that_is_not_there_and_a_name_that_is_none_are_refused() {
    let device = Device::with_vault().await;
    let this = device.client.devices().await.unwrap().remove(0);
    for (id, name, expected) in [
        ("ffffffffffffffff", "Desk", Reason::NotFound),
        ("", "Desk", Reason::InvalidArgument),
        ("Elsewhere", "Desk", Reason::NotFound),
        (&this.id, "", Reason::InvalidArgument),
        (&this.id, "two\nlines", Reason::InvalidArgument),
        (&this.id, &"x".repeat(65), Reason::InvalidArgument),
    ] {
        assert_eq!(reason(device.client.rename_device(id, name).await), Some(expected), "{id} {name}");
    }
    assert_eq!(device.client.devices().await.unwrap()[0].name, "Laptop");
    device.client.lock().await.unwrap();
    assert_eq!(reason(device.client.rename_device(&this.id, "Desk").await), Some(Reason::Locked));
}
