# 命令行
product = 安澜
error = 错误：{ $what }
error-cause =   原因：{ $what }

usage-heading = 用法：
help-heading-commands = 子命令
help-heading-arguments = 参数
help-heading-options = 选项
help-help = 显示帮助
help-help-command = 显示帮助，或某个子命令的帮助
help-version = 显示版本
refused-argument = 没有“{ $what }”这个参数。
refused-command = 没有“{ $what }”这个子命令。
refused-missing = 还缺 { $what }。
refused-no-value = { $what } 后面要写一个值。
refused-value = { $what } 不能是“{ $value }”。
refused-conflict = { $what } 与别的参数冲突，或写了两次。
refused-meant = 也许是：{ $what }
refused-more = 写法与例子：加上 --help。

help-about = 安澜：留存日志、防篡改、可检索，并能向任何人证明
help-examples =
    示例：
      anlan serve --data ./anlan-data --syslog 0.0.0.0:5514 --console 127.0.0.1:8443
      anlan log search --data ./anlan-data '203.0.113.77 AND event.outcome:failure'
      anlan log prove --data ./anlan-data 1795222800000000000 -o line.tlog-proof
      anlan verify --key @anlan.vkey line.tlog-proof
    退出码：0 成功；1 结论为否；2 用法有误；3 读不了，或不是安澜的格式
help-data = 数据目录（默认 ./anlan-data）
help-json = 每行一个 JSON 对象
help-serve = 运行：接收日志、留存、提供控制台
examples-serve =
    示例：
      anlan serve --data /var/lib/anlan --syslog 0.0.0.0:5514 \
          --relp 0.0.0.0:20514 --console 127.0.0.1:8443
    没有写的监听不会打开。SIGTERM 会封存全部日志并清空预写日志后退出。
help-syslog = syslog 的 UDP 与 TCP 监听地址
help-syslog-tls = syslog over TLS 的监听地址（证书在数据目录 tls/ 下）
help-relp = RELP 的监听地址（落盘之后才确认）
help-console = 控制台与接口的 HTTPS 监听地址
help-log = 检索、跟踪、证明日志
examples-log = 示例：anlan log search --data ./anlan-data 'Failed password'
help-log-search = 检索日志，新的在前
examples-log-search =
    示例：
      anlan log search --data ./anlan-data '"Failed password" AND NOT root' \
          --since 2026-11-01
      anlan log search --data ./anlan-data 'source.ip:203.0.113.77' --count
      anlan log search --data ./anlan-data '*' --json --limit 10
    词是完整的词，不分大小写；引号是短语；一串汉字可在任何位置；
    字段:值；AND、OR、NOT 与括号。
help-query = 查询语句；* 是全部
help-since =
    从此时起（含），按接收时间
    写作 RFC 3339，或 YYYY-MM-DD[THH:MM[:SS]]（北京时间）
help-until = 到此时止（不含）
help-count = 只印条数
help-limit = 最多多少条
help-log-tail = 跟踪新到的日志
examples-log-tail = 示例：anlan log tail --data ./anlan-data 'sshd'
help-log-prove = 为一条日志写出证明
examples-log-prove =
    示例：
      anlan log prove --data ./anlan-data 1795222800000000000 -o line.tlog-proof
    SEQ 是检索结果里的编号。
help-seq = 日志的编号（seq）
help-output = 写到此文件
help-pack = 佐证材料：交给检查的人
examples-pack =
    示例：
      anlan pack build --data ./anlan-data \
          --since 2026-05-01 --until 2026-11-01 -o pack.zip
help-pack-build = 汇集一段时间的日志、证明与检查点
examples-pack-build =
    示例：
      anlan pack build --data ./anlan-data \
          --since 2026-11-20 --until 2026-11-21 -o pack.zip
      anlan verify --key @anlan.vkey pack.zip
help-verify = 核验一个证明、一份佐证材料或整个数据目录
examples-verify =
    示例：
      anlan verify --key 'anlan.local/…+…+…' line.tlog-proof
      anlan verify --key @anlan.vkey --against older-checkpoint pack.zip
      anlan verify --key @anlan.vkey ./anlan-data
    退出码：0 完好；1 有损；2 用法有误或没有公钥；3 打不开，或不是安澜的格式
help-vkey = 日志签名公钥（vkey），或 @文件
help-against =
    早先留下的检查点：证明日志自那时起没有被改写
    （用于佐证材料与数据目录，不用于单条证明）
help-verify-file = 证明、佐证材料，或数据目录
help-verify-data = 数据目录，代替 FILE|DIR
help-key = 日志签名公钥
examples-key = 示例：anlan key show --data ./anlan-data
help-key-show = 显示公钥，请抄录或另存
examples-key-show = 示例：anlan key show --data ./anlan-data > anlan.vkey
help-token = 接口令牌
examples-token = 示例：anlan token add --data ./anlan-data --name web01
help-token-add = 新增接口令牌，只显示一次
examples-token-add =
    示例：
      TOKEN=$(anlan token add --data ./anlan-data --name web01)
      curl -k -H "Authorization: Bearer $TOKEN" --data-binary @app.log \
          https://127.0.0.1:8443/api/v1/events
