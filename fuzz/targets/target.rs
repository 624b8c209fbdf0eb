//! The one wrapper of all targets: the binary's name says which body it runs.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: {
        // libfuzzer's hook ends the process at any panic, even one that a reader catches on purpose (Parquet's decoders). A body's own still ends it.
        drop(std::panic::take_hook());
    },
    |data: &[u8]| {
        anlan_fuzz::run(env!("CARGO_BIN_NAME"), data);
    }
);
