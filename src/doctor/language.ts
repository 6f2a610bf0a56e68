// The language of the output: the one requested, else that of the locale (locale(7)).

export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

type Environment = Readonly<Record<string, string | undefined>>;

export function languageOf(given: string | undefined, environment: Environment): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  return (given ?? (LC_ALL || LC_MESSAGES || LANG || 'en')).startsWith('zh') ? 'zh' : 'en';
}
