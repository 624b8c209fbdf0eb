# Reasons that the probes over registers and staff give: which one it is, and what is missing, in one sentence.

reason-staff-account-leaver = Account { $account } is still open, { $person } has left
reason-staff-account-ownerless = Account { $account } belongs to nobody
reason-staff-account-shared = Account { $account } is used by more than one person
reason-staff-account-dormant = Nobody signed in to account { $account } for { $days } days, and it is still open
reason-staff-sign-ins-unread = There are too many records to find out which accounts are no longer used
reason-staff-password-oldest = The oldest password is that of account { $account }: { $days } days
reason-staff-two-roles = { $person } is administrator in two of three roles
reason-staff-role-missing = Nobody is { $role ->
    [system] system administrator
    [security] security administrator
   *[audit] audit administrator
    }
reason-staff-letter-leaver = { $record } { $title }: its signer has left and the letter was not handed over
reason-staff-letter-unit = { $unit } has no responsibility letter in force today
reason-staff-letter-person = { $person } has no responsibility letter in force today
reason-staff-post-empty = Nobody is appointed: { $post }
reason-staff-post-elsewhere = { $post }: appointed in { $unit } only ({ $record }), not for the whole operator
reason-staff-post-unchecked = { $record } { $title }: key post without a check before the appointment
reason-staff-post-unregistered = { $person } holds the key post { $post } without an appointment and a check on record
reason-staff-post-vacant = Key post { $post } of { $unit } is vacant
reason-staff-department-empty = { $unit } has no security officer
reason-staff-no-cii-posts = No key post of critical infrastructure is registered; how many there must be is not known

reason-reg-cut = Too many records to read them all: no verdict
reason-reg-none = Register “{ $kind }” has no record at all: whether nothing happened or nothing was entered, it cannot tell
reason-reg-none-due = Nothing was due in register “{ $kind }” for a year: whether nothing came or nothing was entered, it cannot tell
reason-reg-hazard-overdue = { $record } { $title }: not fixed or not checked in time
reason-reg-hazard-unwatched = { $record } { $title }: nobody who is still here watches it until it is fixed
reason-reg-hazard-no-proof = { $record } { $title }: struck off without proof that it was fixed
reason-reg-hazard-nothing = No hazard was ever entered, and some units were not swept: no entry is not no hazard
reason-reg-hazard-no-scan = No hazard found by a scan or test is on record; whether vulnerabilities are fixed in time is not known
reason-reg-unit-unswept = { $unit } has no patrol or inspection on record within the interval
reason-reg-clock-overdue = { $record } { $title }: { $clock } was due { $due } and is not done
reason-reg-clock-late = { $record } { $title }: { $clock } was due { $due } and was done late
reason-reg-clock-soon = { $record } { $title }: { $clock } is due { $due }
reason-reg-task-overdue = { $record } { $title }: was due { $due } and is not done
reason-reg-task-undone = { $record } { $title }: was due { $due } and is noted as not done
reason-reg-task-soon = { $record } { $title }: is due { $due }
reason-reg-task-no-series = No unit has switched on this recurring task of “{ $kind }”: { $series }
reason-reg-task-not-yet = The recurring task of “{ $kind }” is switched on and was not due yet
reason-reg-task-no-systems = Register “{ $kind }” is empty; which systems must be tested is not known
reason-reg-rule-missing = No rule in force: { $category }
reason-reg-rule-overdue = { $record } { $title }: its review is overdue
reason-reg-rule-citation = { $record }: cites “{ $found }”, which today is “{ $today }”
reason-reg-rule-unread = { $record } { $title }: its text is missing or cannot be read; what it cites was not checked
reason-reg-entry-missing = { $record } { $title }: entered, but what the duty asks for is not done
reason-reg-entry-incomplete = { $record } { $title }: not whole, or no longer valid
reason-reg-entry-overdue = { $record } { $title }: its review or change is overdue
reason-reg-required-unknown = Nothing says how many entries “{ $kind }” must have: tidy is not complete
reason-reg-act-unapproved = { $record } { $title }: no approval before it was done
reason-reg-act-alone = { $record } { $title }: approved by whoever applied or owns it
reason-reg-act-unseen = The register shows none without approval; what really happened is not compared with it yet
reason-reg-case-record = { $record } { $title }: no record was kept
reason-reg-case-second = { $record } { $title }: no second person confirmed or approved
reason-reg-case-unanswered = { $record } { $title }: not answered in time
reason-reg-rule-none = No rule is in force whose citations could be checked
reason-staff-no-departments = No department is set up; how many security officers there must be is not known
reason-staff-no-key-posts = No key post is registered: name the key posts first, then appoint and check
