//! Logs of the listed devices: coverage, fields, time, silence.
