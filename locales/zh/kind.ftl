# Kinds: faults, help

# Files of kinds: spec/kind.md
fault-kind-file-large = 文件过大：上限 { $limit } 字节
fault-kind-file-large-remedy = 减少字段和说明，或分成几种台账
fault-kind-type = 这里应为{ $wanted ->
    [text] 文字（加引号）
    [number] 整数（不加引号）
    [flag] true 或 false
    [list] 列表 [ … ]
    [table] 表 {"{"} … {"}"}
   *[tables] 几个表，写成 [[…]] 或 [{"{"} … {"}"}]
 }
fault-kind-type-remedy = 按 spec/kind.md 改写这个值
fault-kind-name = 名称只能用 a–z、0–9、_，以字母开头，最多 { $limit } 个字符
fault-kind-name-remedy = 改成如 found_by
fault-kind-id = 编号只能用 a–z、0–9、_、-，以字母开头，最多 { $limit } 个字符
fault-kind-id-remedy = 改成如 room-visit
fault-kind-file-name = 文件名与 id 不一致
fault-kind-file-name-remedy = 把文件改名为 { $wanted }，或改 id
fault-kind-number = 记录编号的字母要用 2 至 6 个大写字母
fault-kind-number-remedy = 改成如 number = "JF"
fault-kind-word = “{ $found }”不在可用的词里
fault-kind-word-remedy = 可用：{ $known }
fault-kind-who = “{ $found }”不是角色，也不是关系
fault-kind-who-remedy = 可用：opener、owner、holder、above:角色、field:字段，或角色 { $known }
fault-kind-role = 没有角色“{ $found }”
fault-kind-role-remedy = 可用：{ $known }
fault-kind-role-reads = 外部检查人员（inspector）只看不改，不能在这里
fault-kind-role-reads-remedy = 换一个角色；让检查人员能看，写进 sees
fault-kind-opens-empty = 没有写谁可以新建记录
fault-kind-opens-empty-remedy = 写上角色；只由下发、动作或周期新建的，写 opens = "none"
fault-kind-opens-relation = 新建之前还没有记录，不能用这种关系
fault-kind-opens-relation-remedy = 在 opens 中只写角色和 above:角色
fault-kind-owner-missing = 写了 owner，但没有名为 owner 的字段
fault-kind-owner-missing-remedy = 加一个 name = "owner"、type = "person" 的字段，或改写成角色
fault-kind-owner-type = 字段 owner 是责任人，类型必须是 person
fault-kind-owner-type-remedy = 写 type = "person"，或换一个名称
fault-kind-holder-holds = holder 不能用来说明记录在谁手里
fault-kind-holder-holds-remedy = 写 owner、opener、角色、above:角色或 field:字段
fault-kind-system = 没有编号为“{ $found }”的制度
fault-kind-system-remedy = 写 packs/cn/systems.toml 里有的编号，如 SYS-069；没有对应的就删去
fault-kind-twice = “{ $name }”出现了两次
fault-kind-twice-remedy = 每个只写一次；两处不同的东西要用不同的名称
fault-kind-reserved = “{ $name }”是保留的名称
fault-kind-reserved-remedy = 换一个名称：open、opener 指新建，series 指周期的时限
fault-kind-many = 太多了：上限 { $limit } 个
fault-kind-many-remedy = 减少到 { $limit } 个，或分成几种台账
fault-kind-too-many = 台账种类太多：合计上限 { $limit } 种
fault-kind-too-many-remedy = 停用不再需要的种类
fault-kind-range = 这个数不在 { $least } 至 { $most } 之间
fault-kind-range-remedy = 写这个范围内的整数
fault-kind-least-most = least（{ $least }）大于 most（{ $most }），什么数都填不进
fault-kind-least-most-remedy = 对调或改正；least 不写就是 0
fault-kind-list-empty = 列表是空的
fault-kind-list-empty-remedy = 至少写一项，或删去这一键
fault-kind-id-twice = 已经有编号为“{ $id }”的种类
fault-kind-id-twice-remedy = 换一个 id；随产品提供的种类不能用同一个 id 替换
fault-kind-number-twice = 字母“{ $number }”已由“{ $other }”使用
fault-kind-number-twice-remedy = 换别的字母，使每个编号只属于一种台账
fault-kind-field-type = 没有“{ $found }”这种字段类型
fault-kind-field-type-remedy = 可用：{ $known }
fault-kind-key-unfit = { $name } 不适用于 { $type }
fault-kind-key-unfit-remedy = 删去 { $name }，或换一种类型
fault-kind-required-twice = 已经是必填，required_when 没有作用
fault-kind-required-twice-remedy = 删去 required 或 required_when
fault-kind-sealed-empty = sealed 没有写任何角色：谁都看不到内容
fault-kind-sealed-empty-remedy = 写上可以看的角色，或删去 sealed
fault-kind-sealed = “{ $found }”是密封字段，不能在这里显示或带走
fault-kind-sealed-remedy = 换一个字段；密封字段只能在记录里凭理由查看
fault-kind-no-field = 没有字段“{ $found }”
fault-kind-no-field-remedy = 改正名称，或先加上这个字段；现有：{ $known }
fault-kind-field-never = 没有表单填写“{ $found }”，也没有动作写入它
fault-kind-field-never-remedy = 在 asks、动作的 needs 或 asks 中写上它，或删去这个字段
fault-kind-no-state = 没有状态“{ $found }”
fault-kind-no-state-remedy = 改正名称，或先加上这个状态；现有：{ $known }
fault-kind-no-move = 没有动作“{ $found }”
fault-kind-no-move-remedy = 改正名称，或先加上这个动作；现有：{ $known }
fault-kind-no-kind = 没有种类“{ $found }”
fault-kind-no-kind-remedy = 改正 id，或同时加入那种台账的文件
fault-kind-unfit = 字段“{ $found }”的类型是 { $type }，不能用在这里
fault-kind-unfit-remedy = 这里要用的类型：{ $wanted }
fault-kind-condition-field = 条件里的“{ $name }”不是字段
fault-kind-condition-field-remedy = 写成 facts.字段名；现有：{ $known }
fault-kind-condition-type = 条件中“{ $sign }”两边的类型不合
fault-kind-condition-type-remedy = number 字段可比大小；yes 字段是真假，直接写 facts.名称；其他字段都是文字，用 == 或 !=，未填为 ''
fault-kind-condition-option = 字段“{ $name }”没有选项“{ $found }”，这个比较永远不成立
fault-kind-condition-option-remedy = 可用：{ $known }
fault-kind-no-end = 没有结束的状态，记录永远办不完
fault-kind-no-end-remedy = 给最后的状态加 ends = true
fault-kind-state-unreached = 没有动作能到达这个状态
fault-kind-state-unreached-remedy = 加一个 to 是它的动作，或删去这个状态
fault-kind-state-stuck = 记录到了这个状态就出不去，而它不是结束
fault-kind-state-stuck-remedy = 加一个从这里出去的动作，或写 ends = true
fault-kind-state-in-use = 有 { $records } 条记录停留在状态“{ $state }”，新的写法里没有它
fault-kind-state-in-use-remedy = 保留这个状态；可以让别的动作不再到达它
fault-kind-state-endless = 从这个状态出发，怎么走都到不了结束
fault-kind-state-endless-remedy = 加一个通向结束状态的动作
fault-kind-move-nobody = 没有人可以做这个动作
fault-kind-move-nobody-remedy = 在 who 中写上角色或关系
fault-kind-move-second = 提出和批准只能是同一个人，没有第二个人
fault-kind-move-second-remedy = 在 by 中写另外的角色
fault-kind-move-other = other_than 排除后没有人能做这个动作
fault-kind-move-other-remedy = 在 who 中加一个角色，或从 other_than 中去掉一项
fault-kind-by-needless = 没有 second = true，by 没有作用
fault-kind-by-needless-remedy = 加 second = true，或删去 by
fault-kind-setting = “{ $found }”不是可以自动填写的值
fault-kind-setting-remedy = 可用：@now、@today、@actor、@checkpoint，或一段文字
fault-kind-setting-value = “{ $found }”填不进 { $type } 类型的字段
fault-kind-setting-value-remedy = 写成保存的样子：选项的 id、2026-10-09、2026-10-09T08:30、yes 或 no
fault-kind-copy-field = 种类“{ $kind }”没有字段“{ $found }”
fault-kind-copy-field-remedy = copies 左边写对方的字段，右边写本种类的字段
fault-kind-copy = { $ours }（{ $from }）的内容不一定放得进对方的 { $theirs }（{ $to }）
fault-kind-copy-remedy = 两边用同一类型；对方的长度、范围、选项、个数不能比本种类少
fault-kind-link-back = “{ $found }”不是种类“{ $kind }”中指回“{ $id }”的字段
fault-kind-link-back-remedy = 在那种台账里加一个 type = "link"、to = "{ $id }" 的字段
fault-kind-clock-term = 要在 length、law、field 中只写一个
fault-kind-clock-term-remedy = length 写天数等，law 写法规包里的时限，field 写日期字段
fault-kind-clock-misplaced = { $name } 只和 { $with } 一起用
fault-kind-clock-misplaced-remedy = 删去 { $name }
fault-kind-clock-law = 法规包里没有时限“{ $found }”
fault-kind-clock-law-remedy = 写 clocks.toml 里有的 id，或改用 length
fault-kind-clock-law-unfit = 法规包的这个时限不从记录的动作起算
fault-kind-clock-law-unfit-remedy = 留存期限和事前时限不能用在这里；改用 length 或 field
fault-kind-clock-row-missing = 这个时限按情形有几个长度，没有写按哪个字段选
fault-kind-clock-row-missing-remedy = 加 row = "选择字段"，其选项与法规包各行的名称相同
fault-kind-clock-row-needless = 这个时限只有一个长度，row 没有作用
fault-kind-clock-row-needless-remedy = 删去 row
fault-kind-clock-row = 选项“{ $found }”在这个时限里没有对应的行
fault-kind-clock-row-remedy = 选项要与各行同名：{ $known }；没有时限的情形用 when 排除
fault-kind-clock-unfilled = “{ $start }”时字段“{ $field }”可能还没有填，不知道用哪个长度
fault-kind-clock-unfilled-remedy = 把它设为必填，或写进该动作的 needs；不一定有时限的，写 when
fault-kind-clock-uncopied = 有的记录不是由人新建的，那时“{ $field }”没有填，时限不知道用哪个长度
fault-kind-clock-uncopied-remedy = 在那里的 copies 中带上它，或让时限从动作起算
fault-kind-clock-no-number = 这个时限没有数字，也没有可填日期的字段
fault-kind-clock-no-number-remedy = 加 own = "日期字段"，或写明长度
fault-kind-clock-never-runs = 这样起算就已经结束，时限不会走
fault-kind-clock-never-runs-remedy = 改起算的动作，或去掉该状态的 ends
fault-kind-clock-never-stops = 从这里起算后，没有动作也没有结束能让它停
fault-kind-clock-never-stops-remedy = 在 stop 中写一个之后能做的动作，或让记录能到结束
fault-kind-pause-endless = 停走之后，until 的动作再也做不了
fault-kind-pause-endless-remedy = 改 until，或加一个能回来的动作
fault-kind-series-term = 要在 each 和 law 中只写一个
fault-kind-series-term-remedy = each 写 day、week、month 等，law 写法规包里的时限
fault-kind-series-law = 法规包的这个时限不是重复的
fault-kind-series-law-remedy = 用按日、周、月、季、年重复的时限，或写 each

