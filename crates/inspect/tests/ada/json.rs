//! Enough of JSON to read what gnat prints.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A member of an object; null if it has none of that name.
    pub fn get(&self, name: &str) -> &Json {
        match self {
            Json::Object(members) => members.iter().find(|(n, _)| n == name).map_or(&Json::Null, |(_, v)| v),
            _ => &Json::Null,
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => "",
        }
    }

    pub fn number(&self) -> Option<i64> {
        match self {
            Json::Number(number) => Some(*number as i64),
            _ => None,
        }
    }

    pub fn list(&self) -> &[Json] {
        match self {
            Json::List(list) => list,
            _ => &[],
        }
    }
}

/// Reads a value; what follows it is ignored.
pub fn parse(text: &str) -> Option<Json> {
    value(text.as_bytes(), &mut 0)
}

fn skip(text: &[u8], at: &mut usize) -> Option<u8> {
    while text.get(*at).is_some_and(u8::is_ascii_whitespace) {
        *at += 1;
    }
    text.get(*at).copied()
}

fn value(text: &[u8], at: &mut usize) -> Option<Json> {
    match skip(text, at)? {
        b'[' => {
            *at += 1;
            let mut list = Vec::new();
            loop {
                match skip(text, at)? {
                    b']' => break,
                    b',' => *at += 1,
                    _ => list.push(value(text, at)?),
                }
            }
            *at += 1;
            Some(Json::List(list))
        }
        b'{' => {
            *at += 1;
            let mut members = Vec::new();
            loop {
                match skip(text, at)? {
                    b'}' => break,
                    b',' => *at += 1,
                    _ => {
                        let Json::Text(name) = value(text, at)? else { return None };
                        (skip(text, at)? == b':').then(|| *at += 1)?;
                        members.push((name, value(text, at)?));
                    }
                }
            }
            *at += 1;
            Some(Json::Object(members))
        }
        b'"' => {
            let start = *at + 1;
            let end = start + text[start..].iter().position(|b| *b == b'"')?;
            *at = end + 1;
            Some(Json::Text(String::from_utf8_lossy(&text[start..end]).into_owned()))
        }
        _ => {
            let start = *at;
            while text.get(*at).is_some_and(|b| !b",]}".contains(b) && !b.is_ascii_whitespace()) {
                *at += 1;
            }
            let word = std::str::from_utf8(&text[start..*at]).ok()?;
            (*at > start).then(|| word.parse().map_or(Json::Null, Json::Number))
        }
    }
}
