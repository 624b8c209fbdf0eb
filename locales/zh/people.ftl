# 人员与角色

role-system = 系统管理员
role-security = 安全管理员
role-audit = 审计管理员
role-head = 单位负责人
role-leader = 分管领导
role-duty = 值班员
role-handler = 处置员
role-approver = 审批人
role-reader = 查询员
role-staff = 员工
role-inspector = 外部检查人员