# What people type into fields
value-long = 太长：上限 { $most } 字
value-lines = 只能填一行
value-control = 含有看不见的控制字符
value-number = “{ $found }”不是整数
value-range = { $found } 不在 { $least } 至 { $most } 之间
value-option = 没有选项“{ $found }”。可选：{ $known }
value-date = “{ $found }”不是日期。请写如 2026-10-09 或 2026年10月9日，1970 年以后
value-time = “{ $found }”不是时间。请写如 2026-10-09 08:30
value-yes = “{ $found }”看不出是或否。请写 是 或 否
value-person = “{ $found }”不是人员编号。请写如 p12
value-unit = “{ $found }”不是单位编号。请写如 u3
value-source = “{ $found }”不是日志源
value-record = “{ $found }”不是记录编号。请写如 YH-2026-0012
value-record-asset = { $found } 不是资产
value-record-kind = { $found } 不属于“{ $wanted }”
value-many = 太多：上限 { $most } 个
value-attachment = 附件清单读不了
value-table = 表格读不了：每行要有 { $columns } 格
value-cell = 第 { $row } 行第 { $column } 格：{ $what }

fault-kind-utf8 = 文件不是 UTF-8 文本
fault-kind-utf8-remedy = 另存为 UTF-8 编码的纯文本

