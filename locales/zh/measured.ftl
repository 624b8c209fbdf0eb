# 台账和人员核查得出的原因。一句话说清是哪一条、差什么。

reason-staff-account-leaver = 账号 { $account } 的使用人 { $person } 已离岗，账号未停用
reason-staff-account-ownerless = 账号 { $account } 没有对应的人员
reason-staff-account-shared = 账号 { $account } 由一人以上共用
reason-staff-account-dormant = 账号 { $account } 已 { $days } 天没有登录，未停用
reason-staff-sign-ins-unread = 登录记录过多，未能查清哪些账号长期未用
reason-staff-password-oldest = 最久未更换的口令属于账号 { $account }，已用 { $days } 天
reason-staff-two-roles = { $person } 兼任两种管理员
reason-staff-role-missing = 未分设管理员：{ $role ->
    [system] 系统管理员
    [security] 安全管理员
   *[audit] 审计管理员
    }
reason-staff-letter-leaver = { $record } { $title }：签订人已离岗，责任书未交接
reason-staff-letter-unit = { $unit } 没有今日有效的责任书
reason-staff-letter-person = { $person } 没有今日有效的责任书
reason-staff-post-empty = 岗位空缺：{ $post }，没有有效的任命
reason-staff-post-elsewhere = { $post } 只在 { $unit } 有任命（{ $record }），本单位一级没有
reason-staff-post-unchecked = { $record } { $title }：关键岗位任前没有核查记录
reason-staff-post-unregistered = 关键岗位 { $post } 由 { $person } 担任，没有任命和任前核查记录
reason-staff-post-vacant = { $unit } 的关键岗位 { $post } 空缺
reason-staff-department-empty = { $unit } 没有部门网络安全员
reason-staff-no-cii-posts = 没有登记关键信息基础设施的关键岗位，无法确认应有几个

reason-reg-cut = 记录过多，没有全部读完，不下结论
reason-reg-none = 台账“{ $kind }”没有任何记录：是没有发生，还是没有登记，台账自身分辨不出
reason-reg-none-due = 台账“{ $kind }”一年内没有到期事项：是没有收到，还是没有登记，台账自身分辨不出
reason-reg-hazard-overdue = { $record } { $title }：超期未整改或未核验
reason-reg-hazard-unwatched = { $record } { $title }：限期整改期间没有在岗的监控责任人
reason-reg-hazard-no-proof = { $record } { $title }：已销号，没有整改佐证
reason-reg-hazard-nothing = 没有登记过隐患，也有单位没有排查：没有登记不等于没有隐患
reason-reg-hazard-no-scan = 没有扫描或测评发现的隐患记录，无法确认漏洞是否按期修补
reason-reg-unit-unswept = { $unit } 在规定的间隔内没有巡查或督查记录
reason-reg-clock-overdue = { $record } { $title }：{ $clock }已于 { $due } 到期，仍未办
reason-reg-clock-late = { $record } { $title }：{ $clock }应于 { $due } 前办，逾期才办
reason-reg-clock-soon = { $record } { $title }：{ $clock }将于 { $due } 到期
reason-reg-task-overdue = { $record } { $title }：应于 { $due } 前完成，仍未办
reason-reg-task-undone = { $record } { $title }：应于 { $due } 前完成，已注明未做
reason-reg-task-soon = { $record } { $title }：将于 { $due } 到期
reason-reg-task-no-series = 没有一个单位启用“{ $kind }”的定期任务：{ $series }
reason-reg-task-not-yet = “{ $kind }”的定期任务已启用，还没有到过期限
reason-reg-task-no-systems = 台账“{ $kind }”是空的，无法确认哪些系统应当测评
reason-reg-rule-missing = 没有现行有效的制度：{ $category }
reason-reg-rule-overdue = { $record } { $title }：超期未复审
reason-reg-rule-citation = { $record }：引用“{ $found }”已过时，今日应为“{ $today }”
reason-reg-rule-unread = { $record } { $title }：正文缺失或读不出来，引用的条号未能核对
reason-reg-entry-missing = { $record } { $title }：已登记，必需的手续没有办完
reason-reg-entry-incomplete = { $record } { $title }：内容不全或已失效
reason-reg-entry-overdue = { $record } { $title }：复核或变更超期
reason-reg-required-unknown = 没有资料说明“{ $kind }”应有几条，台账整齐不等于登记齐全
reason-reg-act-unapproved = { $record } { $title }：没有事先批准
reason-reg-act-alone = { $record } { $title }：申请人或责任人自己批准
reason-reg-act-unseen = 台账内没有未经批准的，但实际发生的情况尚未与台账比对
reason-reg-case-record = { $record } { $title }：没有留存记录
reason-reg-case-second = { $record } { $title }：没有第二人确认或批准
reason-reg-case-unanswered = { $record } { $title }：逾期未答复
reason-reg-rule-none = 没有现行有效的制度，无从核对引用的条号
reason-staff-no-departments = 没有设立下级部门，无法确认应有几名部门网络安全员
reason-staff-no-key-posts = 没有登记关键岗位：先确定哪些是关键岗位，再任命和核查
