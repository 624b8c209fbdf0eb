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
      anlan law show csl 23.3
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
help-database =
    台账放在 PostgreSQL 里，而不在数据目录：postgres://用户@主机/库
    目录会记住它；口令只从 PGPASSFILE 指的文件读取，不写在地址里
help-backup = 备份整个数据目录与台账
examples-backup =
    示例：
      anlan backup make --data ./anlan-data -o anlan-2026-11-22.tar
      anlan backup check --key @anlan.vkey anlan-2026-11-22.tar
      anlan backup restore anlan-2026-11-22.tar --data ./anlan-restored
help-backup-make = 把全部内容写成一个文件，服务运行与否都可以
examples-backup-make =
    示例：
      anlan backup make --data ./anlan-data -o anlan-2026-11-22.tar
    里面有日志的私钥和台账：请像保管数据目录一样保管它。
help-backup-check = 核对备份；与当初不同的文件逐个指出
examples-backup-check =
    示例：
      anlan backup check --key @anlan.vkey anlan-2026-11-22.tar
    退出码：0 完好；1 有损坏；2 用法有误；3 读不了，或不是安澜的备份
help-backup-restore = 把备份恢复到空目录，两种数据库都可以
examples-backup-restore =
    示例：
      anlan backup restore anlan-2026-11-22.tar --data ./anlan-restored
      anlan backup restore anlan-2026-11-22.tar --data ./anlan-restored \
          --database postgres://anlan@db.example/anlan
    恢复后，日志里先记一条“从哪份备份恢复”，不会被当成没有中断过的日志。
help-backup-file = 备份文件
help-backup-dir = 要恢复到的目录：空的，或还没有的
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

database-url-form = --database 要写成 postgres://用户@主机/库。
database-url-password = 数据库地址里有口令，本机其他人看得到。请把口令写进 PGPASSFILE 指的文件，并从地址里去掉。
database-url-no-host = 数据库地址没有主机。请写 postgres://用户@主机/库；用套接字时写 ?host=/var/run/postgresql。
database-url-no-database = 地址没有库名。请写 postgres://用户@主机/库。
database-url-parameter = 数据库地址里有 host、port、user、sslmode 以外的参数，请去掉。
database-password-in-environment = 设置了 PGPASSWORD，别人看得到。请把口令写进 PGPASSFILE 指的文件，并取消 PGPASSWORD。
database-in-folder = { $dir } 的台账就在目录里。要搬走：先停服务，anlan backup make，再用 anlan backup restore --database 恢复到新目录。
database-not-this-ledger = { $database } 里不是这个目录的台账；日志里已有的条目会对不上。请写真正存放它的库。
database-unreached = 连不上 { $database }：{ $why }。数据库服务在运行吗？库存在吗？PGPASSFILE 指的文件里有口令吗？
database-held = 另一个进程正在写 { $database } 里的台账。请先停掉它。
database-foreign = 这个库里是另一个目录的台账，它的日志是 { $owner }。请给每个目录各用一个库。
database-forgetful = PostgreSQL 的 { $setting } 是 { $value }：它确认过的内容可能丢失。请改为 on。
database-not-empty = 这个库里已有台账。请换一个空库。

