# 检查佐证材料：选择、打包、报告。

evidence-label-none = 不标密级
evidence-label-internal = 内部资料
evidence-label-sensitive = 敏感，仅限本次检查使用
evidence-heading-duties = 义务自查结论
evidence-heading-coverage = 日志留存覆盖
evidence-heading-plan = 整改计划
evidence-heading-asked = 查询口径

pack-guide =
    检查佐证材料

    日志：{ $origin }
    时段（接收时间，含起不含止）：{ $since } 至 { $until }
    检查点：共 { $size } 条；制作记录：台账第 { $entry } 条

    怎样看：
      检查佐证材料.html  用浏览器打开，可按 A4 打印、签字、盖章
      目录.xlsx          包内文件一览，用 WPS 或 Excel 打开
      text/              原始日志，按来源和日期分成 .log 文件，用任何文本工具打开
      校验值.txt         各文件的 SHA-256 和 SM3，可用自己的工具逐个核对
      verdicts.json      自查结论，供程序读取
      papers/            另附的材料
      proofs/            选定日志行的单行证明
    lines/ 是同样的日志行连同证明所需的数据，log/ 是透明日志的散列块和每日汇总，
    checkpoint 是签名的检查点，manifest.txt 列出每个文件的 SHA-256 并有签名。

    怎样核验（不需要联网，只需要单位事先公布的公钥）：
      浏览器：打开发布页上的 verify.html，填公钥，选本文件
      命令行：anlan verify --key 公钥 本文件.zip
      专业人员：python3 verify.py --key 公钥 本文件.zip
    包内的 verify.html 由制作者放入，只供查看；要可信，请用发布页上的那一份。
    公钥请从材料之外取得（例如上次签字盖章的报告）。若留有更早的检查点，
    一并交给核验程序（--against），可查出历史是否被改写。

    本结论为自查，不替代检查或测评。
pack-guide-raw =
    本包未遮盖：日志行都是原样，可以逐行证明。
pack-guide-masked =
    本包已遮盖：含有账号、地址、姓名、电话等内容的日志行，以 masked/ 里的遮盖副本代替，
    在 text/ 里以〔masked〕开头。副本的文字由制作者负责，本包不能证明；但每一行的散列仍在
    所属批次里，行数不少，事后可凭单行证明对照原文。遮盖按固定样式和人员名册查找，
    找不到的不会遮盖。

table-members-sheet = 目录
table-name = 文件
table-source = 来源
table-day = 日期
table-lines = 行数
table-members = 个数
table-bytes = 字节
table-sha256 = SHA-256
table-sm3 = SM3
table-facts = 说明
table-what = 项目
table-value = 内容
table-since = 起（含）
table-until = 止（不含）
table-label = 标注
table-entry = 制作记录（台账编号）
table-caution = 声明

paper-title = 检查佐证材料
paper-unit = 单位
paper-running = { $unit } · 检查佐证材料 · 台账第 { $entry } 条
paper-period-head = 时段
paper-period = { $since } 至 { $until }（接收时间，含起不含止）
paper-from-first = 最早一行
paper-to-newest = 最新一行
paper-scope = 来源范围
paper-scope-all = 全部来源
paper-purpose = 用途
paper-visit = 检查记录
paper-maker = 制作
paper-made = { $who }，{ $at }，记入台账第 { $entry } 条
paper-lines-head = 日志行
paper-lines = 共 { $lines } 行，其中遮盖 { $masked } 行
paper-masked = 遮盖
paper-masked-yes = 已遮盖：含个人信息的行以遮盖副本代替（副本的文字由制作者负责，本包不能证明，事后可凭单行证明对照）
paper-masked-no = 未遮盖：日志行均为原样，可逐行证明
paper-findings = 一、总体情况
paper-not-measured = 本材料没有附自查结论：当时没有任何测量结果。
paper-count = 自查义务 { $all } 项：自查符合 { $met } 项，临期 { $risk } 项，有差距 { $failing } 项，无法确认 { $unknown } 项
paper-gaps-in = 应接日志源 { $of } 个，其中 { $count } 个有缺口或从未收到日志
paper-unverified = 有 { $count } 个分段未经校验或校验未通过
paper-left-out = 制作时未选择的部分：{ $headings }
paper-self-check = 本结论为自查，不替代检查或测评
paper-coverage = 二、日志留存覆盖
paper-list-confirmed = 应接日志源清单已由单位负责人确认（{ $record }）。
paper-list-unconfirmed = 应接日志源清单尚未由单位负责人确认，或确认后有改动：清单是否完整，无法确认。
paper-no-devices = 没有可列的设备。
paper-device = 设备
paper-first = 最早收到
paper-last = 最近收到
paper-days = 连续天数 / 应满
paper-complete-on = 满期日
paper-gaps = 缺口
paper-unlisted = 未列入清单
paper-never = 从未
paper-never-heard = 从未收到日志
paper-no-gaps = 无
paper-gap-lost = 本机停止或丢弃：{ $since } 至 { $until }
paper-gap-silent = 设备没有发来：{ $since } 至 { $until }
paper-gaps-more = 另有 { $count } 处
paper-silent-now = 自 { $since } 起没有收到
paper-duties = 三、各项义务的自查结论
paper-legend = ● 由系统根据事实计算　○ 由具名人员作出，到期失效
paper-number = 序号
paper-duty = 义务
paper-clause = 依据
paper-state = 自查结论
paper-reason = 情况与理由
paper-state-met = 自查符合
paper-state-at-risk = 临期
paper-state-failing = 有差距
paper-state-unknown = 无法确认
paper-stale = 上次测量已过期，按无法确认处理
paper-attested = 由 { $person } 作出，有效至 { $until }
paper-not-measured-yet = 尚未测量
paper-measured = 测量于 { $at }
paper-measured-since = 测量时段 { $since } 至 { $at }
paper-leaf = 日志第 { $leaf } 号
paper-asked = 查询
paper-plan = 四、整改计划
paper-issue = 问题
paper-measure = 措施
paper-responsible = 责任人
paper-deadline = 期限
paper-plan-device = { $device }：日志已连续留存 { $done } 天，应满 { $required } 天
paper-files = 五、随附的原始日志
paper-no-lines = 所选时段和来源没有日志行。
paper-source = 来源
paper-file-days = 日期
paper-file-count = 文件
paper-file-lines = 行数
paper-file-bytes = 字节
paper-files-note = 每个文件的 SHA-256 与 SM3 见《校验值.txt》和《目录.xlsx》；文件在 text/ 目录下。
paper-signatures = 六、签字与盖章
paper-sign-maker = 制作人签字
paper-sign-head = 单位负责人签字
paper-sign-inspector = 检查人员签收
paper-sign-seal = 单位盖章
paper-sign-date = 年　　月　　日
paper-anchor = 七、存证与核验
paper-self-only = 存证程度：仅自证。持有私钥的人可以重写全部内容而不被发现；本页签字盖章后，下列检查点即成为外部存证，可用它核验以后的材料。
paper-anchor-advice = 请保留本页。核验以后的材料时，把上面的检查点（连同空行和签名行）存成文件交给核验程序（--against），即可查出此前的历史是否被改写。
paper-anchor-short = 仅自证
paper-checkpoint = 检查点（来源、条数、根散列、签名）
paper-vkey = 核验公钥

