// The page's icons, in the text colour.
const shapes = {
  start: 'M4 2.5v11l9-5.5z',
  stop: 'M3.5 3.5h9v9h-9z',
  restart: 'M8 3a5 5 0 1 0 5 5h-1.8A3.2 3.2 0 1 1 8 4.8V7l4-3-4-3z',
  log: 'M2.5 3h11v1.6h-11zm0 4.2h11v1.6h-11zm0 4.2h7V13h-7z',
  more: 'M3 6.6a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm5 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm5 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8z',
} as const;

export function Icon({ shape }: { readonly shape: keyof typeof shapes }) {
  return (
    <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[shape]} />
    </svg>
  );
}
