# Records: refusals, pages
# Why a command was refused. `people` are those who may instead.

refusal-no-person = This account belongs to nobody who is in office: a system administrator has to tie it to a person first
refusal-not-there = There is no such record, or it lies outside your rights
refusal-is-there = This record is there already
refusal-voided = It is void: nothing can be done with it any more
refusal-ended = It is closed: nothing can be done with it any more
refusal-kind-gone = Records of this kind are no longer kept
refusal-nobody-there = Nobody is in office who could take it: name a head of the unit first
refusal-stale = Somebody has just changed it: look at what it says now, then try again

refusal-opens-by-itself = Records of this kind come from above, from another record or by the calendar, not by hand
refusal-open-not-yours = You may not open one in this unit; these may: { $people }
refusal-happened-ahead = It cannot have happened later than now
refusal-unit-closed = “{ $name }” is closed
refusal-unit-outside = “{ $name }” is neither this unit nor below it: nothing can be sent down to it
refusal-fanout-nobody = Choose the units that it goes to

refusal-field-required = To be filled in
refusal-field-unknown = There is no such field
refusal-field-unasked = This step does not ask for it
refusal-field-automatic = It is filled in by itself
refusal-field-not-personal = It is not personal information and cannot be erased as such
refusal-field-not-sealed = It is not sealed
refusal-fields-none = Choose at least one
refusal-unit-unknown = There is no unit { $value }
refusal-person-unknown = There is no person { $value }
refusal-person-left = { $name } has left
refusal-value-link = There is no record { $value }
refusal-own-later = It cannot be later than the end by law or rule, { $latest }
refusal-reason-required = Say why
refusal-text-required = Write something
refusal-text-long = At most { $most } characters
refusal-text-control = It holds control characters that cannot be kept
refusal-nothing-changed = Nothing was changed

refusal-move-unknown = There is no such step
refusal-move-not-now = This step cannot be taken in the present state
refusal-move-when = The condition of this step is not met
refusal-not-yours = You may not take this step; these may: { $people }
refusal-nobody-may = Nobody may take it at present: fill the post or name a head of the unit first
refusal-other-than = You took an earlier step: this one is for another person
refusal-pending = Something waits for approval: it has to be approved, turned down or withdrawn first
refusal-no-approver = There is no other person who could approve it: name an approver or a head of the unit first
refusal-nothing-pending = Nothing waits for approval
refusal-own-proposal = Nobody approves their own proposal
refusal-approve-not-yours = You may not approve it; these may: { $people }
refusal-proposal-void = It no longer holds; turn it down, or its proposer withdraws it: { $why }
refusal-withdraw-not-yours = Only who proposed it may withdraw it: { $people }

refusal-correct-not-yours = You may not correct it; these may: { $people }
refusal-void-not-yours = You may not make it void; these may: { $people }
refusal-erase-not-yours = You may not ask for erasure; these may: { $people }
refusal-sealed-not-yours = It is sealed and not for you; these may see it: { $people }
refusal-note-not-yours = You may look at it only
refusal-hand-not-yours = You may not hand it on or delegate it; these may: { $people }
refusal-hand-same = It is in those hands already
refusal-hand-outside = { $name } has nothing to do with this unit: grant a role first, or hand it to their unit
refusal-delegate-until = The end must lie after now and within { $most } days
refusal-urge-not-yours = You may not urge; these may: { $people }
refusal-ask-not-yours = You may not ask people; these may: { $people }
refusal-ask-nobody = Choose people; whoever was asked and has not answered is not asked again
refusal-asks-many = One record asks at most { $most } times
refusal-not-asked = You were not asked, or have answered

refusal-needs-proposal = It has to be proposed first, and approved by another person
refusal-attachment-missing = The file did not arrive whole: send it again
refusal-attachment-too-large = A file has at most { $most } MiB
refusal-attachment-empty = The file is empty
refusal-attachment-name = The name of the file is empty, too long or has control characters: give it another
refusal-series-not-yours = Series are switched by the head or leader of the unit, or an administrator of security
refusal-attachment-type = Files of this type are not taken; known: PDF, pictures, Word, Excel, PowerPoint, TXT, CSV, ZIP, OFD
refusal-record-full = The history of this record has reached { $most } entries: nothing more can be added
refusal-too-many-opened = At most { $most } records can be opened at once

# Values that do not fit: the words stand in kind.ftl.
refusal-value-long = { value-long }
refusal-value-lines = { value-lines }
refusal-value-control = { value-control }
refusal-value-number = { value-number }
refusal-value-range = { value-range }
refusal-value-option = { value-option }
refusal-value-date = { value-date }
refusal-value-time = { value-time }
refusal-value-yes = { value-yes }
refusal-value-source = { value-source }
refusal-value-record = { value-record }
refusal-value-record-asset = { value-record-asset }
refusal-value-record-kind = { value-record-kind }
refusal-value-many = { value-many }
refusal-value-attachment = { value-attachment }
refusal-value-table = { value-table }
refusal-value-cell = { value-cell }
refusal-value-person = { value-person }
refusal-value-unit = { value-unit }
