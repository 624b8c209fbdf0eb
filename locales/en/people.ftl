# People and roles

role-system = System administrator
role-security = Security administrator
role-audit = Audit administrator
role-head = Head of the unit
role-leader = Leader in charge
role-duty = Duty officer
role-handler = Handler
role-approver = Approver
role-reader = Reader
role-staff = Staff
role-inspector = Outside inspector
