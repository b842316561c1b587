//! A network that one can cut, delay and hold, between a caller and a server on this machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a thread of it sleeps in a read before it looks at what it was told.
const TICK: Duration = Duration::from_millis(2);

/// What it does to what passes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// Everything waits this long, each way.
    pub delay: Duration,
    /// At most so many bytes are passed on at once; 0 for as they came.
    pub pieces: usize,
    /// Nothing passes, and no connection ends: a cable pulled out.
    pub held: bool,
    /// What a server says is swallowed: the request arrives and is executed, the reply does not come.
    pub deaf: bool,
    /// A new connection is closed at once.
    pub refused: bool,
    /// Each connection is cut when so many bytes of it went to the server, in mid-message.
    pub cut_after: Option<u64>,
    /// Each connection is cut when the server said something, which does not pass any more.
    pub cut_at_reply: bool,
}

#[derive(Default)]
struct Shared {
    weather: Mutex<Weather>,
    target: Mutex<Option<SocketAddr>>,
    open: Mutex<Vec<TcpStream>>,
    connections: AtomicU64,
    /// Bytes that went to the server.
    to_server: AtomicU64,
    ended: AtomicBool,
}

/// Listens on a port of its own and passes on what comes.
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    listening: Option<JoinHandle<()>>,
}

impl Proxy {
    pub fn new(target: SocketAddr) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener that does not wait");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared { target: Mutex::new(Some(target)), ..Shared::default() });
        let listening = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&listener, &shared)
        });
        Proxy { shared, address, listening: Some(listening) }
    }

    /// `host:port` for callers.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// From now on.
    pub fn set(&self, weather: Weather) {
        *self.shared.weather.lock().expect("not poisoned") = weather;
    }

    /// The server is elsewhere from the next connection on.
    pub fn lead_to(&self, target: SocketAddr) {
        *self.shared.target.lock().expect("not poisoned") = Some(target);
    }

    /// Ends all connections now.
    pub fn cut(&self) {
        for stream in self.shared.open.lock().expect("not poisoned").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Connections so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(SeqCst)
    }

    /// Bytes passed on to the server so far.
    pub fn to_server(&self) -> u64 {
        self.shared.to_server.load(SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, SeqCst);
        self.cut();
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn weather(&self) -> Weather {
        *self.weather.lock().expect("not poisoned")
    }

    fn over(&self) -> bool {
        self.ended.load(SeqCst)
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    while !shared.over() {
        match listener.accept() {
            Ok((caller, _)) => {
                shared.connections.fetch_add(1, SeqCst);
                if !shared.weather().refused {
                    connect(caller, shared);
                }
            }
            Err(_) => std::thread::sleep(TICK),
        }
    }
}

/// Two threads a connection. A server that is not there ends the connection, as its machine would.
fn connect(caller: TcpStream, shared: &Arc<Shared>) {
    let target = *shared.target.lock().expect("not poisoned");
    let Some(server) = target.and_then(|target| TcpStream::connect(target).ok()) else { return };
    for stream in [&caller, &server] {
        stream.set_nodelay(true).expect("an open socket");
        stream.set_nonblocking(false).expect("an open socket");
        stream.set_read_timeout(Some(TICK)).expect("an open socket");
    }
    let twin = |stream: &TcpStream| stream.try_clone().expect("a descriptor");
    shared.open.lock().expect("not poisoned").extend([twin(&caller), twin(&server)]);
    let (up, down) = ((twin(&caller), twin(&server)), (server, caller));
    for (way, (from, to)) in [(Way::Up, up), (Way::Down, down)] {
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            pass(way, &from, &to, &shared);
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Passes on until an end comes or is asked for.
fn pass(way: Way, mut from: &TcpStream, mut to: &TcpStream, shared: &Shared) {
    let mut bytes = [0; 65536];
    let mut passed = 0;
    while !shared.over() {
        if shared.weather().held {
            std::thread::sleep(TICK);
            continue;
        }
        let count = match from.read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(_) => return,
        };
        let weather = shared.weather();
        if !weather.delay.is_zero() {
            std::thread::sleep(weather.delay);
        }
        if way == Way::Down && weather.cut_at_reply {
            return;
        }
        if way == Way::Down && weather.deaf {
            continue;
        }
        let limit =
            weather.cut_after.filter(|_| way == Way::Up).map_or(u64::MAX, |limit| limit - passed.min(limit));
        let count = count.min(usize::try_from(limit).unwrap_or(usize::MAX));
        if way == Way::Up {
            shared.to_server.fetch_add(count as u64, SeqCst);
        }
        let size = if weather.pieces == 0 { count.max(1) } else { weather.pieces };
        for piece in bytes[..count].chunks(size) {
            if to.write_all(piece).is_err() {
                return;
            }
            if weather.pieces != 0 {
                std::thread::yield_now();
            }
        }
        passed += count as u64;
        if count as u64 == limit {
            return;
        }
    }
}

/// A server that says everything back, for the tests of the proxy itself.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().take(16) {
            let mut stream = stream.expect("a connection");
            std::thread::spawn(move || {
                let mut copy = stream.try_clone().expect("a descriptor");
                let _ = std::io::copy(&mut stream, &mut copy);
            });
        }
    });
    address
}

