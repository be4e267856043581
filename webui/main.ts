/** The page's entry: starts the engine, then shows the app. */
// Before any component: see there.
import './i18n/relocalize.ts';
import { App } from './app/app.ts';
import { applyLanguage } from './i18n/locale.ts';
import { startEngine } from './platform/engine-client.ts';
import { applyPageSettings } from './platform/page-settings.ts';
import { startPlatform } from './platform/start-platform.ts';
import { AppState } from './state/app-state.ts';

applyPageSettings();
const engine = startEngine();
startPlatform(engine);
const state = new AppState(engine);
App.connect({ engine, state });
// The engine opens its store meanwhile.
void state.start();
void applyLanguage().then(() => customElements.define('vant-app', App));
