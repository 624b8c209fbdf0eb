# REST API

api-token = Send a valid API token: Authorization: Bearer TOKEN (make one with `anlan token add`, or in the console)
api-scope = This token does not open this: it needs the scope { $scope }
api-owner = This token belongs to nobody who may act: make one that an account owns
api-not-found = There is nothing here, or it lies outside your rights
api-method = This address is not asked so: see /api/v1/openapi.json
api-media = Send JSON: Content-Type: application/json
api-json = The body is no JSON: line { $line }, column { $column }
api-member-unknown = Unknown name `{ $name }`; known here: { $known }
api-member-missing = `{ $name }` is missing
api-member-type = `{ $name }` should be: { $wanted }
api-query = `{ $name }` cannot be read: { $wanted }
api-too-large = A body has at most { $most } bytes here
api-busy = Too many requests at once: try again in a second
api-internal = The server could not answer; its own log says why
api-no-book = No law pack is in force yet: try again later
api-person = A person does this in the console, and proves their password once more
api-full = No room: at most { $most }
api-cut = The file did not arrive whole: send it again
api-stale = { $number } has changed meanwhile: read it again, then repeat this

refusal-once-key = Idempotency-Key has 1 to { $most } visible ASCII characters
refusal-once-differs = This Idempotency-Key came with another content before: use a new key for a new record
refusal-once-full = At most { $most } of these keys a day: go on tomorrow, or send none
