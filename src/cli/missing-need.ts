// Requirements of the runtime, reported as one line instead of a stack trace.

/** Null for any other error. */
export function missingNeed(error: unknown): string | null {
  const isRefused = error instanceof TypeError && error.message === 'bun:ffi requires the JIT';
  return isRefused ? executableMemory : null;
}

/** FFI calls need machine code generated at start. */
const executableMemory =
  'tsupervisor needs memory that is writable and executable for its system calls, which is forbidden here: ' +
  "by MemoryDenyWriteExecute=yes in the unit, SELinux's deny_execmem (setsebool deny_execmem off), or BUN_JSC_useJIT=0";