# anlan kind
help-kind = 台账种类：检查文件，查看现有种类
examples-kind =
    示例：
      anlan kind list
      anlan kind show hazard
      anlan kind lint 来访登记/visitors.toml
help-kind-lint = 检查台账种类的文件，不存任何东西
examples-kind-lint =
    示例：
      anlan kind lint visitors.toml
      anlan kind lint *.toml --json
    退出码：0 无误；1 有误；3 读不了。
help-kind-add = 把本单位的台账种类加入数据目录；有误则什么都不存
examples-kind-add =
    示例：
      anlan kind add room-visit.toml --data ./anlan-data
      anlan kind add *.toml --data ./anlan-data --json
    退出码：0 已加入；1 有误；3 读不了。
kind-added = 已加入 { $kind }（台账第 { $entry } 号条目）
kind-add-nothing = 有误：{ $count } 处。什么都没有存。
kind-add-large = 一次加入的文件合计不能超过 { $mebibytes } MiB，请分几次
help-kind-list = 列出现有的台账种类
examples-kind-list =
    示例：
      anlan kind list
      anlan kind list --data ./anlan-data --json
help-kind-show = 一种台账的字段、状态、办理动作、时限和打印表
examples-kind-show =
    示例：
      anlan kind show hazard
      anlan kind show YH
      anlan kind show hazard --json
