//! Registers and cases: hazards, clocks, tasks, rules, letters.
