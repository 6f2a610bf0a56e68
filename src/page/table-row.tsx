// Table rows. Each is rerendered only if its content changes.
import { type ComponentChildren, Fragment } from 'preact';
import type { Operation, ProcessView } from '../http/ui/api-types.ts';
import { useNow } from './clock.ts';
import type { Usage } from './daemon-state.ts';
import { dialog } from './dialog-store.ts';
import { bytes, duration, moment, percent } from './format.ts';
import { Icon } from './icons.tsx';
import { exitText, failureText, toldText, useWords } from './messages.ts';
import { type Failure, forgetFailure } from './operations.ts';
import { ask } from './request-operation.ts';
import { addressOf } from './route.ts';
import { isUp, since } from './rows.ts';
import { toggleFolded } from './settings.ts';
import { CpuLine, MemoryLine } from './sparkline.tsx';
import { StartProgress } from './start-progress.tsx';
import { StateBadge } from './state-badge.tsx';

interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (ids: readonly string[], isSelected: boolean) => void;
}

interface ProcessRowProps extends RowProps {
  readonly process: ProcessView;
  readonly usage: Usage | undefined;
  readonly failure: Failure | undefined;
  readonly inGroup: boolean;
}

export function ProcessRow(props: ProcessRowProps) {
  const words = useWords();
  const { process, usage, failure, inGroup } = props;
  const { id, name, group } = process;
  const shown = inGroup || name === group ? name : id;
  return (
    <RowFrame {...props} className="process" label={shown} ids={[id]}>
      <span role="gridcell" class="c-state">
        <StateBadge state={process.state} completed={process.completed} />
      </span>
      <span role="gridcell" class={`c-name ${inGroup ? 'in-group' : ''}`}>
        <a href={addressOf({ view: 'process', id })} title={id} tabIndex={-1}>
          {shown}
        </a>
      </span>
      <span role="gridcell" class="c-description">
        {failure ? (
          <button
            type="button"
            class="failure"
            title={`${failureText(words, failure)} (${words.dismiss})`}
            onClick={() => forgetFailure(id)}
          >
            ⚠ {failureText(words, failure)}
          </button>
        ) : (
          <>
            <Description process={process} />
            <StatusText process={process} />
          </>
        )}
      </span>
      <span role="gridcell" class="c-since">
        <Since process={process} />
      </span>
      <span role="gridcell" class={`c-restarts ${process.restarts === 0 ? 'none' : ''}`}>
        {process.restarts}
      </span>
      <UsageCells usage={usage} />
      <span role="gridcell" class="c-exit">
        {process.lastExit ? exitText(words, process.lastExit) : ''}
      </span>
      <Buttons
        targets={[id]}
        title={id}
        count={1}
        canStop={isUp(process)}
        logAddress={process.logs[0] ? addressOf({ view: 'log', id, channel: process.logs[0] }) : null}
      />
    </RowFrame>
  );
}

interface GroupRowProps extends RowProps {
  readonly members: readonly ProcessView[];
  readonly usage: Usage | undefined;
  readonly isFolded: boolean;
}

export function GroupRow(props: GroupRowProps) {
  const words = useWords();
  const { id: group, members, usage, isFolded } = props;
  const running = members.filter(({ state }) => state === 'RUNNING').length;
  return (
    <RowFrame {...props} className="group" label={group} ids={members.map(({ id }) => id)}>
      <span role="gridcell" class="c-name">
        <button
          type="button"
          class="fold"
          tabIndex={-1}
          aria-expanded={!isFolded}
          aria-label={isFolded ? words.unfold(group) : words.fold(group)}
          onClick={() => toggleFolded(group)}
        >
          {isFolded ? '▸' : '▾'} {group}
        </button>
      </span>
      <span role="gridcell" class="c-description">
        {words.runningOf(running, members.length)}
      </span>
      <UsageCells usage={usage} />
      <Buttons
        targets={[`${group}:*`]}
        title={`${group}:*`}
        count={members.length}
        canStop={members.some(({ pid, waiting }) => pid > 0 || waiting !== undefined)}
        logAddress={null}
      />
    </RowFrame>
  );
}

interface FrameProps extends RowProps {
  readonly className: string;
  readonly label: string;
  readonly ids: readonly string[];
  readonly children: ComponentChildren;
}

