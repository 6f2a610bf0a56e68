// What depends on what: a drawing of the order of start, live.
import { useEffect, useMemo } from 'preact/hooks';
import { useBackKey } from './back-key.ts';
import { BootSummary, useBoot } from './boot-summary.tsx';
import { live } from './feed.ts';
import { useWords } from './messages.ts';
import { Order, OrderNow } from './order.ts';
import { OrderDrawing } from './order-drawing.tsx';
import { addressOf } from './route.ts';
import { useStore } from './store.ts';

export function OrderPage() {
  const words = useWords();
  const { connection } = useStore(live);
  const now = useOrder();
  const boot = useBoot();
  useBackKey();
  useEffect(() => {
    document.title = `${words.order} – ${words.title}`;
  }, [words]);
  return (
    <article class="order-page">
      <p>
        <a href={addressOf({ view: 'processes' })}>← {words.back}</a>
      </p>
      <h2>{words.order}</h2>
      {now && boot && <BootSummary boot={boot} order={now.order} />}
      {now && <OrderDrawing now={now} chain={boot?.chain ?? none} />}
      {!now && connection === 'up' && <p class="empty">{words.noOrder}</p>}
    </article>
  );
}

const none: readonly string[] = [];

/** Null without dependencies. */
export function useOrder(): OrderNow | null {
  const { order: view, processes } = useStore(live);
  const order = useMemo(() => view && new Order(view), [view]);
  return useMemo(() => order && new OrderNow(order, processes), [order, processes]);
}