help-kind-files = 台账种类的文件，写法见 docs/own-register.md
help-kind-id = 种类的 id 或编号字母，如 hazard 或 YH
help-kind-json = 印出一个 JSON 值
help-kind-data = 数据目录：连同本单位自己的种类
law-lint-kinds = 台账种类 { $kinds } 种，状态、办理、时限都走得通。
kind-packs-faulty = 内置的法规包有误，请运行 anlan law lint packs
kind-no-such = 没有种类“{ $got }”。现有种类见 anlan kind list
kind-lint-sound = 无误：{ $count } 个文件。
kind-list-count = 共 { $count } 种。详见 anlan kind show 种类
kind-column-number = 编号
kind-column-id = 种类
kind-column-place = 所在页面
kind-column-title = 名称
kind-own = （本单位）
kind-own-pack = 本单位
kind-list-joint = 、
kind-part-joint = ，
kind-of = { $what }（{ $of }）
kind-place-work = 工作
kind-place-hazards = 隐患
kind-place-access = 入网
kind-place-incidents = 事件
kind-place-personal = 个人信息
kind-place-complaints = 投诉
kind-place-people = 人员
kind-place-compliance = 合规
kind-place-content = 内容
kind-place-assets = 资产
kind-type-text = 文字
kind-type-number = 整数
kind-type-choice = 选项
kind-type-date = 日期
kind-type-time = 时间
kind-type-yes = 是否
kind-type-person = 人员
kind-type-people = 多名人员
kind-type-unit = 单位
kind-type-units = 多个单位
kind-type-source = 日志源
kind-type-asset = 资产
kind-type-attachment = 附件
kind-type-table = 表格
kind-type-link = 关联
kind-who-above = 上级{ $role }
kind-who-opener = 新建人
kind-who-holder = 经办人
kind-opening = 新建
kind-everyone = 单位内所有有角色的人
kind-nobody = 不由人新建（由下发、动作或周期产生）
kind-show-head = { $number }  { $title }（{ $id }）  { $place }  来自：{ $from }
kind-show-sees = 可见：{ $what }
kind-show-opens = 可新建：{ $what }
kind-show-basis = 依据：{ $what }
kind-show-unsure = 待核实：{ $what }
kind-show-fanout = 下发：办理“{ $move }”时，向“{ $units }”各单位下发 { $child }
kind-show-fields = 字段
kind-show-states = 状态
kind-show-moves = 办理
kind-show-clocks = 时限
kind-show-print = 打印
kind-field-required = 必填
kind-field-required-when = 必填条件：{ $when }
kind-field-personal = 个人信息
kind-field-sealed = 密封，可看：{ $roles }
kind-state-ends = 结束
kind-state-holder = 在办：{ $people }
kind-move-stays = { $from }（状态不变）
kind-move-who = 谁可以：{ $what }
kind-move-by = 须另一人批准：{ $what }
kind-move-other = 不能由办过这些的同一人：{ $what }
kind-move-needs = 须填：{ $what }
kind-move-asks = 可填：{ $what }
kind-move-when = 条件：{ $what }
kind-move-sets = 自动填：{ $what }
kind-move-opens = 产生：{ $what }
kind-move-opinion = 会签：{ $what }
kind-move-signs = 请其确认：{ $what }
kind-move-marks = 另需：{ $what }
kind-move-reason = 写明理由
kind-move-grave = 再次验证本人
kind-clock-by-law = 按法规包的时限 { $clock }
kind-clock-by-row = 按法规包的时限 { $clock }，依“{ $field }”
kind-clock-by-field = 到“{ $field }”{ $at }
kind-clock-runs = 自 { $start } 起，至 { $stop } 止
kind-clock-end = 办结
kind-clock-own = 可另定更早的日期：{ $what }
kind-clock-remind = 提前提醒：{ $what }
kind-clock-late = 逾期即告：{ $people }
kind-clock-later = 逾期 { $after } 再告：{ $people }
kind-series-ahead = 到期前 { $ahead } 自动新建
kind-series-after = 上一期到期时自动新建
kind-print-record = 单份记录，{ $copies } 份
kind-print-list = 清单，{ $copies } 份
kind-roll-next = ，遇休息日顺延
kind-roll-previous = ，遇休息日提前
kind-length-at-once = 立即
kind-length-as-ordered = 按指令规定
kind-length-as-requested = 按要求规定
kind-length-configurable = 由单位确定
kind-span-minutes = { $count } 分钟
kind-span-hours = { $count } 小时
kind-span-days = { $count } 天
kind-span-working-days = { $count } 个工作日
kind-span-months = { $count } 个月
kind-span-years = { $count } 年
kind-day-number = { $number } 日
kind-day-last = 最后一日
kind-day-of-month = { $month } 月 { $day }
kind-each-day = 每天
kind-each-working-day = 每个工作日
kind-each-week = 每周{ $days }
kind-each-month = 每月 { $days }
kind-each-quarter = 每季度第 { $days }
kind-each-year = 每年 { $days }
kind-mon = 一
kind-tue = 二
kind-wed = 三
kind-thu = 四
kind-fri = 五
kind-sat = 六
kind-sun = 日