function RowFrame(props: FrameProps) {
  const { id, index, isCurrent, isSelected, onSelect, className, label, ids, children } = props;
  const words = useWords();
  return (
    <div
      role="row"
      id={rowElementId(className === 'group' ? `group ${id}` : id)}
      class={`row ${className} ${isCurrent ? 'current' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
    >
      <span role="gridcell" class="c-check">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={words.select(label)}
          onChange={({ currentTarget }) => onSelect(ids, currentTarget.checked)}
        />
      </span>
      {children}
    </div>
  );
}

/** Element ids must not contain blanks. */
export function rowElementId(key: string): string {
  return `row-${encodeURIComponent(key)}`;
}

function Description({ process }: { readonly process: ProcessView }) {
  const words = useWords();
  const { state, pid, started, stopped, problem, waiting, hindrance, unhealthy } = process;
  if (state === 'RUNNING' && unhealthy === undefined) return <Running pid={pid} started={started} />;
  if (waiting || hindrance !== undefined || unhealthy !== undefined)
    return <StartProgress process={process} />;
  if (problem !== '') return <Reason text={problem} />;
  if (started === 0) return <>{words.neverStarted}</>;
  return (
    <>
      {pid > 0 ? `${words.pid} ${pid}` : ''}
      {pid === 0 && stopped > 0 && (
        <>
          {words.stoppedAt} <Timestamp at={stopped} />
        </>
      )}
    </>
  );
}

/** What the program says about itself. */
function StatusText({ process }: { readonly process: ProcessView }) {
  const told = toldText(useWords(), process);
  if (told === '') return null;
  return (
    <span class="status-text" title={told}>
      {told}
    </span>
  );
}

/** Allows a line break after each slash, since paths are long. */
function Reason({ text }: { readonly text: string }) {
  return (
    <span class="reason" title={text}>
      {text.split(/(?<=\/)/).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}

function Running({ pid, started }: { readonly pid: number; readonly started: number }) {
  const words = useWords();
  return (
    <>
      {words.running(pid)} <Elapsed since={started} />
    </>
  );
}

/** A separate component, so that the second hand rerenders nothing else. */
function Elapsed({ since: from }: { readonly since: number }) {
  return <>{duration(useNow() - from)}</>;
}

function Since({ process }: { readonly process: ProcessView }) {
  const at = since(process);
  return at > 0 ? <Timestamp at={at} /> : null;
}

function Timestamp({ at }: { readonly at: number }) {
  return <time dateTime={new Date(at * 1000).toISOString()}>{moment(at, Date.now() / 1000)}</time>;
}

function UsageCells({ usage }: { readonly usage: Usage | undefined }) {
  const cpu = usage?.cpu.at(-1);
  const memory = usage?.memory.at(-1);
  return (
    <>
      <span role="gridcell" class="c-cpu">
        {usage && cpu !== undefined && (
          <>
            <CpuLine values={usage.cpu} />
            <span class={`number ${cpu === 0 ? 'none' : ''}`}>{percent(cpu)}</span>
          </>
        )}
      </span>
      <span role="gridcell" class="c-memory">
        {usage && memory !== undefined && (
          <>
            <MemoryLine values={usage.memory} />
            <span class="number">{bytes(memory)}</span>
          </>
        )}
      </span>
    </>
  );
}

interface ButtonsProps {
  readonly targets: readonly string[];
  readonly title: string;
  readonly count: number;
  readonly canStop: boolean;
  readonly logAddress: string | null;
}

function Buttons({ targets, title, count, canStop, logAddress }: ButtonsProps) {
  const words = useWords();
  const wish = (operation: Operation) => () => ask(words, { operation, targets, count });
  const operations = canStop ? (['restart', 'stop'] as const) : (['start'] as const);
  return (
    <span role="gridcell" class="c-actions">
      {operations.map((operation) => (
        <button
          key={operation}
          type="button"
          class="icon"
          tabIndex={-1}
          aria-label={`${words[operation]} ${title}`}
          title={words[operation]}
          onClick={wish(operation)}
        >
          <Icon shape={operation} />
        </button>
      ))}
      {logAddress && (
        <a class="icon" href={logAddress} tabIndex={-1} aria-label={`${words.logOf.stdout} ${title}`}>
          <Icon shape="log" />
        </a>
      )}
      <button
        type="button"
        class="icon"
        tabIndex={-1}
        aria-label={`${words.more} ${title}`}
        title={words.more}
        onClick={() => dialog.set({ kind: 'actions', targets, title, count })}
      >
        <Icon shape="more" />
      </button>
    </span>
  );
}