backup-making = 正在复制……
backup-made = 备份已写到 { $file }。里面有日志的私钥，请像保管数据目录一样保管它。核对：anlan backup check --key VKEY { $file }
backup-holds = 备份时间 { $made }（北京时间），文件 { $files } 个，台账条目 { $entries } 条，日志叶子 { $leaves } 个；日志公钥：{ $vkey }
backup-checking = 已核对 { $mebibytes } MiB……
backup-sound = { $file } 与备份时一致。
backup-own-key = 是用备份里写的公钥核对的。要确认是自己的备份，请加 --key。
backup-not-ours = { $file } 不是安澜的备份。
backup-cut = 有损坏：{ $file } 的结尾不对，被截断过，或结尾被改过。
backup-manifest = 有损坏：{ $file } 里的文件清单与签名不符。
backup-other-key = { $file } 是另一份日志的备份，其公钥是 { $what }
backup-changed = 有损坏：{ $file } 里的 { $what } 与当初不同。
backup-unfit = 有损坏：{ $file } 里有文件“{ $what }”，会落到目录之外。
backup-more = 另有 { $count } 个没有列出。
backup-unreadable = 读不了 { $file }：{ $why }
backup-not-empty = { $dir } 不是空目录。请写一个空的或还没有的目录；没有写入任何内容。
backup-restored = 已恢复到 { $dir }。日志从第 { $leaves } 个叶子之后继续，先记一条写明这份备份的叶子；手里有更新检查点的人会看到这次中断。
backup-restored-damaged = 恢复到 { $dir } 的内容核对不过：备份之前就已损坏。问题见上。

help-law = 法规：读、看、查、核对法律与规章的文本
examples-law =
    示例：
      anlan law show csl 21.3 --as-of 2024-05-01
      anlan law cite "第二十条第三项" --in csl@draft2
      anlan law import 网页.txt
      anlan law check 责任书.docx
help-law-import = 从网页或文本中读出法律与规章，指出缺损
examples-law-import =
    示例：
      anlan law import 网页.txt
      anlan law import --merge 副本1.txt 副本2.txt
      anlan law import --json - < 网页.txt
      anlan law import 官方文本.txt --data ./anlan-data
    有缺损也以 0 退出；3 读不了文件。
help-law-show = 显示条文及其在各版本中的条号；不写条号则列出版本
examples-law-show =
    示例：
      anlan law show csl
      anlan law show csl 23.3
      anlan law show csl 21.3 --as-of 2024-05-01
      anlan law show csl 第六十一条 --in csl@2025 --json
    不写版本与日期时，显示今天（北京时间）施行的版本。
help-law-cite = 一处依据在各版本中的条号
examples-law-cite =
    示例：
      anlan law cite "第二十条第三项" --in csl@draft2
      anlan law cite "《网络安全法》（2016年）第二十一条第三项" --json
help-law-diff = 两个版本逐条比较：增加与删去的字
examples-law-diff =
    示例：
      anlan law diff csl@draft2 csl@2016
      anlan law diff csl@2016 csl@2025 --article 23
    终端上用颜色，别处用 [-删去-]{"{"}+增加+{"}"}。
help-law-search = 在各版本中查词
examples-law-search =
    示例：
      anlan law search 日志
      anlan law search 日志 留存 --in csl@2016
help-law-check = 核对本单位文件所引的法律条号是否还有效
examples-law-check =
    示例：
      anlan law check 责任书.docx
      anlan law check 管理制度.md --json
      anlan law check 责任书.txt --as-of 2025-12-31
    退出码：0 没有问题；1 列出了过时、错误或含混的引用；3 读不了。
help-law-lint = 检查法规包，说明证明了什么
examples-law-lint =
    示例：
      anlan law lint packs
      anlan law lint packs/campus --json
    退出码：0 无误；1 有误；3 读不了。
help-law-json = 印出一个 JSON 对象
help-law-as-of = 这一天施行的版本（北京时间；不写则为今天）
help-law-in = 版本，如 csl@2016；有哪些见 anlan law show csl
help-law-data-read = 数据目录：同时使用已导入其中的官方文本
help-law-statute = 法律：csl，或连同版本，如 csl@2016
help-law-place = 条款项：21、21.3、21(3)、53¶3、第二十一条第三项
help-law-citation = 依据：第二十条第三项、21(3)、csl@2016 21.3
help-law-from = 前一版本，如 csl@2016
help-law-to = 后一版本，如 csl@2025
help-law-article =
    只看这一条：后一版本的条号；
    后一版本没有这个条号时，按前一版本
