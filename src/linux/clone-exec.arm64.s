// What a new process does until it is its program (AArch64, AAPCS64). The bytes are in clone-exec-code.ts;
// test/integration/linux/clone-exec-code.test.ts assembles this file and compares.
//
// long run(struct entry *list, long flags, int report, int *shared)
//   x0 = list, x1 = flags, x2 = report, x3 = shared
    stp x19, x20, [sp, -16]!
    mov x19, x0             // x19 = list: both survive the system calls
    mov x20, x2             // x20 = report
    // clone(flags, stack = 0, parent_tid = 0, tls = 0, child_tid = shared)
    mov x4, x3
    mov x0, x1
    mov x1, 0
    mov x2, 0
    mov x3, 0
    mov x8, 220
    svc 0
    cbz x0, next
    // The parent returns the pid, or the negated error number.
    ldp x19, x20, [sp], 16
    ret
next:                       // The child takes the entries of the list in turn: number, four arguments, index.
    ldr x8, [x19]
    ldp x0, x1, [x19, 8]
    ldp x2, x3, [x19, 24]
    svc 0
    tbnz x0, 63, failed
    add x19, x19, 48
    b next
failed:                     // write(report, entry, 48), then exit_group(127)
    str x0, [x19]
    mov x0, x20
    mov x1, x19
    mov x2, 48
    mov x8, 64
    svc 0
    mov x0, 127
    mov x8, 94
    svc 0
