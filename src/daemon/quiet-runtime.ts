// A runtime that sleeps when there is nothing to do.
import { readFileSync } from 'node:fs';
import { keepOverExec } from '../linux/descriptors.ts';
import { replaceProcess } from '../linux/exec.ts';
import { passedDescriptors } from '../systemd/listen-fds.ts';

/** Read by the runtime at its very start only. Without it, it wakes up every second to look at its heap. */
const variable = 'BUN_GC_TIMER_DISABLE';

/** Executes us once more with the variable, if it is not set; children never see it. */
export function quietRuntime(): void {
  if (process.env[variable] === '1') {
    delete process.env[variable];
    return;
  }
  const argv = readFileSync('/proc/self/cmdline', 'utf8').split('\0').slice(0, -1);
  const environment = Object.entries({ ...process.env, [variable]: '1' });
  // The runtime has marked all but the first of them close-on-exec.
  for (const { fd } of passedDescriptors(process.env)) keepOverExec(fd);
  try {
    replaceProcess(
      process.execPath,
      argv,
      environment.map(([name, value]) => `${name}=${value}`),
    );
  } catch {
    // Then we wake up once a second.
  }
}
