// Preview of an update.
import { useEffect, useState } from 'preact/hooks';
import type { GroupChange, OptionChange, Refusal, UpdatePlan } from '../http/ui/api-types.ts';
import { Dialog } from './dialog.tsx';
import { closeDialog } from './dialog-store.ts';
import { failureText, useWords } from './messages.ts';
import { update } from './operations.ts';

type Preview = UpdatePlan | { readonly kind: 'refused'; readonly fault: string; readonly detail: string };

export function UpdateDialog() {
  const words = useWords();
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    void readPreview().then(setPreview);
  }, []);
  return (
    <Dialog title={words.preview} wide>
      {preview === null && <p>…</p>}
      {preview?.kind === 'refused' && <p class="problem">{failureText(words, preview)}</p>}
      {preview?.kind === 'broken' && <Broken {...preview} />}
      {preview?.kind === 'plan' && <Plan token={preview.token} changes={preview.changes} />}
    </Dialog>
  );
}

async function readPreview(): Promise<Preview> {
  try {
    const response = await fetch('ui/preview', { method: 'POST', body: '' });
    if (response.ok) {
      const plan: UpdatePlan = await response.json();
      return plan;
    }
    const refusal: Refusal = await response.json();
    return { kind: 'refused', fault: refusal.fault ?? 'REFUSED', detail: refusal.error };
  } catch (error) {
    return { kind: 'refused', fault: 'CONNECTION', detail: String(error) };
  }
}

function Broken({ message, file, line }: Omit<UpdatePlan & { kind: 'broken' }, 'kind'>) {
  const words = useWords();
  return (
    <>
      <p class="problem">{words.broken}</p>
      <pre>{message}</pre>
      {file && (
        <p class="source">
          {file}:{line}
        </p>
      )}
    </>
  );
}

function Plan({ token, changes }: { readonly token: string; readonly changes: readonly GroupChange[] }) {
  const words = useWords();
  const apply = () => {
    closeDialog();
    void update(token);
  };
  return (
    <>
      {changes.length === 0 && <p>{words.noChanges}</p>}
      {changes.map((change) => (
        <ChangedGroup key={change.group} change={change} />
      ))}
      <div class="buttons">
        <button type="button" onClick={closeDialog}>
          {changes.length === 0 ? words.close : words.cancel}
        </button>
        {changes.length > 0 && (
          <button type="button" class="main" onClick={apply}>
            {words.apply}
          </button>
        )}
      </div>
    </>
  );
}

const signs = { added: '+', changed: '~', removed: '−' } as const;

function ChangedGroup({ change }: { readonly change: GroupChange }) {
  const words = useWords();
  const { group, kind, options, processes } = change;
  return (
    <details class={`change ${kind}`} open={kind === 'changed'}>
      <summary>
        <b>
          {signs[kind]} {group}
        </b>{' '}
        <span>{words.kinds[kind]}</span>
      </summary>
      {kind === 'changed' && options.length > 0 && (
        <ChangedOptions name={words.groupItself} options={options} isChange />
      )}
      {processes.map((process) => (
        <ChangedOptions
          key={process.process}
          name={process.process === group ? null : `${signs[process.kind]} ${process.process}`}
          options={process.options}
          isChange={process.kind === 'changed'}
        />
      ))}
    </details>
  );
}

interface ChangedOptionsProps {
  /** Null: same as the group. */
  readonly name: string | null;
  readonly options: readonly OptionChange[];
  readonly isChange: boolean;
}

function ChangedOptions({ name, options, isChange }: ChangedOptionsProps) {
  const words = useWords();
  return (
    <table class="options">
      {name !== null && <caption>{name}</caption>}
      <colgroup>
        <col class="option" />
        <col />
        {isChange && <col />}
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{words.option}</th>
          {isChange && <th scope="col">{words.before}</th>}
          <th scope="col">{isChange ? words.after : words.value}</th>
        </tr>
      </thead>
      <tbody>
        {options.map(({ option, before, after }) => (
          <tr key={option}>
            <th scope="row">{option}</th>
            {isChange && <td class="before">{before ?? '—'}</td>}
            <td class={isChange ? 'after' : ''}>{(isChange ? after : (after ?? before)) ?? '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