help-law-words = 词；几个词须都出现
help-law-files = 网页、文本文件；- 为标准输入
help-law-merge = 几份缺损的副本合校成一份
help-law-data-keep = 数据目录：原文存入其台账；不写则什么都不存
help-law-dir = 法规包的目录，如 packs，或其中一个包
help-law-letters = 责任书、制度等：txt、md、docx；- 为标准输入
help-law-check-day = 条号要在这一天有效（北京时间；不写则为今天）
help-law-check-json = 印出一个 JSON 数组

law-bad-day = “{ $got }”不是日期。请写 YYYY-MM-DD，如 2024-05-01。
law-no-statute = 没有“{ $got }”这部法律。现有：{ $known }
law-no-version = 没有“{ $got }”这个版本。现有：{ $known }
law-none-in-force = { $statute } 在 { $day } 没有施行中的版本。各版本的施行期间见 anlan law show { $statute }
law-unreadable-citation = 读不懂这处依据：{ $why }
law-unreadable-file = 读不了 { $file }：{ $why }
law-two-versions = 同时指了 { $one } 与 { $other }。请只写一个。
law-stands-elsewhere = { $version } 中有：{ $path }
law-file-too-long = 超过 { $mebibytes } MiB
law-list-joint = 、
law-somewhere-in = { $place }（款项不明）
law-not-yet = 尚无
law-dropped = 已删去
law-cannot-be-told = 不能确定
law-path-start = { $place }（{ $version }）
law-read-as-today = 没有写明版本，按今天施行的 { $version } 读。换版本用 --in。
law-paragraph-unchecked = { $version } 的分款未经官方文本核对。
law-lost = { $version } 的来源缺失此项的文字：{ $note }
law-change-in = { $version }：{ $change }
law-show-heading = 《{ $title }》（{ $label }）{ $place }
law-show-why-asked = { $version }，按你的指定显示；{ $validity }
law-show-why-day = { $version }，{ $day } 施行的版本；{ $validity }
law-show-why-today = { $version }，今天（{ $day }，北京时间）施行的版本；{ $validity }
law-show-summary = 提要（本产品自拟，不是官方文本）：
law-show-import =
    这一条有变化，官方文本不在本机。导入后即可显示：
      anlan law import 文件 --data 目录
      anlan law show { $statute } { $article } --in { $version } --data 目录
