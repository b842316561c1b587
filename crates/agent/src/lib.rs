//! The agent: preloaded into the legacy process by `cmp-bridge run`, initialised before any other library.
//!
//! Without a session, or without a valid plan, it leaves the process exactly as it found it.
#![deny(missing_docs)]

mod environment;
mod trace;
mod unwinder;
mod watch;
mod worker;

use cmp_bridge::control::{AgentState, ControlPage};
use cmp_bridge::hook::install;
use cmp_bridge::images::loaded_images;
use cmp_bridge::plan::Plan;
use cmp_bridge::session::Session;
use cmp_bridge::support::{joined, joined_length};
use std::ffi::{c_char, c_int};
use std::panic::catch_unwind;

/// What `cmp-bridge what` shows of this file.
#[used]
static WHAT: [u8; joined_length(WHAT_PARTS)] = joined(WHAT_PARTS);
const WHAT_PARTS: &[&str] = &["@(#)cmp-bridge-agent ", env!("CARGO_PKG_VERSION"), "\0"];

/// The constructor. `-z initfirst` puts it before every other library's: no thread exists yet.
#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: unsafe extern "C" fn(c_int, *mut *mut c_char, *mut *mut c_char) = construct;

/// # Safety
/// From the dynamic loader only, which passes `main`'s three arguments.
unsafe extern "C" fn construct(_argc: c_int, arguments: *mut *mut c_char, environment: *mut *mut c_char) {
    // SAFETY: libc's errno of the only thread.
    let errno = unsafe { *libc::__errno_location() };
    // A panic here would be ours alone to explain: it must not print into the program's stderr, and must not end it.
    std::panic::set_hook(Box::new(|_| {}));
    // SAFETY: the loader's own array, before anybody else looks at it. (`environ` is not set yet: libc comes after us.)
    if let Some(orders) = unsafe { environment::take_orders(environment) } {
        // SAFETY: the loader's own arrays.
        unsafe { environment::tell_libc(arguments, environment) };
        let _ = catch_unwind(|| begin(&orders));
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

fn begin(orders: &environment::Orders) {
    let Ok(session) = Session::open(&orders.session) else { return };
    let Ok(page) = ControlPage::open(&session.control()) else { return };
    let page: &'static ControlPage = Box::leak(Box::new(page));
    let outcome = catch_unwind(|| prepare(orders, &session, page));
    match outcome {
        Ok(Ok(state)) => page.announce(&state),
        Ok(Err(refusal)) => page.announce(&AgentState::Refused(refusal.to_string())),
        Err(_) => page.announce(&AgentState::Refused("the agent failed; nothing was changed".into())),
    }
}

fn prepare(
    orders: &environment::Orders,
    session: &Session,
    page: &'static ControlPage,
) -> Result<AgentState, install::Refusal> {
    let mut plan = Plan::decode(&session.read(&session.plan())?)?;
    // The modules of a patch stand beside the agent, wherever it is installed.
    let beside = own_folder();
    for module in plan.modules.iter_mut().filter(|module| !module.starts_with('/')) {
        *module = format!("{beside}/{module}");
    }
    match orders.worker {
        Some(worker) => {
            worker::install(plan, worker)?;
            Ok(AgentState::Worker)
        }
        None => {
            unwinder::prepare();
            install::install(session, page, &plan)?;
            Ok(AgentState::Installed)
        }
    }
}

/// The folder this library was loaded from.
fn own_folder() -> String {
    let here = construct as *const () as u64;
    let own = loaded_images().into_iter().find(|image| (image.span.0..image.span.1).contains(&here));
    let path = own.map(|image| image.path).unwrap_or_default();
    path.rsplit_once('/').map_or_else(|| ".".to_owned(), |(folder, _)| folder.to_owned())
}
