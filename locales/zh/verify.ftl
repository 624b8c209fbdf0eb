# 核验：每项检查一行，再给结论和存证程度。

verify-verdict-sound = 结论：完好
verify-verdict-damaged = 结论：有损坏或改动，上面打 ✗ 的各项不能作为证据
verify-verdict-usage = 结论：用法有误，没有核验
verify-verdict-not-ours = 结论：打不开，或不是本产品的格式
verify-anchor-none = 存证程度：无。核验没有通过，谈不上存证
verify-anchor-self = 存证程度：仅自证。只能说明与密钥相符；持有私钥的人可以重写全部内容而不被此项核验发现。要排除这一点，请用以前留存的检查点加 --against 再核验
verify-anchor-against = 存证程度：已外部存证，至日志第 { $size } 条（与您留存的检查点一致；其后的部分仅自证）
verify-more = 同类问题还有 { $count } 处，不再列出

verify-file-unreadable = 文件读不出来：{ $why }
verify-file-not-ours = 文件既不是证明也不是佐证材料包
verify-against-not-checkpoint = --against 给的文件不是用此公钥签名的检查点
verify-against-proof = --against 只用于材料包和数据目录，不用于单条证明
verify-against-origin = 留存的检查点属于另一份日志 { $older }，这里是 { $origin }
verify-against-larger = 留存的检查点有 { $older } 条，这里只有 { $size } 条：这里是旧的副本，或后来的内容被删
verify-against-rewritten = 前 { $older } 条与留存的检查点不一致：此后历史被改写过（这里共 { $size } 条）
verify-against-held = 前 { $older } 条与留存的检查点一致（这里共 { $size } 条）

verify-checkpoint = 检查点签名有效：{ $origin }，共 { $size } 条
verify-checkpoint-signature = 检查点不是此公钥签的，或内容被改

verify-proof-form = 证明的格式无误（{ $bytes } 字节）
verify-proof-form-bad = 证明的格式有误：文件被改动或截断
verify-proof-long = 证明超过 { $limit } 字节的上限
verify-proof-origin = 检查点属于另一份日志
verify-proof-envelope = 证明里的批次记录读不懂
verify-proof-range = 这一行的编号、日期或位置不在所说的批次里
verify-proof-line-path = 这一行推不出批次的根：行的内容被改，或不属于这个批次
verify-proof-log-path = 批次推不出检查点的根：批次不在这份日志里
verify-proof-line = 行 { $seq } 属于其批次：来源 { $source }，接收于 { $received }
verify-proof-log = 批次是日志第 { $index } 条，在检查点的 { $size } 条之内

verify-pack-readme =
    检查佐证材料

    日志：{ $origin }
    时段（接收时间，含起不含止）：{ $since } 至 { $until }
    检查点：共 { $size } 条

    text/ 下是原始日志，按来源和日期分成 .log 文件，用任何文本工具都能打开。
    lines/ 是同样的日志行连同证明所需的数据，log/ 是透明日志的摘要，
    checkpoint 是签名的检查点，manifest.txt 列出每个文件的 SHA-256 并有签名。

    核验（不需要联网，只需要单位事先公布的公钥）：
      anlan verify --key 公钥 本文件.zip
      python3 verify.py --key 公钥 本文件.zip
    若您留有更早的检查点，加 --against 检查点文件，可查出历史是否被改写。

    本结论为自查，不替代检查或测评。

