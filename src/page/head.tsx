// The header: the host, the daemon's state, and the choice of language and theme.
import { useNow } from './clock.ts';
import { DaemonActions } from './daemon-actions.tsx';
import { dialog } from './dialog-store.ts';
import { live } from './feed.ts';
import { duration } from './format.ts';
import { useWords } from './messages.ts';
import { addressOf } from './route.ts';
import { chooseLanguage, chooseTheme, language, theme } from './settings.ts';
import { useStore } from './store.ts';

export function Head() {
  const words = useWords();
  const { server, load } = useStore(live);
  return (
    <header>
      <h1>
        <a href={addressOf({ view: 'processes' })} title={words.title}>
          {server ? server.identifier : 'supervisor'}
        </a>
        {server && <span class="host">{server.hostname}</span>}
      </h1>
      {server && (
        <p class="daemon">
          <span class={`daemon-state ${server.state === 'RUNNING' ? 'good' : ''}`}>
            {words.daemonStates[server.state]}
          </span>
          <span>tsupervisor {server.version}</span>
          <span>
            {words.pid} {server.pid}
          </span>
          <span>
            {words.up} <Uptime since={server.started} />
          </span>
          {load.length > 0 && (
            <span>
              {words.load} {load.map((value) => value.toFixed(2)).join(' ')}
            </span>
          )}
        </p>
      )}
      {server && <DaemonActions hasMainLog={server.hasMainLog} />}
      <Choices />
    </header>
  );
}

function Uptime({ since }: { readonly since: number }) {
  return <>{duration(useNow() - since)}</>;
}

function Choices() {
  const words = useWords();
  const currentLanguage = useStore(language);
  const currentTheme = useStore(theme);
  return (
    <p class="choices">
      <button
        type="button"
        lang={currentLanguage === 'en' ? 'zh-CN' : 'en'}
        onClick={() => chooseLanguage(currentLanguage === 'en' ? 'zh' : 'en')}
      >
        {words.language}
      </button>
      <select
        aria-label={words.theme}
        value={currentTheme}
        onChange={({ currentTarget: { value } }) =>
          chooseTheme(value === 'light' || value === 'dark' ? value : 'auto')
        }
      >
        {(['auto', 'light', 'dark'] as const).map((each) => (
          <option key={each} value={each}>
            {words.themes[each]}
          </option>
        ))}
      </select>
      <button type="button" aria-label={words.keys} onClick={() => dialog.set({ kind: 'keys' })}>
        ?
      </button>
    </p>
  );
}
