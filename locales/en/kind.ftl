# Kinds: faults, help

# Files of kinds: spec/kind.md
fault-kind-file-large = The file is too large: the limit is { $limit } bytes
fault-kind-file-large-remedy = Take out fields and texts, or make several kinds
fault-kind-type = Here { $wanted ->
    [text] a text in quotation marks
    [number] a whole number without quotation marks
    [flag] true or false
    [list] a list [ … ]
    [table] a table {"{"} … {"}"}
   *[tables] tables, as [[…]] or [{"{"} … {"}"}],
 } is expected
fault-kind-type-remedy = Write the value as spec/kind.md says
fault-kind-name = A name has a-z, 0-9 and _, begins with a letter and has at most { $limit } characters
fault-kind-name-remedy = Write it like found_by
fault-kind-id = An id has a-z, 0-9, _ and -, begins with a letter and has at most { $limit } characters
fault-kind-id-remedy = Write it like room-visit
fault-kind-file-name = The file is not called as its id says
fault-kind-file-name-remedy = Call the file { $wanted }, or change the id
fault-kind-number = The letters of a record’s number are 2 to 6 capital letters
fault-kind-number-remedy = Write it like number = "JF"
fault-kind-word = “{ $found }” is none of the words that can stand here
fault-kind-word-remedy = Known: { $known }
fault-kind-who = “{ $found }” is no role and no relation
fault-kind-who-remedy = Known: opener, owner, holder, above:ROLE, field:NAME, or a role: { $known }
fault-kind-role = There is no role “{ $found }”
fault-kind-role-remedy = Known: { $known }
fault-kind-role-reads = The inspector sees and changes nothing, and cannot stand here
fault-kind-role-reads-remedy = Take another role; to let an inspector see records, use sees
fault-kind-opens-empty = It does not say who may open a record
fault-kind-opens-empty-remedy = Write roles; where only fan-out, moves or series open records, write opens = "none"
fault-kind-opens-relation = Before a record is opened nobody has this relation to it
fault-kind-opens-relation-remedy = Write roles and above:ROLE only in opens
fault-kind-owner-missing = owner is named, but there is no field owner
fault-kind-owner-missing-remedy = Add a field with name = "owner" and type = "person", or name a role
fault-kind-owner-type = The field owner is the person responsible: its type has to be person
fault-kind-owner-type-remedy = Write type = "person", or choose another name
fault-kind-holder-holds = holder cannot say in whose hands a record is
fault-kind-holder-holds-remedy = Write owner, opener, a role, above:ROLE or field:NAME
fault-kind-system = There is no system “{ $found }”
fault-kind-system-remedy = Write an id of packs/cn/systems.toml, such as SYS-069; take it out where none fits
fault-kind-twice = “{ $name }” stands there twice
fault-kind-twice-remedy = Write each once; different things need different names
fault-kind-reserved = “{ $name }” has a meaning of its own
fault-kind-reserved-remedy = Choose another name: open and opener stand for the opening, series for the clock of a series
fault-kind-many = Too many: the limit is { $limit }
fault-kind-many-remedy = Keep { $limit }, or make several kinds
fault-kind-too-many = Too many kinds: the limit is { $limit } together
fault-kind-too-many-remedy = Take out kinds that are not needed any more
fault-kind-range = The number is not from { $least } to { $most }
fault-kind-range-remedy = Write a whole number of this range
fault-kind-least-most = least ({ $least }) is more than most ({ $most }): no number fits
fault-kind-least-most-remedy = Swap or correct them; least is 0 where it is not written
fault-kind-list-empty = The list is empty
fault-kind-list-empty-remedy = Write at least one entry, or take the key out
fault-kind-id-twice = There is a kind “{ $id }” already
fault-kind-id-twice-remedy = Choose another id; a shipped kind cannot be replaced by one of its id
fault-kind-number-twice = The letters “{ $number }” belong to “{ $other }”
fault-kind-number-twice-remedy = Choose other letters, so that a number belongs to one kind
fault-kind-field-type = There is no type of field “{ $found }”
fault-kind-field-type-remedy = Known: { $known }
fault-kind-key-unfit = { $name } does not go with { $type }
fault-kind-key-unfit-remedy = Remove { $name }, or take another type
fault-kind-required-twice = It is required anyway: required_when has no effect
fault-kind-required-twice-remedy = Remove required or required_when
fault-kind-sealed-empty = sealed names no role: nobody could ever see it
fault-kind-sealed-empty-remedy = Name the roles that may see it, or remove sealed
fault-kind-sealed = “{ $found }” is sealed and cannot be shown or taken along here
fault-kind-sealed-remedy = Take another field; a sealed one is seen in its record only, with a reason
fault-kind-no-field = There is no field “{ $found }”
fault-kind-no-field-remedy = Correct the name, or add the field first; there are: { $known }
fault-kind-field-never = No form asks for “{ $found }”, and no move writes it
fault-kind-field-never-remedy = Name it in asks, or in needs or asks of a move, or remove the field
fault-kind-no-state = There is no state “{ $found }”
fault-kind-no-state-remedy = Correct the name, or add the state first; there are: { $known }
fault-kind-no-move = There is no move “{ $found }”
fault-kind-no-move-remedy = Correct the name, or add the move first; there are: { $known }
fault-kind-no-kind = There is no kind “{ $found }”
fault-kind-no-kind-remedy = Correct the id, or bring in the file of that kind together with this one
fault-kind-unfit = The field “{ $found }” is of type { $type } and does not fit here
fault-kind-unfit-remedy = What fits here: { $wanted }
fault-kind-condition-field = “{ $name }” in the condition is no field
fault-kind-condition-field-remedy = Write facts.NAME; there are: { $known }
fault-kind-condition-type = In the condition “{ $sign }” does not fit what stands beside it
fault-kind-condition-type-remedy = Fields of type number can be compared by size; a yes field is true or false and stands alone; all others are texts, with == or !=, and '' where not filled
fault-kind-condition-option = The field “{ $name }” has no option “{ $found }”: the comparison can never be true
fault-kind-condition-option-remedy = Known: { $known }
fault-kind-no-end = No state ends: a record would never be done
fault-kind-no-end-remedy = Put ends = true to the last state
fault-kind-state-unreached = No move reaches this state
fault-kind-state-unreached-remedy = Add a move whose to it is, or remove the state
fault-kind-state-stuck = A record cannot leave this state, and it is no end
fault-kind-state-stuck-remedy = Add a move that leads on from here, or write ends = true
fault-kind-state-in-use = Records in the state “{ $state }”: { $records }. The new text does not have it
fault-kind-state-in-use-remedy = Keep the state; other moves need not lead to it any more
fault-kind-state-endless = From this state no way leads to an end
fault-kind-state-endless-remedy = Add a move that leads to a state with ends = true
fault-kind-move-nobody = Nobody may make this move
fault-kind-move-nobody-remedy = Name roles or relations in who
fault-kind-move-second = Whoever proposes would be the only one who could approve: there is no second person
fault-kind-move-second-remedy = Name other roles in by
fault-kind-move-other = other_than leaves nobody who may make this move
fault-kind-move-other-remedy = Add a role to who, or take a move out of other_than
fault-kind-by-needless = by has no effect without second = true
fault-kind-by-needless-remedy = Add second = true, or remove by
fault-kind-setting = “{ $found }” is nothing that a move can write
fault-kind-setting-remedy = Known: @now, @today, @actor, @checkpoint, or a text
fault-kind-setting-value = “{ $found }” does not fit a field of type { $type }
fault-kind-setting-value-remedy = Write it as it is kept: the id of an option, 2026-10-09, 2026-10-09T08:30, yes or no
fault-kind-copy-field = The kind “{ $kind }” has no field “{ $found }”
fault-kind-copy-field-remedy = In copies their field stands on the left, ours on the right
fault-kind-copy = What is in { $ours } ({ $from }) does not always fit into their { $theirs } ({ $to })
fault-kind-copy-remedy = Use one type on both sides; theirs must not have less length, range, options or entries than ours
fault-kind-link-back = “{ $found }” is no field of the kind “{ $kind }” that leads back to “{ $id }”
fault-kind-link-back-remedy = Add a field with type = "link" and to = "{ $id }" to that kind
fault-kind-clock-term = Exactly one of length, law and field has to be written
fault-kind-clock-term-remedy = length for a length, law for a clock of the law pack, field for a field with a date
fault-kind-clock-misplaced = { $name } goes with { $with } only
fault-kind-clock-misplaced-remedy = Remove { $name }
fault-kind-clock-law = The law pack has no clock “{ $found }”
fault-kind-clock-law-remedy = Write an id of clocks.toml, or use length
fault-kind-clock-law-unfit = This clock of the law pack does not count from a move of a record
fault-kind-clock-law-unfit-remedy = Terms of retention and times ahead of an event cannot stand here; use length or field
fault-kind-clock-row-missing = This clock has several lengths, and no field says which one holds
fault-kind-clock-row-missing-remedy = Add row = "FIELD": a field of type choice whose options are called as the rows
fault-kind-clock-row-needless = This clock has one length: row has no effect
fault-kind-clock-row-needless-remedy = Remove row
fault-kind-clock-row = The option “{ $found }” has no row in this clock
fault-kind-clock-row-remedy = Options are called as the rows: { $known }; leave out with when what has no term
fault-kind-clock-unfilled = At “{ $start }” the field “{ $field }” may not be filled yet: which length holds cannot be told
fault-kind-clock-unfilled-remedy = Make it required, or name it in needs of that move; where there may be no term, write when
fault-kind-clock-uncopied = Some records are not opened by a person, and “{ $field }” is not filled then: which length holds cannot be told
fault-kind-clock-uncopied-remedy = Take it along in copies there, or start the clock with a move
fault-kind-clock-no-number = This clock has no number, and no field for a day that a person sets
fault-kind-clock-no-number-remedy = Add own = "FIELD" with a field of type date, or write a length
fault-kind-clock-never-runs = Started there the record has ended already: the clock would never run
fault-kind-clock-never-runs-remedy = Start it with another move, or take ends from that state
fault-kind-clock-never-stops = Started there no move and no end can stop it
fault-kind-clock-never-stops-remedy = Name a move in stop that can be made afterwards, or let the record come to an end
fault-kind-pause-endless = After this pause begins its until can never be made
fault-kind-pause-endless-remedy = Change until, or add a move that leads back
fault-kind-series-term = Exactly one of each and law has to be written
fault-kind-series-term-remedy = each for day, week, month and so on, law for a clock of the law pack
fault-kind-series-law = This clock of the law pack does not come again
fault-kind-series-law-remedy = Take one that recurs, or write each

