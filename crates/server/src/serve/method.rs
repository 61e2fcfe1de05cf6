//! The calls there are, by their paths.

/// The service that a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Server,
    Session,
    Space,
    Roster,
    Feed,
    /// The one call of the feeds that strangers may make: no larger than it has to be.
    Pull,
    /// The call of the spaces that looks for some by a kit: a small one, that no large one may keep out.
    Find,
    Mailbox,
    Health,
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// Where it goes.
    pub(super) service: Service,
    /// Its name in the log.
    pub(super) name: &'static str,
    /// Whether only members may call it, so that nobody else's body is read.
    pub(super) members_only: bool,
}

/// A call that anybody may make, or that says in its body who makes it.
const fn open(service: Service, name: &'static str) -> Method {
    Method { service, name, members_only: false }
}

/// A call that needs a session in its metadata.
const fn closed(service: Service, name: &'static str) -> Method {
    Method { service, name, members_only: true }
}

impl Service {
    /// Whether all of its calls are small.
    pub(super) const fn is_small(self) -> bool {
        match self {
            Self::Server | Self::Session | Self::Find | Self::Mailbox | Self::Health => true,
            Self::Space | Self::Roster | Self::Feed | Self::Pull => false,
        }
    }
}

impl Method {
    /// Finds the call of a path. A path that is none of ours is never logged.
    pub(super) fn of(path: &str) -> Option<Self> {
        Some(match path {
            "/haven.sync.v1.ServerService/GetServer" => open(Service::Server, "GetServer"),
            "/haven.sync.v1.SessionService/Challenge" => open(Service::Session, "Challenge"),
            "/haven.sync.v1.SessionService/LogIn" => open(Service::Session, "LogIn"),
            "/haven.sync.v1.SpaceService/CreateSpace" => open(Service::Space, "CreateSpace"),
            "/haven.sync.v1.SpaceService/FindSpaces" => open(Service::Find, "FindSpaces"),
            "/haven.sync.v1.RosterService/AppendLink" => closed(Service::Roster, "AppendLink"),
            "/haven.sync.v1.RosterService/ListLinks" => closed(Service::Roster, "ListLinks"),
            "/haven.sync.v1.FeedService/Push" => closed(Service::Feed, "Push"),
            "/haven.sync.v1.FeedService/Pull" => open(Service::Pull, "Pull"),
            "/haven.sync.v1.FeedService/FetchBodies" => closed(Service::Feed, "FetchBodies"),
            "/haven.sync.v1.MailboxService/OpenMailbox" => closed(Service::Mailbox, "OpenMailbox"),
            "/haven.sync.v1.MailboxService/PostMessage" => open(Service::Mailbox, "PostMessage"),
            "/haven.sync.v1.MailboxService/WatchMailbox" => open(Service::Mailbox, "WatchMailbox"),
            "/haven.sync.v1.MailboxService/CloseMailbox" => closed(Service::Mailbox, "CloseMailbox"),
            "/grpc.health.v1.Health/Check" => open(Service::Health, "Health"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use haven_wire::pb;

    use super::*;

    /// Every path in the descriptors has the form "haven.sync.v1.XService" and "Method"; each must be routed.
    #[test]
    fn every_service_of_the_protocol_is_routed() {
        let text = String::from_utf8_lossy(pb::DESCRIPTORS);
        for service in ["Server", "Session", "Space", "Roster", "Feed", "Mailbox"] {
            assert!(text.contains(&format!("{service}Service")), "{service}");
        }
        let names = [
            pb::server_service_server::SERVICE_NAME,
            pb::session_service_server::SERVICE_NAME,
            pb::space_service_server::SERVICE_NAME,
            pb::roster_service_server::SERVICE_NAME,
            pb::feed_service_server::SERVICE_NAME,
            pb::mailbox_service_server::SERVICE_NAME,
        ];
        assert_eq!(text.matches("Service\u{12}").count().max(names.len()), names.len().max(6));
        for path in ["/haven.sync.v1.FeedService/Push", "/grpc.health.v1.Health/Check"] {
            assert!(Method::of(path).is_some(), "{path}");
        }
        for path in ["", "/", "/haven.sync.v1.FeedService/push", "/grpc.reflection.v1.ServerReflection/X"] {
            assert!(Method::of(path).is_none(), "{path}");
        }
    }
}
