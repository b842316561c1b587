//! The legacy executable as a worker of a replay: started up to its safe moment, it answers its own recorded calls.

use crate::environment::WorkerOrders;
use crate::trace::Tracer;
use crate::watch::Watch;
use cmp_bridge::entry::Returned;
use cmp_bridge::hook::install::{Refusal, divert};
use cmp_bridge::images::{Loaded, loaded_images};
use cmp_bridge::module::Answer;
use cmp_bridge::plan::{Address, Plan, Routine};
use cmp_bridge::worker::{Lead, Prepared, Reply, Request, call_legacy, nanoseconds_per_tick, serve, timed};
use std::fs::File;
use std::os::fd::FromRawFd;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What the worker needs at the safe moment.
struct Service {
    plan: Plan,
    images: Vec<Loaded>,
    orders: WorkerOrders,
}

static SERVICE: AtomicPtr<Service> = AtomicPtr::new(std::ptr::null_mut());

/// Redirects the safe moment to [`work`]. Nothing else is hooked: calls reach the untouched entries.
pub fn install(plan: Plan, orders: WorkerOrders) -> Result<(), Refusal> {
    let images = loaded_images();
    let images: Vec<Loaded> = plan
        .images
        .iter()
        .enumerate()
        .map(|(index, image)| {
            let title = if index == 0 { "the executable".to_owned() } else { image.name.clone() };
            let same = |l: &&Loaded| if index == 0 { l.is_executable } else { l.file_name() == image.name };
            let found = images.iter().find(same).ok_or_else(|| Refusal::NotLoaded(title.clone()))?;
            if found.build_id == image.build_id { Ok(found.clone()) } else { Err(Refusal::OtherBuild(title)) }
        })
        .collect::<Result<_, Refusal>>()?;
    let safe = plan.safe_moment.clone().ok_or_else(|| Refusal::NotLoaded("the safe moment (main)".into()))?;
    let image = images[usize::from(safe.image)].clone();
    SERVICE.store(Box::into_raw(Box::new(Service { plan, images, orders })), Ordering::Release);
    // mov rax, work; and rsp, -16; call rax: the program's own code never runs again, so nothing needs preserving.
    let mut code = vec![0x48, 0xb8];
    code.extend((work as *const () as u64).to_le_bytes());
    code.extend([0x48, 0x83, 0xe4, 0xf0, 0xff, 0xd0]);
    divert(&image, safe.entry.wrapping_add(image.bias), &code)
}

/// Serves until the other side closes, then ends the process without running its exit handlers.
extern "C" fn work() -> ! {
    // SAFETY: stored by `install` before the code that leads here was written; never freed.
    let service = unsafe { &*SERVICE.load(Ordering::Acquire) };
    // A crash must end this process with its signal: the run-times of Ada and Fortran would turn it into something else.
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGABRT, libc::SIGTRAP] {
        // SAFETY: a default disposition.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    if service.orders.unbuffered {
        unbuffer();
    }
    if let Some((image, address)) = service.plan.elaborate {
        let address = address.wrapping_add(service.images[usize::from(image)].bias);
        // SAFETY: the program's own `adainit`, which takes nothing, and which its main would call before any Ada routine.
        unsafe { std::mem::transmute::<u64, extern "C" fn()>(address)() };
    }
    let rate = nanoseconds_per_tick();
    let mut watch = Watch::of(&service.images);
    let mut tracer = None;
    // SAFETY: the descriptors were inherited for this purpose, and nobody else in this process knows them.
    let (mut input, mut output) =
        unsafe { (File::from_raw_fd(service.orders.read), File::from_raw_fd(service.orders.write)) };
    let outcome = serve(&mut input, &mut output, &mut |request, prepared| {
        if request.trace {
            traced(service, request, prepared, &mut tracer)
        } else {
            answer(service, request, prepared, &mut watch, rate)
        }
    });
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(if outcome.is_ok() { 0 } else { 70 }) }
}

/// What the routines print through C's streams goes out at once. (Fortran's units have a variable for that.)
fn unbuffer() {
    // SAFETY: libc's variable of that name and type.
    unsafe extern "C" {
        static stdout: *mut libc::FILE;
    }
    // SAFETY: the program's own stream, before any of its own code runs; glibc lets it change at any time.
    unsafe {
        libc::fflush(stdout);
        libc::setvbuf(stdout, std::ptr::null_mut(), libc::_IONBF, 0);
    }
}

