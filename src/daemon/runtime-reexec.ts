// Configures the runtime to be idle when there is no work and to survive a shortage of threads.
import { readFileSync } from 'node:fs';
import { keepOverExec } from '../linux/descriptors.ts';
import { replaceProcess } from '../linux/exec.ts';
import { passedDescriptors } from '../systemd/listen-fds.ts';

/** Read by the runtime only at its start. */
const variables: Readonly<Record<string, string>> = {
  // Otherwise a timer wakes it every second to inspect the heap.
  BUN_GC_TIMER_DISABLE: '1',
  // Otherwise it creates threads for compilation and garbage collection, and aborts when the thread limit of the
  // machine, the user or the cgroup is reached.
  BUN_JSC_useConcurrentJIT: '0',
  BUN_JSC_useConcurrentGC: '0',
  BUN_JSC_numberOfGCMarkers: '1',
  // Forty times the default: starting a thousand programs compiles little, a flood is compiled within a second. What
  // compiling leaves behind is 5 MB.
  BUN_JSC_thresholdForJITAfterWarmUp: '20000',
};

/** Re-executes itself with the variables unless they are set; children never inherit them. */
export function reexecRuntime(): void {
  if (Object.entries(variables).every(([name, value]) => process.env[name] === value)) {
    for (const name of Object.keys(variables)) delete process.env[name];
    return;
  }
  const argv = readFileSync('/proc/self/cmdline', 'utf8').split('\0').slice(0, -1);
  const environment = Object.entries({ ...process.env, ...variables });
  // The runtime marked all but the first one close-on-exec.
  for (const { fd } of passedDescriptors(process.env)) keepOverExec(fd);
  try {
    replaceProcess(
      process.execPath,
      argv,
      environment.map(([name, value]) => `${name}=${value}`),
    );
  } catch {
    // Continue without: one wakeup per second, and threads on demand.
  }
}
