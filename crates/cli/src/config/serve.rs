//! `[serve]` of `bridge.toml`: where `cmp-bridge serve` listens, to whom, and how much it may take.

use super::Reader;
use crate::names::{matches, nearest};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use toml_edit::{Item, TableLike, Value};

/// The port where nothing else is said.
pub const PORT: u16 = 7117;

/// Addresses that are listened on, at most.
pub const LISTENERS: usize = 64;

const KEYS: [&str; 5] = ["listen", "allow", "journal", "report", "limits"];
/// How a rule of `allow` is written.
const RULE: &str = "\"10.1.2.0/24\" or { from = \"10.1.2.3\", uids = [500], machines = [\"cmp*\"] }";
const LIMIT_KEYS: [&str; 7] = ["connections", "message", "queued", "memory", "record", "unread", "busy_poll"];

/// What `cmp-bridge serve` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    /// Where it listens.
    pub listen: Vec<SocketAddr>,
    /// Who may call.
    pub allow: Vec<Rule>,
    /// Where the calls go that it is told of.
    pub journal: Option<PathBuf>,
    /// Where what they came to goes, at the end.
    pub report: Option<PathBuf>,
    /// How much callers may take.
    pub limits: Limits,
}

/// Some callers, of those that may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Their addresses.
    pub from: IpNet,
    /// The numbers of their users (AUTH_SYS); empty: all.
    pub uids: Vec<u32>,
    /// The names of their machines (AUTH_SYS), `*` and `?` standing for any characters; empty: all.
    pub machines: Vec<String>,
}

/// How much callers may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Bytes of one message.
    pub message: usize,
    /// Bytes of answers that a connection may leave unread before it is read no more.
    pub queued: usize,
    /// Bytes of all messages and answers that wait.
    pub memory: usize,
    /// How long a message may take from its first byte to its last.
    pub record: Duration,
    /// How long answers may wait without one byte of them being read.
    pub unread: Duration,
    /// How long the next message is waited for without sleeping.
    pub busy_poll: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 4096,
            message: 16 << 20,
            queued: 4 << 20,
            memory: 512 << 20,
            record: Duration::from_secs(30),
            unread: Duration::from_secs(60),
            busy_poll: Duration::ZERO,
        }
    }
}

impl Default for Serve {
    fn default() -> Serve {
        let loopback = |from: IpNet| Rule { from, uids: Vec::new(), machines: Vec::new() };
        let four = IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8);
        let six = IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST));
        Serve {
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, PORT))],
            allow: vec![loopback(four), loopback(six)],
            journal: None,
            report: None,
            limits: Limits::default(),
        }
    }
}

impl Rule {
    /// Whether it speaks of this address.
    pub fn has(&self, address: IpAddr) -> bool {
        self.from.contains(&address.to_canonical())
    }

    /// Whether it asks who calls, beside from where.
    pub fn asks(&self) -> bool {
        !self.uids.is_empty() || !self.machines.is_empty()
    }

    /// Whether it speaks of this user of this machine.
    pub fn knows(&self, uid: u32, machine: &str) -> bool {
        let uid = self.uids.is_empty() || self.uids.contains(&uid);
        uid && (self.machines.is_empty() || self.machines.iter().any(|pattern| matches(pattern, machine)))
    }
}

