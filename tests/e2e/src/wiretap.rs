//! A wiretap: stands between devices and a server and keeps every byte that passes, in both directions.

use std::io::{self, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Bytes taken at once.
const PIECE: usize = 64 * 1024;

/// Listens on loopback and passes on what comes to an address, and what comes back.
pub struct Wiretap {
    address: SocketAddr,
    heard: Heard,
    over: Arc<AtomicBool>,
    ear: Option<JoinHandle<()>>,
}

/// Every byte that passed, each direction of each connection by itself.
type Heard = Arc<Mutex<Vec<Vec<u8>>>>;

impl Wiretap {
    /// Taps the way to an address.
    pub fn on(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, over) = (Heard::default(), Arc::new(AtomicBool::new(false)));
        let ear = {
            let (heard, over) = (Arc::clone(&heard), Arc::clone(&over));
            thread::spawn(move || listen(&listener, target, &heard, &over))
        };
        Self { address, heard, over, ear: Some(ear) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What passed until now, each direction of each connection by itself.
    pub fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }

    /// Says something to the other side as any program could, and waits until it hangs up.
    pub fn say(&self, words: &[u8]) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // Whoever hangs up early has heard enough.
        let _ = stream.write_all(words).and_then(|()| stream.shutdown(Shutdown::Write));
        let _ = io::copy(&mut stream, &mut io::sink());
    }
}

impl Drop for Wiretap {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // The ear hears this one, sees that it is over, and ends.
        drop(TcpStream::connect(self.address));
        self.ear.take().into_iter().for_each(|ear| ear.join().unwrap());
    }
}

fn listen(listener: &TcpListener, target: SocketAddr, heard: &Heard, over: &AtomicBool) {
    let mut ends: Vec<TcpStream> = Vec::new();
    thread::scope(|scope| {
        for here in listener.incoming().map(Result::unwrap) {
            if over.load(Ordering::SeqCst) {
                break;
            }
            // A server that is gone cannot be reached through a wiretap either.
            let Ok(there) = TcpStream::connect(target) else { continue };
            for end in [&here, &there] {
                end.set_nodelay(true).unwrap();
                ends.push(end.try_clone().unwrap());
            }
            let (answers, asks) = (there.try_clone().unwrap(), here.try_clone().unwrap());
            scope.spawn(|| pass(asks, there, heard));
            scope.spawn(|| pass(answers, here, heard));
        }
        for end in ends.drain(..) {
            // One that is closed already has ended.
            let _ = end.shutdown(Shutdown::Both);
        }
    });
}

/// Passes on in one direction until either end closes.
fn pass(mut from: TcpStream, mut to: TcpStream, heard: &Heard) {
    let line = {
        let mut heard = heard.lock().unwrap();
        heard.push(Vec::new());
        heard.len() - 1
    };
    let mut piece = vec![0; PIECE];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        heard.lock().unwrap()[line].extend_from_slice(&piece[..length]);
        if to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers every line with the line backwards.
    fn contrary() -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut line = Vec::new();
            stream.read_to_end(&mut line).unwrap();
            line.reverse();
            // Nobody may be there any more to hear it.
            let _ = stream.write_all(&line);
        };
        (address, thread::spawn(answer))
    }

    #[test]
    fn both_directions_are_heard_and_passed_on() {
        let (address, server) = contrary();
        let tap = Wiretap::on(address);
        let mut stream = TcpStream::connect(tap.address()).unwrap();
        stream.write_all(b"first, ").unwrap();
        stream.write_all(b"second").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        server.join().unwrap();
        assert_eq!(answer, "dnoces ,tsrif");
        let mut heard = tap.heard();
        heard.sort();
        assert_eq!(heard, [b"dnoces ,tsrif", b"first, second"]);
    }

    #[test]
    fn a_server_that_is_gone_is_gone_and_a_tap_ends_with_connections_open() {
        let (address, server) = contrary();
        let tap = Wiretap::on(address);
        tap.say(b"the only one that is heard");
        server.join().unwrap();
        let mut open = TcpStream::connect(tap.address()).unwrap();
        let mut nothing = Vec::new();
        assert!(!matches!(open.read_to_end(&mut nothing), Ok(1..)));
        assert_eq!(tap.heard().len(), 2);

        let (address, server) = contrary();
        let tap = Wiretap::on(address);
        let mut open = TcpStream::connect(tap.address()).unwrap();
        open.write_all(b"still open").unwrap();
        let said = || tap.heard().into_iter().find(|line| line == b"still open");
        crate::patience::until("the tap has heard it", said);
        drop(tap);
        server.join().unwrap();
        assert!(!matches!(open.read_to_end(&mut nothing), Ok(1..)));
    }
}