fn answer(
    service: &Service,
    request: &Request,
    prepared: &mut Prepared<'_>,
    watch: &mut Watch,
    rate: f64,
) -> Reply {
    let routine = match known(service, request) {
        Ok(routine) => routine,
        Err(problem) => return Reply::refused(problem),
    };
    let bias = |image: u16| service.images[usize::from(image)].bias;
    let address = routine.patch.entry.wrapping_add(bias(routine.patch.image));
    let live = live_state(routine, &bias);
    for (index, address) in live.iter().filter(|(index, _)| request.areas[*index].set) {
        let bytes = prepared.bytes(*index);
        // SAFETY: a state area of the contract, checked against the symbol table when the plan was made.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), *address as *mut u8, bytes.len()) };
    }
    if !request.call {
        return Reply {
            answer: Answer::ANSWERED,
            after: after(request, prepared, &live),
            ..Reply::refused(String::new())
        };
    }
    watch.before(&request.routine);
    let (frame, environment) = (&mut prepared.frame, (request.mxcsr, request.x87_control));
    // SAFETY: the frame follows the signature that the plan and the recording share.
    let (exception, nanoseconds) = timed(rate, || unsafe {
        call_legacy(address, frame, request.stack.len(), routine.returns, environment)
    });
    let returned = Returned::of(frame, routine.returns);
    let declared: Vec<(u64, u64)> = live
        .iter()
        .map(|(index, address)| (*address, *address + request.areas[*index].bytes.len() as u64))
        .collect();
    let undeclared = watch.after(&declared);
    let mut changed_inputs = prepared.changed_inputs(request);
    let read_only_state = request.areas.iter().enumerate();
    let read_only_state =
        read_only_state.filter(|(_, area)| !area.written && area.set && area.lead == Lead::State);
    let changed = read_only_state.filter(|(i, area)| now(request, prepared, &live, *i) != area.bytes);
    changed_inputs.extend(changed.map(|(i, _)| i as u16));
    Reply {
        answer: Answer::ANSWERED,
        returned,
        after: after(request, prepared, &live),
        overruns: prepared.overruns(),
        changed_inputs,
        undeclared,
        nanoseconds: if watch.is_watching() { 0 } else { nanoseconds.max(1) },
        exception: exception.map(|exception| exception.to_string()).unwrap_or_default(),
        problem: String::new(),
        trace: None,
    }
}

/// Answers a call that is watched access by access. All its areas are told as they are after it.
fn traced(
    service: &Service,
    request: &Request,
    prepared: &mut Prepared<'_>,
    tracer: &mut Option<Tracer>,
) -> Reply {
    let routine = match known(service, request) {
        Ok(routine) => routine,
        Err(problem) => return Reply::refused(problem),
    };
    let tracer = match tracer {
        Some(tracer) => tracer,
        None => match Tracer::new(&service.images, (service.orders.read, service.orders.write)) {
            Ok(new) => tracer.insert(new),
            Err(error) => return Reply::refused(format!("calls cannot be watched here: {error}")),
        },
    };
    let bias = |image: u16| service.images[usize::from(image)].bias;
    let address = routine.patch.entry.wrapping_add(bias(routine.patch.image));
    let live = live_state(routine, &bias);
    set_state(&live, prepared);
    let areas = prepared.pages();
    let (frame, environment) = (&mut prepared.frame, (request.mxcsr, request.x87_control));
    let mut exception = None;
    let mut trace = tracer.watch(areas, &request.sites, || {
        let (stack_bytes, returns) = (request.stack.len(), routine.returns);
        // SAFETY: the frame follows the signature that the plan and the recording share.
        exception = unsafe { call_legacy(address, frame, stack_bytes, returns, environment) };
    });
    trace.areas = prepared.areas.iter().map(|address| *address as u64).collect();
    live.iter().for_each(|(index, _)| trace.areas[*index] = 0);
    let after = (0..request.areas.len()).map(|i| (i as u16, now(request, prepared, &live, i))).collect();
    Reply {
        answer: Answer::ANSWERED,
        returned: Returned::of(&prepared.frame, routine.returns),
        after,
        overruns: Vec::new(),
        changed_inputs: Vec::new(),
        undeclared: Vec::new(),
        nanoseconds: 0,
        exception: exception.map(|exception| exception.to_string()).unwrap_or_default(),
        problem: String::new(),
        trace: Some(Box::new(trace)),
    }
}

/// The routine that is asked for, if the plan of this worker agrees on its signature.
fn known<'a>(service: &'a Service, request: &Request) -> Result<&'a Routine, String> {
    let Some(routine) = service.plan.routines.iter().find(|routine| routine.name == request.routine) else {
        return Err(format!("`{}` is not in the plan of this worker", request.routine));
    };
    if routine.stack_bytes as usize != request.stack.len() || routine.captures.len() != request.areas.len() {
        return Err(format!("`{}` has another signature in this worker", request.routine));
    }
    Ok(routine)
}

/// Gives the live state the bytes of the recorded call.
fn set_state(live: &[(usize, u64)], prepared: &Prepared<'_>) {
    for (index, address) in live {
        let bytes = prepared.bytes(*index);
        // SAFETY: a state area of the contract, checked against the symbol table when the plan was made.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), *address as *mut u8, bytes.len()) };
    }
}

/// The written areas as they are now.
fn after(request: &Request, prepared: &Prepared<'_>, live: &[(usize, u64)]) -> Vec<(u16, Vec<u8>)> {
    let written = request.areas.iter().enumerate().filter(|(_, area)| area.written);
    written.map(|(index, _)| (index as u16, now(request, prepared, live, index))).collect()
}

/// An area as it is now: live state where it lives, any other in the arena.
fn now(request: &Request, prepared: &Prepared<'_>, live: &[(usize, u64)], index: usize) -> Vec<u8> {
    match live.iter().find(|(i, _)| *i == index) {
        // SAFETY: a state area of the contract, checked against the symbol table when the plan was made.
        Some((_, address)) => unsafe {
            std::slice::from_raw_parts(*address as *const u8, request.areas[index].bytes.len()).to_vec()
        },
        None => prepared.bytes(index),
    }
}

/// The state areas of a routine: index of the area, live address.
fn live_state(routine: &Routine, bias: &dyn Fn(u16) -> u64) -> Vec<(usize, u64)> {
    let state = routine.captures.iter().enumerate().filter_map(|(index, capture)| match capture.address {
        Address::Image(image, address) => Some((index, address.wrapping_add(bias(image)))),
        Address::Argument(_) | Address::Through(..) => None,
    });
    state.collect()
}
