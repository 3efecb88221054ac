//! What a whole run promises, whatever fails.

mod faults;
