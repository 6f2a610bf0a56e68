// A runtime that sleeps when there is nothing to do, and does not die for want of a thread.
import { readFileSync } from 'node:fs';
import { keepOverExec } from '../linux/descriptors.ts';
import { replaceProcess } from '../linux/exec.ts';
import { passedDescriptors } from '../systemd/listen-fds.ts';

/** Read by the runtime at its very start only. */
const variables: Readonly<Record<string, string>> = {
  // Without it, it wakes up every second to look at its heap.
  BUN_GC_TIMER_DISABLE: '1',
  // Else it makes threads whenever it compiles or collects, and aborts when a program has used up all that the machine,
  // the user or the control group may have.
  BUN_JSC_useConcurrentJIT: '0',
  BUN_JSC_useConcurrentGC: '0',
  BUN_JSC_numberOfGCMarkers: '1',
};

/** Executes us once more with the variables, if they are not set; children never see them. */
export function reexecRuntime(): void {
  if (Object.entries(variables).every(([name, value]) => process.env[name] === value)) {
    for (const name of Object.keys(variables)) delete process.env[name];
    return;
  }
  const argv = readFileSync('/proc/self/cmdline', 'utf8').split('\0').slice(0, -1);
  const environment = Object.entries({ ...process.env, ...variables });
  // The runtime has marked all but the first of them close-on-exec.
  for (const { fd } of passedDescriptors(process.env)) keepOverExec(fd);
  try {
    replaceProcess(
      process.execPath,
      argv,
      environment.map(([name, value]) => `${name}=${value}`),
    );
  } catch {
    // Then we wake up once a second, and hope for threads.
  }
}