evidence-link = 生成检查佐证材料
evidence-title = 检查佐证材料
evidence-why = 选好时段和范围，汇成一个压缩包：原始日志、目录、校验值、可打印的报告、证明和核验程序。不用安澜也能打开，凭公钥可离线核验。
evidence-since = 起（含）
evidence-until = 止（不含）
evidence-sources = 日志源
evidence-all-sources = 全部来源（不看下面的勾选）
evidence-all-why = 只有选全部来源，材料包才能证明时段内没有少行。
evidence-none-heard = 您可以导出的来源还没有收到过日志。
evidence-forms = 随包表单（可离线打开、打印、签章）
evidence-headings = 报告内容
evidence-label = 标注
evidence-lang = 报告语言
evidence-lang-zh-cn = 中文
evidence-lang-en = 英文
evidence-masked = 遮盖个人信息
evidence-masked-why = 含账号、地址、姓名、电话的行以遮盖副本代替，副本不能由本包证明；不含的行仍是原样。选择会记入台账并写进报告。
evidence-purpose = 用途
evidence-visit = 检查记录编号
evidence-proofs = 另附单行证明的行号
evidence-proofs-why = 行号之间用空格或逗号分开，最多一千个；被遮盖的行不能附证明。
evidence-build = 开始制作
evidence-recorded = 谁、何时、选了什么，都会记入台账
evidence-busy = 另一份材料正在制作，请稍后再试
evidence-building = 正在测量和打包，本页会自己刷新。
evidence-ready = { $name } 已做好，{ $bytes } 字节。一小时内可以下载。
evidence-fetch = 下载材料包
evidence-hand-over = 交出时请另行提供下面的公钥，并把报告打印、签字、盖章；对方用发布页上的 verify.html 即可离线核验。
evidence-failed = 没有做成，原因已写进运行日志。请运行 anlan verify 检查数据目录
evidence-bad-time = 时间看不懂，例如 2026-11-21 或 2026-11-21T08:00
evidence-period-backwards = 时段的起点晚于终点
evidence-no-sources = 没有选择任何来源
evidence-beyond-rights = 所选来源超出您的权限，没有导出
evidence-unfit = 标注、用途或检查记录编号不合要求（至多 512 字节，不含控制字符）
evidence-bad-proofs = 行号看不懂
evidence-too-many = 单行证明或附件超过一千个
evidence-proof-masked = 行 { $seq } 在遮盖的材料里会被盖住，不能附它的证明
evidence-demo = 演示数据

evidence-source-malformed = 来源写法不对：{ $got }，例如 ip:192.0.2.1
help-pack-source = 只要这些来源，可多次给出，如 ip:192.0.2.1；不给则为全部
help-pack-proof = 另附这一行的单行证明，可多次给出
help-pack-form = 随包表单，可重复，不写为全部：log-register 日志留存登记表，self-check 自查表，rectification-plan 整改计划，extraction-list 提取清单，none 不要
help-pack-label = 标注：none 不标，internal 内部资料，sensitive 敏感
help-pack-masked = 遮盖个人信息：含账号、地址、姓名的行以遮盖副本代替
help-pack-purpose = 用途，写进报告和台账
help-pack-visit = 检查记录的编号
help-pack-lang = 报告的语言：zh-CN 或 en

# 材料包里的表单
pack-form-running = 表单 { $form } · 检查佐证材料，台账第 { $entry } 条
pack-form-foot = 检查点 { $size } · 根 { $root } · { $anchor }
pack-form-of = 随检查佐证材料：时段 { $since } 至 { $until }；来源 { $scope }；{ $label }；{ $masked }
pack-form-more = 另有 { $n } 条未列出，见《目录.xlsx》和台账