impl Reader<'_> {
    /// `[serve]`.
    pub(super) fn serve(&mut self, item: &Item, span: Option<Range<usize>>) -> Serve {
        let mut serve = Serve::default();
        let Some(table) = item.as_table_like() else {
            let message = format!("`serve` must be a table, found {}", item.type_name());
            self.fault(span, message, "write [serve], then lines such as listen = [\"127.0.0.1:7117\"]");
            return serve;
        };
        let mut allowed = false;
        for (key, item) in table.iter() {
            let at = key_span(table, key, item);
            match key {
                "listen" => serve.listen = self.each(key, item, "\"127.0.0.1:7117\"", address),
                "allow" => (serve.allow, allowed) = (self.each(key, item, RULE, rule), true),
                "journal" => serve.journal = self.path("serve.journal", item.as_value(), at),
                "report" => serve.report = self.path("serve.report", item.as_value(), at),
                "limits" => serve.limits = self.limits(item, at),
                other => self.unknown("serve", other, &KEYS, at),
            }
        }
        if serve.listen.len() > LISTENERS {
            let message =
                format!("`listen` has {} addresses, where {LISTENERS} are possible", serve.listen.len());
            self.fault(span.clone(), message, "listen on 0.0.0.0, and let `allow` say who may call");
        }
        let beyond = serve.listen.iter().find(|address| !address.ip().to_canonical().is_loopback());
        if let (Some(address), false) = (beyond, allowed) {
            let message =
                format!("{address} is reached from other machines, and `allow` does not say which may call");
            self.fault(span, message, "write allow = [\"10.1.2.0/24\"] with the addresses of the callers");
        }
        serve
    }

    fn unknown(&mut self, table: &str, key: &str, keys: &[&str], span: Option<Range<usize>>) {
        let hint = match nearest(key, keys.iter().copied()) {
            Some(key) => format!("did you mean `{key}`?"),
            None => format!("the keys are {}", keys.join(", ")),
        };
        self.fault(span, format!("`{key}` is not a key of `{table}`"), &hint);
    }

    /// A list of values that are all read alike; one value alone stands for a list of one.
    fn each<T>(
        &mut self,
        key: &str,
        item: &Item,
        example: &str,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Vec<T> {
        let values: Vec<&Value> = match (item.as_array(), item.as_value()) {
            (Some(array), _) => array.iter().collect(),
            (None, Some(value)) => vec![value],
            (None, None) => Vec::new(),
        };
        if values.is_empty() {
            self.fault(item.span(), format!("`{key}` is empty"), &format!("write {key} = [{example}]"));
        }
        let mut list = Vec::new();
        for value in values {
            match read(value) {
                Ok(value) => list.push(value),
                Err(why) => self.fault(value.span(), format!("`{key}`: {why}"), &format!("write {example}")),
            }
        }
        list
    }

    fn limits(&mut self, item: &Item, span: Option<Range<usize>>) -> Limits {
        let mut limits = Limits::default();
        let Some(table) = item.as_table_like() else {
            let message = format!("`serve.limits` must be a table, found {}", item.type_name());
            self.fault(span, message, "write [serve.limits], then lines such as connections = 4096");
            return limits;
        };
        for (key, item) in table.iter() {
            let at = key_span(table, key, item);
            match key {
                "connections" => self.limit(key, item, &mut limits.connections, "4096", count),
                "message" => self.limit(key, item, &mut limits.message, "\"16 MiB\"", bytes),
                "queued" => self.limit(key, item, &mut limits.queued, "\"4 MiB\"", bytes),
                "memory" => self.limit(key, item, &mut limits.memory, "\"512 MiB\"", bytes),
                "record" => self.limit(key, item, &mut limits.record, "\"30 s\"", duration),
                "unread" => self.limit(key, item, &mut limits.unread, "\"60 s\"", duration),
                "busy_poll" => self.limit(key, item, &mut limits.busy_poll, "\"50 us\"", busy),
                other => self.unknown("serve.limits", other, &LIMIT_KEYS, at),
            }
        }
        if limits.memory < limits.message {
            let message = "`memory` has no room for one message of the size that `message` allows".to_owned();
            self.fault(span, message, "give `memory` at least as many bytes as `message`");
        }
        limits
    }

    fn limit<T>(
        &mut self,
        key: &str,
        item: &Item,
        to: &mut T,
        example: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) {
        match item.as_value().and_then(read) {
            Some(value) => *to = value,
            None => {
                let message = format!("`{key}`: {} is not a limit", item.to_string().trim());
                self.fault(item.span(), message, &format!("write {key} = {example}"));
            }
        }
    }
}

fn key_span(table: &dyn TableLike, key: &str, item: &Item) -> Option<Range<usize>> {
    table.key(key).and_then(|key| key.span()).or_else(|| item.span())
}

/// A line of `allow`.
fn rule(value: &Value) -> Result<Rule, String> {
    let Some(table) = value.as_inline_table() else {
        return Ok(Rule { from: network(value)?, uids: Vec::new(), machines: Vec::new() });
    };
    let from = table.get("from").ok_or("`from` is missing: the addresses that the rule speaks of")?;
    let mut rule = Rule { from: network(from)?, uids: Vec::new(), machines: Vec::new() };
    for (key, value) in table.iter() {
        match key {
            "from" => {}
            "uids" => {
                let uid = |uid: &Value| u32::try_from(uid.as_integer()?).ok();
                rule.uids = all(value, uid).ok_or("`uids` must be a list of numbers of users")?;
            }
            "machines" => {
                let name = |name: &Value| name.as_str().map(str::to_owned);
                rule.machines = all(value, name).ok_or("`machines` must be a list of names")?;
            }
            other => return Err(format!("a rule has from, uids and machines, no `{other}`")),
        }
    }
    Ok(rule)
}

