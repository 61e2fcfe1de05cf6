//! `haven-server run`: from the arguments to a server that drains when told.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use haven_server::options::{Options, TlsFiles};
use haven_server::serve::{Opened, open};
use haven_server::{folder, log};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::Level;

use super::envelope::{EXIT_FAILED, EXIT_USAGE, Envelope};
use super::{Data, Outcome};

/// Threads that run the requests; verifying and reading have threads of their own.
const WORKERS_MAX: usize = 4;

/// Threads that may block: readers and verifiers, which take turns anyway.
const BLOCKING_MAX: usize = 16;

/// Bytes of a thread's stack. The deepest stack is SQLite's, far below.
const STACK_BYTES: usize = 1024 * 1024;

/// What it means to serve other machines without TLS, and what to do about it.
const IN_THE_OPEN: &str = "\
warning: other machines can reach this server, and it serves them without TLS.
  why:  What devices send is sealed, and nobody on the way can read it. But they see who syncs, when and how much, and can take
        a session over. Devices know that, and talk to another machine over https:// only.
  next: Give --tls-cert and --tls-key; or put a proxy with TLS before it and let it --listen at 127.0.0.1:7460.
";

#[derive(Args)]
pub(super) struct Run {
    #[command(flatten)]
    data: Data,
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7460")]
    listen: String,
    /// Write {"url","identity"} here once connections are taken.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Serve TLS with this certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// How much to log to stderr: error, warn, info, debug or trace. No level logs ids, addresses or contents.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: Level,
}

/// The signals that stop a server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

/// Serves until a signal.
pub(super) fn run(run: &Run) -> Result<Outcome, Envelope> {
    log::to_stderr(run.log);
    raise_descriptors();
    let runtime = runtime()?;
    let options = options(run);
    let opened = open(&options).map_err(|fault| Envelope::of_serving(&fault))?;
    runtime.block_on(serve(run, opened))
}

async fn serve(run: &Run, opened: Opened) -> Result<Outcome, Envelope> {
    let signals = Signals::catch()?;
    let listener = TcpListener::bind(&run.listen).await.map_err(|error| cannot_listen(&error))?;
    let address = listener.local_addr().map_err(|error| cannot_listen(&error))?;
    let is_tls = run.tls_cert.is_some();
    let url = format!("{}://{address}", if is_tls { "https" } else { "http" });
    if let Some(file) = &run.ready_file {
        write_ready(file, &url, &opened)?;
    }
    greet(&url, &opened.identity(), address, is_tls);
    let mut interrupted = false;
    let shutdown = async { interrupted = signals.wait().await };
    opened.serve(listener, shutdown).await.map_err(|fault| Envelope::of_serving(&fault))?;
    Ok(if interrupted { Outcome::Interrupted } else { Outcome::Done(None) })
}

fn options(run: &Run) -> Options {
    let mut options = Options::new(&run.data.data);
    let files = run.tls_cert.clone().zip(run.tls_key.clone());
    options.tls = files.map(|(cert, key)| TlsFiles { cert, key });
    options
}

fn write_ready(file: &Path, url: &str, opened: &Opened) -> Result<(), Envelope> {
    let ready = json!({ "url": url, "identity": opened.identity() });
    folder::write_atomically(file, ready.to_string().as_bytes()).map_err(|error| {
        Envelope::of_io(
            "could not write the ready file",
            &error,
            "Check that its folder exists.",
            EXIT_FAILED,
        )
    })
}

/// Says where it serves to whoever started it at a terminal, and to everybody if that is not wise. No log holds an address.
fn greet(url: &str, identity: &str, address: SocketAddr, is_tls: bool) {
    let mut words = String::new();
    if stderr().is_terminal() {
        words = format!("Serving at {url}\nIdentity {identity}\nCtrl-C stops it.\n");
    }
    if !is_tls && !address.ip().is_loopback() {
        words.push_str(IN_THE_OPEN);
    }
    // Whoever is not there to hear it is served all the same.
    let _ = stderr().write_all(words.as_bytes());
}

fn cannot_listen(error: &std::io::Error) -> Envelope {
    let next = "Choose another address with --listen, or stop what uses this one.";
    Envelope::of_io("could not listen", error, next, EXIT_USAGE)
}

fn runtime() -> Result<Runtime, Envelope> {
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    let built = Builder::new_multi_thread()
        .worker_threads(cores.min(WORKERS_MAX))
        .max_blocking_threads(BLOCKING_MAX)
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build();
    built.map_err(|error| {
        Envelope::of_io("could not start", &error, "Check the limits of this account.", EXIT_FAILED)
    })
}

/// Each listener is a file descriptor; the usual soft limit is 1,024.
fn raise_descriptors() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Fewer connections than there could be are no reason not to serve.
    let _ = setrlimit(Resource::Nofile, limit);
}

impl Signals {
    fn catch() -> Result<Self, Envelope> {
        let catch = |kind| {
            signal(kind).map_err(|error| {
                Envelope::of_io("could not start", &error, "Check the limits of this account.", EXIT_FAILED)
            })
        };
        Ok(Self { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    /// Waits for a signal. Says whether it came from the keyboard.
    async fn wait(mut self) -> bool {
        tokio::select! {
            _ = self.terminate.recv() => false,
            _ = self.interrupt.recv() => true,
        }
    }
}