law-show-lost = （{ $item }）〔来源缺失〕{ $note }
law-show-import-differs = 导入的文本（SHA-256 { $digest }）此处用字不同；显示的是本机所载。
law-show-numbers = 在各版本中：
law-show-here = 本版本
law-show-lost-there = 来源缺失
law-valid = { $from } 至 { $until } 施行
law-valid-open = 自 { $from } 起施行
law-valid-later = 自 { $from } 起施行，尚未开始
law-valid-before = { $from } 至 { $until } 施行，已不再施行
law-valid-never = 从未施行
law-known-voted = 文字来源：由网页副本互校恢复，{ $copies } 份副本存有本条全文。
law-known-completed = 文字来源：网页副本均缺，另据他处补足，未与官方文本核对。
law-known-found = 文字来源：依一份网页原样收录，缺损未补。
law-known-same = 文字来源：与 { $version } { $place }相同。
law-known-summary = 文字来源：只有提要。
law-known-imported = 文字来源：使用者导入的官方文本，{ $day }，SHA-256 { $digest }
law-version-counts = { $articles } 条；其中 { $summaries } 条只有提要；来源缺失 { $lost } 项
law-diff-heading = { $from } → { $to }
law-diff-removed = 删去
law-diff-added = 增加
law-diff-lost = 一方来源缺失，不能比较
law-diff-same = 另有 { $count } 处文字相同，未列出；用 --article 可看。
law-diff-no-article = { $from } 与 { $to } 中都没有{ $place }。
law-diff-no-text = { $version } 的官方文本不在本机，不能比较。导入后用 --data 再比。
law-diff-ending = { $version } { $place }：{ $change }
law-search-refused = 不能查：{ $why }
law-search-summary = （提要）
law-search-count = 查“{ $query }”：{ $count } 条
law-import-nothing = 没有找到法律或规章的文本。
law-import-more = 另有 { $count } 处未列出。
law-import-untitled = （无标题）
law-import-unknown-version = 版本不明
law-import-document = 第 { $line } 行起  { $title }  {"["}{ $kind }，{ $version }{"]"}  { $count } 条
law-import-merged = 合校
law-import-sources = 来自：{ $files }
law-import-restored = 补回 { $place }（{ $file }）：{ $text }
law-import-derived = 推定 { $place }（依另一版本）：{ $text }
law-import-summary = 读了 { $files } 个文件：{ $documents } 篇，{ $articles } 条，发现 { $findings } 处
law-import-not-kept = 没有存下任何东西。要留存原文，加 --data 目录。
law-import-kept = 已存入台账第 { $entry } 号条目：{ $name }（SHA-256 { $digest }）
law-import-truncated = ，{ $count } 条残缺
law-import-explanation = 第 { $line } 行起  对草案的说明，{ $points } 点
law-kind-statute = 法律
law-kind-rules = 规章
law-finding-found = 见到：{ $found }
law-finding-expected = 应为：{ $expected }
law-finding-both = { $found } → { $expected }
law-keep-size = { $file } 有 { $bytes } 字节，台账只收 1 字节至 { $mebibytes } MiB 的文本。不加 --data 仍可读。
law-keep-encoding = { $file } 既不是 UTF-8 也不是 GB18030 文本，台账不收。不加 --data 仍可读。
law-kept-loose = 没有认出是哪个版本，只作留存。
law-kept-used = 用作 { $version } 的文本：anlan law show … --data 目录
law-kept-unfit = 只作留存，不用作 { $version } 的文本：{ $why }
law-text-unfit = 第 { $entry } 号条目的文本（{ $name }）没有用作 { $version }：{ $why }
law-unfit-version = 没有 { $version } 这个版本
law-unfit-articles = 它有 { $found } 条，该版本有 { $expected } 条（第 1 至 { $expected } 条）
law-unfit-items = { $place }读出第 { $found } 项，该版本是第 { $expected } 项
law-check-outdated = 已过时
law-check-broken = 有误
law-check-ambiguous = 含混
law-check-summary = { $file }：引用 { $citations } 处，按 { $day } 的条号列出 { $listed } 处
law-check-written = 按写于 { $day } 判断。
law-check-cut = 引用太多，只核对了前 { $most } 处。
law-why-absent = 没有这个文件或目录
law-why-folder = 这是目录，不是文件
law-why-no-folder = 这不是目录
law-why-forbidden = 没有读取权限
law-not-utf8 = 不是 UTF-8 文本；另存为 UTF-8
law-import-no-text = 这是 Word、PDF 或压缩文件；把文字另存为 UTF-8 文本再导入
law-lint-no-files = 里面没有文件
law-lint-in-the-box = （内置）{ $file }
law-lint-remedy = 怎么办：{ $remedy }
law-lint-faults = 有误：{ $count } 处。
law-lint-packs = 无误。法规包：{ $packs }
law-lint-statutes = 法律文本 { $versions } 个版本，{ $articles } 条，对照 { $links } 行。
law-lint-citations = 义务 { $duties } 项，处罚 { $penalties } 项，时限 { $clocks } 个，期限与数值 { $terms } 个，定级 { $grades } 个；所引 { $citations } 处在各版本中都有着落。
law-lint-cases = 算例 { $cases } 个，结果都与预期相同。
law-lint-unchecked = 分款未经官方文本核对的引用 { $unchecked } 处。
law-lint-marked = 标为“可能”（依据二手资料）{ $likely } 处，“待核实” { $unsure } 处。