fn all<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let list: Option<Vec<T>> = value.as_array()?.iter().map(read).collect();
    list.filter(|list| !list.is_empty())
}

/// `127.0.0.1:7117`, `[::1]:7117`, `localhost:7117`.
fn address(value: &Value) -> Result<SocketAddr, String> {
    let text =
        value.as_str().ok_or_else(|| format!("an address is expected, found {}", value.type_name()))?;
    let text =
        text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text.parse().map_err(|_| format!("`{text}` is not an address and a port"))
}

/// `10.1.2.0/24`, `10.1.2.3`, `fe80::/10`.
fn network(value: &Value) -> Result<IpNet, String> {
    let text =
        value.as_str().ok_or_else(|| format!("an address is expected, found {}", value.type_name()))?;
    let whole = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let network = whole.ok_or_else(|| format!("`{text}` is not an address or a network"))?;
    if let IpNet::V6(six) = network
        && let (Some(four), Some(bits)) = (six.addr().to_ipv4_mapped(), six.prefix_len().checked_sub(96))
    {
        // Addresses are held against it in their short form.
        return Err(format!("`{text}` is a network of IPv4: write `{four}/{bits}`"));
    }
    if network.addr() != network.network() {
        return Err(format!("`{text}` has bits beyond its prefix: `{}` is meant?", network.trunc()));
    }
    Ok(network)
}

fn count(value: &Value) -> Option<usize> {
    value
        .as_integer()
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| (1..=1 << 20).contains(number))
}

/// A number of bytes: `4096`, `"64 KiB"`, `"16 MiB"`, `"1 GiB"`.
fn bytes(value: &Value) -> Option<usize> {
    let number = match (value.as_integer(), value.as_str()) {
        (Some(number), _) => u64::try_from(number).ok()?,
        (None, text) => {
            let (number, unit) = split(text?)?;
            let shift = match unit {
                "bytes" => 0,
                "KiB" => 10,
                "MiB" => 20,
                "GiB" => 30,
                _ => return None,
            };
            number.checked_mul(1 << shift)?
        }
    };
    usize::try_from(number).ok().filter(|bytes| (1024..=1 << 40).contains(bytes))
}

/// A time: `"30 s"`, `"200 ms"`, `"2 min"`.
fn duration(value: &Value) -> Option<Duration> {
    time(value).filter(|time| !time.is_zero())
}

/// The same, where none at all may be meant, and much is not: nobody else is served meanwhile.
fn busy(value: &Value) -> Option<Duration> {
    time(value).filter(|time| *time <= Duration::from_millis(10))
}

fn time(value: &Value) -> Option<Duration> {
    let (number, unit) = split(value.as_str()?)?;
    let unit = match unit {
        "us" => Duration::from_micros(1),
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "min" => Duration::from_secs(60),
        "h" => Duration::from_secs(3600),
        _ => return None,
    };
    unit.checked_mul(u32::try_from(number).ok()?)
}

