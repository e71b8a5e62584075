//! Packs that no git would write.

use std::io::Write as _;

/// A pack of one blob of 16 KiB, and of deltas that each repeat it.
pub fn bombs(deltas: u32, size: u64, copies: usize) -> Vec<u8> {
    let mut pack = [b"PACK".as_slice(), &2_u32.to_be_bytes(), &(deltas + 1).to_be_bytes()].concat();
    let base = vec![7; 16 << 10];
    let start = pack.len();
    entry(&mut pack, 3, base.len(), &[], &base);
    let mut delta = Vec::new();
    for number in [base.len() as u64, size] {
        varint(&mut delta, number);
    }
    for _ in 0..copies {
        // copy 16 KiB from the beginning
        delta.extend([0b1010_0000, 0x40]);
    }
    for _ in 0..deltas {
        let offset = offset(pack.len() - start);
        entry(&mut pack, 6, delta.len(), &offset, &delta);
    }
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(&pack);
    pack.extend_from_slice(hasher.try_finalize().unwrap().as_slice());
    pack
}

fn entry(pack: &mut Vec<u8>, kind: u8, size: usize, reference: &[u8], data: &[u8]) {
    let mut rest = size >> 4;
    let mut byte = (kind << 4) | u8::try_from(size & 15).unwrap();
    while rest > 0 {
        pack.push(byte | 0x80);
        byte = u8::try_from(rest & 0x7f).unwrap();
        rest >>= 7;
    }
    pack.push(byte);
    pack.extend_from_slice(reference);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(data).unwrap();
    pack.extend(packed.finish().unwrap());
}

fn varint(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    into.push(u8::try_from(number).unwrap());
}

/// How far back a base lies, in git's own way of writing it.
fn offset(mut back: usize) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(back & 0x7f).unwrap()];
    back >>= 7;
    while back > 0 {
        back -= 1;
        bytes.push(u8::try_from(back & 0x7f).unwrap() | 0x80);
        back >>= 7;
    }
    bytes.reverse();
    bytes
}

/// The answer to a fetch that carries a pack.
pub fn packfile(pack: &[u8]) -> Vec<u8> {
    let line = |data: &[u8]| [format!("{:04x}", data.len() + 4).as_bytes(), data].concat();
    let mut body = line(b"packfile\n");
    for piece in pack.chunks(60_000) {
        body.extend(line(&[&[1], piece].concat()));
    }
    [body.as_slice(), b"0000"].concat()
}
