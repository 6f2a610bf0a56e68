# What a new process does until it is its program (x86-64, System V ABI). The bytes are in clone-exec-code.ts;
# test/integration/linux/clone-exec-code.test.ts assembles this file and compares.
#
# long run(struct entry *list, long flags, int report, int *shared)
#   rdi = list, rsi = flags, rdx = report, rcx = shared
    .intel_syntax noprefix
    push rbx
    push r12
    mov rbx, rdi            # rbx = list: both survive the system calls
    mov r12, rdx            # r12 = report
    # clone(flags, stack = 0, parent_tid = 0, child_tid = shared, tls = 0)
    mov rdi, rsi
    xor esi, esi
    xor edx, edx
    mov r10, rcx
    xor r8d, r8d
    mov eax, 56
    syscall
    test rax, rax
    jz next
    # The parent returns the pid, or the negated error number.
    pop r12
    pop rbx
    ret
next:                       # The child takes the entries of the list in turn: number, four arguments, index.
    mov rax, [rbx]
    mov rdi, [rbx + 8]
    mov rsi, [rbx + 16]
    mov rdx, [rbx + 24]
    mov r10, [rbx + 32]
    syscall
    test rax, rax
    js failed
    add rbx, 48
    jmp next
failed:                     # write(report, entry, 48), then exit_group(127)
    mov [rbx], rax
    mov rdi, r12
    mov rsi, rbx
    mov edx, 48
    mov eax, 1
    syscall
    mov edi, 127
    mov eax, 231
    syscall