verify-pack-form = ZIP 形式规范（{ $members } 个成员，{ $bytes } 字节）
verify-pack-form-many = ZIP 的成员太多
verify-pack-form-header = 第 { $offset } 字节处的 ZIP 成员头不合规范：被改动，或被别的程序重新打包
verify-pack-form-name = 第 { $offset } 字节处的成员名太长、编码不对或顺序不对：成员被增加、调换或改名
verify-pack-form-beyond = 第 { $offset } 字节处的成员比文件还长：文件被截断或改动
verify-pack-form-directory = 第 { $offset } 字节起的 ZIP 目录与成员不符：前后有多余、缺少或改动的字节
verify-pack-manifest = 清单签名有效：{ $origin }，{ $since } 至 { $until }，来源范围 { $scope }
verify-pack-manifest-signature = 清单不是此公钥签的，或内容被改
verify-pack-manifest-form = 清单第 { $line } 行读不懂
verify-pack-manifest-origin = 清单属于另一份日志 { $origin }
verify-pack-manifest-member = 清单与成员不符，从 { $name } 起：成员被增加、删除、改名或改变了长度
verify-pack-manifest-count = 清单列了 { $count } 个成员，与包里的数目不符
verify-pack-digests = 各成员的 SHA-256 与清单一致（{ $bytes } 字节）
verify-pack-digest = { $name } 的内容与清单的 SHA-256 或 ZIP 的 CRC 不符：内容被改
verify-pack-member-missing = 缺少 { $name }
verify-pack-member-unknown = { $name } 在材料包里没有位置：是多出来的
verify-pack-member-long = { $name } 超过 { $limit } 字节的上限
verify-pack-members = 成员齐全，没有多余
verify-pack-readme-encoding = README.txt 不是 UTF-8 文本
verify-pack-checkpoint-other = 检查点（{ $origin }，{ $size } 条）不是清单所说的那一个
verify-pack-tiles = 散列块推出检查点的根（{ $size } 条）
verify-pack-tiles-root = 散列块推不出检查点的根（{ $size } 条）：散列块被改
verify-pack-tiles-count = 应有 { $expected } 个散列块，实有 { $found } 个
verify-pack-entries = 日志条目与散列块一致：第 { $first } 条起，共 { $size } 条，其中时段内批次 { $batches } 个
verify-pack-entries-form = log/entries 在第 { $at } 条处读不懂或多出字节
verify-pack-entry-tile = 第 { $leaf } 条与散列块不符：条目被改
verify-pack-entries-many = 条目里的批次比成员还多
verify-pack-entries-late = log/entries 从第 { $first } 条才开始，晚于时段的起点：前面可能少了批次
verify-pack-classes = 留存类别超过 { $most } 个
verify-pack-lines = 日志行与批次一致：{ $batches } 个批次，出示 { $lines } 行
verify-pack-lines-form = 批次 { $leaf } 的成员在第 { $at } 字节处读不懂
verify-pack-lines-head = 批次 { $leaf } 的成员写着别的批次号或行数
verify-pack-lines-root = 批次 { $leaf } 的行推不出批次的根：有行被改动、增删或调换
verify-pack-lines-line = 批次 { $leaf } 的行 { $seq } 的顺序、日期、时段或来源范围不对
verify-pack-lines-hidden = 批次 { $leaf } 第 { $position } 个位置的行没有出示，而时段没有给出不出示的理由
verify-lines-twice = 行 { $seq } 出现了两次
verify-pack-text = 纯文本文件与日志行一致（{ $files } 个）
verify-pack-text-differs = { $name } 与日志行不一致
verify-pack-text-unchecked = 因为日志行有问题，纯文本和每日计数没有再核对
verify-pack-days = 每日汇总与日志行一致（{ $days } 天）
verify-pack-day-counts = { $day } 的汇总与出示的行数不一致：少了行或多了行
verify-day-detail = { $day } 的汇总明细与日志里的摘要或合计不符

verify-log-envelope = 第 { $leaf } 条读不懂
verify-log-at-falls = 第 { $leaf } 条的时间早于前一条
verify-log-first-leaf = 第 { $leaf } 条不是此日志自己的公钥
verify-log-day-hole = 第 { $leaf } 条的每日汇总与前一天不相连
verify-log-entry-order = 第 { $leaf } 条的台账编号没有递增
verify-log-batch-range = 第 { $leaf } 条的批次，其编号范围与日期或行数不符
verify-log-batch-overlap = 第 { $leaf } 条的批次与类别 { $class } 的前一批次重叠

