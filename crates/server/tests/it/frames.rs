//! HTTP/2 by hand, for those who say what no client would (RFC 9113).

/// What a client begins with (§3.4); its settings follow.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Kinds of frames (§6).
pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const CONTINUATION: u8 = 9;

/// Flags: of DATA (§6.1), and of HEADERS and CONTINUATION (§6.2, §6.10).
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// Bytes of the longest frame there may be unless a server allows more (§4.2).
pub(crate) const FRAME_BYTES_MAX: usize = 16_384;

/// One frame (§4.1).
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short one").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A preface with these settings, each of a number and a value (§6.5.1).
pub(crate) fn preface(settings: &[(u16, u32)]) -> Vec<u8> {
    let settings: Vec<u8> = settings
        .iter()
        .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    [PREFACE, &frame(SETTINGS, 0, 0, &settings)].concat()
}

/// The fields with which a call begins.
pub(crate) fn head(path: &str) -> Vec<u8> {
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "a"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    fields.iter().flat_map(|(name, value)| field(name, value)).collect()
}

/// A literal field that is never indexed, its name too (RFC 7541 §6.2.3).
pub(crate) fn field(name: &str, value: &str) -> Vec<u8> {
    let mut field = vec![0x10];
    for text in [name, value] {
        field.push(u8::try_from(text.len()).expect("a short one"));
        field.extend_from_slice(text.as_bytes());
    }
    field
}

/// The number of a client's call, counted from zero (§5.1.1).
pub(crate) fn stream(call: u32) -> u32 {
    2 * call + 1
}

/// What a client sends that begins so many calls, each with the first byte of a message.
pub(crate) fn unfinished(path: &str, calls: u32) -> Vec<u8> {
    let head = head(path);
    let mut begun = preface(&[]);
    for stream in (0..calls).map(stream) {
        begun.extend(frame(HEADERS, END_HEADERS, stream, &head));
        begun.extend(frame(DATA, 0, stream, b"\0\0\0\x01\0a"));
    }
    begun
}

/// What a client sends that makes so many calls with one message, each with these fields.
pub(crate) fn calls(settings: &[(u16, u32)], head: &[u8], message: &[u8], calls: u32) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short one").to_be_bytes();
    let body = [&[0], &length[..], message].concat();
    let mut made = preface(settings);
    for stream in (0..calls).map(stream) {
        made.extend(frame(HEADERS, END_HEADERS, stream, head));
        made.extend(frame(DATA, END_STREAM, stream, &body));
    }
    made
}
