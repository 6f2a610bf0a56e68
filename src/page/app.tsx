// The frame of the page, and the view that the URL selects.
import { AskedAction } from './asked-action.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { CurrentDialog } from './dialogs.tsx';
import { live } from './feed.ts';
import { Head } from './head.tsx';
import { LogPage } from './log-page.tsx';
import { OrderPage } from './order-page.tsx';
import { ProcessPage } from './process-page.tsx';
import { ProcessesPage } from './processes-page.tsx';
import { route } from './route.ts';
import { useStore } from './store.ts';
import { WorkList } from './work-list.tsx';

export function App() {
  const { view } = useStore(route);
  const { connection } = useStore(live);
  return (
    <div class={`app ${view} ${connection === 'lost' ? 'stale' : ''}`}>
      <ConnectionNotice />
      <Head />
      <main>
        <View />
      </main>
      <WorkList />
      <CurrentDialog />
      <AskedAction />
    </div>
  );
}

function View() {
  const current = useStore(route);
  switch (current.view) {
    case 'processes':
      return <ProcessesPage />;
    case 'order':
      return <OrderPage />;
    case 'process':
      return <ProcessPage key={current.id} id={current.id} />;
    case 'log':
      return <LogPage key={`${current.id} ${current.channel}`} id={current.id} channel={current.channel} />;
  }
}
