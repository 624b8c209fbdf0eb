# 日志源清单与监督检查配合

nav-inspection = 监督检查配合

device-listed = 台应接设备
device-complete = 已满期
device-growing = 留存中
device-failing = 有缺口或无日志
device-unlisted = 个未列入清单
device-never = 从未收到
device-silent = 已静默
device-holed = 期内有缺口
device-since = 自 { $at }
device-progress = 第 { $done } 天，共 { $of } 天
device-complete-on = 不中断则 { $day } 满期
device-bar = { $covered } 天有日志，{ $silent } 天静默，{ $lost } 天本系统丢失，{ $before } 天尚未开始
device-cell-covered = 有日志
device-cell-silent = 静默
device-cell-lost = 本系统丢失
device-cell-before = 尚未开始
device-cell-open = 当日未完
device-every-seconds = 约每 { $n } 秒一条
device-every-minutes = 约每 { $n } 分钟一条
device-every-hours = 约每 { $n } 小时一条
device-every-days = 约每 { $n } 天一条
device-gaps = { $n } 处缺口
device-gaps-more = 另有 { $n } 处较早的缺口
device-title = 应接日志源清单
device-col = 设备
device-term = 留存期和依据
device-days = 每日一格
device-confirmed = 清单已经单位负责人确认
device-unconfirmed = 清单尚未经单位负责人确认，或确认后有变动。在此之前，日志留存义务一律为“无法确认”。
device-unmeasured = 清单此刻量不出来，原因见本服务器的运行日志。
device-confirm = 提交负责人确认
device-none = 清单里还没有设备
device-none-why = 先列出必须留存日志的设备：防火墙、上网行为管理、DHCP、交换机、服务器、网站、机房。列出的每一台都要有日志，缺一台都不算符合。
device-add = 登记设备
device-list = 列入清单
device-others = 有日志但未列入清单
device-others-why = 这些发送者不在应接日志源清单里：属于应接设备的请列入清单。

connect-title = 接入日志源
connect-wait-title = 等第一条日志
connect-address = 设备地址
connect-wait = 开始等待
connect-wait-why = 填入设备的 IP 地址，再到设备上粘贴下面的配置；收到第一条后本页变绿。
connect-address-wrong = 请填写一个 IP 地址，如 10.2.0.1。
connect-waiting = 正在等待这个地址的第一条日志，每 5 秒看一次…
connect-stopped = 还没有收到。本页已停止自动查看，按“开始等待”再看。
connect-waiting-why = 一直没有收到时：查设备到本服务器的路由和防火墙，端口是否一致，设备是否真的产生日志。
connect-placed-first = 新的发送者先归最上级单位，系统管理员把它归到您的单位之后您才看得到。
connect-came = 已收到
connect-logs = 看原始日志
connect-to-list = 回到清单
connect-send-to = 发到这里
connect-no-receiver = 本服务器没有监听日志端口。请系统管理员这样启动：
connect-host = 地址
connect-port = 端口
connect-tls = 加密端口
connect-host-why = 交换机和防火墙一般要填 IP 地址；上面若是域名，请换成本服务器的 IP。有缓存的 TCP 方式断线后会补发，UDP 不会。
connect-own = 本页是用本机地址打开的，别的设备发不到这个地址；请换成本服务器在校园网或单位网里的 IP。
connect-rsyslog = Linux 服务器（rsyslog）
connect-rsyslog-why = 存为 /etc/rsyslog.d/anlan.conf，然后 systemctl restart rsyslog。
connect-relp = Linux 服务器（rsyslog，RELP，断线不丢）
connect-relp-why = 安装 rsyslog-relp 后存为 /etc/rsyslog.d/anlan.conf。逐条确认落盘，断线补发。
connect-windows = Windows（NXLog 社区版）
connect-windows-why = 追加到 C:\Program Files\nxlog\conf\nxlog.conf，重启 nxlog 服务。
connect-huawei = 华为（VRP）
connect-huawei-why = 在用户视图下粘贴；保存时按提示确认。
connect-h3c = 新华三（Comware）
connect-h3c-why = 在用户视图下粘贴；保存时按提示确认。
connect-cisco = 思科（IOS）
connect-cisco-why = 在特权模式下粘贴。
connect-ruijie = 锐捷（RGOS）
connect-ruijie-why = 在特权模式下粘贴。
connect-winlogbeat = Winlogbeat 不会发 syslog，请用 NXLog 或经 API 送入。
connect-try-title = 试一条
connect-try-why = 由本服务器自己写入一条标明“测试”的日志，走完接收、落盘、检索全程。它不代表任何设备，也不计入设备的留存。
connect-try = 发一条测试日志
connect-sent = 测试日志已落盘
connect-trial = 或者在任意一台 Linux 上：
connect-trial-line = 安澜接入测试
connect-test-line = 测试日志：由 { $who } 在控制台发出
connect-console = 控制台（测试日志）