help-token-name = 令牌的名字：谁在用它
help-source = 日志源
examples-source = 示例：anlan source list --data ./anlan-data
help-source-list = 列出日志源
examples-source-list = 示例：anlan source list --data ./anlan-data --json
help-doctor = 检视数据目录的状况
examples-doctor = 示例：anlan doctor --data ./anlan-data

folder-missing = { $dir } 不是安澜的数据目录。先用 `anlan serve --data { $dir }` 建立，或检查路径。
folder-not-ours = { $dir } 里已有别的文件，不在其中建立数据目录。请指定一个空目录。
folder-other-format = { $dir } 的格式是“{ $found }”，本程序读 anlan-data/1。请用写出它的版本打开。
key-lost = { $key } 不见了，而日志是用它签名的。请从备份取回；没有它不能再写这本日志，已有的证明仍可核验。
folder-in-use = { $dir } 正被另一个安澜进程使用。请先停止它，或经由它操作。
server-did-not-answer = 数据目录被占用，但占用它的进程没有应答（它是否以 `anlan serve` 运行？）
bad-time = --{ $flag } 的“{ $got }”不是时间。请写 RFC 3339，或 YYYY-MM-DD[THH:MM[:SS]]（北京时间）。
query-error = 查询语句有误，第 { $column } 列：应为 { $expected }。语句：{ $query }
tail-needs-server = 没有服务在 { $dir } 上运行，不会有新日志。请先 `anlan serve --data { $dir }`；看已有的日志用 `anlan log search`。
no-such-line = 没有编号为 { $seq } 的日志。请从 `anlan log search --json` 的 seq 取编号。
cannot-write = 写不了 { $file }。
proof-written = 证明已写到 { $file }。任何人可用公钥核验：anlan verify --key VKEY { $file }
period-backwards = --since 晚于 --until。请对调。
pack-building = 正在汇集…
pack-written = 佐证材料已写到 { $file }。任何人可用公钥核验：anlan verify --key VKEY { $file }
verify-needs-key = 核验需要公钥：--key VKEY 或 --key @文件。公钥由运行者在首次启动时抄录，或由 `anlan key show` 给出。
key-unreadable = 读不了公钥文件 { $file }：{ $why }
key-malformed = “{ $got }”不是 vkey。应形如 名字+8位十六进制+Base64。
against-unreadable = 读不了检查点 { $file }：{ $why }
key-advice = 请抄录或另存下面的公钥：离线核验要用它，别从被核验的机器上取。
token-advice = 下面的令牌只显示这一次。
no-sources = 还没有日志源。把设备的 syslog 指向本机，或用接口写入。
source-key = 日志源
lines-today = 今日条数
lines-all = 总条数
last-seen = 最近一条

serve-data = 数据目录    { $dir }{ $new ->
        [yes]   （新建）
       *[no] {""}
    }
serve-syslog = 日志接收    udp/tcp { $address }
serve-syslog-tls = 日志接收    tls { $address }
serve-relp = 日志接收    relp { $address }
serve-console = 控制台      https://{ $address }
serve-fingerprint = 证书指纹    { $fingerprint }
serve-vkey = 日志签名公钥 { $vkey }
serve-vkey-advice = {"            "}请抄录或另存，供日后离线核验。
serve-first-run = 首次登录    https://{ $address }/first-run  一次性口令 { $code }（30 分钟内有效，只显示一次）
serve-reach-loopback = 只有本机能连到 { $address }。
serve-reach-address = 能到达 { $address } 的网络上，任何机器都能连。
serve-reach-all = { $address } 在本机所有网络上可达。
serve-nothing = 没有打开任何监听：加上 --syslog、--relp 或 --console。
serve-stopping = 正在停止：收完、封存…
serve-stopped = 已停止：全部日志已封存。
serve-cannot-listen = 不能监听 { $address }（{ $what }）。换一个端口，或停掉占用它的程序；1024 以下的端口需要特权。
serve-failed = 不能再写入，停止接收。请查看磁盘，再重新启动；已确认的日志都在盘上。

doctor-running = 服务          正在运行
doctor-not-running = 服务          未运行
doctor-folder = 数据目录      { $value }
doctor-time = 时间          { $value }
doctor-lines = 日志条数      { $value }
doctor-raw-bytes = 原文字节      { $value }
doctor-unsealed = 未封存条数    { $value }
doctor-wal = 预写日志字节  { $value }
doctor-segments = 分段数        { $value }
doctor-segment-bytes = 分段字节      { $value }
doctor-log-size = 透明日志叶数  { $value }
doctor-vkey = 公钥          { $value }
doctor-open-file = 有差距        { $what } 别的用户可读。请 chmod 600。
doctor-small-udp-buffer = 建议          net.core.rmem_max 是 { $what }，UDP 突发时会丢。请 sysctl -w net.core.rmem_max=4194304。
doctor-well = 自查符合      未见异常。日志本身请用 anlan verify 核验。
