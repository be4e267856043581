/** The page's entry: starts the engine, then shows the app. */
// Before any component: see there.
import './i18n/relocalize.ts';
import { App } from './app/app.ts';
import { applyLanguage } from './i18n/locale.ts';
import { startEngine } from './platform/engine-client.ts';
import { applyPageSettings } from './platform/page-settings.ts';
import { isHopeless } from './platform/requirements.ts';
import { startPlatform } from './platform/start-platform.ts';
import { AppState } from './state/app-state.ts';

function startApp(): void {
  const engine = startEngine();
  startPlatform(engine);
  const state = new AppState(engine);
  App.connect({ engine, state });
  // The engine opens its store meanwhile. That it could not is shown: engineState says so.
  void state.start().catch(() => undefined);
  void applyLanguage().then(() => customElements.define('vant-app', App));
}

/** There is no engine to start: the page says why. */
async function explain(): Promise<void> {
  await Promise.all([applyLanguage(), import('./views/welcome/unsupported-view.ts')]);
  document.querySelector('vant-app')?.replaceChildren(document.createElement('vant-unsupported-view'));
}

applyPageSettings();
if (isHopeless()) void explain();
else startApp();
