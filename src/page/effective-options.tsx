// The options of a process and their positions in the files.
import type { OptionView, ProcessDetails } from '../http/ui/api-types.ts';
import { useWords } from './messages.ts';
import { language } from './settings.ts';
import { useStore } from './store.ts';

export function EffectiveOptions({ details }: { readonly details: ProcessDetails }) {
  const words = useWords();
  return (
    <div class="configuration card">
      <table class="options effective">
        <caption>
          <Origin details={details} />
        </caption>
        <colgroup>
          <col class="option" />
          <col />
          <col class="source" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{words.option}</th>
            <th scope="col">{words.value}</th>
            <th scope="col">{words.source}</th>
          </tr>
        </thead>
        <tbody>
          {details.options.map((option) => (
            <OptionRow key={option.key} option={option} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Origin({ details: { section, trouble } }: { readonly details: ProcessDetails }) {
  const words = useWords();
  if (trouble)
    return (
      <span class="problem">
        {words.cannotRead} {trouble}
      </span>
    );
  return section === null ? <span class="problem">{words.notInFile}</span> : <code>[{section}]</code>;
}

function OptionRow({ option }: { readonly option: OptionView }) {
  const words = useWords();
  const { key, value, written, source, outdated, help } = option;
  const chosen = useStore(language);
  return (
    <tr class={source ? 'set' : 'default'}>
      <th scope="row" title={help[chosen]}>
        {key}
      </th>
      <td>
        {value}
        {written !== null && (
          <div>
            {words.written} <code>{written}</code>
          </div>
        )}
        {outdated && <div class="problem">{words.fileDiffers}</div>}
      </td>
      <td class="source">{source ? `${source.file}:${source.line}` : words.byDefault}</td>
    </tr>
  );
}