verify-folder-not-ours = 这不是安澜的数据目录，或版本不同
verify-folder-key = 目录里的私钥属于此公钥：{ $origin }
verify-folder-no-key = 目录里没有私钥（副本常常如此）
verify-folder-other-key = 目录里的私钥不属于此公钥 { $origin }
verify-folder-unknown = 不认识 { $path }，没有检查它

verify-file-unreadable-at = { $path } 读不出来：{ $why }
verify-file-missing = 缺少 { $path }：被删除
verify-file-foreign = { $path } 不属于这里：是后加的，或断电时没写完（启动一次服务会清理，再核验）
verify-file-form = { $path } 的长度或格式不对：被改动或截断
verify-file-digest = { $path } 与日志里的摘要不符：内容被改
verify-file-signatures = { $path } 有多余的签名行

verify-log = 透明日志完好：{ $origin }，共 { $size } 条
verify-log-restored = 第 { $leaf } 号叶子写明：这里恢复过备份；原日志前 { $size } 个叶子之后的内容不在这份日志里
verify-log-origin = { $path } 属于另一份日志 { $origin }
verify-log-hashes = { $path } 与 { $below } 不一致：其中之一被改
verify-log-root = { $path } 下的散列块推不出检查点的根
verify-log-sealed-twice = 第 { $leaf } 条把同一分段又封存了一次
verify-log-dropped-unknown = 第 { $leaf } 条所删的分段不在日志里

verify-batches = 每个批次都在分段或预写日志里（{ $batches } 个）
verify-batch-missing = 类别 { $class } 的批次 { $leaf }（从行 { $first } 起，{ $lines } 行）找不到：日志行被删
verify-segments = 分段与封存记录一致：{ $segments } 个，{ $lines } 行
verify-segment-form = { $path } 与封存时相同，但读不懂：{ $why }
verify-segment-seal = { $path } 的行数、批次、类别或日期与封存记录不符
verify-segment-twice = { $path } 里有行出现了两次
verify-segment-batch = { $path } 里从行 { $first } 起的批次推不出日志里的根
verify-segment-sources = { $path } 里的来源表与日志行不符
verify-days = 每日汇总与日志行一致（{ $days } 天）
verify-day-counts = { $day } 的汇总与保存的行数不一致

verify-wal = 预写日志完好：{ $files } 个文件，{ $lines } 行还没有封存
verify-wal-header = { $path } 的文件头不对：被改动
verify-wal-frame = { $path } 在第 { $offset } 字节处不对：被改动、调换或截断
verify-wal-order = { $path } 在第 { $offset } 字节处的行早于前面的行
verify-wal-batch = 预写日志里类别 { $class } 从行 { $first } 起的批次与它的行或日志不符
verify-wal-log-behind = 预写日志说透明日志有过 { $expected } 条，现在只有 { $size } 条：透明日志被换成旧的
verify-wal-torn = { $path } 末尾有 { $bytes } 字节没有写完：从未确认过，启动时会切除
verify-wal-open = 有 { $lines } 行还没有进入透明日志，暂时不能证明

verify-ledger = 台账与日志一致：{ $entries } 条
verify-ledger-none = 没有台账
verify-ledger-unreadable = 台账读不出来：{ $why }
verify-ledger-hole = 台账缺少第 { $number } 条
verify-ledger-missing = 日志里有台账第 { $number } 条，台账里没有：被删除
verify-ledger-row = 台账第 { $number } 条与日志不符：被改动
verify-ledger-leaf = 台账第 { $number } 条说已进日志，日志里却没有：日志被换或此条是伪造的
verify-ledger-projection = 表 { $table } 与台账各条推出的不一致：被直接改动
verify-ledger-waiting = 台账有 { $entries } 条还没有进入透明日志
