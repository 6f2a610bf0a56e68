// Entry point of the page.
import { render } from 'preact';
import { App } from './app.tsx';
import { keepConnected } from './feed.ts';
import { followAddress } from './route.ts';
import { applySettings } from './settings.ts';

applySettings();
followAddress();
keepConnected();
const place = document.getElementById('page');
if (place) render(<App />, place);
