# Installing and configuring
help-config = Check and show the configuration
examples-config =
    Examples:
      anlan config check
      anlan config show --origin
help-config-check = Whether the configuration is understood: each fault with line, key and remedy
examples-config-check = Example: anlan config check --config ./anlan.toml && sudo systemctl restart anlan
help-config-show = What is in force
examples-config-show = Example: anlan config show --origin
help-config-file = Configuration file (/etc/anlan/anlan.toml where it exists and no other folder is named)
help-config-origin = Where each value came from: flag, environment, line of the file, default
config-refused = the configuration is not understood, so nothing was started:{ $faults }
config-unreadable = the configuration { $file } cannot be read ({ $why }). Check the path and who may read it.
config-large = the file is larger than { $limit } bytes: it is hardly a configuration of Anlan.
config-not-toml = this is not TOML ({ $reason }). Write: key = "value"
config-not-text = the value must stand in quotes: { "" }key = "value"
config-unknown = there is no such key. There are: { $all }.
config-unknown-near = there is no such key. Perhaps: { $meant }
config-empty = a value is needed. Leave the line out for the default.
config-address = "{ $got }" is no address with a port. Write it like "0.0.0.0:514" or "[::]:514", or "off".
config-choice = "{ $got }" is none of: { $choices }.
config-clash = { $address } is taken by { $other } already. Give it another port, or "off".
config-good = { $file } is understood.
config-no-file = There is no { $file }: flags, environment and defaults hold.
serve-cards = cards       { $cards }
serve-port-may = {"             "}Most devices send to port 514: syslog = "0.0.0.0:514" (or the address of one card) opens it.
serve-port-may-not =
    {"             "}Most devices send to port 514. This process may not open it: install the package, whose service may,
    {"             "}or sudo setcap cap_net_bind_service=+ep /path/of/anlan.
serve-certificate =
    {"             "}The browser will warn: the certificate is this machine’s own, no authority signed it. Compare its fingerprint with the one above, then go on.
setup-connect = No device has sent a line yet.
setup-connect-act = Connect one source
setup-letter = No responsibility letter (责任书) was made yet.
setup-letter-act = Make the first one and print it
