# Records: refusals, pages
# 办件被退回的原因。people 是可以办理的人。

refusal-no-person = 当前账号没有对应的在岗人员，不能办理；请先由系统管理员关联人员
refusal-not-there = 没有这条记录，或不在你的权限范围内
refusal-is-there = 这条记录已经存在
refusal-voided = 已作废，不能再办理
refusal-ended = 已办结，不能再办理
refusal-kind-gone = 这类台账已停用，不能再办理
refusal-nobody-there = 没有任何在岗人员可以接手；请先在单位里安排负责人
refusal-stale = 别人刚刚改动过，请看过最新内容后再办理

refusal-opens-by-itself = 这类记录由上级下发、流程或周期自动生成，不能直接新增
refusal-open-not-yours = 你没有在这个单位新增的权限；可以新增的有：{ $people }
refusal-happened-ahead = 发生时间不能晚于现在
refusal-unit-closed = “{ $name }”已撤销
refusal-unit-outside = “{ $name }”不是本单位或下级单位，不能下发
refusal-fanout-nobody = 请选择下发单位

refusal-field-required = 必须填写
refusal-field-unknown = 没有这一项
refusal-field-unasked = 这一步不填写此项
refusal-field-automatic = 此项由系统在办理时自动填写
refusal-field-not-personal = 此项不是个人信息，不能按个人信息删除
refusal-field-not-sealed = 此项没有密封
refusal-fields-none = 请至少选择一项
refusal-unit-unknown = 没有单位 { $value }
refusal-person-unknown = 没有人员 { $value }
refusal-person-left = { $name }已离岗
refusal-value-link = 没有记录 { $value }
refusal-own-later = 不能晚于法定或规定的期限 { $latest }
refusal-reason-required = 请写明理由
refusal-text-required = 请填写内容
refusal-text-long = 最多 { $most } 个字
refusal-text-control = 含有不能保存的控制字符
refusal-nothing-changed = 没有改动

refusal-move-unknown = 没有这一步
refusal-move-not-now = 当前状态下不能办理这一步
refusal-move-when = 不符合这一步的条件
refusal-not-yours = 你不能办理这一步；可以办理的有：{ $people }
refusal-nobody-may = 目前没有人可以办理；请先安排相应岗位或单位负责人
refusal-other-than = 前面的步骤是你办的，这一步须由另一人办理
refusal-pending = 已有一项在等待审批；审批、退回或撤回之后才能继续
refusal-no-approver = 没有可以审批的另一人；请先安排审批人或单位负责人
refusal-nothing-pending = 没有等待审批的事项
refusal-own-proposal = 不能审批自己提出的事项
refusal-approve-not-yours = 你不能审批；可以审批的有：{ $people }
refusal-proposal-void = 提出时的条件已不成立，请退回或由提出人撤回：{ $why }
refusal-withdraw-not-yours = 只有提出人可以撤回：{ $people }

refusal-correct-not-yours = 你不能更正；可以更正的有：{ $people }
refusal-void-not-yours = 你不能作废；可以作废的有：{ $people }
refusal-erase-not-yours = 你不能申请删除；可以申请的有：{ $people }
refusal-sealed-not-yours = 此项已密封，你不能查看；可以查看的有：{ $people }
refusal-note-not-yours = 你只能查看，不能添加备注
refusal-hand-not-yours = 你不能转办或委托；可以的有：{ $people }
refusal-hand-same = 已经在其手上
refusal-hand-outside = { $name }与这个单位没有关系；请先授予角色，或转到其所在单位
refusal-delegate-until = 委托截止时间应在现在之后、{ $most } 天之内
refusal-urge-not-yours = 你不能催办；可以催办的有：{ $people }
refusal-ask-not-yours = 你不能征求意见；可以的有：{ $people }
refusal-ask-nobody = 请选择人员；已经征求过且尚未答复的不重复征求
refusal-asks-many = 一条记录最多征求 { $most } 人次
refusal-not-asked = 没有向你征求意见，或你已答复

refusal-needs-proposal = 须先提出申请，经另一人批准后办理
refusal-attachment-missing = 附件没有上传完成，请重新上传
refusal-attachment-too-large = 附件最大 { $most } MiB
refusal-attachment-empty = 附件是空的
refusal-attachment-name = 附件的文件名为空、过长或含控制字符，请改名后再上传
refusal-series-not-yours = 周期任务由本单位负责人、分管领导或安全管理员开关
refusal-attachment-type = 不支持这种附件；可用：PDF、图片、Word、Excel、PowerPoint、TXT、CSV、ZIP、OFD
refusal-record-full = 这条记录的历史已达 { $most } 条，不能再办理
refusal-too-many-opened = 一次最多生成 { $most } 条

# 填写不合要求：文字见 kind.ftl。
refusal-value-long = { value-long }
refusal-value-lines = { value-lines }
refusal-value-control = { value-control }
refusal-value-number = { value-number }
refusal-value-range = { value-range }
refusal-value-option = { value-option }
refusal-value-date = { value-date }
refusal-value-time = { value-time }
refusal-value-yes = { value-yes }
refusal-value-source = { value-source }
refusal-value-record = { value-record }
refusal-value-record-asset = { value-record-asset }
refusal-value-record-kind = { value-record-kind }
refusal-value-many = { value-many }
refusal-value-attachment = { value-attachment }
refusal-value-table = { value-table }
refusal-value-cell = { value-cell }
refusal-value-person = { value-person }
refusal-value-unit = { value-unit }