/// `16 MiB`: number and unit.
fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn serve(text: &str) -> Result<Serve, String> {
        let config = Config::parse(text, Path::new("day/bridge.toml")).map_err(|error| error.to_string())?;
        config.serve.ok_or_else(|| "no [serve]".to_owned())
    }

    #[test]
    fn nothing_said_is_loopback_only() {
        let serve = serve("[serve]\n").expect("a configuration");
        assert_eq!(serve, Serve::default());
        let has =
            |address: &str| serve.allow.iter().any(|rule| rule.has(address.parse().expect("an address")));
        assert!(has("127.0.0.1") && has("127.9.9.9") && has("::1") && has("::ffff:127.0.0.1"));
        assert!(!has("128.0.0.1") && !has("10.0.0.1") && !has("::2") && !has("::ffff:10.0.0.1"));
    }

    #[test]
    fn everything_can_be_said() {
        let text = "[serve]\nlisten = [\"0.0.0.0:7117\", \"localhost:0\"]\njournal = \"j\"\nreport = \"/r.json\"\n\
                    allow = [\"10.1.0.0/16\", { from = \"10.2.0.1\", uids = [500, 0], machines = [\"cmp*\"] }]\n\
                    [serve.limits]\nconnections = 2\nmessage = \"64 KiB\"\nqueued = 4096\nmemory = \"1 GiB\"\n\
                    record = \"200 ms\"\nunread = \"2 min\"\nbusy_poll = \"50 us\"\n";
        let serve = serve(text).expect("a configuration");
        let told: Vec<String> = serve.listen.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["0.0.0.0:7117", "127.0.0.1:0"]);
        assert_eq!(serve.journal.as_deref(), Some(Path::new("day/j")));
        assert_eq!(serve.report.as_deref(), Some(Path::new("/r.json")));
        let [all, one] = &serve.allow[..] else { panic!("{:?}", serve.allow) };
        assert!(!all.asks() && all.has("10.1.255.255".parse().expect("an address")));
        assert!(one.asks() && one.knows(500, "cmphp1") && one.knows(0, "cmp"));
        assert!(
            !one.knows(501, "cmphp1")
                && !one.knows(500, "xcmp")
                && !one.has("10.2.0.2".parse().expect("one"))
        );
        let limits = Limits {
            connections: 2,
            message: 64 << 10,
            queued: 4096,
            memory: 1 << 30,
            record: Duration::from_millis(200),
            unread: Duration::from_secs(120),
            busy_poll: Duration::from_micros(50),
        };
        assert_eq!(serve.limits, limits);
    }

    #[test]
    fn every_fault_is_told_with_its_place_and_a_hint() {
        for (text, expected) in [
            ("serve = 3\n", "bridge.toml:1:1: `serve` must be a table, found integer"),
            ("[serve]\nlissen = []\n", "bridge.toml:2:1: `lissen` is not a key of `serve`"),
            ("[serve]\nlissen = []\n", "did you mean `listen`?"),
            ("[serve]\nlisten = []\n", "`listen` is empty"),
            ("[serve]\nlisten = \"127.0.0.1\"\n", "`127.0.0.1` is not an address and a port"),
            ("[serve]\nlisten = [7117]\n", "an address is expected, found integer"),
            (
                "[serve]\nlisten = [\"0.0.0.0:1\"]\n",
                "0.0.0.0:1 is reached from other machines, and `allow` does not",
            ),
            (
                "[serve]\nallow = [\"10.1.2.3/16\"]\n",
                "`10.1.2.3/16` has bits beyond its prefix: `10.1.0.0/16` is meant?",
            ),
            (
                "[serve]\nallow = [\"::ffff:10.0.0.0/104\"]\n",
                "`::ffff:10.0.0.0/104` is a network of IPv4: write `10.0.0.0/8`",
            ),
            ("[serve]\nallow = [\"::ffff:10.0.0.1\"]\n", "write `10.0.0.1/32`"),
            ("[serve]\nallow = [\"cmphp1\"]\n", "`cmphp1` is not an address or a network"),
            ("[serve]\nallow = [{ uids = [1] }]\n", "`from` is missing"),
            (
                "[serve]\nallow = [{ from = \"::1\", uid = [1] }]\n",
                "a rule has from, uids and machines, no `uid`",
            ),
            ("[serve]\nallow = [{ from = \"::1\", uids = [-1] }]\n", "`uids` must be a list of numbers"),
            ("[serve]\nallow = [{ from = \"::1\", machines = [] }]\n", "`machines` must be a list of names"),
            ("[serve.limits]\nconnection = 1\n", "did you mean `connections`?"),
            ("[serve.limits]\nmessage = \"16 MB\"\n", "`message`: \"16 MB\" is not a limit"),
            ("[serve.limits]\nmemory = 4096\n", "`memory` has no room for one message"),
            ("[serve.limits]\nrecord = \"0 s\"\n", "`record`: \"0 s\" is not a limit"),
            ("[serve.limits]\nbusy_poll = \"1 s\"\n", "`busy_poll`: \"1 s\" is not a limit"),
        ] {
            let told = serve(text).expect_err(text);
            assert!(told.contains(expected) && told.contains("hint: "), "{expected}\n--- not in ---\n{told}");
        }
    }
}
