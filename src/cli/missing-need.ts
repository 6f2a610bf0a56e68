// What the runtime cannot do without, told in one line instead of a stack.

/** Null for an error of any other kind. */
export function missingNeed(error: unknown): string | null {
  const isRefused = error instanceof TypeError && error.message === 'bun:ffi requires the JIT';
  return isRefused ? executableMemory : null;
}

/** Calls of libc are made of machine code that is written at the start. */
const executableMemory =
  'tsupervisor needs memory that is writable and executable for its system calls, which is forbidden here: ' +
  "by MemoryDenyWriteExecute=yes in the unit, SELinux's deny_execmem (setsebool deny_execmem off), or BUN_JSC_useJIT=0";
