//! Whose a connection on loopback is: a token that got lost does not let another account of this machine in. The kernel lists
//! every TCP socket with its owner, in `/proc/net/tcp` and `tcp6` (proc_net_tcp in the kernel's documentation).

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What the kernel lists, and how many of its 32-bit words an address has there.
const LISTS: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// The user whose socket is at the other end of a connection that we accepted; `None` if the kernel lists none.
///
/// # Errors
/// The list cannot be read.
pub(super) fn user(peer: SocketAddr, own: SocketAddr) -> io::Result<Option<u32>> {
    for list in LISTS {
        match fs::read_to_string(list) {
            Ok(text) => {
                if let Some(user) = listed(&text, peer, own) {
                    return Ok(Some(user));
                }
            }
            // A kernel without IPv6 has no list of it.
            Err(error) if error.kind() == io::ErrorKind::NotFound && list != LISTS[0] => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Finds the socket that is bound to `peer` and connected to `own`.
fn listed(text: &str, peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    let wanted = (plain(peer), plain(own));
    text.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let (local, remote) = (address(fields.nth(1)?)?, address(fields.next()?)?);
        let user = fields.nth(4)?.parse().ok()?;
        ((local, remote) == wanted).then_some(user)
    })
}

/// `ADDRESS:PORT` in hexadecimal. The address is the network's bytes as 32-bit words of this machine.
fn address(text: &str) -> Option<(IpAddr, u16)> {
    let (words, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let digits = words.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let address = match words.len() {
        8 => IpAddr::from(word(0)?),
        32 => {
            let mut bytes = [0; 16];
            for at in 0..4 {
                bytes[at * 4..at * 4 + 4].copy_from_slice(&word(at)?);
            }
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some((address, port))
}

fn plain(address: SocketAddr) -> (IpAddr, u16) {
    (address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_connection_is_its_owners_in_both_families() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else { continue };
            let own = listener.local_addr().unwrap();
            let client = TcpStream::connect(own).unwrap();
            let (_accepted, peer) = listener.accept().unwrap();
            assert_eq!(client.local_addr().unwrap(), peer);
            assert_eq!(user(peer, own).unwrap(), Some(rustix::process::geteuid().as_raw()));
            let other = SocketAddr::new(peer.ip(), peer.port() ^ 1);
            assert_eq!(user(other, own).unwrap(), None);
        }
    }

    /// As the kernel of a little-endian machine writes it.
    #[cfg(target_endian = "little")]
    #[test]
    fn the_list_is_read_by_both_ends() {
        let text = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1267 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1
   1: 0100007F:1267 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 2 1
   2: 0100007F:D431 0100007F:1267 01 00000000:00000000 00:00000000 00000000  1001        0 3 1
   3: 0000000000000000FFFF00000100007F:D432 0000000000000000FFFF00000100007F:1267 01 0:0 0:0 0  1002        0 4 1
   4: 00000000000000000000000001000000:D433 00000000000000000000000001000000:1267 01 0:0 0:0 0  1003        0 5 1
   5: broken
";
        for (peer, own, user) in [
            ("127.0.0.1:54321", "127.0.0.1:4711", Some(1001)),
            ("127.0.0.1:54322", "127.0.0.1:4711", Some(1002)),
            ("[::1]:54323", "[::1]:4711", Some(1003)),
            ("127.0.0.1:54323", "127.0.0.1:4711", None),
            ("127.0.0.1:54321", "127.0.0.1:4712", None),
            ("127.0.0.1:4711", "0.0.0.0:0", Some(1000)),
        ] {
            assert_eq!(listed(text, peer.parse().unwrap(), own.parse().unwrap()), user, "{peer} {own}");
        }
    }
}
