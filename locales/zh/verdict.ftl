# 自查结论的缘由，以及命令行的自查一览。
reason-measured-not-built = 核查项 { $probe } 尚未实现，尚未测量
reason-measured-nothing = 核查项 { $probe } 没有返回结果
reason-measured-failed = 核查项 { $probe } 未能运行：{ $why }
reason-measured-missing = 核查项 { $probe } 缺少事实：{ $facts }
reason-measured-stale = 最近一次测量在 { $at }，已超过26小时
reason-measured-not-attested = 尚无人声明
reason-measured-attested = { $person } 声明，有效至 { $until }
reason-measured-attested-not = 已声明未做到（{ $record }，有效至 { $until }）
reason-measured-attested-over = 声明 { $record } 已于 { $until } 到期

help-duty = 各项义务的自查结论
help-duty-status = 立即测量全部义务，列出自查结论
examples-duty =
    示例：
      anlan duty status --data ./anlan-data
examples-duty-status =
    示例：
      anlan duty status --data ./anlan-data
      anlan duty status --data ./anlan-data --json

    有任一项“有差距”时退出码为 1，否则为 0。
duty-status-sum = 共 { $total } 项：自查符合 { $met }，临期 { $risk }，有差距 { $failing }，无法确认 { $unknown }
duty-status-met = 自查符合
duty-status-risk = 临期
duty-status-failing = 有差距
duty-status-unknown = 无法确认
duty-status-marks = ● 由事实计算　○ 由具名的人声明
duty-status-note = 本结论为自查，不替代检查或测评。
duty-status-fact = { $fact } { $value }
duty-status-and = ，
