//! Crockford's base 32: codes that people copy by hand. No I, L, O or U; what looks like 1 or 0 is read as it.

const SYMBOLS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters in a group.
const GROUP: usize = 4;

/// Encodes bytes, a multiple of five of them, in groups of four characters with dashes between.
pub(crate) fn encode(bytes: &[u8]) -> String {
    debug_assert!(bytes.len().is_multiple_of(5));
    let mut code = String::with_capacity(bytes.len() * 2);
    let symbols = bytes.chunks_exact(5).flat_map(symbols_of);
    for (index, symbol) in symbols.enumerate() {
        if index > 0 && index % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(symbol));
    }
    code
}

/// Strips dashes and white space and reads each character; the character that is none comes back.
pub(crate) fn values(code: &str) -> Result<Vec<u8>, char> {
    let meant = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    meant.map(|c| value(c).ok_or(c)).collect()
}

/// Packs five-bit values, a multiple of eight of them, into bytes.
pub(crate) fn pack(values: &[u8]) -> Vec<u8> {
    let word = |chunk: &[u8]| chunk.iter().fold(0_u64, |word, value| word << 5 | u64::from(*value));
    values.chunks_exact(8).flat_map(|chunk| word(chunk).to_be_bytes().into_iter().skip(3)).collect()
}

fn symbols_of(chunk: &[u8]) -> [u8; 8] {
    let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    std::array::from_fn(|i| SYMBOLS[(word >> (35 - 5 * i)) as usize & 31])
}

fn value(character: char) -> Option<u8> {
    let meant = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let index = SYMBOLS.iter().position(|symbol| char::from(*symbol) == meant)?;
    u8::try_from(index).ok()
}
