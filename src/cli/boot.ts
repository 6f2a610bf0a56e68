// `tsupervisor boot`: how long programs took to be ready since the daemon began to start them.
import type { BootReport } from '../client/boot-report.ts';
import { processName } from '../client/process-info.ts';
import { bootText } from './boot-text.ts';
import { print } from './output.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'boot',
    'Show how long each process took to be ready, what it waited for, and which chain took longest.',
  )
    .option('-a, --all', 'show all processes, not only the slowest')
    .option('--json', 'output JSON, for scripts')
    .action(async ({ all = false, json, ...options }) => {
      status = await withServer(options, async (client) => {
        const report = await client.boot();
        if (json) print(JSON.stringify(asJson(report), null, 2));
        else for (const line of bootText(report, { all })) print(line);
        return exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

/** Members as documented in docs/order.md. */
function asJson({ now, isOver, ready, processes, chain }: BootReport) {
  return {
    ...{ now, over: isOver, ready },
    processes: processes.map(({ isAtBoot, waitedFor, ...process }) => ({
      ...process,
      fullname: processName(process),
      at_boot: isAtBoot,
      waited_for: waitedFor,
    })),
    chain: chain.map((link) => ({ ...link, fullname: processName(link) })),
  };
}