# What people type into fields
value-long = Too long: the limit is { $most } characters
value-lines = Only one line fits here
value-control = There is a control character in it
value-number = “{ $found }” is no whole number
value-range = { $found } is not from { $least } to { $most }
value-option = There is no option “{ $found }”. Known: { $known }
value-date = “{ $found }” is no date. Write it like 2026-10-09, from 1970 on
value-time = “{ $found }” is no time. Write it like 2026-10-09 08:30
value-yes = “{ $found }” is neither yes nor no. Write yes or no
value-person = “{ $found }” is no number of a person. Write it like p12
value-unit = “{ $found }” is no number of a unit. Write it like u3
value-source = “{ $found }” is no source
value-record = “{ $found }” is no number of a record. Write it like YH-2026-0012
value-record-asset = { $found } is no asset
value-record-kind = { $found } is not of the kind “{ $wanted }”
value-many = Too many: the limit is { $most }
value-attachment = The list of attachments cannot be read
value-table = The table cannot be read: each row has { $columns } cells
value-cell = Row { $row }, cell { $column }: { $what }

fault-kind-utf8 = The file is no UTF-8 text
fault-kind-utf8-remedy = Save it as plain text in UTF-8

# anlan kind
help-kind = Kinds of records: check files, show those in force
examples-kind =
    Examples:
      anlan kind list
      anlan kind show hazard
      anlan kind lint visitors.toml