inspect-title = 监督检查配合
inspect-lead = 检查人员问什么，就答什么；没有的如实说没有
inspect-self = 本结论为自查，不替代检查或测评
inspect-anchored = 已外部存证（最近一次距今 { $days } 天）
inspect-first-none = 应接日志源清单还是空的，日志留存无法确认。
inspect-first-nothing = 清单上的 { $n } 台设备都还没有发来日志。
inspect-first-all = 清单上的设备日志均已留存满 { $of } 天（共 { $n } 台）。
inspect-first-day = 日志留存第 { $done } 天，共 { $of } 天；不中断则 { $day } 满期（最晚的一台：{ $name }）。
inspect-first-open = 日志留存第 { $done } 天，共 { $of } 天（最晚的一台：{ $name }）。
inspect-first-never = 另有 { $n } 台从未收到日志。
inspect-first-room = 按目前速度磁盘放得下 { $fit } 天，够存 { $of } 天。
inspect-first-room-short = 按目前速度磁盘只放得下 { $fit } 天，不够存 { $of } 天。
inspect-first-room-unknown = 磁盘能放多少天尚未测得。
inspect-first-unconfirmed = 清单尚未经单位负责人确认。
inspect-visit = 本次检查
inspect-visit-none = 未选检查记录
inspect-visit-new = 登记一次检查
inspect-visit-why = 选定之后，出示和移交了什么都自动记入该检查记录。
inspect-visit-noted = 出示和移交会记入这条记录
inspect-choose = 选定
inspect-device = 看某台设备某一天的原始日志
inspect-device-none = 权限内没有设备
inspect-day = 日期
inspect-see = 查看
inspect-points = 公安部令第176号第七条各项
inspect-names = 设备、人员和记录的名称只向能看全单位的人显示，这里只列数目。
inspect-point-none = 已启用的法规包里没有对应的义务。
inspect-note-it = 记为已出示
inspect-col-duty = 义务
inspect-col-facts = 本单位的情况、缺什么
inspect-col-record = 记录
inspect-col-owner = 经办
inspect-col-due = 期限
inspect-computed = 由事实算得
inspect-attested = 由专人声明
inspect-missing = 应能出示：
inspect-open = 未办结 { $n }
inspect-more-devices = 另有 { $n } 台，见日志源
inspect-plan = 整改计划
inspect-plan-none = 没有未办结的整改、隐患和检查发现
inspect-told-shown = 已记入检查记录
inspect-day-title = 一台设备一天的日志
inspect-day-before = 前一天
inspect-day-after = 后一天
inspect-day-source = 日志源
inspect-day-category = 类别
inspect-day-lines = 条数
inspect-day-bytes = 字节数
inspect-day-first = 第一条收到于
inspect-day-last = 最后一条收到于
inspect-day-open = 这一天还没有过完。移交的文件只到本页显示的最后一条为止，摘要与之相符。
inspect-day-large = 这一天的日志太多，不能在这里移交；请用检查佐证材料。
inspect-day-limits = 这里最多 { $lines } 条、{ $mib } MiB。
inspect-day-why = 按收到的先后逐条排列，原始字节不改，每条之后一个换行；日期按收到时间（北京时间）。
inspect-live = 现场查看原始日志
inspect-live-why = 没有选定检查记录，查看不会记入任何检查。
inspect-live-see = 打开检索页
inspect-live-noted = 记入检查并打开
inspect-query = 附加检索条件
inspect-hand = 移交这一天的日志
inspect-hand-why = 每次移交都有记录；选定了检查的，同时记入检查记录。
inspect-to = 交给
inspect-to-why = 写机关或科室即可
inspect-zip = 日志和校验值（ZIP）
inspect-log = 只要日志（.log）
inspect-sums = 只要校验值
inspect-note-refused = 不能记入检查记录 { $visit }：{ $why }
inspect-note-shown = 出示日志：{ $source }，{ $day }，检索 { $query }，检查点 #{ $size }
inspect-note-point = 出示第 { $number } 项“{ $title }”：{ $state }，{ $of } 项义务中 { $met } 项自查符合
inspect-note-handed = 移交文件 { $file }：{ $source }，{ $day }，{ $lines } 条，日志 { $bytes } 字节，SHA-256 { $sha256 }，SM3 { $sm3 }，交 { $to }
inspect-about =
    { $file }
    日志源：{ $source }
    日期（收到时间，北京时间）：{ $day }
    条数：{ $lines }
    字节数：{ $bytes }
    第一条收到于：{ $first }
    最后一条收到于：{ $last }
    导出时间：{ $at }
    导出人账号：{ $who }
    检查记录：{ $visit }
    交给：{ $to }
    检查点：#{ $size }
    验证公钥：{ $key }

    格式：按收到的先后逐条排列，原始字节不改，每条之后一个换行；超长的一条分几段收到时各段相连。
    校验：校验值.txt 第二行依次为 SHA-256、SM3、字节数、文件名。可用 sha256sum 和支持 SM3 的工具（如 openssl dgst -sm3）核对。
    本文件只含日志原文和摘要，不含证明；逐条或整包的离线证明见“证明此条”和检查佐证材料。
    本结论为自查，不替代检查或测评。
