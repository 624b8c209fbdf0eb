# The demo
help-demo = Demo: make a fictional county bureau with three schools, open the console
examples-demo =
    Examples:
      anlan demo
      anlan demo --data ./demo --console 127.0.0.1:8443
      anlan demo --data ./demo --make-only --scale 0
    All of it is made up, signed by a demo key and marked on each page;
    without --data and --keep it is deleted at the end.
help-demo-data = Keep it in this folder; a demo that is there is opened
help-demo-keep = Do not delete the temporary folder at the end
help-demo-make-only = Only make the data, do not open the console
help-demo-seed = The same seed gives the same lines and records (default 1)
help-demo-scale =
    How many times the lines (default 1, some 300,000); 0 is a sample of 30 days
help-demo-days = Days of it, up to the demo's today, 7 to 200 (default 200; 30 at scale 0)
demo-making = Making demo data: { $day }
demo-made = Demo data made: { $dir }, { $lines } lines, in { $seconds } s
demo-not-a-demo = { $dir } is no demo's data folder and was not opened. Name another.
demo-title = Demo data. The demo's time runs on from { $now }. Sign in as one of these:
demo-password =   Password of all: { $password }
demo-code =   Code of { $account }: { $code } (secret { $secret })
demo-codes-enter = The demo's time is not your phone's, so an app's codes do not fit: press Enter for new ones.
demo-codes-recovery = The demo's time is not your phone's, so an app's codes do not fit: the recovery codes in demo.json do.
demo-goes = The data lie in { $dir } and are deleted at the end.
demo-stays = The data lie in { $dir } and stay.
demo-mark = 演示数据 DEMO
verify-demo = Demo data: made up and signed by a demo key; it proves nothing
