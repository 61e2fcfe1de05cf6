//! The port on loopback: the same one in both families, so that whichever `localhost` leads to is ours. It is chosen at random
//! once and kept, so that an address in a browser's history leads to the same journal.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;

use listenfd::ListenFd;

use crate::folder;

/// The file that keeps the port, in the folder of the device's data.
const FILE: &str = "loopback.port";

/// How many ports are tried before it is given up: on each, another program had the other family.
const TRIES: usize = 16;

/// Two listeners on one port; one where the machine has no IPv6.
#[derive(Debug)]
pub(crate) struct Ports {
    pub(crate) port: u16,
    pub(crate) listeners: Vec<TcpListener>,
}

impl Ports {
    /// Binds the port that was chosen, or else the one that was kept or a new one, which is kept then.
    ///
    /// # Errors
    /// The system refused; [`io::ErrorKind::AddrInUse`] if the chosen port is taken.
    pub(crate) fn bind(chosen: Option<u16>, data: &Path) -> io::Result<Self> {
        if let Some(port) = chosen {
            return both(port);
        }
        let file = data.join(FILE);
        let kept = folder::read(&file).ok().and_then(|text| text.trim().parse().ok());
        if let Some(ports) = kept.and_then(|port| both(port).ok()) {
            return Ok(ports);
        }
        let ports = random()?;
        if let Err(error) = folder::write(&file, format!("{}\n", ports.port).as_bytes()) {
            tracing::warn!(kind = ?error.kind(), "the port is another one next time");
        }
        Ok(ports)
    }

    /// Takes the listeners that an earlier process of this daemon handed over, which stand behind its socket.
    pub(crate) fn handed_over(handed: &mut ListenFd) -> Option<Self> {
        let listeners: Vec<TcpListener> =
            (1..handed.len()).map_while(|at| handed.take_tcp_listener(at).ok().flatten()).collect();
        let port = listeners.first()?.local_addr().ok()?.port();
        listeners.iter().all(|listener| listener.set_nonblocking(true).is_ok()).then_some(())?;
        Some(Self { port, listeners })
    }
}

fn random() -> io::Result<Ports> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        match both(0) {
            Ok(ports) => return Ok(ports),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Both families, or neither: a program of somebody else's on the other one would be taken for us.
fn both(port: u16) -> io::Result<Ports> {
    let four = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let port = four.local_addr()?.port();
    let listeners = match listen(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
        Ok(six) => vec![four, six],
        // Where the machine has no such address nobody else can be there either.
        Err(error) if has_no_such_address(&error) => vec![four],
        Err(error) => return Err(error),
    };
    Ok(Ports { port, listeners })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn has_no_such_address(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_kept_and_another_one_taken_if_somebody_has_it() {
        let data = tempfile::tempdir().unwrap();
        let first = Ports::bind(None, data.path()).unwrap();
        let port = first.port;
        assert!(first.listeners.iter().all(|listener| listener.local_addr().unwrap().port() == port));
        drop(first);
        let again = Ports::bind(None, data.path()).unwrap();
        assert_eq!(again.port, port);
        let other = Ports::bind(None, data.path()).unwrap();
        assert_ne!(other.port, port);
        assert_eq!(Ports::bind(Some(port), data.path()).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn where_somebody_has_one_family_neither_is_taken() {
        let Ok(six) = TcpListener::bind("[::1]:0") else { return };
        let port = six.local_addr().unwrap().port();
        assert_eq!(both(port).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok(), "the other one was let go");
    }
}