fn caller(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).expect("the proxy listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("an open socket");
    stream
}

/// What comes back of a message: as many bytes as were sent, fewer at an end, or nothing in time.
fn said(mut stream: &TcpStream, message: &[u8]) -> Option<usize> {
    stream.write_all(message).ok()?;
    let (mut back, mut count) = (vec![0; message.len()], 0);
    while count < message.len() {
        match stream.read(&mut back[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(_) => return None,
        }
    }
    (back[..count] == message[..count]).then_some(count)
}

#[test]
fn what_the_proxy_passes_on_is_what_came() {
    let proxy = Proxy::new(echo());
    let message: Vec<u8> = (0..100_000u32).map(|i| i as u8).collect();
    let stream = caller(&proxy);
    assert_eq!(said(&stream, &message), Some(message.len()));
    proxy.set(Weather { pieces: 7, ..Weather::default() });
    assert_eq!(said(&stream, &message[..5000]), Some(5000));
    assert_eq!((proxy.connections(), proxy.to_server()), (1, 105_000));
}

#[test]
fn what_the_proxy_is_told_happens() {
    let proxy = Proxy::new(echo());
    let stream = caller(&proxy);
    assert_eq!(said(&stream, b"before"), Some(6));
    for silent in [Weather { held: true, ..Weather::default() }, Weather { deaf: true, ..Weather::default() }]
    {
        proxy.set(silent);
        std::thread::sleep(4 * TICK);
        let stream = caller(&proxy);
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("an open socket");
        assert_eq!(said(&stream, b"silence"), None, "{silent:?}");
    }
    proxy.set(Weather { refused: true, ..Weather::default() });
    assert!(matches!(said(&caller(&proxy), b"refused"), Some(0) | None));
    proxy.set(Weather { cut_after: Some(3), ..Weather::default() });
    assert!(matches!(said(&caller(&proxy), b"in the middle"), Some(0..=3) | None));
    proxy.set(Weather { cut_at_reply: true, ..Weather::default() });
    let before = proxy.to_server();
    assert!(matches!(said(&caller(&proxy), b"heard"), Some(0) | None));
    assert_eq!(proxy.to_server() - before, 5, "the request arrived");
    proxy.set(Weather { delay: Duration::from_millis(40), ..Weather::default() });
    let began = std::time::Instant::now();
    let stream = caller(&proxy);
    assert_eq!(said(&stream, b"late"), Some(4));
    assert!(began.elapsed() >= Duration::from_millis(80), "once each way");
    proxy.set(Weather::default());
    proxy.cut();
    assert!(matches!(said(&stream, b"after"), Some(0) | None));
    proxy.lead_to(echo());
    assert_eq!(said(&caller(&proxy), b"elsewhere"), Some(9));
}
