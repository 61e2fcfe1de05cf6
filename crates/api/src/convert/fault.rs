//! Faults, there and back.

use haven_core::fault::Fault;

use super::some;
use crate::pb;

/// Writes a fault.
pub fn to_pb(fault: &Fault) -> pb::Fault {
    pb::Fault {
        line: fault.line.and_then(|line| u32::try_from(line).ok()).unwrap_or(0),
        field: fault.field.clone().unwrap_or_default(),
        what: fault.what.clone(),
        next: fault.next.clone(),
    }
}

/// Reads a fault.
pub fn from_pb(fault: pb::Fault) -> Fault {
    let line = usize::try_from(fault.line).ok().filter(|line| *line > 0);
    Fault { line, field: some(fault.field), what: fault.what, next: fault.next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_comes_back_as_it_went() {
        let bare = Fault::new("wrong", "");
        for fault in [bare.clone(), bare.clone().at_line(7), bare.of_field("urge")] {
            assert_eq!(from_pb(to_pb(&fault)), fault);
        }
    }
}
