# Why verdicts are so, and the list of duties at the shell.
reason-measured-not-built = probe { $probe } is not built: not measured yet
reason-measured-nothing = probe { $probe } brought back nothing
reason-measured-failed = probe { $probe } could not be run: { $why }
reason-measured-missing = probe { $probe } lacks facts: { $facts }
reason-measured-stale = last measured at { $at }, more than 26 hours ago
reason-measured-not-attested = nobody has attested it
reason-measured-attested = attested by { $person } until { $until }
reason-measured-attested-not = attested as not done ({ $record }, until { $until })
reason-measured-attested-over = attestation { $record } ran out on { $until }

help-duty = Self-assessment of the duties
help-duty-status = Measure all duties now and list how they stand
examples-duty =
    Example:
      anlan duty status --data ./anlan-data
examples-duty-status =
    Examples:
      anlan duty status --data ./anlan-data
      anlan duty status --data ./anlan-data --json

    The exit code is 1 when any duty is failing, else 0.
duty-status-sum = { $total } duties: { $met } met, { $risk } at risk, { $failing } failing, { $unknown } unknown
duty-status-met = met
duty-status-risk = at risk
duty-status-failing = failing
duty-status-unknown = unknown
duty-status-marks = ● computed from facts   ○ attested by a named person
duty-status-note = This is a self-assessment; it does not replace an inspection or evaluation.
duty-status-fact = { $fact } { $value }
duty-status-and = ,{" "}
