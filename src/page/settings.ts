// User preferences, stored by the browser.
import { Store } from './store.ts';

export type Language = 'en' | 'zh';
export type Theme = 'auto' | 'light' | 'dark';

export const language = new Store<Language>(chosenLanguage());
export const theme = new Store<Theme>(chosenTheme());
export const folded = new Store<ReadonlySet<string>>(new Set(kept('folded')?.split('\n').filter(Boolean)));

/** Applies the preferences to the document, now and on every change. */
export function applySettings(): void {
  const root = document.documentElement;
  const apply = () => {
    root.lang = language.value === 'zh' ? 'zh-CN' : 'en';
    root.dataset['theme'] = theme.value;
  };
  apply();
  language.subscribe(apply);
  theme.subscribe(apply);
  folded.subscribe(() => keep('folded', [...folded.value].join('\n')));
}

export function chooseLanguage(chosen: Language): void {
  keep('language', chosen);
  language.set(chosen);
}

export function chooseTheme(chosen: Theme): void {
  keep('theme', chosen);
  theme.set(chosen);
}

export function toggleFolded(group: string): void {
  folded.update((groups) => {
    const changed = new Set(groups);
    if (!changed.delete(group)) changed.add(group);
    return changed;
  });
}

function chosenLanguage(): Language {
  const chosen = kept('language');
  if (chosen === 'en' || chosen === 'zh') return chosen;
  const first = navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function chosenTheme(): Theme {
  const chosen = kept('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}

/** Browsers may forbid storage. */
function kept(name: string): string | null {
  try {
    return localStorage.getItem(`tsupervisor.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`tsupervisor.${name}`, value);
  } catch {
    // Without storage the preference lasts until the page is closed.
  }
}
