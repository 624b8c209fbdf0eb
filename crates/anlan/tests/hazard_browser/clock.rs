//! A clock for the real binary that stands outside of it: a library of a few lines, loaded before the C library, adds what a file says to the time of day.
//!
//! Invariant: nothing of it is in the product, so nothing can be switched on there.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anlan_base::{Clock as _, Instant, SystemClock, parse_time};

const SHIM: &str = r#"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile long long *shift;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("TEST_CLOCK_SHIFT");
    int file = path ? open(path, O_RDONLY) : -1;
    void *seen = file < 0 ? MAP_FAILED : mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED) shift = seen;
}

int clock_gettime(clockid_t id, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, id, now);
    if (!failed && id == CLOCK_REALTIME && shift) now->tv_sec += *shift;
    return failed;
}
"#;

pub struct Clock {
    library: PathBuf,
    shift: PathBuf,
}

impl Clock {
    /// `None`, and one line that says so, where the machine has no C compiler.
    pub fn new(folder: &Path) -> Option<Self> {
        let (source, library, shift) = (folder.join("clock.c"), folder.join("clock.so"), folder.join("shift"));
        std::fs::write(&source, SHIM).unwrap();
        std::fs::write(&shift, 0_i64.to_ne_bytes()).unwrap();
        let made = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("left out: no C compiler for the clock");
            return None;
        }
        Some(Self { library, shift })
    }

    /// From now on it is `time` (Beijing) for every process started with [`Self::environment`].
    pub fn set(&self, time: &str) {
        let wanted = parse_time(time).unwrap().0 / Instant::SECOND;
        let shift = i64::try_from(wanted).unwrap() - i64::try_from(SystemClock.now().0 / Instant::SECOND).unwrap();
        File::options().write(true).open(&self.shift).unwrap().write_all_at(&shift.to_ne_bytes(), 0).unwrap();
    }

    /// Seconds since 1970, as those processes see it.
    pub fn seconds(&self) -> u64 {
        let shift = i64::from_ne_bytes(std::fs::read(&self.shift).unwrap().try_into().unwrap());
        (SystemClock.now().0 / Instant::SECOND).checked_add_signed(shift).unwrap()
    }

    pub fn environment(&self) -> [(&str, &str); 2] {
        [("LD_PRELOAD", self.library.to_str().unwrap()), ("TEST_CLOCK_SHIFT", self.shift.to_str().unwrap())]
    }
}