help-kind-lint = Check files of kinds; nothing is stored
examples-kind-lint =
    Examples:
      anlan kind lint visitors.toml
      anlan kind lint *.toml --json
    Exit codes: 0 sound; 1 faults; 3 cannot be read.
help-kind-add = Put a unit’s own kinds in force; of files with faults nothing is stored
examples-kind-add =
    Examples:
      anlan kind add room-visit.toml --data ./anlan-data
      anlan kind add *.toml --data ./anlan-data --json
    Exit codes: 0 in force; 1 faults; 3 cannot be read.
kind-added = In force: { $kind } (entry { $entry })
kind-add-nothing = Faults: { $count }. Nothing was stored.
kind-add-large = Files that are added together have at most { $mebibytes } MiB: add them in parts
help-kind-list = The kinds in force
examples-kind-list =
    Examples:
      anlan kind list
      anlan kind list --data ./anlan-data --json
help-kind-show = Fields, states, moves, clocks and forms of a kind
examples-kind-show =
    Examples:
      anlan kind show hazard
      anlan kind show YH
      anlan kind show hazard --json
help-kind-files = Files of kinds; docs/own-register.en.md tells how to write one
help-kind-id = The id of a kind, or the letters of its numbers: hazard, YH
help-kind-json = One JSON value
help-kind-data = A data folder: the unit’s own kinds too
law-lint-kinds = Kinds of records: { $kinds }; their states, moves and clocks lead to an end.
kind-packs-faulty = The packs in the box are faulty: run anlan law lint packs
kind-no-such = There is no kind “{ $got }”. anlan kind list shows those there are
kind-lint-sound = Sound. Files: { $count }
kind-list-count = Kinds: { $count }. See anlan kind show KIND
kind-column-number = number
kind-column-id = kind
kind-column-place = page
kind-column-title = title
kind-own = {" "}(the unit’s own)
kind-own-pack = the unit’s own
kind-list-joint = {", "}
kind-part-joint = {"; "}
kind-of = { $what } ({ $of })
kind-place-work = work
kind-place-hazards = hazards
kind-place-access = access
kind-place-incidents = incidents
kind-place-personal = personal
kind-place-complaints = complaints
kind-place-people = people
kind-place-compliance = compliance
kind-place-content = content
kind-place-assets = assets
kind-type-text = text
kind-type-number = whole number
kind-type-choice = choice
kind-type-date = date
kind-type-time = time
kind-type-yes = yes or no
kind-type-person = person
kind-type-people = people
kind-type-unit = unit
kind-type-units = units
kind-type-source = source
kind-type-asset = asset
kind-type-attachment = attachments
kind-type-table = table
kind-type-link = link
kind-who-above = { $role } above
kind-who-opener = whoever opened it
kind-who-holder = whoever has it
kind-opening = the opening
kind-everyone = everyone with a role in the unit
kind-nobody = nobody (by fan-out, a move or a series only)
kind-show-head = { $number }  { $title } ({ $id })  page: { $place }  from: { $from }
kind-show-sees = seen by: { $what }
kind-show-opens = opened by: { $what }
kind-show-basis = basis: { $what }
kind-show-unsure = to be checked: { $what }
kind-show-fanout = fan-out: “{ $move }” opens { $child } in each of “{ $units }”
kind-show-fields = Fields
kind-show-states = States
kind-show-moves = Moves
kind-show-clocks = Clocks
kind-show-print = Forms
kind-field-required = required
kind-field-required-when = required when { $when }
kind-field-personal = personal
kind-field-sealed = sealed, seen by: { $roles }
kind-state-ends = ends
kind-state-holder = with: { $people }
kind-move-stays = { $from } (stays)
kind-move-who = who: { $what }
kind-move-by = another approves: { $what }
kind-move-other = not the same person as: { $what }
kind-move-needs = needs: { $what }
kind-move-asks = asks: { $what }
kind-move-when = when: { $what }
kind-move-sets = writes: { $what }
kind-move-opens = opens: { $what }
kind-move-opinion = asks for an opinion: { $what }
kind-move-signs = asks to confirm: { $what }
kind-move-marks = also: { $what }
kind-move-reason = a reason
kind-move-grave = proving oneself once more
kind-clock-by-law = by the law pack’s clock { $clock }
kind-clock-by-row = by the law pack’s clock { $clock }, row: { $field }
kind-clock-by-field = until “{ $field }”{ $at }
kind-clock-runs = from { $start } until { $stop }
kind-clock-end = the end
kind-clock-own = an earlier day may be set: { $what }
kind-clock-remind = reminder before: { $what }
kind-clock-late = late, told at once: { $people }
kind-clock-later = late by { $after }, told: { $people }
kind-series-ahead = opened { $ahead } before it is due
kind-series-after = opened when the one before is due
kind-print-record = one record, copies: { $copies }
kind-print-list = list, copies: { $copies }
kind-roll-next = {", "}on a day off the next working day
kind-roll-previous = {", "}on a day off the working day before
kind-length-at-once = at once
kind-length-as-ordered = as ordered
kind-length-as-requested = as requested
kind-length-configurable = as the unit sets it
kind-span-minutes = { $count } min
kind-span-hours = { $count } h
kind-span-days = { $count } d
kind-span-working-days = { $count } working days
kind-span-months = { $count } months
kind-span-years = { $count } years
kind-day-number = { $number }
kind-day-last = the last
kind-day-of-month = month { $month }, day { $day }
kind-each-day = every day
kind-each-working-day = every working day
kind-each-week = every { $days }
kind-each-month = every month on { $days }
kind-each-quarter = every quarter: { $days }
kind-each-year = every year: { $days }
kind-mon = Monday
kind-tue = Tuesday
kind-wed = Wednesday
kind-thu = Thursday
kind-fri = Friday
kind-sat = Saturday
kind-sun = Sunday
