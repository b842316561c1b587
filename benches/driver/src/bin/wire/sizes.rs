//! How long a call's messages are: counted on their way.

use crate::Failure;
use crate::peers;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Bytes of a call and of its reply, as the C89 stub and the server make them.
pub fn of_a_call(folder: &Path, server: &str) -> Result<[usize; 2], Failure> {
    let failed = |error: std::io::Error| Failure(format!("the counting relay: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?.to_string();
    let counts: [Arc<AtomicUsize>; 2] = Default::default();
    let mut client = peers::stub(folder, &address, "rust", None)?;
    std::thread::spawn({
        let (counts, server) = (counts.clone(), server.to_owned());
        move || {
            let (Ok((caller, _)), Ok(server)) = (listener.accept(), TcpStream::connect(server)) else {
                return;
            };
            let (Ok(from_caller), Ok(to_server)) = (caller.try_clone(), server.try_clone()) else { return };
            let [up, down] = counts;
            let there = std::thread::spawn(move || relay(from_caller, to_server, &up));
            relay(server, caller, &down);
            let _ = there.join();
        }
    });
    let mut seen = Vec::new();
    for _ in 0..2 {
        client.ask("each", 100)?;
        seen.push(counts.each_ref().map(|count| count.load(SeqCst)));
    }
    // The first hundred had the first exchange before them.
    Ok([0, 1].map(|way| (seen[1][way] - seen[0][way]) / 100))
}

fn relay(mut from: TcpStream, mut to: TcpStream, count: &AtomicUsize) {
    let mut bytes = [0; 65536];
    while let Ok(size @ 1..) = from.read(&mut bytes) {
        count.fetch_add(size, SeqCst);
        if to.write_all(&bytes[..size]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
