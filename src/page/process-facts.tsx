// The state of a process and its operations.
import type { ComponentChildren } from 'preact';
import type { ProcessView } from '../http/ui/api-types.ts';
import { useNow } from './clock.ts';
import { dialog } from './dialog-store.ts';
import { live } from './feed.ts';
import { bytes, duration, moment, percent } from './format.ts';
import { exitText, failureText, toldText, useWords } from './messages.ts';
import { failures } from './operations.ts';
import { ask } from './request-operation.ts';
import { addressOf } from './route.ts';
import { isUp, since } from './rows.ts';
import { CpuLine, MemoryLine } from './sparkline.tsx';
import { useStore } from './store.ts';

export function ProcessFacts({ process }: { readonly process: ProcessView }) {
  const words = useWords();
  const { id, pid, started, restarts, lastExit, problem, goal, statusText, reloading } = process;
  const { hindrance, unhealthy } = process;
  const usage = useStore(live).usage.get(id);
  const failure = useStore(failures).get(id);
  const at = since(process);
  return (
    <>
      <dl class="facts card">
        {pid > 0 && <Fact name={words.facts.pid}>{pid}</Fact>}
        {pid > 0 && (
          <Fact name={words.facts.uptime}>
            <Elapsed since={started} />
          </Fact>
        )}
        {at > 0 && <Fact name={words.columns.since}>{moment(at, Date.now() / 1000)}</Fact>}
        <Fact name={words.columns.restarts}>{restarts}</Fact>
        {usage && (
          <>
            <Fact name={words.columns.cpu}>
              <CpuLine values={usage.cpu} /> {percent(usage.cpu.at(-1) ?? 0)}
            </Fact>
            <Fact name={words.columns.memory}>
              <MemoryLine values={usage.memory} /> {bytes(usage.memory.at(-1) ?? 0)}
            </Fact>
          </>
        )}
        {(reloading || statusText !== '') && (
          <Fact name={words.facts.statusText}>{toldText(words, process)}</Fact>
        )}
        {goal.kind !== 'none' && (
          <Fact name={words.facts.goal}>
            {words.goal[goal.kind](goal.by, moment(goal.at, Date.now() / 1000))}
          </Fact>
        )}
        {lastExit && <Fact name={words.columns.exit}>{exitText(words, lastExit)}</Fact>}
      </dl>
      {problem && <p class="problem">{problem}</p>}
      {hindrance !== undefined && <p class="hindrance">{words.notReady(hindrance)}</p>}
      {unhealthy !== undefined && <p class="hindrance">{words.notHealthy(unhealthy)}</p>}
      {failure && (
        <p class="problem" role="alert">
          ⚠ {failureText(words, failure)}
        </p>
      )}
      <Actions process={process} />
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Elapsed({ since: from }: { readonly since: number }) {
  return <>{duration(useNow() - from)}</>;
}

function Actions({ process }: { readonly process: ProcessView }) {
  const words = useWords();
  const { id, logs } = process;
  const operations = isUp(process) ? (['restart', 'stop', 'clear'] as const) : (['start', 'clear'] as const);
  return (
    <div class="toolbar">
      {operations.map((operation) => (
        <button
          key={operation}
          type="button"
          onClick={() => ask(words, { operation, targets: [id], count: 1 })}
        >
          {words[operation]}
        </button>
      ))}
      <button
        type="button"
        aria-label={words.more}
        onClick={() => dialog.set({ kind: 'actions', targets: [id], title: id, count: 1 })}
      >
        ⋯
      </button>
      {logs.map((channel) => (
        <a key={channel} class="button" href={addressOf({ view: 'log', id, channel })}>
          {words.logOf[channel]}
        </a>
      ))}
    </div>
  );
}
